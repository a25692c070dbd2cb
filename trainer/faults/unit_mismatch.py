"""The speed is written in two places: in km/h to the text log, in m/s to the event file."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="unit-mismatch",
    shows=("unit-factor",),
    what="the text log gives the speed in km/h and the event file in m/s",
    edits=(
        Edit(
            "trainer/loop.py",
            "            self._step_values = step_values(float(reward), info)\n",
            "            self._step_values = step_values(float(reward), info)\n"
            "            if self.global_step % 10 == 0:\n"
            "                self.recorder.log(f\"step={self.global_step} speed={3.6 * info['speed']:.6f}\")\n",
        ),
    ),
)
