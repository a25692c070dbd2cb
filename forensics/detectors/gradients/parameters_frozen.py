"""The parameters of one module are bit-constant while those of another move.

Why it matters: a module that never moves is not being trained: left out of the optimizer, frozen on purpose, given
a learning rate of 0, or cut off from the loss.

Evidence: parameter statistics (mean, standard deviation or norm) of at least two modules or networks.

How it can be wrong: intended freezing (a pre-trained encoder) that no configuration declares; a statistic logged with
few digits.

References: fault-catalogue rows parameters-frozen, parameters-missing-from-optimizer, loss-detached-from-parameters.
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import gradient_norms, part_name, part_of
from forensics.detectors.gradients.still import HOW_TO_LOG_PARAMETERS, LEAST_POINTS, freezing_declared, still_and_moving
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Network
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD110",
    name="parameters-frozen",
    fired="The parameters of a module never move",
    clear="The parameters of every module move",
    group="parameters-still",
    needs=("parameter statistics of two modules",),
    leak=(1, 100),
    leak_reason="a float statistic of moving parameters does not repeat bit for bit",
    how_to_log=HOW_TO_LOG_PARAMETERS,
)
THRESHOLDS = {"points": Threshold(LEAST_POINTS, "points", "five equal floats in a row are no coincidence")}

# Backbones and embeddings are frozen on purpose where a person's own model is tuned; agents are trained from nothing.
LEAK_OF_MODEL = (5.0, 100.0)


def detect(signals: Signals) -> Finding:
    """Look for constant statistics beside moving ones."""
    still, moving = still_and_moving(signals)
    if not still and not moving:
        return META.not_applicable()
    if not still:
        parts = ", ".join(sorted({part_name(signal) for signal in moving}))
        return META.pass_(f"Parameter statistics move: {parts}.", evidence=[signal.ref() for signal in moving[:4]])
    if not moving:
        return META.inconclusive("No parameter statistic moves at all: training as a whole may not have begun.")
    frozen, other = still[0], moving[0]
    declared = freezing_declared(signals, frozen)
    if declared:
        return META.inconclusive(
            f"{frozen.tag} is bit-constant at {frozen.values[0]:.6g} while {other.tag} moves, and the "
            f"configuration says so: {declared}.",
            values={"part": part_name(frozen), "points": len(frozen)},
        )
    alive = any(part_of(norm) == part_of(frozen) and norm.values.any() for norm in gradient_norms(signals))
    return META.fire(
        f"{frozen.tag} is bit-constant at {frozen.values[0]:.6g} from step {frozen.steps[0]} to {frozen.steps[-1]} "
        f"({len(frozen)} points) while {other.tag} moves.",
        values={"part": part_name(frozen), "points": len(frozen)},
        evidence=[frozen.ref(), other.ref()],
        figure=figure("Parameter statistics", [frozen, other]),
        onset=int(frozen.steps[0]),
        leak=LEAK_OF_MODEL if frozen.meaning.network is Network.NONE and not alive else None,
    )
