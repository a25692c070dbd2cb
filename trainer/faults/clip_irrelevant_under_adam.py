"""The limits lie far below every gradient: under Adam the clip then scales all steps alike, that is, none of them."""

from trainer.planting.fault import Fault

FAULT = Fault(
    cause="clip-irrelevant-under-adam",
    shows=("clip-always-active",),
    what="both limits are STRENGTH",
    override="--actor-max-grad-norm STRENGTH --critic-max-grad-norm STRENGTH",
    strength="0.001",
)
