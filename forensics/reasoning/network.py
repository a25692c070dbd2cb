"""Causes and evidence as arrays: a noisy-OR network in which one call scores many sets of causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forensics.causes.cause import Cause
from forensics.model.finding import Finding
from forensics.reasoning.evidence import Evidence, leak

Floats = NDArray[np.float64]
Sets = NDArray[np.bool_]

# What a clear finding still counts for against a cause that has another finding of the group in its favour.
DIVIDED = 0.5


@dataclass(frozen=True)
class Network:
    """n causes, F fired findings.

    `off[v]` is log P(cause v absent | no parent acts), `edge[u, v]` log(1 - P(u brings about v)), `miss[i, j]`
    log(1 - P(finding j fires | cause i)), `quiet[j]` log(1 - leak of j), `share[j]` the weight of a fired finding
    within its group, `against[i]` what the clear findings say against cause i. `open[i]` is False where an
    identity rules cause i out.
    """

    off: Floats
    edge: Floats
    miss: Floats
    quiet: Floats
    share: Floats
    against: Floats
    open: Sets

    @property
    def size(self) -> int:
        return len(self.off)

    def score(self, sets: Sets) -> Floats:
        """Return log P(set of causes, evidence) up to a constant, for each row of `sets` (rows x n)."""
        chosen = sets.astype(np.float64)
        absent = chosen @ self.edge + self.off
        causes = np.where(sets, _log1mexp(absent), absent).sum(axis=1)
        fired = _log1mexp(chosen @ self.miss + self.quiet) @ self.share
        total = causes + fired + chosen @ self.against
        return np.where((sets & ~self.open).any(axis=1), -np.inf, total)

    def gains(self, sets: Sets) -> Floats:
        """Return what toggling each cause adds to the score of each set (rows x n); -inf where it is ruled out.

        Only the terms that a toggle touches are computed: the cause's own, its children's and its findings'.
        """
        chosen = sets.astype(np.float64)
        sign = 1.0 - 2.0 * chosen
        absent = chosen @ self.edge + self.off
        present = _log1mexp(absent)
        gain = sign * (present - absent + self.against)

        children, weights = self._children
        moved = absent[:, children] + sign[:, :, None] * weights
        state = sets[:, children]
        after = np.where(state, _log1mexp(moved), moved)
        before = np.where(state, present[:, children], absent[:, children])
        gain += (after - before).sum(axis=2)

        quiet = chosen @ self.miss + self.quiet
        findings, weights = self._findings
        moved = quiet[:, findings] + sign[:, :, None] * weights
        gain += ((_log1mexp(moved) - _log1mexp(quiet)[:, findings]) * self.share[findings]).sum(axis=2)
        return np.where(self.open, gain, -np.inf)

    @cached_property
    def _children(self) -> tuple[NDArray[np.intp], Floats]:
        return _sparse(self.edge)

    @cached_property
    def _findings(self) -> tuple[NDArray[np.intp], Floats]:
        return _sparse(self.miss)


def _log1mexp(x: Floats) -> Floats:
    """Return log(1 - exp(x)) for x < 0. A finding or cause that nothing could bring about is kept off -inf."""
    return np.asarray(np.log(np.maximum(-np.expm1(x), 1e-300)))


def _sparse(matrix: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the columns of each row's non-zero entries and the entries, both padded to one width."""
    width = int((matrix != 0).sum(axis=1).max(initial=0))
    columns = np.argsort(matrix == 0, axis=1, kind="stable")[:, :width]
    return columns, np.take_along_axis(matrix, columns, axis=1)


def compile_network(causes: Sequence[Cause], evidence: Evidence) -> Network:
    """Write causes and evidence as arrays. Findings that were not examined are summed out: they have no column.

    Findings of one group count as one: together, as much as the rarest of them does alone. Of the clear ones only
    the strongest speaks against a cause, and by half where the cause predicted as surely a finding of the group
    that did fire: the line of evidence is then divided.
    """
    place = {cause.id: row for row, cause in enumerate(causes)}
    fired = list(evidence.fired.values())
    edge = np.zeros((len(causes), len(causes)))
    for cause in causes:
        for link in cause.leads_to:
            if link.cause in place:
                edge[place[cause.id], place[link.cause]] = np.log1p(-link.probability)
    predicted = np.array([[cause.p(item.name) for item in fired] for cause in causes]).reshape(len(causes), len(fired))
    return Network(
        off=np.array([np.log1p(-cause.prior.p) for cause in causes]),
        edge=edge,
        miss=np.log1p(-predicted),
        quiet=np.array([np.log1p(-leak(item)) for item in fired]),
        share=_shares(fired),
        against=np.array([_against(cause, evidence) for cause in causes]),
        open=np.array([evidence.exclusion(cause) is None for cause in causes]),
    )


def _shares(fired: Sequence[Finding]) -> Floats:
    """Return the weight of each fired finding, so that a group's surprises add up to its greatest, -log(leak)."""
    surprise = {item.name: -np.log(leak(item)) for item in fired}
    total: dict[str, float] = {}
    greatest: dict[str, float] = {}
    for item in fired:
        total[item.group] = total.get(item.group, 0.0) + surprise[item.name]
        greatest[item.group] = max(greatest.get(item.group, 0.0), surprise[item.name])
    return np.array([greatest[item.group] / total[item.group] for item in fired])


def _against(cause: Cause, evidence: Evidence) -> float:
    strongest: dict[str, float] = {}
    for name, item in evidence.clear.items():
        strongest[item.group] = max(strongest.get(item.group, 0.0), cause.p(name))
    divided = {
        item.group for name, item in evidence.fired.items() if 0 < strongest.get(item.group, 0.0) <= cause.p(name)
    }
    return float(sum((DIVIDED if group in divided else 1.0) * np.log1p(-p) for group, p in strongest.items()))
