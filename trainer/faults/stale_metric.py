"""The metrics of an update are added to those of the one before, and all of them are recorded."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="stale-metric",
    shows=("stale-repeats",),
    what="what an update does not compute is recorded from the update before",
    base="--log-interval 1",
    edits=(
        Edit(
            "trainer/loop.py",
            "            self._metrics = self.agent.update(batch)\n",
            "            self._metrics = self._metrics | self.agent.update(batch)\n",
        ),
    ),
)
