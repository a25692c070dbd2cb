"""One part of the reward outweighs all the others together."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="reward-component-domination",
    shows=("reward-component-dominates",),
    what="progress counts STRENGTH times",
    strength="10",
    edits=(
        Edit(
            "trainer/envs/reward.py",
            '        "progress": min(pace, 1.0) * math.cos(position.heading_error),\n',
            '        "progress": STRENGTH * min(pace, 1.0) * math.cos(position.heading_error),\n',
        ),
    ),
)
