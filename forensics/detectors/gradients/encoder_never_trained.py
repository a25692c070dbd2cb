"""No loss trains the encoder: it has no gradient and never moves, while the heads that see through it learn.

Observes: every encoder (CNN) of the run bit-constant in its parameters, and its gradient norm exactly 0, while a
head moves.

Why it matters: an actor's encoder without gradient is right by design where the critic's loss trains the one they
share; an encoder that nothing trains leaves the agent with random features.

Evidence: gradient norms and parameter statistics of the encoders and of a head.

How it can be wrong: a pre-trained encoder that is frozen on purpose, where no configuration says so.

References: Yarats et al. 2022, DrQ-v2, arXiv 2107.09645 (the critic trains the encoder); fault-catalogue,
encoder-detached-everywhere.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, part_name
from forensics.detectors.gradients.still import freezing_declared, still_and_moving
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD113",
    name="encoder-never-trained",
    fired="No loss trains the encoder",
    clear="An encoder has gradients and moves",
    group="encoder-training",
    needs=("gradient norm and parameter statistic of an encoder",),
    leak=(1, 300),
    leak_reason="gradient and parameters of every encoder stand still; pre-trained ones are mostly declared",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "share": Threshold(ALL, "share of points that are exactly 0", "one odd batch may have a gradient"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot show a pattern"),
}


def detect(signals: Signals) -> Finding:
    """Look whether any encoder has a gradient or moves, and whether heads do."""
    encoders = [zeros for zeros in zero_patterns(signals) if zeros.norm.meaning.module is Module.CNN]
    known = [
        zeros for zeros in encoders if zeros.parameter is not None and zeros.parameter.meaning.module is Module.CNN
    ]
    if not known:
        return META.not_applicable()
    trained = [zeros for zeros in known if not _stands(zeros)]
    evidence = [one.norm.ref() for one in known]
    if trained:
        return META.pass_(f"{trained[0].norm.tag} is above 0, or its parameters move.", evidence=evidence)
    _, moving = still_and_moving(signals)
    heads = [signal for signal in moving if signal.meaning.module is not Module.CNN]
    still = known[0].parameter
    assert still is not None
    if not heads:
        return META.inconclusive("Nothing moves at all: training as a whole may not have begun.", evidence=evidence)
    declared = freezing_declared(signals, still)
    if declared:
        return META.inconclusive(f"{still.tag} is bit-constant, and the configuration says so: {declared}.")
    norm = known[0].norm
    return META.fire(
        f"{norm.tag} is exactly 0 and {still.tag} bit-constant from step {norm.steps[0]} to {norm.steps[-1]} "
        f"({len(norm)} points) while {heads[0].tag} moves.",
        values={"part": part_name(norm), "points": len(norm)},
        evidence=[*evidence, still.ref(), heads[0].ref()],
        figure=figure("Parameters of the encoder and of a head", [still, heads[0]]),
        onset=int(norm.steps[0]),
    )


def _stands(zeros: Zeros) -> bool:
    assert zeros.parameter is not None
    return zeros.share >= ALL and float(np.ptp(zeros.parameter.values)) == 0
