"""The observation worth making next: the largest expected drop in entropy for its cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forensics.causes.cause import Cause
from forensics.model.diagnosis import Kind, Recommendation, Verdict, VerdictStatus
from forensics.model.finding import Finding, Status
from forensics.reasoning.case import Case
from forensics.reasoning.evidence import Evidence, leak
from forensics.reasoning.judgement import CAP
from forensics.reasoning.network import Floats
from forensics.reasoning.search import Posterior

# Causes whose joint distribution counts, and the least expected information (nats) worth a proposal.
OPEN_CAUSES = 16
LEAST_NATS = 0.01
# A second observation of a line of evidence that was examined already adds about half.
KNOWN_GROUP = 0.5
# Observations that only a run of reinforcement learning can make: of returns, values, policies, replayed data.
AGENTS = ("EPS", "VAL", "POL", "DAT")
# Beside an established cause only what is at least this likely is worth another test.
STILL_OPEN = 0.1


@dataclass(frozen=True)
class Proposal:
    """An observation that was not made, and how the causes would move if it were."""

    finding: Finding
    nats: float
    cause: str
    now: float
    if_fired: float
    if_clear: float
    touches: list[str]

    def recommendation(self) -> Recommendation:
        """Put the proposal as a thing to do."""
        how = self.finding.how_to_log
        if not how or "\n" in how:  # lines stand in the coverage's advice
            how = "; ".join(self.finding.missing)
        return Recommendation(
            action=f"Log what {self.finding.name} needs: {how}",
            addresses=", ".join(self.touches),
            expected_result=(
                f"If it fires, {self.cause} moves from {self.now:.2f} to {self.if_fired:.2f}; "
                f"if it stays clear, to {self.if_clear:.2f}."
            ),
            how_to_verify="Analyze the next run, or this one again if the evidence still exists.",
            cost="a line of logging and a rerun" if self.finding.cost <= 1 else "hours",
            observation=self.finding.code,
        )


def worth_knowing(case: Case, verdict: Verdict) -> list[str]:
    """Return the causes about which the next test should teach: those that could still be the answer."""
    if verdict.indistinguishable:
        return verdict.indistinguishable
    found = [item for item in case.beliefs.values() if item.cause.kind is Kind.MECHANISM and not item.ruled_out]
    if _trains_a_model(case.evidence):
        found = [item for item in found if not any(_of_an_agent(name, case.evidence) for name in item.cause.signature)]
    if verdict.status is VerdictStatus.FAULT:
        found = [item for item in found if item.examined and STILL_OPEN <= item.likelihood < CAP]
    happened = {item.cause.id for item in case.outcomes()}
    if verdict.status is VerdictStatus.UNDETERMINED and happened:
        found = [item for item in found if happened & {edge.cause for edge in item.cause.leads_to} or item.signed]
    return [item.cause.id for item in found]


def proposals(
    causes: Sequence[Cause], posterior: Posterior, evidence: Evidence, wanted_causes: Sequence[int]
) -> list[Proposal]:
    """Return the unmade observations that would teach something about the wanted causes, best for its cost first."""
    lacking = [item for item in evidence.unseen.values() if item.status is Status.NOT_APPLICABLE]
    candidates = [item for item in lacking if item.how_to_log]  # without: the learner has no such thing
    if _trains_a_model(evidence):
        candidates = [item for item in candidates if not item.code.startswith(AGENTS)]
    predicted = np.array([[cause.p(item.name) for item in candidates] for cause in causes]).reshape(len(causes), -1)
    wanted = np.flatnonzero(predicted.any(axis=0))
    open_causes = _open(posterior, wanted_causes)
    if not len(wanted) or not len(open_causes):
        return []
    healthy = np.array([leak(candidates[column]) for column in wanted])
    # Rows: visited sets; columns: observations that could still be made.
    fires = 1 - (1 - healthy) * np.exp(posterior.sets.astype(np.float64) @ np.log1p(-predicted[:, wanted]))
    nats = _information(posterior, open_causes, fires)
    groups = {item.group for item in (*evidence.fired.values(), *evidence.clear.values())}
    found = []
    for place, column in enumerate(wanted):
        item = candidates[column]
        value = float(nats[place]) * (KNOWN_GROUP if item.group in groups else 1.0)
        if value >= LEAST_NATS:
            found.append(_proposal(item, value, causes, posterior, fires[:, place], open_causes, predicted[:, column]))
    return sorted(found, key=lambda item: (-item.nats / item.finding.cost, item.finding.name))


def _trains_a_model(evidence: Evidence) -> bool:
    """Whether losses were seen and nothing of an agent: there is no reward, value or policy to log."""
    unseen = [item for item in evidence.unseen.values() if item.status is not Status.NOT_APPLICABLE]
    codes = [item.code for item in (*evidence.fired.values(), *evidence.clear.values(), *unseen)]
    return any(code.startswith("LOS") for code in codes) and not any(code.startswith(AGENTS) for code in codes)


def _of_an_agent(name: str, evidence: Evidence) -> bool:
    return name in evidence.unseen and evidence.unseen[name].code.startswith(AGENTS)


def _open(posterior: Posterior, wanted: Sequence[int]) -> list[int]:
    """The wanted causes about which most is still unknown."""
    unknown = _entropy(posterior.weights @ posterior.sets)
    order = sorted(wanted, key=lambda row: -float(unknown[row]))
    return [row for row in order[:OPEN_CAUSES] if unknown[row] > LEAST_NATS]


def _information(posterior: Posterior, open_causes: list[int], fires: Floats) -> Floats:
    """Return the mutual information of each observation and the joint state of the open causes, in nats."""
    states = posterior.sets[:, open_causes].astype(np.int64) @ (1 << np.arange(len(open_causes)))
    _, member = np.unique(states, return_inverse=True)
    weight = np.bincount(member, posterior.weights)
    total = _entropy(posterior.weights @ fires)
    inside = np.stack([np.bincount(member, posterior.weights * column) for column in fires.T], axis=1) / weight[:, None]
    return np.asarray(total - weight @ _entropy(inside))


def _entropy(p: Floats) -> Floats:
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.asarray(-p * np.log(p) - (1 - p) * np.log1p(-p))


def _proposal(
    item: Finding,
    nats: float,
    causes: Sequence[Cause],
    posterior: Posterior,
    fires: Floats,
    open_causes: list[int],
    predicted: Floats,
) -> Proposal:
    sets, weights = posterior.sets, posterior.weights
    now = weights @ sets
    fired = (weights * fires) @ sets / (weights @ fires)
    clear = (weights * (1 - fires)) @ sets / (weights @ (1 - fires))
    moved = max(open_causes, key=lambda row: abs(fired[row] - clear[row]))
    touches = [causes[row].id for row in open_causes if predicted[row] > leak(item)] or [causes[moved].id]
    return Proposal(item, nats, causes[moved].id, float(now[moved]), float(fired[moved]), float(clear[moved]), touches)
