"""The optimizer steps before the gradients are clipped.

Plain SGD moves by learning rate x gradient, so the size of an update tells which gradient it used. Adam divides the
scale away: under it only the order in the source tells.
"""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="step-before-clip",
    shows=("step-uses-raw-gradient",),
    what="the critic's optimizer steps before its clip",
    base="--optimizer sgd --actor-learning-rate 0.02 --critic-learning-rate 0.02 --critic-max-grad-norm 0.5",
    edits=(
        Edit(
            "trainer/td3.py",
            "        critic_loss.backward()\n"
            "        self.recorder.clip_grad_norm_(\n"
            '            self.critic.parameters(), self.config.algorithm.critic_max_grad_norm, name="critic"\n'
            "        )\n"
            "        self.critic_optimizer.step()\n",
            "        critic_loss.backward()\n"
            "        self.critic_optimizer.step()\n"
            "        self.recorder.clip_grad_norm_(\n"
            '            self.critic.parameters(), self.config.algorithm.critic_max_grad_norm, name="critic"\n'
            "        )\n",
        ),
    ),
)
