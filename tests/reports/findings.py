"""The findings of the full diagnosis: one of each status, and figures of every scale."""

from __future__ import annotations

import math

from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Figure, Finding, Limit, Line, Status, Threshold
from tests.reports.parts import STEPS, curve, finding

MISSING = [
    (
        "107",
        "gradient-without-update",
        "parameter statistics of the actor",
        'writer.add_scalar("params/actor_norm", sum(p.norm() ** 2 for p in actor.parameters()) ** 0.5, step)',
    ),
    (
        "108",
        "update-ratio-high",
        "update norms",
        'writer.add_scalar("updates/actor_ratio", update_norm / parameter_norm, step)',
    ),
    (
        "109",
        "parameter-drift-linear",
        "parameter statistics",
        'writer.add_scalar("params/actor_cnn_std", cnn_parameters.std(), step)',
    ),
]


def findings() -> list[Finding]:
    loss = [-1.6e6 * (update / 100) ** 4.6 for update in range(100, 2800, 100)]
    return [
        finding(
            "GRD104",
            "gradient-path-contradiction",
            title="The actor's encoder has gradient where its head has none",
            statement="Actor MLP gradient norm is 0 from step 1,100 to 3,700 (27 points) while the actor CNN's is "
            "1.93: 0 against a limit of 1e-3 of the CNN's.",
            values={"cnn_median": 1.926, "mlp_median": 0.0, "points": 27, "share": 1.0},
            threshold={
                "ratio": Threshold(1e-3, "of the CNN's norm", "49 re-simulated runs: 16 of 16 with, 0 of 33 without")
            },
            evidence=[
                EvidenceRef(
                    file="events.out.tfevents.1",
                    offset=81_204,
                    tag="gradients/actor_mlp_norm",
                    first_step=1100,
                    last_step=3700,
                ),
                EvidenceRef(file="train.log", line=345),
                EvidenceRef(file="config.yaml", key="agent.actor_lr"),
            ],
            figure=Figure(
                title="Gradient norms of the actor's modules",
                axis="env_step",
                unit="L2 norm",
                scale="symlog",
                lines=[
                    curve("gradients/actor_cnn_norm", [1.92 + 0.01 * math.sin(step) for step in STEPS]),
                    curve("gradients/actor_mlp_norm", [0.0] * len(STEPS)),
                ],
                onset=1100,
            ),
            onset=1100,
        ),
        finding(
            "VAL103",
            "policy-q-power-law",
            title="Q on the policy's actions grows as a power of the updates",
            statement="|actor loss| rises from 1.6e6 at step 1,100 to 6.3e12 at step 3,700 (27 points) with "
            "exponent 4.6 "
            "(R2 0.998) while Q on the replay batch stays below 91.",
            values={"exponent": 4.6, "r2": 0.998, "decades": 6.6, "q_batch_max": 90.6},
            figure=Figure(
                title="Q under the policy against Q on the batch",
                axis="env_step",
                scale="symlog",
                lines=[
                    curve("train/actor_loss", loss),
                    curve("train/q1_value", [20 + 2.6 * index for index in range(27)]),
                ],
                limits=[Limit(label="reward bound Rmax / (1 - gamma)", value=4_200.0)],
                onset=1300,
            ),
            onset=1300,
        ),
        finding(
            "CLP103",
            "sum-of-norms",
            title="A logged norm is a sum of norms",
            statement="gradients/actor_cnn_norm is 1.91 to 1.97 with one module at 0, above the limit 1.0 and "
            "below sqrt(8) x 1.0.",
            values={"lowest": 1.91, "highest": 1.97, "tensors": 8},
            threshold={"tolerance": Threshold(1e-3, "relative", "identity I16")},
            figure=Figure(
                title="The logged norm against the clip limit",
                axis="env_step",
                lines=[curve("gradients/actor_cnn_norm", [1.93 + 0.02 * math.cos(step) for step in STEPS])],
                limits=[
                    Limit(label="clip limit", value=1.0),
                    Limit(label="sqrt(8) x limit", value=2.83),
                    Limit(label="alert", value=10_000.0),
                ],
            ),
        ),
        finding(
            "EPS102",
            "return-never-rises",
            title="The return never rises",
            statement="Episodic return in the last tenth is 48.1 against 47.9 in the first (175 episodes).",
            figure=Figure(
                title="Episodic return",
                axis="episode",
                lines=[
                    Line(
                        label="train/episode_reward",
                        steps=list(range(0, 1600, 4)),
                        low=[40 + 9 * math.sin(index * 0.7) for index in range(400)],
                        high=[52 + 9 * math.sin(index * 0.7) + (400 if index == 211 else 0) for index in range(400)],
                    )
                ],
            ),
            onset=12,
        ),
        finding(
            "LOG101",
            "mixed-step-axes",
            statement="train/episode_reward uses the episode number as its step (175 points, last step 175).",
        ),
        finding(
            "LOG102",
            "alert-cannot-fire",
            statement="alerts/gradient_explosion_warning is 0 at all 27 points; its threshold 10,000 is 5,076 "
            "times what the metric can take.",
        ),
        finding(
            "CLP106",
            "clip-not-applied",
            Status.CLEAR,
            title="The clip was applied",
            statement="Norms stay within 3 % while the loss grows by 6.6 decades: a clip bounds them.",
        ),
        finding(
            "RUN105",
            "non-finite-values",
            Status.CLEAR,
            title="All values are finite",
            statement="0 of 2,611 values are NaN or infinite.",
        ),
        finding(
            "VAL110", "twin-critics-apart", Status.INCONCLUSIVE, statement="|q1 - q2| / |q| is 0.7: between 0.5 and 1."
        ),
        finding(
            "POL105",
            "kl-too-large",
            Status.ERROR,
            statement="This detector failed (ZeroDivisionError: division by zero): a defect of the tool, not "
            "of the run.",
        ),
        *(
            finding(
                f"GRD{number}",
                name,
                Status.NOT_APPLICABLE,
                missing=[lacking],
                how_to_log=line,
                statement=f"Not examined: no {lacking}.",
            )
            for number, name, lacking, line in MISSING
        ),
        *(
            finding(
                f"DAT{number}",
                f"ordinary-{number}",
                Status.CLEAR,
                threshold={"limit": Threshold(100.0, "", "Henderson 2018")},
            )
            for number in range(101, 150)
        ),
    ]
