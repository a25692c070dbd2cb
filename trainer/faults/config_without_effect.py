"""A rate that somebody tried and left in the code: what is configured has no effect."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="config-without-effect",
    shows=("config-against-log",),
    what="the critic's learning rate is a literal",
    edits=(
        Edit(
            "trainer/td3.py",
            "self._optimizer(self.critic.parameters(), algorithm.critic_learning_rate)",
            "self._optimizer(self.critic.parameters(), 3e-4)",
        ),
    ),
)
