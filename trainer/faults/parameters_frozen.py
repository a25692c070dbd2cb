"""The critic's encoder is frozen, as one does with a pretrained one, and it is not pretrained."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="parameters-frozen",
    shows=("parameters-frozen", "gradient-switched-off"),
    what="the critic's encoder requires no gradient",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.actor_target = copy.deepcopy(self.actor).requires_grad_(False)\n",
            "        self.critic.encoder.requires_grad_(False)\n"
            "        self.actor_target = copy.deepcopy(self.actor).requires_grad_(False)\n",
        ),
    ),
)
