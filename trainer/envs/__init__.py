"""Gymnasium environments over `carla.Client`: `ForensicsCarla/LaneKeep-v0` and `ForensicsCarla/Route-v0`.

`register()` makes the two ids known to `gymnasium.make`; importing this package needs neither gymnasium nor carla.
"""

from __future__ import annotations

IDS = ("ForensicsCarla/LaneKeep-v0", "ForensicsCarla/Route-v0")


def register() -> None:
    """Make the ids known to gymnasium; does nothing the second time."""
    import gymnasium

    for id_, task in zip(IDS, ("lane_keep", "route"), strict=True):
        if id_ not in gymnasium.registry:
            gymnasium.register(id_, entry_point="trainer.envs.env:CarlaEnv", kwargs={"task": task})
