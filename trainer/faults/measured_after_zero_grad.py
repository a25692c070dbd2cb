"""The actor's gradient is measured below the line that zeroes it."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="measured-after-zero-grad",
    shows=("zero-gradient-while-moving",),
    what="the actor's gradient is measured after it was zeroed for the next update",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.actor_optimizer.zero_grad(set_to_none=True)\n"
            "        actor_loss.backward()\n"
            "        self.recorder.clip_grad_norm_("
            'self.actor.parameters(), self.config.algorithm.actor_max_grad_norm, name="actor")\n'
            "        self.actor_optimizer.step()\n",
            "        actor_loss.backward()\n"
            "        limit = self.config.algorithm.actor_max_grad_norm\n"
            "        nn.utils.clip_grad_norm_(self.actor.parameters(), limit)\n"
            "        self.actor_optimizer.step()\n"
            "        self.actor_optimizer.zero_grad(set_to_none=True)\n"
            '        self.recorder.clip_grad_norm_(self.actor.parameters(), limit, name="actor")\n',
        ),
    ),
)
