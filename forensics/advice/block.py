"""Makes one block of code, ready to paste, from a template and what is to be measured.

A template is code with lines that mark what follows them:

    #: ID ID ...     keep it where one of these measurements is wanted
    #? NAME          keep it where NAME is used further down in what is kept (an import, a helper, a batch)
    #< PART          the template of this name in parts/ stands here
    #.               keep it always, to the next mark

Neighbours that are marked `#:` are put in the order of the measurements wanted, what decides most first.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_MARK = re.compile(r"\s*#(?P<kind>[:?<.])(?: (?P<words>.+))?$")

_IMPORT = re.compile(r"(import|from) ")


@dataclass(frozen=True)
class Region:
    """Lines of a template under one mark. `kind` is the mark's sign, `words` what stands behind it."""

    kind: str
    words: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """Code to paste, and the lines of it (first and last, from 1) that are each measurement's own."""

    code: str
    spans: dict[str, list[tuple[int, int]]]

    def lines(self, measurement: str) -> str:
        """Return a measurement's own lines, without their indentation; nothing where the block has none."""
        rows = self.code.splitlines()
        parts = ["\n".join(rows[first - 1 : last]) for first, last in self.spans.get(measurement, [])]
        return "\n".join(textwrap.dedent(part).strip("\n") for part in parts)


def frameworks() -> dict[str, list[str]]:
    """Return the learners for which each framework has a template."""
    folders = [folder for folder in _root().iterdir() if folder.is_dir() and folder.name != "parts"]
    return {folder.name: sorted(_stem(file) for file in folder.iterdir()) for folder in sorted(folders, key=_name)}


@cache
def template(framework: str, learner: str) -> tuple[Region, ...]:
    """Return the regions of one template, its parts put in."""
    return tuple(_regions(_root().joinpath(framework, f"{learner}.txt")))


def measurable(framework: str, learner: str) -> set[str]:
    """Return the measurements for which a template has lines."""
    return {name for region in template(framework, learner) if region.kind == ":" for name in region.words}


def compose(framework: str, learner: str, wanted: Sequence[str]) -> Block:
    """Return the block that supplies the measurements `wanted`, the most telling first."""
    kept = _used(_ordered(template(framework, learner), wanted))
    rows: list[str] = []
    spans: dict[str, list[tuple[int, int]]] = {}
    for region in kept:
        first = len(rows) + 1
        for line in region.lines:
            if line or any(rows[-2:]):  # no third empty line
                rows.append(line)
        if region.kind == ":" and len(rows) >= first:
            for name in region.words:
                if name in wanted:
                    spans.setdefault(name, []).append((first, len(rows)))
    return Block("\n".join(rows).rstrip() + "\n", spans)


def _ordered(regions: Sequence[Region], wanted: Sequence[str]) -> list[Region]:
    """Return the regions that are wanted or not marked by a measurement, neighbours in the order of `wanted`."""
    place = {name: rank for rank, name in enumerate(wanted)}
    kept: list[Region] = []
    group: list[tuple[int, Region]] = []
    for region in (*regions, Region(".", (), ())):
        if region.kind == ":":
            ranks = [place[name] for name in region.words if name in place]
            group += [(min(ranks), region)] if ranks else []
            continue
        kept += [each for _, each in sorted(group, key=lambda item: item[0])]
        group = []
        kept.append(region)
    return kept


def _used(regions: Sequence[Region]) -> list[Region]:
    """Return the regions without those whose name nothing below them uses."""
    kept: list[Region] = []
    below = ""
    for region in reversed(regions):
        if region.kind == "?" and not re.search(rf"(?<![\w.]){re.escape(region.words[0])}\b", below):
            continue
        kept.append(region)
        below = "\n".join((*(line.split("#")[0] for line in region.lines if not _IMPORT.match(line)), below))
    return kept[::-1]


def _regions(file: Traversable) -> list[Region]:
    found: list[Region] = []
    kind = "."
    words: tuple[str, ...] = ()
    lines: list[str] = []
    for line in [*file.read_text(encoding="utf-8").splitlines(), "#."]:
        mark = _MARK.match(line)
        if mark is None:
            lines.append(line)
            continue
        found.append(Region(kind, words, tuple(lines)))
        kind, words, lines = mark["kind"], tuple((mark["words"] or "").split()), []
        if kind == "<":
            found += _regions(_root().joinpath("parts", f"{words[0]}.txt"))
            kind, words = ".", ()
    return [region for region in found if region.lines or region.kind == "."]


def _root() -> Traversable:
    return files("forensics.advice").joinpath("blocks")


def _name(file: Traversable) -> str:
    return file.name


def _stem(file: Traversable) -> str:
    return file.name.removesuffix(".txt")
