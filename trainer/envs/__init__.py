"""Gymnasium environments over `carla.Client`: `ForensicsCarla/LaneKeep-v0` and `ForensicsCarla/Route-v0`.

Importing this package makes the two ids known to `gymnasium.make`, where gymnasium is installed; carla is imported when
an environment is made.
"""

from __future__ import annotations

from importlib.util import find_spec

IDS = {"ForensicsCarla/LaneKeep-v0": "lane_keep", "ForensicsCarla/Route-v0": "route"}
"""Gymnasium id to the task it is of."""


def register() -> None:
    """Make the ids known to gymnasium; does nothing the second time."""
    import gymnasium

    for id_, task in IDS.items():
        if id_ not in gymnasium.registry:
            gymnasium.register(id_, entry_point="trainer.envs.env:CarlaEnv", kwargs={"task": task})


if find_spec("gymnasium") is not None:
    register()
