"""Both learning rates a hundred times what the networks bear."""

from trainer.planting.fault import Fault

FAULT = Fault(
    cause="learning-rate-too-high",
    shows=("learning-rate-out-of-range",),
    what="the learning rate of both networks is STRENGTH",
    override="--actor-learning-rate STRENGTH --critic-learning-rate STRENGTH",
    strength="0.1",
)
