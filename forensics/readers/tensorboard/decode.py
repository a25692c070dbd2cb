"""Records to columns: the fast way for groups of like records, the exact way for all others."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forensics.crc32c import crc32c, crcs, mask_all, masked
from forensics.model.evidence import ConfigFact, IssueKind
from forensics.readers.tensorboard.event import HPARAMS, TEXT, Event, Other, parse_event
from forensics.readers.tensorboard.event_columns import Rows
from forensics.readers.tensorboard.event_file import Mark, MarkKind, TextEntry
from forensics.readers.tensorboard.event_text import hparams_of, text_of
from forensics.readers.tensorboard.headers import FRAME, HEADER, unaligned
from forensics.readers.tensorboard.keys import Group, groups
from forensics.readers.tensorboard.ledger import Ledger
from forensics.readers.tensorboard.protobuf import WireError
from forensics.readers.tensorboard.template import Template, rows_at, template_of
from forensics.readers.tensorboard.tfrecord import Block

# A group of fewer records is decoded one by one: a template costs as much as about this many records.
FEW = 6
# Layouts tried for one hash before its records go the exact way.
_LAYOUTS = 8
# Texts beyond this number, and characters beyond this length, are counted only.
TEXTS, TEXT_LENGTH = 2000, 1 << 16

Ints = NDArray[np.int64]
Templates = dict[int, list[Template]]


@dataclass(slots=True)
class Decoder:
    """Decodes the blocks of one file. `templates` may be shared between the files of a run."""

    ledger: Ledger
    templates: Templates
    rows: Rows = field(default_factory=Rows)
    texts: list[TextEntry] = field(default_factory=list)
    hparams: list[ConfigFact] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    other_tags: dict[str, str] = field(default_factory=dict)
    version: str = ""
    records: int = 0
    _plugins: dict[str, str] = field(default_factory=dict)

    def block(self, block: Block) -> None:
        """Decode all records of a block."""
        left: list[Ints] = []
        for group in groups(block):
            rest = self._group(block, group)
            if len(rest):
                left.append(rest)
        self._one_by_one(block, np.sort(np.concatenate(left)) if left else np.zeros(0, np.int64))

    def _group(self, block: Block, group: Group) -> Ints:
        """Decode a group of like records by templates; return the starts of those that fit none."""
        known = self.templates.get(group.key, [])
        starts = group.starts
        for template in known:
            if template.length == group.length and len(starts) >= FEW:
                starts = self._by_template(block, template, starts)
        while len(starts) >= FEW and len(known) < _LAYOUTS:
            first = int(starts[0])
            made = template_of(block.data[first : first + FRAME + group.length].tobytes())
            if made is None:
                break
            known = self.templates.setdefault(group.key, known)
            known.append(made)
            starts = self._by_template(block, made, starts)
        return starts

    def _by_template(self, block: Block, template: Template, starts: Ints) -> Ints:
        records = rows_at(block.data, starts, template.length)
        like = template.matches(records)
        rest = starts[:0]
        if not like.all():
            starts, records, rest = starts[like], records[like], starts[~like]
        intact = template.intact(records)
        if not intact.all():
            self._bad(block, starts[~intact], np.full(int((~intact).sum()), template.length))
            starts, records = starts[intact], records[intact]
        self.records += len(starts)
        if len(starts):
            self.rows.add_many(
                template.tag, template.steps(records), template.walls(records), template.values(records),
                starts + block.base,
            )  # fmt: skip
        return rest

    def _bad(self, block: Block, starts: Ints, lengths: Ints) -> None:
        """Enter short records whose payload CRC is wrong."""
        stored = unaligned(block.data, "<u4")[starts + HEADER + lengths]
        plain = crcs(block.data, starts + HEADER, lengths) == stored
        self.ledger.bad_payloads((starts + block.base).tolist(), (lengths + FRAME).tolist(), unmasked=plain.tolist())

    def _one_by_one(self, block: Block, starts: Ints) -> None:
        lengths = block.data[starts].astype(np.int64)
        stored = unaligned(block.data, "<u4")[starts + HEADER + lengths] if len(starts) else np.zeros(0, np.uint32)
        intact = mask_all(crcs(block.data, starts + HEADER, lengths)) == stored
        if not intact.all():
            self._bad(block, starts[~intact], lengths[~intact])
        places = list(zip(starts[intact].tolist(), lengths[intact].tolist(), strict=True))
        for start, length in block.long:
            end = start + HEADER + length
            crc, held = crc32c(block.data[start + HEADER : end]), int(unaligned(block.data, "<u4")[end])
            if masked(crc) == held:
                places.append((start, length))
            else:
                self.ledger.bad_payloads([block.base + start], [FRAME + length], unmasked=[crc == held])
        places.sort()
        for start, length in places:
            self._record(block.data[start + HEADER : start + HEADER + length].tobytes(), block.base + start)

    def _record(self, payload: bytes, offset: int) -> None:
        try:
            event = parse_event(payload, self._plugins)
        except WireError as error:
            why = f"the record fits its checksum but is no event: {error}"
            self.ledger.lost(IssueKind.MALFORMED, why, offset, FRAME + len(payload), 1, of="no event")
            return
        self.records += 1
        for tag, value in event.scalars:
            self.rows.add(tag, event.step, event.wall, value, offset)
        if event.version:
            if self.version:
                self.marks.append(Mark(offset, MarkKind.FILE_VERSION, event.step, event.wall))
            self.version = self.version or event.version
        if event.session_start:
            self.marks.append(Mark(offset, MarkKind.SESSION_START, event.step, event.wall))
        for other in event.others:
            self._other(payload, event, other, offset)

    def _other(self, payload: bytes, event: Event, other: Other, offset: int) -> None:
        self.others[other.plugin if other.kind == "tensor" and other.plugin else other.kind] += 1
        if other.tag:
            self.other_tags.setdefault(other.tag, other.kind)
        if other.odd:
            message = f"the {other.kind} of tag {other.tag[:100]!r} is not read: {other.odd}"
            self.ledger.note(message, kind=IssueKind.MALFORMED, offset=offset, of="a value that is not read")
        try:
            if other.plugin == HPARAMS:
                self.hparams += hparams_of(payload, *other.meta, self.ledger.file)
            elif other.plugin == TEXT and len(self.texts) < TEXTS:
                text = text_of(payload, other.start, other.stop)
                if len(text) > TEXT_LENGTH:
                    message = f"a text of {len(text)} characters is cut to {TEXT_LENGTH}"
                    self.ledger.note(message, kind=IssueKind.LIMIT, offset=offset, of="a text that is cut")
                    text = text[:TEXT_LENGTH]
                wall = event.wall if math.isfinite(event.wall) else 0.0
                self.texts.append(TextEntry(other.tag, event.step, text, wall, offset))
        except WireError as error:
            message = f"the {other.plugin} record of tag {other.tag[:100]!r} is not read: {error}"
            self.ledger.note(message, kind=IssueKind.MALFORMED, offset=offset, of="a value that is not read")
