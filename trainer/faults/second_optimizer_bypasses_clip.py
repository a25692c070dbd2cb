"""The critic's encoder gets an optimizer of its own, and the clip still covers what the first one holds."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="second-optimizer-bypasses-clip",
    shows=("clip-covers-subset",),
    what="an optimizer of its own steps the critic's encoder, which no clip covers",
    base="--critic-max-grad-norm 0.5 --actor-max-grad-norm 0.1",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer = self._optimizer("
            "self.critic.parameters(), algorithm.critic_learning_rate)\n",
            "        self.heads = [*self.critic.q1.parameters(), *self.critic.q2.parameters()]\n"
            "        self.critic_optimizer = self._optimizer(self.heads, algorithm.critic_learning_rate)\n"
            "        self.encoder_optimizer = self._optimizer("
            "self.critic.encoder.parameters(), algorithm.critic_learning_rate)\n",
        ),
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer.zero_grad(set_to_none=True)\n",
            "        self.critic_optimizer.zero_grad(set_to_none=True)\n"
            "        self.encoder_optimizer.zero_grad(set_to_none=True)\n",
        ),
        Edit(
            "trainer/td3.py",
            "        self.recorder.clip_grad_norm_(\n"
            '            self.critic.parameters(), self.config.algorithm.critic_max_grad_norm, name="critic"\n'
            "        )\n"
            "        self.critic_optimizer.step()\n",
            "        limit = self.config.algorithm.critic_max_grad_norm\n"
            '        self.recorder.clip_grad_norm_(self.heads, limit, name="critic")\n'
            "        self.critic_optimizer.step()\n"
            "        self.encoder_optimizer.step()\n",
        ),
        Edit(
            "trainer/loop.py",
            '        watch(agent.critic.encoder, "critic_cnn")\n',
            '        watch(agent.critic.encoder, "critic_cnn", optimizer=agent.encoder_optimizer)\n',
        ),
    ),
)
