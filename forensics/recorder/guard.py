"""Watches what is recorded and says when a run is past saving. Its thresholds come from the run's own clip limits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from forensics.recorder.rules import Rule

CLIPPING_FAILED = 1.1  # x limit: a clip leaves a norm at its limit, and rounding adds 1e-6, not a tenth
Q_FACTOR = 10.0  # x the scale of Q on the batch: native features keep the policy's Q within 0.1 (fault catalogue)
Q_PATIENCE = 10  # records running: Q on the batch crosses zero
_FINITE = ("gradients/", "losses/", "q_values/", "parameters/")


class Mode(StrEnum):
    """What follows an alarm: a record, or a record and the end of the run."""

    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: what it is about (`kind`, `subject`), in words, and the number against its limit."""

    kind: str
    subject: str
    message: str
    value: float
    limit: float
    stops: bool


@dataclass
class Guard:
    """Checks every record. `limits` maps the names of clips to their limits, as they are used."""

    mode: Mode = Mode.WARN
    rules: tuple[Rule, ...] = ()
    q_factor: float = Q_FACTOR
    limits: dict[str, float] = field(default_factory=dict)
    _q_apart: int = 0
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def check(self, values: Mapping[str, float], step: int) -> list[Alarm]:
        """Return the alarms that these values, by tag, raise at `step`."""
        return [*self._clips(values), *self._finite(values), *self._policy_q(values), *self._rules(values, step)]

    def news(self, alarms: Iterable[Alarm]) -> list[Alarm]:
        """Return the alarms to be recorded: of those that go on, the 1st, 2nd, 4th, 8th and so on."""
        fresh = []
        for alarm in alarms:
            key = (alarm.kind, alarm.subject)
            self._seen[key] += 1
            if self._seen[key] & (self._seen[key] - 1) == 0:
                fresh.append(alarm)
        return fresh

    def is_new(self, alarms: Iterable[Alarm]) -> bool:
        """Whether one of these alarms, which `news` has counted, was raised for the first time."""
        return any(self._seen[alarm.kind, alarm.subject] == 1 for alarm in alarms)

    def raised(self) -> dict[str, int]:
        """Return how often each alarm was raised, by kind and subject."""
        return {f"{kind} {subject}".strip(): count for (kind, subject), count in self._seen.items()}

    def thresholds(self) -> dict[str, float]:
        """Return above which post-clip norm clipping has failed, by the name of the clip."""
        return {name: CLIPPING_FAILED * limit for name, limit in dict(self.limits).items() if math.isfinite(limit)}

    def _clips(self, values: Mapping[str, float]) -> Iterable[Alarm]:
        for name, limit in self.limits.items():
            norm = values.get(f"gradients/{name}_norm_post_clip")
            if norm is not None and norm > CLIPPING_FAILED * limit:
                message = f"clipping failed: the gradient norm of {name} after the clip is {norm:.6g}, limit {limit:g}"
                yield Alarm("clipping-failed", name, message, norm, CLIPPING_FAILED * limit, self._stops)

    def _finite(self, values: Mapping[str, float]) -> Iterable[Alarm]:
        if all(map(math.isfinite, values.values())):
            return
        for tag, value in values.items():
            if not math.isfinite(value) and tag.startswith(_FINITE):
                yield Alarm("non-finite", tag, f"{tag} is {value}", value, math.inf, self._stops)

    def _policy_q(self, values: Mapping[str, float]) -> Iterable[Alarm]:
        policy, batch = values.get("q_values/policy_q_mean"), _batch_q(values)
        if policy is None or batch is None:
            return
        scale = max(abs(batch), *(values.get(f"q_values/{q}_std", 0.0) for q in ("batch_q", "q1", "target_q")))
        apart = abs(policy - batch) > self.q_factor * scale
        self._q_apart = self._q_apart + 1 if apart else 0
        if self._q_apart >= Q_PATIENCE:
            message = (
                f"Q of the policy's actions is {policy:.6g} while Q on the batch is {batch:.6g}: more than "
                f"{self.q_factor:g} times its scale ({scale:.4g}) apart for {self._q_apart} records"
            )
            yield Alarm("policy-q-apart", "", message, abs(policy - batch), self.q_factor * scale, self._stops)

    def _rules(self, values: Mapping[str, float], step: int) -> Iterable[Alarm]:
        for rule in self.rules:
            if rule.breaks(values, step):
                message = f"the rule {rule.text!r} holds: {rule.tag} is {values[rule.tag]:.6g}"
                yield Alarm("rule", rule.text, message, values[rule.tag], rule.value, stops=True)

    @property
    def _stops(self) -> bool:
        return self.mode is Mode.STOP


def _batch_q(values: Mapping[str, float]) -> float | None:
    return next((values[tag] for tag in ("q_values/batch_q_mean", "q_values/q1_mean") if tag in values), None)
