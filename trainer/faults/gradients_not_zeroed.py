"""Nothing zeroes the critic's gradients: each backward pass adds to the ones before."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="gradients-not-zeroed",
    shows=("gradient-accumulates",),
    what="the critic's gradients are never zeroed",
    base="--critic-max-grad-norm inf",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer.zero_grad(set_to_none=True)\n",
            "",
        ),
    ),
)
