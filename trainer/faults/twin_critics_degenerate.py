"""Both critics are one network under two names."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="twin-critics-degenerate",
    shows=("twin-critics-identical",),
    what="the second Q function is the first",
    edits=(
        Edit(
            "trainer/networks.py",
            "        self.q1 = mlp(config.feature_dim + state_dim + action_dim, 1, config.hidden_dim)\n"
            "        self.q2 = mlp(config.feature_dim + state_dim + action_dim, 1, config.hidden_dim)\n",
            "        self.q1 = self.q2 = mlp(config.feature_dim + state_dim + action_dim, 1, config.hidden_dim)\n",
        ),
    ),
)
