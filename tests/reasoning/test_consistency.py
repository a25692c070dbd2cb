"""The counts of all causes together: each must be recognisable by what it predicts, and nothing may flip."""

from __future__ import annotations

import pytest

from forensics.causes.cause import Cause
from forensics.causes.library import load
from forensics.model.diagnosis import CauseRole, Kind
from forensics.model.finding import Status
from tests.reasoning.findings import METAS, judge, on, run, signs

# A sign that is common on healthy runs cannot carry its cause above an even chance alone.
TOO_COMMON_ALONE = {
    "reward-component-domination": "one component dominates many sound rewards",
    "train-eval-mismatch": "noise in training alone opens a gap",
    "q-underestimation": "a minimum of two critics lies below the return by design",
    "wall-clock-stall": "machines pause",
    "reward-scale": "rewards of hundreds a step can be learned from; for thousands the leak is less",
    "action-collapse": "full throttle on a straight road is right",
}
# Seen through the same observations as the cause named: the commoner one stands for both.
SHADOWED = {
    "parameters-frozen": {"parameters-missing-from-optimizer"},
    "module-unused-in-forward": {"loss-detached-from-parameters"},
    "encoder-detached-everywhere": {"loss-detached-from-parameters"},
    "second-optimizer-bypasses-clip": {"clip-on-subset"},
    "dead-units": {"tanh-saturation"},
    "wrong-reduction": {"wrong-loss-sign"},
}
RECOGNISABLE = [cause for cause in load() if cause.id not in TOO_COMMON_ALONE]
MECHANISMS = [cause for cause in RECOGNISABLE if cause.kind is Kind.MECHANISM and not cause.contributing_only]


@pytest.mark.parametrize("cause", RECOGNISABLE, ids=lambda cause: cause.id)
def test_a_run_that_shows_what_a_cause_predicts_is_laid_to_it_or_to_its_rival(cause: Cause) -> None:
    fired = signs(cause) & set(METAS)
    company = {"return-never-rises"} if cause.contributing_only else set()
    judgement = judge(run(fired | company, rest=Status.CLEAR), cause.needs_tier)
    standing = {item.id for item in judgement.causes if item.likelihood >= 0.5}
    standing |= set(judgement.verdict.indistinguishable)
    assert standing & ({cause.id} | SHADOWED.get(cause.id, set())), sorted(fired)


@pytest.mark.parametrize("name", sorted(TOO_COMMON_ALONE))
def test_a_sign_that_healthy_runs_often_show_does_not_make_a_verdict(name: str) -> None:
    cause = next(item for item in load() if item.id == name)
    judgement = judge(run(signs(cause), rest=Status.CLEAR))
    assert judgement.verdict.cause is None
    assert on(judgement, name).role is CauseRole.POSSIBLE


@pytest.mark.parametrize("cause", MECHANISMS, ids=lambda cause: cause.id)
def test_losing_a_line_of_evidence_narrows_or_abstains_but_never_accuses_another(cause: Cause) -> None:
    fired = signs(cause) & set(METAS)
    named = judge(run(fired, rest=Status.CLEAR)).verdict
    if named.cause is None:
        return
    allowed = {named.cause, None} | _innocent_parts(named.cause)
    for group in sorted({METAS[name].group for name in fired}):
        rest = {name for name, meta in METAS.items() if meta.group != group}
        verdict = judge(run(fired & rest, rest - fired)).verdict
        assert verdict.cause in allowed, group


def _innocent_parts(name: str) -> set[str]:
    """What a cause brings about, or tends to come with, may be named in its stead: that is no false accusation."""
    cause = next(item for item in load() if item.id == name)
    return {edge.cause for edge in cause.leads_to} | {rival.id for rival in cause.rivals}


@pytest.mark.parametrize("name", sorted(METAS))
def test_one_alarm_on_an_otherwise_healthy_run_never_makes_more_than_its_own_causes_stand(name: str) -> None:
    judgement = judge(run([name, "return-rises"], rest=Status.CLEAR))
    for item in judgement.causes:
        if item.likelihood >= 0.5:
            cause = next(other for other in load() if other.id == item.id)
            assert cause.p(name) >= 0.5
            assert name in cause.signature
