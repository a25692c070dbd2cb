"""A discount of 1 on a task without a last step: the values have no bound."""

from trainer.planting.fault import Fault

FAULT = Fault(
    cause="wrong-discount",
    shows=("discount-mismatch",),
    what="the discount is 1",
    override="--gamma 1",
)
