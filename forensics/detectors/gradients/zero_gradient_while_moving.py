"""A gradient norm is exactly 0 at every point although the parameters of that module move.

Why it matters: parameters that move have a gradient. The logged number was read after zero_grad, before backward, or
from tensors that are not the ones being trained: the instrument lies.

Evidence: a gradient norm that is 0 at all points, and the statistic of the same module's parameters.

How it can be wrong: a shared encoder has no gradient from the actor and is moved by the critic, so CNNs are left
out; weight decay or a target copy moves parameters without a gradient.

References: fault-catalogue row measured-after-zero-grad; PyTorch documentation of Optimizer.zero_grad.
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import moving_share, part_name
from forensics.detectors.gradients.zeros import ALL, MOVING, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD103",
    name="zero-gradient-while-moving",
    fired="A gradient is logged as 0 although its parameters move",
    clear="No gradient is logged as 0 while its parameters move",
    group="gradient-zero-pattern",
    needs=("gradient norm of a module other than a CNN", "parameter statistic of the same module"),
    leak=(1, 200),
    leak_reason="contradicts the definition of a gradient step; weight decay alone could do it",
    how_to_log='writer.add_scalar("agent/actor_param_norm", sum(p.norm()**2 for p in actor.parameters())**0.5, step)',
)
THRESHOLDS = {
    "zeros": Threshold(ALL, "share of points that are exactly 0", "one odd batch may have a gradient"),
    "moving": Threshold(
        MOVING, "share of points at which the parameters changed", "training moves them at every update"
    ),
}


def detect(signals: Signals) -> Finding:
    """Compare zeros with motion, module by module."""
    patterns = [zeros for zeros in zero_patterns(signals) if zeros.parameter is not None]
    if not patterns:
        return META.not_applicable()
    for zeros in patterns:
        if zeros.share >= ALL and zeros.moves and zeros.parameter is not None:
            moved = moving_share(zeros.parameter)
            return META.fire(
                f"{zeros.norm.tag} is exactly 0 at {int(zeros.is_zero.sum())} of {len(zeros.norm)} points while "
                f"{zeros.parameter.tag} changes at {moved:.0%} of its points.",
                values={"part": part_name(zeros.norm), "moving_share": moved},
                evidence=[zeros.norm.ref(), zeros.parameter.ref()],
                figure=figure("A gradient of 0 and parameters that move", [zeros.norm, zeros.parameter]),
                onset=int(zeros.norm.steps[0]),
            )
    return META.pass_("Parameters with a logged gradient of 0 stand still.", evidence=[z.norm.ref() for z in patterns])
