"""The critic's gradients are zeroed after its step, and the actor's loss fills them before the next."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="cross-network-gradient-leftovers",
    shows=("gradient-parity",),
    what="the critic's gradients are zeroed after its step instead of before its backward pass",
    base="--log-interval 1",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer.zero_grad(set_to_none=True)\n        critic_loss.backward()\n",
            "        critic_loss.backward()\n",
        ),
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer.step()\n",
            "        self.critic_optimizer.step()\n        self.critic_optimizer.zero_grad(set_to_none=True)\n",
        ),
    ),
)
