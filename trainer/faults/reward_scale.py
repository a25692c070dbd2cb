"""Every part of the reward is multiplied by a large factor."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="reward-scale",
    shows=("reward-magnitude",),
    what="the reward is STRENGTH times what the settings are made for",
    strength="1000",
    edits=(
        Edit(
            "trainer/envs/env.py",
            "        components = reward_components("
            "self._position, self._reading.speed, self._action[0] - before[0], reason)\n",
            "        components = reward_components("
            "self._position, self._reading.speed, self._action[0] - before[0], reason)\n"
            "        components = {name: STRENGTH * part for name, part in components.items()}\n",
        ),
    ),
)
