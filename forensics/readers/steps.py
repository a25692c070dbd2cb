"""Which of the numbers of a record counts its steps, and which its gradient updates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

# Environment steps first, then counters of unknown kind, then epochs and episodes: the finest axis that is named.
# The second word is the axis such a name states; "" where the name does not say.
_STEPS: dict[str, tuple[int, str]] = {
    name: (rank, axis)
    for rank, (name, axis) in enumerate(
        [
            ("env_step", "env_step"), ("env_steps", "env_step"), ("environment_step", "env_step"),
            ("t_env", "env_step"), ("total_num_steps", "env_step"), ("totalenvsteps", "env_step"),
            ("global_step", ""), ("global_steps", ""), ("step", ""), ("_step", ""), ("training_step", ""),
            ("total_timesteps", "env_step"), ("timesteps_total", "env_step"), ("num_timesteps", "env_step"),
            ("total_env_steps", "env_step"), ("num_env_steps_sampled_lifetime", "env_step"),
            ("num_env_steps_sampled", "env_step"), ("totalenvinteracts", "env_step"),
            ("timestepssofar", "env_step"), ("frame", "env_step"),
            ("frames", "env_step"), ("timestep", "env_step"), ("timesteps", "env_step"), ("time_step", "env_step"),
            ("steps", ""), ("total_steps", ""), ("iteration", ""), ("iterations", ""), ("iter", ""), ("it", ""),
            ("training_iteration", ""), ("s", ""), ("t", ""),
            ("epoch", "epoch"), ("epochs", "epoch"), ("episode", "episode"), ("episodes", "episode"),
            ("episodessofar", "episode"), ("ep", "episode"),
        ]
    )
}  # fmt: skip
_UPDATES = frozenset({
    "update", "updates", "gradient_step", "gradient_steps", "grad_step", "grad_steps", "n_updates", "num_updates",
    "optimizer_step", "train_step", "learner_step", "total_updates",
})  # fmt: skip
# Counters of whole stretches: numbers stand at them, but a record's step is something finer.
COARSE = ("epoch", "episode")
_UPDATE_RANK = 1000
_NOTHING: frozenset[str] = frozenset()
_LARGEST = 2**62


def rank_of(name: str) -> int | None:
    """Return how good a step counter `name` is (0 is best), or None where it is none."""
    found = _STEPS.get(name.lower())
    return None if found is None else found[0]


def axis_of(name: str) -> str:
    """Return the axis that the name of a step counter states: env_step, update, epoch, episode or ""."""
    low = name.lower()
    return "update" if low in _UPDATES else _STEPS.get(low, (0, ""))[1]


def is_update(name: str) -> bool:
    """Tell whether `name` counts gradient updates."""
    return name.lower() in _UPDATES


def is_counter(name: str) -> bool:
    """Tell whether `name` counts steps, epochs, episodes or updates."""
    return _kind(name) is not None


def counter(value: object) -> int | None:
    """Return a counter's value as an int, or None where it is no whole number that an int64 holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and (not math.isfinite(value) or value != int(value)):
        return None
    return int(value) if abs(value) < _LARGEST else None


@lru_cache(maxsize=16384)
def _kind(key: str) -> tuple[int, str] | None:
    """Return the rank and axis of a counter, given by its name or path; updates come last; None for other keys."""
    name = key.rpartition("/")[2].lower()
    if name in _UPDATES:
        return _UPDATE_RANK, "update"
    return _STEPS.get(name)


def pick(record: Mapping[str, object]) -> tuple[int | None, int | None, str, frozenset[str]]:
    """Return (step, update, axis, keys used) of a record; keys may be paths, their last part counts.

    Where only updates are counted, they are the steps. A value that is no whole number is passed over.
    """
    best: tuple[int, str, str, int] | None = None
    update: tuple[str, int] | None = None
    for key, value in record.items():
        kind = _kind(key)
        number = counter(value) if kind is not None else None
        if kind is None or number is None:
            continue
        if kind[0] == _UPDATE_RANK:
            update = update or (key, number)
        elif best is None or kind[0] < best[0]:
            best = (*kind, key, number)
    if best is None and update is None:
        return None, None, "", _NOTHING
    if best is None:
        assert update is not None
        return update[1], update[1], "update", frozenset((update[0],))
    if update is None:
        return best[3], None, best[1], frozenset((best[2],))
    return best[3], update[1], best[1], frozenset((best[2], update[0]))
