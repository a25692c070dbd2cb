"""A new episode begins where the car stands: it is placed once, when the environment is new."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="environment-not-resetting",
    shows=("position-continuous",),
    what="the car is placed at the first reset only, and what ended one episode does not end the next",
    base="--log-interval 1 --evaluation-interval 0",
    edits=(
        Edit(
            "trainer/envs/env.py",
            "        self._plan: Plan = plan(self.task, self.simulator, self.np_random)\n"
            "        self._reading: Reading = self.simulator.place(self._plan.start, self._plan.speed)\n",
            "        if not hasattr(self, '_reading'):\n"
            "            self._plan: Plan = plan(self.task, self.simulator, self.np_random)\n"
            "            self._reading: Reading = self.simulator.place(self._plan.start, self._plan.speed)\n",
        ),
        Edit(
            "trainer/envs/env.py",
            "        failed = failure(self._position, self._reading.collided, self._stalled_for)\n"
            "        if failed is not None:\n            return failed\n",
            "        failed = failure(self._position, self._reading.collided, self._stalled_for)\n"
            "        if failed is not None and self._steps > 20:\n            return failed\n",
        ),
    ),
)
