"""Nothing ends an episode, neither what the driver does wrong nor a limit."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="endless-episode",
    shows=("episode-never-ends",),
    what="no end is reported and no limit is set",
    base="--evaluation-interval 0",
    edits=(
        Edit(
            "trainer/envs/env.py",
            "        terminated = reason is not None and not reason.truncates\n"
            "        truncated = reason is not None and reason.truncates\n",
            "        terminated = truncated = False\n",
        ),
        Edit("trainer/envs/env.py", "            self._running = False\n            info[", "            info["),
        Edit("trainer/environment.py", "            max_episode_steps=config.max_episode_steps,\n", ""),
    ),
)
