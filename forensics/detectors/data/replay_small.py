"""The replay buffer is tiny: it is full early, and a batch is a large part of it.

Observes: the size at which the logged buffer stops growing, or the configured capacity, against the batch size and
the length of the run.

Why it matters: a batch that is a tenth of the buffer is drawn again and again; the critic fits the last few hundred
transitions and forgets the rest.

Evidence: the buffer size over time, or the configured capacity; the batch size where it is known.

How it can be wrong: an on-policy method calls its rollout a buffer as well (left out without a Q value); a buffer
that is full because the run is long is ordinary.

References: Zhang and Sutton 2017, "A deeper look at experience replay" (arXiv 1712.01275); Fedus 2020, "Revisiting
fundamentals of experience replay" (arXiv 2007.06700); fault catalogue, replay-too-small.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.learner import explores_by_chance
from forensics.signals.robust import finite
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="DAT101",
    name="replay-small",
    fired="The replay buffer is tiny",
    clear="The replay buffer is of ordinary size",
    group="replay",
    needs=("replay buffer size over time or its configured capacity",),
    leak=(2, 100),
    leak_reason="Small tasks are learned with small buffers on purpose now and then.",
    how_to_log='writer.add_scalar("train/buffer_size", replay.size(), env_step)',
)
THRESHOLDS = {
    "batch share": Threshold(0.1, "batch over capacity", "fault catalogue, replay-too-small: batch/buffer > 0.1"),
    "capacity": Threshold(
        5e3, "transitions", "Zhang and Sutton 2017: the smallest buffers they study, 1e2 to 1e3, fail; defaults are 1e6"
    ),
    "steps": Threshold(
        10, "times the capacity", "the buffer turned over ten times: nine tenths of the experience were forgotten"
    ),
    "full early": Threshold(0.5, "share of the run", "a buffer that is full for half of the run is at its capacity"),
}
CAPACITY_KEYS = (
    "buffer_size",
    "replay_size",
    "buffer_capacity",
    "replay_buffer_size",
    "replay_capacity",
    "memory_size",
)
_FAILS = 1000.0  # transitions: Zhang and Sutton 2017 (arXiv 1712.01275), where learning failed outright
_LEAK_STRONG = (1.0, 300.0)  # nor is a batch that holds more than a tenth of all that is remembered ever meant
BATCH_KEYS = ("batch_size", "minibatch_size", "train_batch_size")


def detect(signals: Signals) -> Finding:
    """Compare the capacity with batch and run length."""
    logged = signals.first(Quantity.BUFFER_SIZE)
    seen = _full(logged) if logged is not None else None
    capacity = seen if seen is not None else _configured(signals)
    if capacity is None and logged is not None and signals.select(Quantity.Q_VALUE):
        return META.pass_(
            f"{logged.tag} still grows to {np.nanmax(logged.values):.0f} from step {logged.steps[0]} to "
            f"{logged.steps[-1]} ({len(logged)} points).",
            evidence=[logged.ref()],
        )
    off_policy = signals.select(Quantity.Q_VALUE) or logged is not None or signals.config("tau", "polyak") is not None
    off_policy = off_policy or explores_by_chance(signals)
    if capacity is None or capacity <= 0 or not off_policy:
        return META.not_applicable()
    batch = signals.config(*BATCH_KEYS)
    steps = signals.number("env_steps") or 0.0
    share = None if batch is None else batch / capacity
    values: dict[str, Number] = {"capacity": capacity, "batch": batch, "batch_share": share, "steps": steps}
    told = "" if share is None else f", a batch is {share:.2g} of it against {THRESHOLDS['batch share'].value:g}"
    source = f"{logged.tag} is full at" if seen is not None and logged is not None else "The configured capacity is"
    sentence = (
        f"{source} {capacity:.0f} transitions against {THRESHOLDS['capacity'].value:.0f}, "
        f"for {steps:.0f} environment steps{told}."
    )
    evidence = [] if logged is None else [logged.ref()]
    turned_over = steps >= THRESHOLDS["steps"].value * capacity
    crowded = share is not None and share > THRESHOLDS["batch share"].value
    if turned_over and capacity < THRESHOLDS["capacity"].value:
        return META.fire(
            sentence,
            values={**values, "crowded": crowded},
            evidence=evidence,
            figure=None if logged is None else figure("Replay buffer", [logged]),
            onset=_onset(logged, capacity),
            leak=_LEAK_STRONG if crowded or capacity <= _FAILS else None,
        )
    if crowded or (capacity < THRESHOLDS["capacity"].value and steps > capacity):
        return META.inconclusive(sentence, values=values, evidence=evidence)
    return META.pass_(sentence, values=values, evidence=evidence)


def _full(signal: Signal) -> float | None:
    """Return the size at which the buffer stands for half of the run or more, or None while it grows."""
    values = finite(signal.values)
    if len(values) < 4:
        return None
    top = float(values.max())
    at_top = float(np.mean(values >= top * (1 - 1e-6)))
    return top if at_top >= THRESHOLDS["full early"].value else None


def _onset(signal: Signal | None, capacity: float) -> int:
    """Return the step at which the buffer was first full (one step a transition where it is not logged)."""
    if signal is None:
        return int(capacity)
    return int(signal.steps[int(np.argmax(signal.values >= capacity * (1 - 1e-6)))])


def _configured(signals: Signals) -> float | None:
    known = signals.config(*CAPACITY_KEYS)
    if known is not None:
        return known
    for row in signals.run.config:
        path = row.key.lower()
        buffered = path.endswith(".capacity") and any(word in path for word in ("replay", "buffer", "memory"))
        if buffered and isinstance(row.value, int | float) and not isinstance(row.value, bool):
            return float(row.value)
    return None
