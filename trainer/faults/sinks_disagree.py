"""The text log writes the loss of one critic under the name of both, after the step that the other sinks are before."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="sinks-disagree",
    shows=("sinks-disagree",),
    what="the text log gives the loss of the mean error under the name of the loss",
    edits=(
        Edit(
            "trainer/loop.py",
            "            noise = self.config.exploration.at(self.global_step)\n            values = update_values(",
            "            noise = self.config.exploration.at(self.global_step)\n"
            "            if self.agent.updates % 50 == 0:\n"
            '                loss = self._metrics["td_error"].mean().square()\n'
            '                self.recorder.log(f"step={self.global_step} critic_loss={float(loss):.6f}")\n'
            "            values = update_values(",
        ),
    ),
)
