"""The agent learned, then lost more than half of what it had gained and did not recover.

Observes: block means of the return, smoothed; their best level before the last fifth of the run, and whether every
level of the last fifth stands below half of the gain.

Why it matters: a collapse after a peak separates a run that could learn (the data path works) from one that never
did, and its onset dates the fault.

Evidence: at least twenty points of the return.

How it can be wrong: a return that swings between tasks or towns falls as deep in mid-run and recovers, so a fall
no deeper than twice an earlier recovered one is not called a collapse; a harder curriculum lowers the return too, so
nothing is said where its level (or a rating, or the success rate) rises.

References: Henderson 2018 (instability of returns); the fault catalogue's collapse-after-peak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.episodes.course import Course, course, environment_step, returns
from forensics.detectors.episodes.progress import other_progress
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signals

META = Meta(
    code="EPS101",
    name="return-collapse",
    fired="The return collapsed after its peak",
    clear="The return did not collapse",
    group="return-course",
    needs=("episodic return of at least twenty points",),
    leak=(2, 100),
    leak_reason="Healthy runs end in a bad stretch now and then; earlier recovered falls of like depth keep most out.",
    how_to_log='writer.add_scalar("rollout/ep_rew_mean", mean_return, env_step)',
)
THRESHOLDS = {
    "lost share": Threshold(0.5, "share of the gain", "fault catalogue, collapse-after-peak: more than half its gain"),
    "share gained": Threshold(
        0.5, "share of the fall", "what is lost must mainly be what was gained, else the return only declined"
    ),
    "gain": Threshold(4.0, "robust sd between blocks", "four standard deviations: a gain that noise does not make"),
    "recovered fall": Threshold(
        0.5, "share of the final fall", "a fall of like depth that healed shows that the return swings"
    ),
    "points": Threshold(20, "points", "six blocks of three points: a start, a peak and an end"),
}


@dataclass(frozen=True)
class _Fall:
    peak: float
    peak_at: int
    gain: float
    lost: float
    healed: float
    onset_at: int


def detect(signals: Signals) -> Finding:
    """Compare the last fifth of the smoothed return with its best level before."""
    courses = [found for found in map(course, returns(signals)) if found is not None]
    courses = [found for found in courses if len(found.values) >= THRESHOLDS["points"].value]
    if not courses:
        return META.not_applicable()
    judged = [(found, _fall(found)) for found in courses]
    collapsed = [_collapsed(signals, found, fall) for found, fall in judged]
    # Two roles that disagree (an evaluation that holds while training falls) are no collapse.
    found, fall = max(judged, key=lambda pair: (_collapsed(signals, *pair) == all(collapsed), len(pair[0].values)))
    values: dict[str, Number] = {
        "peak": fall.peak,
        "gain": fall.gain,
        "lost": fall.lost,
        "recovered_fall": fall.healed,
        "tag": found.signal.tag,
    }
    peak_step = int(found.block_steps[fall.peak_at])
    share = fall.lost / fall.gain if fall.gain > 0 else 0.0
    sentence = (
        f"{found.signal.tag} has its best level {fall.peak:.4g} at step {peak_step} and loses {share:.0%} of its gain "
        f"of {fall.gain:.4g} by the last fifth, from step {found.steps[0]} to {found.steps[-1]} "
        f"({len(found.values)} points): {share:.2f} against {THRESHOLDS['lost share'].value:g}; "
        f"deepest fall that healed before {fall.healed:.4g}."
    )
    evidence = [found.signal.ref()]
    harder = other_progress(signals) if all(collapsed) else None
    if harder is not None:
        return META.inconclusive(
            f"{sentence} But {harder.tag} rises to {harder.values[-1]:.4g}.",
            values=values,
            evidence=[*evidence, harder.ref()],
        )
    if all(collapsed):
        onset = environment_step(signals, found.signal, int(found.block_steps[fall.onset_at]))
        return META.fire(
            sentence,
            values=values,
            evidence=evidence,
            figure=figure("Return", [found.signal]),
            onset=onset,
        )
    if any(collapsed):
        return META.inconclusive(sentence + " Another return series did not fall.", values=values, evidence=evidence)
    return META.pass_(sentence, values=values, evidence=evidence)


def _fall(found: Course) -> _Fall:
    blocks = found.blocks
    width = max(1, len(blocks) // 8)
    smooth = np.convolve(blocks, np.ones(width) / width, mode="valid")
    tail = max(1, len(smooth) - len(blocks) // 5)  # windows from here on end within the last fifth
    before, after = smooth[: max(1, tail - width + 1)], smooth[tail:]
    peak_at = int(np.argmax(before))
    peak = float(before[peak_at])
    gain = peak - float(smooth[: max(1, len(smooth) // 10)].mean())
    lost = peak - float(after.max()) if len(after) else 0.0
    below = np.flatnonzero(smooth >= peak - THRESHOLDS["lost share"].value * gain)
    onset_at = min(int(below[-1]) + width // 2, len(blocks) - 1) if len(below) else len(blocks) - 1
    return _Fall(peak, peak_at + width - 1, gain, lost, _healed(smooth), onset_at)


def _healed(smooth: Array) -> float:
    """Return the depth of the deepest fall from a peak that was made good (three quarters of it) afterwards."""
    peaks = np.maximum.accumulate(smooth)
    later = np.maximum.accumulate(smooth[::-1])[::-1]
    fall = peaks - smooth
    return float(np.max(fall[later >= peaks - 0.25 * fall], initial=0.0))


def _collapsed(signals: Signals, found: Course, fall: _Fall) -> bool:
    # A peak before the first update is chance: nothing was learned yet.
    peak_step = environment_step(signals, found.signal, int(found.block_steps[fall.peak_at]))
    learned = (peak_step or 0) >= (signals.number("learning_starts") or 0)
    return learned and (
        fall.gain > THRESHOLDS["gain"].value * found.noise
        and fall.gain > THRESHOLDS["share gained"].value * max(fall.lost, 0.0)
        and fall.gain > 0
        and fall.lost > THRESHOLDS["lost share"].value * fall.gain
        and fall.healed < THRESHOLDS["recovered fall"].value * fall.lost
    )
