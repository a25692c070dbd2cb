"""The causes of the full diagnosis: one of each role and kind."""

from __future__ import annotations

from forensics.model.diagnosis import CauseRole, CauseVerdict, Kind, Rival, Weight
from tests.reports.parts import cause


def causes() -> list[CauseVerdict]:
    return [
        cause(
            "actor-loss-through-encoder",
            CauseRole.PROBABLE_CAUSE,
            0.95,
            title="The actor loss trains the critic's view of the state",
            summary="The actor loss differentiates through the encoder that feeds the critic, so the encoder "
            "learns to write whatever the critic values.",
            explains=["q-exceeds-return-bound"],
            supports=[
                Weight(
                    finding="gradient-path-contradiction",
                    weight=4.2,
                    statement="Actor MLP gradient 0 while the CNN's is 1.93, at 27 of 27 points.",
                ),
                Weight(finding="policy-q-power-law", weight=3.4),
            ],
            contradicts=[
                Weight(
                    finding="twin-critics-apart",
                    weight=-0.3,
                    statement="The twin critics disagree a little, which it does not predict.",
                )
            ],
            missing=["parameter-drift-linear", "update-ratio-high"],
            rivals=[
                Rival(id="q-overestimation", separated=True, by=["policy-q-power-law"]),
                Rival(id="critic-on-foreign-features", separated=False, by=["parameter-drift-linear"]),
            ],
            decisive_test="Log the gradient of the actor loss with respect to the critic's input features for "
            "100 updates: zero rules it out.",
        ),
        cause(
            "critic-on-foreign-features",
            CauseRole.CONTRIBUTING,
            0.94,
            supports=[Weight(finding="VAL103", weight=2.9)],
            explains=["q-exceeds-return-bound"],
        ),
        cause(
            "tanh-saturation",
            CauseRole.CONSEQUENCE,
            0.81,
            explained_by=["actor-loss-through-encoder"],
            supports=[Weight(finding="GRD104", weight=1.1)],
        ),
        cause("learning-rate-too-high", CauseRole.POSSIBLE, 0.31, missing=["update-ratio-high"]),
        *(cause(f"unlikely-cause-{index}", CauseRole.POSSIBLE, 0.02) for index in range(6)),
        cause(
            "sum-of-norms-metric",
            CauseRole.MEASUREMENT_FAULT,
            0.95,
            kind=Kind.MEASUREMENT,
            title="A sum of norms is logged under the name of a norm",
            supports=[Weight(finding="sum-of-norms", weight=4.0)],
        ),
        cause(
            "alert-threshold-unreachable",
            CauseRole.MEASUREMENT_FAULT,
            0.9,
            kind=Kind.MEASUREMENT,
            supports=[Weight(finding="LOG102", weight=3.0)],
        ),
        cause("stale-metric", CauseRole.POSSIBLE, 0.03, kind=Kind.MEASUREMENT),
        cause(
            "clip-missing",
            CauseRole.RULED_OUT,
            0.01,
            reason="The norms stay within 3 % while the loss grows by 6.6 decades.",
            contradicts=[Weight(finding="clip-not-applied", weight=-3.9)],
            answers=[
                "That the loss exploded does not show that clipping failed: clipping bounds the gradient, not "
                "the loss, and here the clipped norms stay at their limit."
            ],
        ),
        cause(
            "non-finite-values", CauseRole.RULED_OUT, 0.01, kind=Kind.INFRASTRUCTURE, reason="Every value is finite."
        ),
        cause("never-learned", CauseRole.POSSIBLE, 0.3, kind=Kind.OUTCOME),
        cause(
            "step-before-clip",
            CauseRole.NOT_EXAMINED,
            0.1,
            missing=["update-ratio-high"],
            reason="Under Adam only the source can tell.",
        ),
    ]
