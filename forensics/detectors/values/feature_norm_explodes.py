"""The norm of an encoder's features grows by decades.

Observes: how far the logged norm of features, embeddings or latents grows over the run.

Why it matters: features without a bound make every value computed from them unbounded too; what pushes them (an
objective that rewards their size, unscaled inputs, overfitting of the temporal-difference loss) is another question.

Evidence: a feature norm of at least ten points.

How it can be wrong: features grow in healthy runs as well, by less than a decade.

References: Cetin et al. 2022, Stabilizing Off-Policy Deep RL from Pixels (A-LIX, arXiv 2207.00986).
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.growth import growth
from forensics.signals.signals import Signals

META = Meta(
    code="VAL114",
    name="feature-norm-explodes",
    fired="The features of an encoder grow by decades",
    clear="The features of the encoders stay of one size",
    group="feature-size",
    needs=("norm of an encoder's features at ten points",),
    leak=(1, 100),
    leak_reason="unnormalised features drift, by less than two decades in a run that learns",
    how_to_log='writer.add_scalar("features/critic_feature_norm", features.norm(dim=1).mean(), step)',
)
THRESHOLDS = {
    "decades": Threshold(2.0, "log10(end / start)", "as for gradients: growth with the returns stays under two decades")
}


def detect(signals: Signals) -> Finding:
    """Measure the growth of every feature norm."""
    grown = [(norm, how) for norm in signals.select(Quantity.FEATURE_NORM) if (how := growth(norm.values)) is not None]
    if not grown:
        return META.not_applicable()
    norm, most = max(grown, key=lambda pair: pair[1].decades)
    values: dict[str, Number] = {"start": most.start, "end": most.end, "decades": most.decades, "part": part_name(norm)}
    statement = (
        f"{norm.tag} goes from {most.start:.3g} to {most.end:.3g} from step {norm.steps[0]} to {norm.steps[-1]} "
        f"({len(norm)} points): {most.decades:.1f} decades against {THRESHOLDS['decades'].value:g}."
    )
    if most.decades < THRESHOLDS["decades"].value:
        return META.pass_(statement, values=values, evidence=[norm.ref()])
    onset = int(norm.steps[(norm.values > 10 * most.start).nonzero()[0][0]])
    shown = figure("Norm of the features", [norm], onset=onset)
    return META.fire(statement, values=values, evidence=[norm.ref()], figure=shown, onset=onset)
