"""A ring of single observations: which of them are whole transitions, and which belong to one.

A slot holds one observation; the last one of an episode has a slot too, so that a time limit bootstraps from what was
really seen there. Stacks and n-step returns are put together when a batch is drawn.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


class Returns(NamedTuple):
    """n-step returns, one a transition.

    `rewards` are discounted sums; `discount` is what the value at position `following` counts for; `steps` is how many
    rewards were summed; `done` says that a terminal state ended the sum.
    """

    rewards: NDArray[np.float32]
    discount: NDArray[np.float32]
    following: Indices
    steps: NDArray[np.float32]
    done: NDArray[np.float32]


class Ring:
    """Positions of observations, and what followed each. Frames are stored elsewhere, by the same positions."""

    def __init__(self, capacity: int, stack: int, state_dim: int, action_dim: int) -> None:
        """`stack` is the number of frames that a drawn observation reaches back to."""
        if capacity <= stack + 1:
            raise ValueError(f"{capacity} frames cannot hold a stack of {stack} and what follows it")
        self.capacity, self.stack = capacity, stack
        self.added = 0
        self.states = np.zeros((capacity, state_dim), np.float32)
        self.actions = np.zeros((capacity, action_dim), np.float32)
        self.rewards = np.zeros(capacity, np.float32)
        self.terminated = np.zeros(capacity, np.bool_)
        self.has_next = np.zeros(capacity, np.bool_)
        self.age = np.zeros(capacity, np.int64)  # steps since the episode began

    @property
    def size(self) -> int:
        """Observations held."""
        return min(self.added, self.capacity)

    @property
    def transitions(self) -> int:
        """Steps held: observations that something was seen to follow."""
        return int(np.count_nonzero(self.has_next))

    def begin(self, state: NDArray[np.float32]) -> int:
        """Take the first observation of an episode; return its position."""
        return self._put(state, 0)

    def extend(
        self, action: NDArray[np.float32], reward: float, terminated: bool, next_state: NDArray[np.float32]
    ) -> int:
        """Take what was done at the newest observation and what was seen then; return the new one's position."""
        newest = (self.added - 1) % self.capacity
        self.actions[newest], self.rewards[newest], self.terminated[newest] = action, reward, terminated
        position = self._put(next_state, int(self.age[newest]) + 1)
        self.has_next[newest] = True
        return position

    def _put(self, state: NDArray[np.float32], age: int) -> int:
        position = self.added % self.capacity
        self.states[position], self.age[position], self.has_next[position] = state, age, False
        self.added += 1
        return position

    def valid(self, positions: Indices) -> NDArray[np.bool_]:
        """Where a transition starts whose whole stack is still held."""
        oldest = self.added - self.size
        held = (positions - oldest) % self.capacity  # older observations still held
        reach = np.minimum(self.age[positions], self.stack - 1)
        return self.has_next[positions] & (held >= reach)

    def draw(self, rng: np.random.Generator, count: int) -> Indices:
        """Draw positions of transitions, uniformly with replacement. Raises ValueError where there is none."""
        drawn = rng.integers(0, self.size, count) if self.size else np.zeros(0, np.int64)
        wrong = ~self.valid(drawn)
        if (not self.size or wrong.all()) and not self.valid(np.arange(self.size)).any():
            raise ValueError("the replay buffer holds no transition yet")
        while wrong.any():
            drawn[wrong] = rng.integers(0, self.size, int(wrong.sum()))
            wrong = ~self.valid(drawn)
        return drawn

    def frames_of(self, positions: Indices) -> Indices:
        """Return the positions (count, stack) of the stacked frames, oldest first, none from before the episode."""
        back = np.arange(self.stack - 1, -1, -1)
        return (positions[:, None] - np.minimum(back, self.age[positions][:, None])) % self.capacity

    def returns(self, positions: Indices, n_step: int, gamma: float) -> Returns:
        """Sum the rewards of up to `n_step` steps.

        The sum ends early where the episode does: at a terminal state with discount 0, at a time limit or at the
        newest observation with the discount of the steps taken, so that the value there is bootstrapped.
        """
        rewards = self.rewards[positions].astype(np.float64)
        discount = np.full(len(positions), gamma)
        done = self.terminated[positions]
        following = (positions + 1) % self.capacity
        for _ in range(n_step - 1):
            goes_on = self.has_next[following]  # nothing follows the last observation of an episode
            rewards += np.where(goes_on, discount * self.rewards[following], 0.0)
            discount *= np.where(goes_on, gamma, 1.0)
            done = done | (goes_on & self.terminated[following])
            following = np.where(goes_on, following + 1, following) % self.capacity
        return Returns(
            rewards.astype(np.float32),
            np.where(done, 0.0, discount).astype(np.float32),
            following,
            ((following - positions) % self.capacity).astype(np.float32),
            done.astype(np.float32),
        )

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint holds: the filled part of each array."""
        return {"added": self.added, **{name: array[: self.size] for name, array in self._arrays().items()}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave. Raises KeyError or ValueError where it does not fit."""
        self.added = int(state["added"])
        for name, array in self._arrays().items():
            array[: self.size] = state[name]

    def _arrays(self) -> dict[str, NDArray[Any]]:
        names = ("states", "actions", "rewards", "terminated", "has_next", "age")
        return {name: getattr(self, name) for name in names}
