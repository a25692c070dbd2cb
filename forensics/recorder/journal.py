"""One dict to both sinks: a record of TensorBoard's event file and the lines of debug.jsonl."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from forensics.recorder.appender import Appender, sync_and_close
from forensics.recorder.eventfile import scalars, session_start, version
from forensics.recorder.jsonlines import line, lines
from forensics.recorder.moment import Moment
from forensics.recorder.numbers import Plain
from forensics.recorder.parts import set_aside
from forensics.recorder.thinning import Thinning

LOG = "debug.jsonl"
Record = tuple[Moment, str, dict[str, Plain]]
Opener = Callable[[Path], Appender]


class Journal:
    """Writes each record to both files in the call that brings it. Every method may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        run_id: str,
        moment: Moment,
        *,
        part_bytes: int,
        full_rate_bytes: int,
        every: int = 1,
        restarts: bool = False,
        opener: Opener = Appender,
    ) -> None:
        """Open new files in `folder`; a run that `restarts` tells TensorBoard to forget what came later.

        Raises OSError.
        """
        self._tags: dict[str, None] = {}
        self.dropped = 0
        self._folder, self._run_id, self._part_bytes, self._opener = folder, run_id, part_bytes, opener
        self._lock = threading.Lock()
        self._thinning: Thinning[Record] = Thinning(full_rate_bytes, every, every)
        self._first_dropped: Moment | None = None
        self._stride = every
        self._rotated = 0
        self._retired: list[int] = []
        set_aside(folder / LOG)
        self._log = opener(folder / LOG)
        self._events = opener(folder / _event_name(folder, run_id, moment.wall))
        self._events.write(version(moment.wall))
        if restarts:
            self._events.write(session_start(moment.wall, moment.step + 1))

    def tags(self) -> list[str]:
        """Return every tag that was recorded, in the order of their first records."""
        with self._lock:
            return list(self._tags)

    @property
    def written(self) -> int:
        """Bytes in all parts of the log."""
        return self._rotated + self._log.size

    def record(self, moment: Moment, values: Mapping[str, Plain], level: str = "DEBUG", *, thins: bool = False) -> bool:
        """Write `values`, by tag, to both files; `thins` lets a long run skip it. Return whether both took it."""
        record = (moment, level, dict(values))
        with self._lock:
            self._tags.update(dict.fromkeys(values))
            if thins:
                if not self._thinning.keeps(moment.update, self.written):
                    self._thinning.hold(record)
                    return True
                self._thinning.forget()
                self._note_stride(moment)
            return self._write(record)

    def say(self, moment: Moment, event: str, level: str, payload: Mapping[str, object]) -> bool:
        """Write one line to the log alone."""
        with self._lock:
            return self._write_log(moment, line(moment, self._run_id, event, level, payload))

    def around(self) -> None:
        """Write what was skipped just before an anomaly, and keep what follows at full rate."""
        with self._lock:
            for record in self._thinning.release():
                self._write(record)

    def descriptors(self) -> list[int]:
        """Return descriptors of everything not synced yet, for the caller to sync and close. Raises OSError."""
        with self._lock:
            retired, self._retired = self._retired, []
            return [*retired, self._log.handle_copy(), self._events.handle_copy()]

    def retry(self) -> None:
        """Ask a disk that was full whether it has room again, before the last words are said."""
        with self._lock:
            self._log.retry()
            self._events.retry()

    def close(self, moment: Moment) -> None:
        """Write what is owed, sync and close."""
        self.around()
        with self._lock:
            self._log.retry()
            self._note_drops(moment)
            if self._thinning.skipped:
                self._note_stride(moment, at_end=True)
            for handle in self._retired:
                sync_and_close(handle)
            self._log.close()
            self._events.close()

    def _write(self, record: Record) -> bool:
        moment, level, values = record
        logged = self._write_log(moment, lines(moment, self._run_id, level, values))
        numbers = {tag: value for tag, value in values.items() if not isinstance(value, str)}
        counters = {"counters/updates": float(moment.update), "counters/episodes": float(moment.episode)}
        drawn = not numbers or self._events.write(scalars(moment.wall, moment.step, numbers | counters))
        if not drawn:
            self._dropped_at(moment)
        return logged and drawn

    def _write_log(self, moment: Moment, data: bytes) -> bool:
        if self._log.size + len(data) > self._part_bytes and self._log.size:
            self._rotate()
        if self._first_dropped is not None and not (self._log.is_blocked or self._events.is_blocked):
            self._note_drops(moment)
        if self._log.write(data):
            return True
        self._dropped_at(moment)
        return False

    def _rotate(self) -> None:
        try:
            set_aside(self._log.path)
            fresh = self._opener(self._log.path)
        except OSError:  # no room for a new file: go on with this one
            return
        self._rotated += self._log.size
        old, self._log = self._log, fresh
        self._log.dropped = old.take_dropped()
        self._retired.append(old.release())

    def _dropped_at(self, moment: Moment) -> None:
        self.dropped += 1
        self._first_dropped = self._first_dropped or moment

    def _note_drops(self, moment: Moment) -> None:
        """Say what was lost, once there is room to say it."""
        first = self._first_dropped
        if first is None:
            return
        payload = {
            "reason": "records could not be written (disk full?)",
            "span": f"update {first.update} to {moment.update}",
            "log_records": self._log.dropped,
            "event_records": self._events.dropped,
            "seconds": moment.monotonic - first.monotonic,
        }
        at = replace(moment, wall=time.time())
        if self._log.write(line(at, self._run_id, "gap", "WARNING", payload)):
            self._first_dropped = None
            self._log.take_dropped()
            self._events.take_dropped()

    def _note_stride(self, moment: Moment, *, at_end: bool = False) -> None:
        """Say from where on only a part is kept, and at the end how many were not."""
        if self._thinning.stride == self._stride and not at_end:
            return
        self._stride = self._thinning.stride
        asked = self._stride == self._thinning.every
        why = f"one record in {self._stride} was asked for" if asked else "the run is long"
        kept = f"from here on one record in {self._stride} is kept, and all around a new anomaly"
        payload = {
            "reason": f"{why}: " + ("records were skipped" if at_end else kept),
            "kept_one_in": self._stride,
            "skipped": self._thinning.skipped,
        }
        self._write_log(moment, line(moment, self._run_id, "gap", "INFO", payload))


def _event_name(folder: Path, run_id: str, wall: float) -> str:
    """Return a name that sorts after those of earlier files, by which TensorBoard goes."""
    stamps = [int(path.name.split(".")[3]) for path in folder.glob("events.out.tfevents.*") if _has_stamp(path)]
    return f"events.out.tfevents.{max([int(wall), *(stamp + 1 for stamp in stamps)])}.{run_id}"


def _has_stamp(path: Path) -> bool:
    return path.name.split(".")[3].isdigit()
