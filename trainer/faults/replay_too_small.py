"""The buffer holds little more than a batch: nothing older than a few episodes is ever learned from."""

from trainer.planting.fault import Fault

FAULT = Fault(
    cause="replay-too-small",
    shows=("replay-small",),
    what="the replay buffer holds STRENGTH frames",
    override="--buffer-size STRENGTH",
    strength="128",
)
