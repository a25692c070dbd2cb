"""Sums over sets of causes without visiting all of them.

A run can have eight true faults at once, so sets are not bounded in size. The search climbs to the best sets in
reach, up from no cause and down from all plausible ones, then visits sets in order of probability (top-N inference
after Henrion, UAI 1991; deterministic). A cause's marginal is the average, over the visited sets, of its probability
given all other causes of the set (Rao-Blackwell): weak causes need not be visited in every combination to be weighed
rightly. Where all sets of any weight are visited the result is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.reasoning.network import Floats, Network, Sets

# Sets less probable than this share of the best one are not worth a visit.
TAIL = 3e-5
MOST_SETS = 400
BATCH = 50
# Neighbours this far below the best set never wait: no later step could make up for it.
LOG_HOPELESS = -12.0
# A gain below this is rounding.
LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class Posterior:
    """Visited sets (rows x n) with their weights (sum 1), and the marginal of each cause."""

    sets: Sets
    weights: Floats
    marginals: Floats

    def any_of(self, members: list[int]) -> float:
        """Return the probability that at least one of the causes acts."""
        return float(self.weights @ self.sets[:, members].any(axis=1))


def search(network: Network, most: int = MOST_SETS, tail: float = TAIL) -> Posterior:
    """Return the posterior over sets of causes, from at most `most` visited sets."""
    alone = network.gains(np.zeros((1, network.size), np.bool_))[0]
    starts = [np.zeros(network.size, np.bool_), alone > np.log(0.5), alone > np.log(0.02)]
    frontier = _Frontier(network)
    for start in starts:
        frontier.add(climb(network, start))
    while len(frontier) < most and frontier.advance(min(BATCH, most - len(frontier)), tail):
        pass
    return frontier.posterior()


def climb(network: Network, start: Sets) -> Sets:
    """Return the best set (1 x n) in reach of `start`, by toggling one cause or exchanging two."""
    here = (start & network.open)[None, :]
    while True:
        gains = network.gains(here)[0]
        if gains.max(initial=0.0) > LEAST_GAIN:
            here = here.copy()
            here[0, int(gains.argmax())] ^= True
            continue
        exchanged = _exchanges(here[0], network)
        gains = network.score(exchanged) - network.score(here)
        if gains.max(initial=0.0) <= LEAST_GAIN:
            return here
        here = exchanged[[int(gains.argmax())]]


def _exchanges(chosen: Sets, network: Network) -> Sets:
    """Return every set that has one cause of `chosen` exchanged for another."""
    leaving, entering = np.meshgrid(np.flatnonzero(chosen), np.flatnonzero(~chosen & network.open))
    sets = np.repeat(chosen[None, :], leaving.size, axis=0)
    rows = np.arange(leaving.size)
    sets[rows, leaving.ravel()] = False
    sets[rows, entering.ravel()] = True
    return sets


class _Frontier:
    """The sets visited so far, with what each toggle adds to them, and the sets that wait."""

    def __init__(self, network: Network) -> None:
        self.network = network
        # A set's key is the exclusive or of its members' random words; two sets share one by accident never.
        self.words = np.random.default_rng(0).integers(1, 2**63, network.size, dtype=np.uint64)
        self.visited: list[tuple[Sets, Floats, Floats]] = []
        self.waiting = np.zeros((0, network.size), np.bool_)
        self.scores = np.zeros(0)
        self.keys = np.zeros(0, np.uint64)
        self.seen = np.zeros(0, np.uint64)
        self.best = -np.inf

    def __len__(self) -> int:
        return sum(len(sets) for sets, _, _ in self.visited)

    def add(self, sets: Sets) -> None:
        """Let sets (rows x n) wait."""
        keys = np.bitwise_xor.reduce(np.where(sets, self.words, np.uint64(0)), axis=1)
        self._wait(sets, self.network.score(sets), keys)

    def advance(self, batch: int, tail: float) -> bool:
        """Visit the best waiting sets; False where none is worth it."""
        if not len(self.scores):
            return False
        self.best = max(self.best, float(self.scores.max()))
        order = np.argsort(-self.scores, kind="stable")[:batch]
        order = order[self.scores[order] > self.best + np.log(tail)]
        if len(order):
            self._visit(order)
        return bool(len(order))

    def _visit(self, rows: NDArray[np.intp]) -> None:
        sets, scores, keys = self.waiting[rows], self.scores[rows], self.keys[rows]
        gains = self.network.gains(sets)
        self.visited.append((sets, scores, gains))
        stay = np.ones(len(self.scores), np.bool_)
        stay[rows] = False
        self.waiting, self.scores, self.keys = self.waiting[stay], self.scores[stay], self.keys[stay]

        near = scores[:, None] + gains
        parent, flipped = np.nonzero(near > self.best + LOG_HOPELESS)
        around = sets[parent]
        around[np.arange(len(parent)), flipped] ^= True
        self._wait(around, near[parent, flipped], keys[parent] ^ self.words[flipped])

    def _wait(self, sets: Sets, scores: Floats, keys: NDArray[np.uint64]) -> None:
        keys, first = np.unique(keys, return_index=True)
        fresh = np.isin(keys, self.seen, invert=True)
        self.waiting = np.concatenate([self.waiting, sets[first[fresh]]])
        self.scores = np.concatenate([self.scores, scores[first[fresh]]])
        self.keys = np.concatenate([self.keys, keys[fresh]])
        self.seen = np.concatenate([self.seen, keys[fresh]])

    def posterior(self) -> Posterior:
        """Weigh the visited sets, and average each cause's conditional probability over them."""
        sets = np.concatenate([item[0] for item in self.visited])
        scores = np.concatenate([item[1] for item in self.visited])
        gains = np.concatenate([item[2] for item in self.visited])
        weights = np.exp(scores - scores.max())
        weights /= weights.sum()
        odds = np.where(sets, -gains, gains)
        conditional = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
        return Posterior(sets, weights, np.asarray(weights @ conditional))
