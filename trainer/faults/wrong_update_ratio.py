"""The first updates begin with the first steps, and each step is followed by many of them."""

from trainer.planting.fault import Fault

FAULT = Fault(
    cause="wrong-update-ratio",
    shows=("update-ratio-off",),
    what="STRENGTH updates follow each step, from the first on",
    base="--total-steps 300 --evaluation-interval 0",
    override="--updates-per-step STRENGTH --learning-starts 16",
    strength="20",
)
