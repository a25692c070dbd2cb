"""No noise on the actions and hardly a random one before the first update."""

from trainer.planting.fault import Fault

FAULT = Fault(
    cause="exploration-collapsed",
    shows=("exploration-too-low",),
    what="the policy is followed without noise from the start",
    override="--exploration-noise 0 --exploration-noise-final 0 --learning-starts 64",
)
