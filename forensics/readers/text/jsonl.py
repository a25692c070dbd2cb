"""Structured logs: one JSON object a line. Numbers become series, messages become log records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from forensics.model.evidence import ConfigFact, IssueKind
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.documents.config import facts_of
from forensics.readers.jsontext import loads
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.rotation import age, family
from forensics.readers.stamps import to_unix
from forensics.readers.steps import COARSE, counter, pick
from forensics.readers.text.jsonrecord import as_log_record, numbers
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "jsonl"
_TIMES = ("ts", "time", "timestamp", "_timestamp", "created", "asctime", "wall_time", "datetime")
_EXTENSIONS = (".jsonl", ".ndjson")
_ALSO = (".json", ".log", ".txt", ".out")
_SIDE_KEYS = ("mode", "split", "phase", "stage", "subset")
_SIDES = frozenset({"val", "valid", "validation", "test", "eval", "evaluation", "dev"})
# Counters that every event of a log carries beside its step: of the run, not of the event, and said once a step.
_STRETCHES = ("episode", "episodes", "epoch", "epochs")


def claims(name: str, head: bytes) -> bool:
    """Claim .jsonl and .ndjson, and logs and .json whose first line is an object."""
    path = family(name).lower()
    if path.endswith(_EXTENSIONS):
        return True
    if not path.endswith(_ALSO):
        return False
    first, _, rest = head.strip().partition(b"\n")
    if not first.startswith(b"{") or (path.endswith(".json") and not rest.lstrip().startswith(b"{")):
        return False
    try:
        return isinstance(loads(first), dict)
    except ValueError:
        return False


def read_jsonl(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read one log and its rotated parts, oldest first."""
    reading = Reading()
    log = _Log(family(files[0].name), files, limits, reading)
    for index, file in enumerate(files):
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            log.read(index, stream, account)
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    reading.series += log.columns.series()
    return reading


class _Log:
    """The state of reading one log over its parts."""

    def __init__(self, source: str, files: Sequence[RunFile], limits: Limits, reading: Reading) -> None:
        self.columns = Columns(f"{NAME}:{source}", tuple(file.name for file in files), limits.tags)
        self._limits = limits
        self._reading = reading
        self._counted: dict[str, tuple[int, int]] = {}
        self._repeated: dict[str, Any] | None = None
        self._changed = 0

    def read(self, index: int, stream: ByteStream, account: TextAccount) -> None:
        """Take every line of one part."""
        torn: tuple[int, int, int, str] | None = None
        unstepped = 0
        line = offset = 0
        raw = b""
        for line, offset, raw in account.lines(stream, self._limits.json_line_bytes):
            if torn is not None:
                self._malformed(account, *torn)
                torn = None
            if not raw or raw.isspace():
                continue
            try:
                record = loads(raw)
            except ValueError as failure:
                torn = (line, offset, len(raw), str(failure)[:200])
                continue
            if isinstance(record, dict):
                unstepped += not self._take(index, line, record)
            else:
                self._malformed(account, line, offset, len(raw), f"a {type(record).__name__} where an object belongs")
        if torn is not None:
            self._last(account, *torn, raw=raw)
        if unstepped:
            account.note(f"{unstepped:,} records name no step: they take that of the record before, or are numbered")
        if self._changed:
            account.note(f"the configuration in {self._changed:,} records is not that of the first, which is taken")
            self._changed = 0
        if self.columns.refused_tags:
            account.note(f"more than {self._limits.tags:,} tags: the rest is not kept", IssueKind.LIMIT)

    def _take(self, index: int, line: int, record: dict[str, Any]) -> bool:
        payload, event = record.get("payload"), record.get("event")
        if event != "config" and isinstance(record.get("config"), dict):
            record = self._without_config(index, record)
        shared = [name for name in _STRETCHES if name in record] if event else []
        if isinstance(payload, dict) and "event" in record:
            shared = [name for name in shared if name not in payload]
            record = {**{key: value for key, value in record.items() if key != "payload"}, **payload}
        step, update, axis, used = pick(record)
        if shared and axis in COARSE and update is not None:  # an event of a run without environment steps
            step, axis = update, "update"
        time = _time(record)
        if event == "config":
            self._config(index, record)
            return True
        at = None if axis in COARSE else step
        log = as_log_record(record, self.columns_file(index), line, at, update, time, self._limits.fields)
        if log is not None and len(self._reading.logs) < 2 * self._limits.records:
            self._reading.logs.append(log)
        prefix = f"{event}/" if isinstance(event, str) and event and " " not in event else ""
        side = _side(record)
        prefix += side
        epoch = counter(record.get("epoch"))
        if side and epoch is not None and "iter" in used:  # mmdetection counts iterations inside the epoch
            step, axis, used = epoch, "epoch", used | {"epoch"}
        row = -1
        for tag, value in numbers(record, prefix, used.union(shared) if shared else used, self._limits.nesting):
            if row < 0:
                row = self.columns.row(index, line, step, update, time)
            self.columns.add(row, tag, value, axis)
        for name in shared:
            count = counter(record[name])
            if step is None or name in used or count is None or self._counted.get(name) == (step, count):
                continue
            self._counted[name] = step, count
            if row < 0:
                row = self.columns.row(index, line, step, update, time)
            self.columns.add(row, name, count, axis)
        return step is not None or row < 0

    def columns_file(self, index: int) -> str:
        """Return the name of one part."""
        return self.columns.files[index]

    def _config(self, index: int, record: Mapping[str, Any]) -> None:
        body = record.get("config", record)
        if body is record:
            body = {key: value for key, value in record.items() if key not in _META}
        facts, _ = facts_of(body, self.columns_file(index), self._limits, "file")
        self._reading.config += [fact for fact in facts if isinstance(fact, ConfigFact) and fact.key]

    def _without_config(self, index: int, record: dict[str, Any]) -> dict[str, Any]:
        """Return a result without the configuration that it repeats, as Tune's do: settings are no measurements."""
        if self._repeated is None:
            self._repeated = record["config"]
            self._config(index, record)
        elif record["config"] != self._repeated:
            self._changed += 1
        return {key: value for key, value in record.items() if key != "config"}

    @staticmethod
    def _malformed(account: TextAccount, line: int, offset: int, size: int, reason: str) -> None:
        account.problem(IssueKind.MALFORMED, f"line {line:,} is not a JSON object: {reason}", offset, line, size, 1)

    def _last(self, account: TextAccount, line: int, offset: int, size: int, reason: str, raw: bytes) -> None:
        if raw.lstrip().startswith(b"{"):
            message = f"the last line ends inside a record at byte {offset:,} (crash, or still being written)"
            account.problem(IssueKind.TRUNCATED, message, offset, line, size, 1)
        else:
            self._malformed(account, line, offset, size, reason)


_META = frozenset({"ts", "monotonic", "run_id", "env_step", "update", "event", "level", "schema"})


def _side(record: Mapping[str, Any]) -> str:
    """Return the folder of the numbers of a record that says it is of a validation: {"mode": "val", "loss": 0.5}."""
    for key in _SIDE_KEYS:
        found = record.get(key)
        if isinstance(found, str) and found.lower() in _SIDES:
            return f"{found.lower()}/"
    return ""


def _time(record: Mapping[str, Any]) -> float | None:
    for key in _TIMES:
        if key in record:
            found = to_unix(record[key])
            if found is not None:
                return found
    return None


READER = Reader(
    name=NAME,
    rank=20,
    claims=claims,
    read=read_jsonl,
    group=lambda name: f"{NAME}:{family(name)}",
    order=lambda name: (str(PurePosixPath(name).parent), *age(name)),
)
