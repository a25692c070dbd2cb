"""No end of an episode is stored: the critic goes on to the value of what never comes."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="terminal-bootstrapped",
    shows=("done-never",),
    what="ends are stored as if the episode went on",
    edits=(
        Edit(
            "trainer/loop.py",
            "            self.replay_buffer.add(action, float(reward), terminated, frame, state)\n",
            "            self.replay_buffer.add(action, float(reward), False, frame, state)\n",
        ),
    ),
)
