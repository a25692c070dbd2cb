"""The hidden layers of the actor start with a bias that no input overcomes: their rectifiers pass nothing."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="dead-units",
    shows=("dead-unit-share-high",),
    what="the hidden layers of the actor start with a bias of minus STRENGTH",
    strength="10",
    edits=(
        Edit(
            "trainer/networks.py",
            "        self.mlp = mlp(config.feature_dim + state_dim, action_dim, config.hidden_dim)\n",
            "        self.mlp = mlp(config.feature_dim + state_dim, action_dim, config.hidden_dim)\n"
            "        for layer in (self.mlp[0], self.mlp[2]):\n"
            "            nn.init.constant_(layer.bias, -STRENGTH)\n",
        ),
    ),
)
