"""Which curves tell the runs apart, and whether they may be drawn into one figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics.comparison.examined import Examined
from forensics.comparison.meanings import meaning_differences, signals
from forensics.comparison.standing import evidence, standing, wrong
from forensics.model.comparison import Overlay
from forensics.model.diagnosis import Diagnosis, SignalSummary
from forensics.model.finding import Figure, Line, Status

OVERLAYS = 6
PER_RUN = 3

_RETURN = "episodic_return"


def overlays(runs: Sequence[Examined], labels: Sequence[str]) -> list[Overlay]:
    """Return the decisive curves of each run and the episodic return, each with all runs in it, at most OVERLAYS.

    No figure is made of a tag whose meaning is known to differ.
    """
    tags = dict.fromkeys(tag for run in runs for tag in _decisive(run.diagnosis))
    at_hand = [tag for tag in [*tags, *_returns(runs)] if any(run.curve(tag) is not None for run in runs)]
    return [_overlay(tag, runs, labels) for tag in dict.fromkeys(at_hand)][:OVERLAYS]


def _decisive(diagnosis: Diagnosis) -> list[str]:
    """Return the tags of the figures that speak for what is wrong, or for whatever stands or fired."""
    named = [*wrong(diagnosis), *standing(diagnosis)]
    found = [finding for name in named for finding, _ in evidence(diagnosis, name)]
    found = found or [finding for finding in diagnosis.findings if finding.status is Status.FIRED]
    lines = (line.label for finding in found if finding.figure for line in finding.figure.lines)
    return list(dict.fromkeys(lines))[:PER_RUN]


def _returns(runs: Sequence[Examined]) -> Iterator[str]:
    """Yield one tag of an episodic return that all runs have, if there is one: what the fix was for."""
    common = set.intersection(*(set(signals(run.diagnosis)) for run in runs))
    for tag, signal in signals(runs[0].diagnosis).items():
        if tag in common and _field(signal, "quantity") == _RETURN:
            yield tag
            return


def _overlay(tag: str, runs: Sequence[Examined], labels: Sequence[str]) -> Overlay:
    for other, label in zip(runs[1:], labels[1:], strict=True):
        for difference in meaning_differences(runs[0].diagnosis, other.diagnosis):
            if difference.tag == tag and difference.certain:
                words = f"{difference.field} is {difference.before} in {labels[0]} and {difference.after} in {label}"
                return Overlay(tag=tag, figure=None, note=f"Not drawn, since the tag does not mean the same: {words}.")
    lines, absent = [], []
    for run, label in zip(runs, labels, strict=True):
        line = run.curve(tag)
        if line is None or not line.steps:
            absent.append(label)
        else:
            lines.append(
                Line(label=f"{label}: {run.diagnosis.run.name}", steps=line.steps, low=line.low, high=line.high)
            )
    note = f"No values at hand of {' and '.join(absent)}." if absent else ""
    if len(lines) < 2:
        return Overlay(tag=tag, figure=None, note=f"Not drawn. {note}".strip())
    # The scale is an offer: a renderer draws it where two decades or more are spanned.
    axis = next((_field(signals(run.diagnosis)[tag], "axis") for run in runs if tag in signals(run.diagnosis)), "")
    return Overlay(tag=tag, figure=Figure(title=tag, axis=axis or "unknown", lines=lines, scale="log"), note=note)


def _field(signal: SignalSummary, name: str) -> str:
    return signal.established.get(name) or signal.claimed.get(name, "")
