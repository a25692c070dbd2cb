"""The critic's optimizer is given its heads and not its encoder: that has gradients and never moves."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="parameters-missing-from-optimizer",
    shows=("gradient-without-update",),
    what="the critic's optimizer holds its heads alone",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer = self._optimizer("
            "self.critic.parameters(), algorithm.critic_learning_rate)\n",
            "        heads = [*self.critic.q1.parameters(), *self.critic.q2.parameters()]\n"
            "        self.critic_optimizer = self._optimizer(heads, algorithm.critic_learning_rate)\n",
        ),
    ),
)
