"""What reasoning hands back: the parts of a diagnosis that it is responsible for."""

from __future__ import annotations

import msgspec

from forensics.model.diagnosis import Calibration, CauseVerdict, Event, Outcome, Recommendation, Verdict

# The top of "very likely": until the likelihoods are fitted on labelled runs, nothing is called almost certain.
CAP = 0.95
FLOOR = 0.01
STANDS = 0.5
# A cause without a fired sign of its own stays below an even chance, whatever the arithmetic says.
UNSIGNED = 0.49

CALIBRATION = Calibration(
    method="noisy-OR over stated counts, each with its reason in the cause's file; not yet fitted on labelled runs",
    cap=CAP,
    fitted_on=0,
)


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, what it rests on, and what to do next."""

    verdict: Verdict
    outcomes: list[Outcome]
    causes: list[CauseVerdict]
    recommendations: list[Recommendation]
    timeline: list[Event]
    # Expected information, in nats for its cost, of each observation that could still be made, by its name.
    teaches: dict[str, float] = msgspec.field(default_factory=dict)
    calibration: Calibration = CALIBRATION
