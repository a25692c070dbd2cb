"""Only the two heads of the critic are clipped, its encoder is not, and it has the larger gradient."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="clip-on-subset",
    shows=("clip-covers-subset",),
    what="the clip covers the critic's heads and leaves its encoder out",
    base="--critic-max-grad-norm 0.5 --actor-max-grad-norm 0.1",
    edits=(
        Edit(
            "trainer/td3.py",
            '            self.critic.parameters(), self.config.algorithm.critic_max_grad_norm, name="critic"\n',
            "            [*self.critic.q1.parameters(), *self.critic.q2.parameters()],\n"
            "            self.config.algorithm.critic_max_grad_norm,\n"
            '            name="critic",\n',
        ),
    ),
)
