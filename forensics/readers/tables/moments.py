"""Tables with a row for every step inside an episode: their reward is that of a step, their total still grows."""

from __future__ import annotations

import numpy as np

from forensics.readers.tables.clocks import Steps, plain
from forensics.readers.tables.table import Table

_REWARDS = frozenset({"reward", "rewards", "rew", "r", "step_reward", "instant_reward", "immediate_reward"})
_TOTALS = frozenset({
    "total_reward", "cumulative_reward", "cum_reward", "episode_reward", "ep_reward", "episode_return", "return",
    "score", "total_score", "accumulated_reward",
})  # fmt: skip
_ROWS = 2  # an episode, at the least


def inside_episodes(table: Table, steps: Steps) -> dict[str, dict[str, str]]:
    """Return what columns mean where a counter of the table starts over in every episode, by column.

    Empty for other tables.
    """
    if steps.axis != "episode" or not steps.resets:
        return {}
    if len(table) < _ROWS * len(np.unique(steps.values)):
        return {}
    read: dict[str, dict[str, str]] = {}
    for name in table.columns:
        if plain(name) in _REWARDS:
            read[name] = {"quantity": "reward", "role": "train"}
        elif plain(name) in _TOTALS:
            read[name] = {"quantity": "other"}
    return read
