"""The actor's last layer starts with large weights: every action lies at a bound and tanh passes no gradient."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="tanh-saturation",
    shows=("action-saturation",),
    what="the weights of the actor's last layer start STRENGTH times as large",
    strength="1000",
    edits=(
        Edit(
            "trainer/networks.py",
            "        self.mlp = mlp(config.feature_dim + state_dim, action_dim, config.hidden_dim)\n",
            "        self.mlp = mlp(config.feature_dim + state_dim, action_dim, config.hidden_dim)\n"
            "        self.mlp[-1].weight.data.mul_(STRENGTH)\n",
        ),
    ),
)
