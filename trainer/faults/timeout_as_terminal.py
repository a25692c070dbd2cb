"""Both flags are joined to one, as older interfaces had it: the time limit is stored as an end of the task."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="timeout-as-terminal",
    shows=("done-share-of-time-limit",),
    what="a time limit is stored as the end of the task",
    base="--max-episode-steps 25",
    edits=(
        Edit(
            "trainer/loop.py",
            "            self.replay_buffer.add(action, float(reward), terminated, frame, state)\n",
            "            self.replay_buffer.add(action, float(reward), terminated or truncated, frame, state)\n",
        ),
    ),
)
