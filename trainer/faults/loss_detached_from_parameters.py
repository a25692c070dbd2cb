"""The action is detached in the actor's loss: the loss has a value and the actor no gradient."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="loss-detached-from-parameters",
    shows=("zero-gradient-from-start",),
    what="the action is detached in the actor's loss",
    edits=(
        Edit(
            "trainer/td3.py",
            "        policy_q = self.critic.first(features, action).float()\n",
            "        policy_q = self.critic.first(features, action.detach()).float()\n",
        ),
    ),
)
