"""The binary record of a run of Weights & Biases (run-ID.wandb): history, configuration, summary and end.

Read without their package, which no longer has a reader of its own files in Python (0.31), and of which nothing is
needed but the framing and a few field numbers. Offline runs of recent versions leave all their numbers here alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forensics.model.evidence import ConfigFact, IssueKind, Manifest
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.documents.config import facts_of
from forensics.readers.jsontext import storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tensorboard.protobuf import WireError
from forensics.readers.text.source import TextAccount
from forensics.readers.wandb import messages
from forensics.readers.wandb.datalog import MAGIC, records
from forensics.readers.wandb.history import History
from forensics.readers.wandb.started import facts_of_start
from forensics.safety.limits import Limits

NAME = "wandb"
_ID, _CONFIG, _DISPLAY_NAME, _START = 1, 4, 8, 17  # of RunRecord
_ITEMS, _STEP = 1, 2  # of HistoryRecord
_ARGS, _PROGRAM, _GIT = 5, 6, 9  # of EnvironmentRecord
_REMOTE, _COMMIT = 1, 2  # of GitRepoRecord


def read_run_logs(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each file by itself."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            _Log(file, limits, account).read(stream, reading)
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    return reading


class _Log:
    """The state of reading one file."""

    def __init__(self, file: RunFile, limits: Limits, account: TextAccount) -> None:
        self._file = file
        self._limits = limits
        self._account = account
        self._history = History()
        self._config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self._started: list[ConfigFact] = []
        self._run_id, self._status = "", ""
        self._start: float | None = None
        self._aside = {"lines of the console": 0, "samples of the machine": 0}

    def read(self, stream: ByteStream, reading: Reading) -> None:
        """Take every record, then add what the whole says to `reading`."""
        try:
            for place, record in enumerate(records(stream.chunks(), self._problem)):
                try:
                    self._take(*messages.body(record))
                except (WireError, ValueError) as failure:
                    message = f"record {place:,} is not understood: {str(failure)[:200]}"
                    self._account.problem(IssueKind.MALFORMED, message, 0, 0, len(record), 1)
        except ValueError as failure:
            self._account.problem(IssueKind.MALFORMED, f"not read: {failure}", 0, 0, stream.size)
            return
        columns = Columns(f"{NAME}:{self._file.name}", (self._file.name,), self._limits.tags)
        self._history.into(columns, self._limits.nesting)
        found = columns.series()
        reading.series += found
        reading.config += self._facts({series.tag for series in found})
        reading.manifest = reading.manifest or Manifest(
            file=self._file.name, run_id=storable(self._run_id), status=self._status, start=self._start
        )
        aside = [f"{count:,} {what}" for what, count in self._aside.items() if count]
        if aside:
            self._account.note(f"{' and '.join(aside)} in it are not examined")

    def _problem(self, kind: IssueKind, message: str, offset: int, lost: int) -> None:
        self._account.problem(kind, message, offset, 0, lost)

    def _take(self, kind: int, body: bytes) -> None:
        if kind == messages.HISTORY:
            row: dict[str, Any] = {}
            for path, value in messages.items(body, _ITEMS):
                _put(row, path, value)
            step = messages.message(body, _STEP)
            row.setdefault("_step", messages.whole(step, 1))
            self._history.add(row)
        elif kind == messages.RUN:
            self._run(body)
        elif kind == messages.CONFIG:
            _update(self._config, body)
        elif kind == messages.SUMMARY:
            _update(self._summary, body)
        elif kind == messages.ENVIRONMENT:
            git = messages.message(body, _GIT)
            said = {
                "args": messages.texts(body, _ARGS),
                "program": messages.message(body, _PROGRAM).decode("utf-8", "replace"),
                "git": {key: messages.message(git, number).decode("utf-8", "replace")
                        for key, number in (("commit", _COMMIT), ("remote", _REMOTE))},
            }  # fmt: skip
            self._started = facts_of_start(said, self._file.name)
        elif kind == messages.EXIT:
            self._status = "failed" if messages.whole(body, 1) else "finished"
        elif kind in (messages.OUTPUT, messages.OUTPUT_RAW):
            self._aside["lines of the console"] += 1
        elif kind == messages.STATS:
            self._aside["samples of the machine"] += 1

    def _run(self, body: bytes) -> None:
        self._run_id = messages.message(body, _ID).decode("utf-8", "replace")[:100]
        start = messages.whole(messages.message(body, _START), 1)
        self._start = float(start) if start else None
        _update(self._config, messages.message(body, _CONFIG))
        name = messages.message(body, _DISPLAY_NAME).decode("utf-8", "replace")
        if name:
            self._config.setdefault("run_name", name[:300])

    def _facts(self, tags: set[str]) -> list[ConfigFact]:
        """Return the configuration, how the run was started, and the results that the history does not hold."""
        config = {key: value for key, value in self._config.items() if key != "_wandb"}
        results = {key: value for key, value in self._summary.items() if key not in tags and not key.startswith("_")}
        facts, left = facts_of(config, self._file.name, self._limits)
        found, more = facts_of({k: v for k, v in results.items() if not isinstance(v, dict)}, self._file.name,
                               self._limits, "results")  # fmt: skip
        if left or more:
            self._account.note(f"its configuration is read in part: {left or more}", IssueKind.LIMIT)
        return [fact for fact in (*facts, *found, *self._started) if fact.key]


def _update(document: dict[str, Any], body: bytes) -> None:
    for path, value in messages.items(body):
        _put(document, path, value)


def _put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        inner = document.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    document[path[-1]] = value


READER = Reader(
    name=NAME,
    rank=22,
    claims=lambda name, head: name.lower().endswith(".wandb") and head.startswith(MAGIC[:4]),
    read=read_run_logs,
)
