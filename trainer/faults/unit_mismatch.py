"""The return is written in two places, and one of them counts in hundreds."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="unit-mismatch",
    shows=("unit-factor",),
    what="the text log gives the return and the event files a hundredth of it",
    edits=(
        Edit(
            "trainer/loop.py",
            "            self.episodic_return = episode.episodic_return\n",
            "            self.episodic_return = episode.episodic_return\n"
            "            self.recorder.log(\n"
            '                f"step={self.global_step} episodic_return={episode.episodic_return / 100:.6f} "\n'
            '                f"episode_length={episode.length}"\n'
            "            )\n",
        ),
    ),
)
