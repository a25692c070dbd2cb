"""The flight recorder: what a training loop computes, in files that survive the loop."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import sys
import time
import traceback
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from forensics.model.meaning import Axis
from forensics.recorder import rundir
from forensics.recorder.appender import sync_and_close
from forensics.recorder.catalogue import declare_all
from forensics.recorder.clipping import Clips, updated_ids
from forensics.recorder.fetch import fetch
from forensics.recorder.gradients import Measured, values_of
from forensics.recorder.guard import Q_FACTOR, Guard, Mode
from forensics.recorder.journal import Journal
from forensics.recorder.keeper import Keeper
from forensics.recorder.lock import WriterLock
from forensics.recorder.manifest import ManifestFile
from forensics.recorder.moment import Moment
from forensics.recorder.names import tag_of
from forensics.recorder.numbers import Plain
from forensics.recorder.rules import parse_rule
from forensics.recorder.session import About, manifest_fields, write_config
from forensics.recorder.summary import summary
from forensics.recorder.textlines import Episodes, TextLog
from forensics.recorder.watching import Watch

MIB = 1 << 20
_log = logging.getLogger(__name__)


class Recorder:
    """Records one run into one directory.

    Only the constructor raises: a mistake in its arguments, or a directory that cannot be written, is said before the
    training starts. Afterwards the loop is never disturbed: failures are counted, and said in train.log.
    """

    def __init__(
        self,
        run_dir: Path | str,
        *,
        guard: str = "warn",
        stop_if: Iterable[str] = (),
        q_factor: float = Q_FACTOR,
        cadence: int = 50,
        every: int = 1,
        resume: Mapping[str, Any] | None = None,
        part_bytes: int = 64 * MIB,
        full_rate_bytes: int = 256 * MIB,
        **about: Any,
    ) -> None:
        """Open the run.

        Args:
            run_dir: the directory of this run alone; made where it does not exist.
            guard: "warn" records an alarm, "stop" also makes `step` return False.
            stop_if: rules `TAG < VALUE [after STEP]` (signs < <= > >= == !=); each stops the run when it holds.
            q_factor: how many times its scale Q of the policy's actions may lie from Q on the batch.
            cadence: updates between two measurements of parameters, update sizes and activations.
            every: updates between two records; those around an anomaly are all kept. A cadence that is a multiple of
                it loses no measurement.
            resume: the `state_dict()` of the run to go on with, from its checkpoint.
            part_bytes: size at which debug.jsonl is rotated.
            full_rate_bytes: size of debug.jsonl up to which every update is kept (thinning.py says what follows).
            **about: what the run says of itself: the fields of session.About.

        Raises:
            UsageError: the directory holds a run, another process writes it, or a rule cannot be read.
            OSError: the directory cannot be written.
            ValueError: `guard` is neither warn nor stop, or `cadence` or `every` is below 1.
        """
        if min(cadence, every) < 1:
            raise ValueError(f"cadence {cadence} and every {every} count updates: the least is 1")
        self._about = About(**about)
        rules = tuple(parse_rule(rule) for rule in ([stop_if] if isinstance(stop_if, str) else stop_if))
        self.stop_reason: str | None = None
        self.failures = 0
        self.folder = Path(run_dir)
        self.run_id = uuid.uuid4().hex[:16]
        self._pid = os.getpid()
        state = resume or {}
        self._env_step: int | None = state.get("env_step")
        self._update = int(state.get("update") or 0)
        self._episode = int(state.get("episode") or 0)
        self._watch = Watch(cadence)
        self._clips = Clips(self._watch.parameters, self._fail)
        self._guard = Guard(Mode(guard), rules, q_factor, self._clips.limits)
        self._open(resume, part_bytes, full_rate_bytes, every)
        self._last_record = time.monotonic()
        self._closed = False
        self._declared: tuple[int, dict[str, float]] = (0, {})
        self._keeper = Keeper(self._declare, self._beat)
        atexit.register(self._at_exit)

    # ---- what a loop calls

    def watch(self, module: Any, name: str, *, optimizer: Any = None) -> None:
        """Measure a module under `name`: parameters, update sizes and activations at the cadence, gradients at clips.

        With its optimizer, its learning rate is recorded at every step. Networks are recognised by the words actor,
        critic, encoder, cnn and mlp in the name, such as `actor_cnn`.
        """
        with self._shielded():
            self._watch.add(name, module.parameters(), module, optimizer)
            self._clips.forget_groups()

    def clip_grad_norm_(
        self,
        parameters: Any,
        max_norm: float,
        *,
        name: str,
        norm_type: float = 2.0,
        error_if_nonfinite: bool = False,
        foreach: bool | None = None,
    ) -> Any:
        """Clip as torch.nn.utils.clip_grad_norm_ does, and record the gradient on both sides of the clip.

        `max_norm=math.inf` measures a gradient that is not clipped. With AMP, call it after `scaler.unscale_`.
        Returns the total norm before the clip, as torch does; raises what torch raises.
        """
        options = {"norm_type": norm_type, "error_if_nonfinite": error_if_nonfinite, "foreach": foreach}
        return self._clips.clip(parameters, max_norm, name, self._watch.is_due(self._update + 1), options)

    def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
        """Record one gradient update; call it once after every optimizer step. Return whether to go on.

        Values are numbers or tensors; a tensor of several elements becomes its mean, std, min and max. A name with a
        "/" is a tag, other names get the event that their words speak of (names.py). Everything that lies on a device
        is brought over in one transfer.
        """
        with self._shielded():
            self._update = self._update + 1 if update is None else int(update)
            self._at(env_step)
            clips = self._clips.take()
            found: dict[str, Any] = {}
            with self._shielded():
                found |= self._watch.measure(updated_ids(clips))
            found |= {tag_of(name): value for name, value in values.items()}
            vectors = [vector for clip in clips for vector in (clip.before, clip.after, clip.counts)]
            numbers, lists = fetch(found, vectors)
            self._record({**_gradients(clips, lists), **numbers}, thins=True)
            self._watch.prepare(self._update + 1)
        return self.stop_reason is None

    def record(self, event: str, values: Mapping[str, Any], env_step: int | None = None, level: str = "DEBUG") -> bool:
        """Record anything else, under `event/name` each. Return whether it is in the files."""
        done = False
        with self._shielded():
            self._at(env_step)
            numbers, _ = fetch({tag_of(f"{event}/{name}"): value for name, value in values.items()})
            done = self._record(numbers, level=level)
        return done  # noqa: RET504 - a failure inside the shield comes out here as False

    def episode(
        self,
        episodic_return: float,
        episode_length: int,
        *,
        reason: str = "",
        env_step: int | None = None,
        **values: Any,
    ) -> None:
        """Record the end of a training episode, with the named reason of its end."""
        with self._shielded():
            self._episode += 1
            self._at(env_step)
            given = {"episodic_return": episodic_return, "episode_length": episode_length, **values}
            numbers, _ = fetch({tag_of(f"episode_end/{name}"): value for name, value in given.items()})
            said = numbers | ({"episode_end/reason": reason} if reason else {})
            self._record(said, level="INFO")
            plain = {tag.partition("/")[2]: value for tag, value in said.items()}
            self._episodes.write(self._now(), self.run_id, plain)
            self._text.values("INFO", self._now(), plain)

    def evaluation(
        self,
        episodic_returns: Sequence[float],
        episode_lengths: Sequence[int] = (),
        *,
        env_step: int | None = None,
        **values: Any,
    ) -> None:
        """Record an evaluation: the returns and lengths of its episodes."""
        with self._shielded():
            self._at(env_step)
            given = {
                **summary("episodic_return", episodic_returns),
                **summary("episode_length", episode_lengths),
                **values,
            }
            numbers, _ = fetch({tag_of(f"evaluation/{name}"): value for name, value in given.items()})
            self._record(numbers, level="INFO")
            self._text.values(
                "INFO", self._now(), {f"evaluation_{tag.partition('/')[2]}": numbers[tag] for tag in numbers}
            )

    def checkpoint(self, path: Path | str) -> None:
        """Record that a checkpoint was written, and make everything recorded so far survive a loss of power."""
        with self._shielded():
            self._journal.say(self._now(), "checkpoint", "INFO", {"path": str(path)})
            self._text.write("INFO", f"step={self._now().step} checkpoint {path}")
            self._sync()

    def log(self, message: str, level: str = "INFO") -> None:
        """Write a line for people to train.log."""
        with self._shielded():
            self._text.write(level, str(message))

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint has to hold so that a resumed run goes on counting."""
        return {"run_id": self.run_id, "env_step": self._env_step, "update": self._update, "episode": self._episode}

    def close(self, status: str = "", reason: str = "") -> None:
        """End the run: finished, or stopped where a guard stopped it, unless `status` says otherwise."""
        if self._closed or os.getpid() != self._pid:
            return
        self._closed = True
        atexit.unregister(self._at_exit)
        status = status or ("stopped" if self.stop_reason else "finished")
        reason = reason or self.stop_reason or ""
        with self._shielded():
            self._keeper.stop()
            self._watch.close()
        with self._shielded():
            self._end(status, reason)
        self._lock.release()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if failure is None:
            self.close()
        else:
            self._close_after(failure)

    # ---- opening and ending

    def _open(self, resume: Mapping[str, Any] | None, part_bytes: int, full_rate_bytes: int, every: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = WriterLock(self.folder)
        try:
            if resume is None:
                rundir.must_be_free(self.folder)
            before = rundir.earlier(self.folder)
            mended = rundir.mend(self.folder)
            resumes = str((resume or {}).get("run_id") or before.get("run_id") or "") if resume is not None else ""
            fields = manifest_fields(self._about, self.folder, self.run_id) | (
                {"resume_of": resumes} if resumes else {}
            )
            self._manifest = ManifestFile(self.folder, fields, before)
            config = write_config(self._about, self.folder)
            self._journal = Journal(
                self.folder,
                self.run_id,
                self._now(),
                part_bytes=part_bytes,
                full_rate_bytes=full_rate_bytes,
                every=every,
                restarts=resume is not None,
            )
            self._text, self._episodes = TextLog(self.folder / rundir.TEXT_LOG), Episodes(self.folder / rundir.EPISODES)
        except BaseException:
            self._lock.release()
            raise
        self._start(resumes, mended, config)

    def _start(self, resumes: str, mended: Sequence[str], config: Mapping[str, Any]) -> None:
        said = {"name": self._about.name or self.folder.name, "backend": self._about.backend}
        said |= {"resume_of": resumes} if resumes else {}
        said |= {"mended": "; ".join(mended)} if mended else {}
        self._journal.say(self._now(), "run_start", "INFO", said)
        if config:
            self._journal.say(self._now(), "config", "INFO", {"config": config})
        self._text.write("INFO", " ".join(f"{key}={value}" for key, value in {"run": self.run_id, **said}.items()))

    def _end(self, status: str, reason: str) -> None:
        raised = self._guard.raised()
        said = {"status": status, "reason": reason, "alarms": ", ".join(f"{name} x{n}" for name, n in raised.items())}
        said = {key: value for key, value in said.items() if value}
        level = "INFO" if status == "finished" else "WARNING"
        self._journal.retry()
        self._journal.say(self._now(), "run_end", level, said)
        self._text.write(level, " ".join(["run_end", *(f"{key}={value}" for key, value in said.items())]))
        self._declare()
        self._journal.close(self._now())
        self._text.close()
        self._episodes.close()
        last = {**self.state_dict(), "dropped_records": self._journal.dropped, "recorder_failures": self.failures}
        self._manifest.end(status, {key: last[key] for key in last if key != "run_id"})

    def _close_after(self, failure: BaseException) -> None:
        if isinstance(failure, KeyboardInterrupt):
            self.close("stopped", "interrupted by the user")
            return
        text = "".join(traceback.format_exception(failure)).rstrip()
        with self._shielded():
            self._text.write("ERROR", f"the training loop failed\n{text}")
        self.close("failed", f"{type(failure).__name__}: {failure}"[:500])

    def _at_exit(self) -> None:
        failure = getattr(sys, "last_value", None)
        if isinstance(failure, BaseException):
            self._close_after(failure)
        else:
            self.close()

    # ---- one record

    def _at(self, env_step: int | None) -> None:
        if env_step is not None:
            self._env_step = int(env_step)

    def _now(self) -> Moment:
        return Moment(time.time(), time.monotonic(), self._env_step, self._update, self._episode)

    def _record(self, values: Mapping[str, Plain], *, level: str = "DEBUG", thins: bool = False) -> bool:
        """Write one dict to both sinks, then what the guard says of it."""
        if os.getpid() != self._pid or self._closed:
            return False
        moment = self._now()
        numbers = {tag: value for tag, value in values.items() if isinstance(value, float)}
        alarms = self._guard.check(numbers, moment.step)
        news = self._guard.news(alarms)
        if self._guard.is_new(news):
            self._journal.around()
        done = self._journal.record(moment, values, level, thins=thins and not news)
        self._last_record = moment.monotonic
        for alarm in news:
            about = {"message": alarm.message, "kind": alarm.kind, "subject": alarm.subject}
            self._journal.say(moment, "anomaly", "ERROR", {**about, "value": alarm.value, "threshold": alarm.limit})
            self._text.write("ERROR", f"step={moment.step} update={moment.update} {alarm.message}")
        if self.stop_reason is None:
            self.stop_reason = next((alarm.message for alarm in alarms if alarm.stops), None)
        return done

    @contextlib.contextmanager
    def _shielded(self) -> Iterator[None]:
        """Keep a failure of ours from the loop."""
        try:
            yield
        except Exception as failure:
            self._fail(failure)

    def _fail(self, failure: Exception) -> None:
        self.failures += 1
        if self.failures & (self.failures - 1) == 0:  # the 1st, 2nd, 4th, 8th and so on
            _log.warning("the recorder failed and goes on: %r", failure, exc_info=failure)
            with contextlib.suppress(Exception):
                where = traceback.extract_tb(failure.__traceback__)[-1:]
                place = f" ({Path(where[0].filename).name}:{where[0].lineno})" if where else ""
                self._text.write("WARNING", f"recorder: {failure!r}{place}, failure {self.failures}")

    # ---- what the keeper calls, from its thread

    def _declare(self) -> None:
        with self._shielded():
            axis = Axis.UPDATE if self._env_step is None else Axis.ENV_STEP
            tags, thresholds = self._journal.tags(), self._guard.thresholds()
            if (len(tags), thresholds) == self._declared:
                return
            every = [*tags, "counters/updates", "counters/episodes", "episode"]
            given = {tag: dict(fields) for tag, fields in self._about.meanings.items()}
            self._manifest.declare(declare_all(every, axis, given), thresholds)
            self._declared = (len(tags), thresholds)

    def _beat(self) -> None:
        with self._shielded():
            silent = time.monotonic() - self._last_record
            said = {"seconds_since_record": silent, "dropped_records": self._journal.dropped}
            self._journal.say(self._now(), "heartbeat", "DEBUG", said)
            self._sync()

    def _sync(self) -> None:
        for handle in self._journal.descriptors():
            sync_and_close(handle)


def _gradients(clips: Sequence[Measured], lists: Sequence[Sequence[float]]) -> dict[str, Plain]:
    """Return the tags and numbers of the clips of one step; `lists` holds three vectors a clip."""
    found: dict[str, Plain] = {}
    for clip, (before, after, counted) in zip(clips, zip(*[iter(lists)] * 3, strict=True), strict=True):
        found |= values_of(clip, before, after)
        if counted:
            missing = len(clip.group.parameters) - len(clip.present)
            found[f"gradients/{clip.name}_zero_count"] = counted[0]
            found[f"gradients/{clip.name}_nonfinite_count"] = counted[1]
            found[f"gradients/{clip.name}_without_gradient_count"] = float(missing)
    return found
