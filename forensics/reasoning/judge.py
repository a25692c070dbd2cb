"""Findings and causes in, judgement out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from forensics.causes.cause import Cause
from forensics.model.diagnosis import CauseRole, CauseVerdict, Event, Outcome, Verdict, VerdictStatus
from forensics.model.finding import Finding
from forensics.reasoning.belief import Belief, assess, reachable
from forensics.reasoning.case import Case
from forensics.reasoning.evidence import Evidence
from forensics.reasoning.judgement import Judgement
from forensics.reasoning.links import explained_by, explains
from forensics.reasoning.network import compile_network
from forensics.reasoning.next_test import Proposal, proposals, worth_knowing
from forensics.reasoning.recommend import recommendations
from forensics.reasoning.rivals import rivals_of
from forensics.reasoning.roles import role_of, why
from forensics.reasoning.search import search
from forensics.reasoning.statement import shown
from forensics.reasoning.verdict import decide
from forensics.reasoning.words import in_words

ORDER = list(CauseRole)
UNKNOWN = (VerdictStatus.UNDETERMINED, VerdictStatus.INSUFFICIENT_EVIDENCE)


def reason(findings: Sequence[Finding], causes: Sequence[Cause], tier: str) -> Judgement:
    """Weigh `findings` for and against `causes`, given evidence of `tier` (T1 to T4).

    Deterministic; the order of findings does not matter. Causes that the tier cannot reach are left out of the
    arithmetic and reported as not examined.
    """
    evidence = Evidence.of(sorted(findings, key=lambda item: item.name))
    reached = [cause for cause in causes if reachable(cause, tier)]
    place = {cause.id: row for row, cause in enumerate(reached)}
    posterior = search(compile_network(reached, evidence))
    marginals = {name: float(posterior.marginals[row]) for name, row in place.items()}
    beliefs = assess(causes, marginals, evidence, tier)
    explained = explained_by(beliefs)

    def joint(names: list[str]) -> float:
        return max(posterior.any_of([place[name] for name in names]), *(beliefs[name].likelihood for name in names))

    case = Case(beliefs, explained, evidence, joint)
    verdict = decide(case)
    wanted = [place[name] for name in worth_knowing(case, verdict) if name in place]
    tests = proposals(reached, posterior, evidence, wanted)
    if verdict.status in UNKNOWN and (best := _best_next_test(tests, case)):
        verdict = msgspec.structs.replace(verdict, statement=f"{verdict.statement} Best next test: {best}")
    verdicts = [_verdict_on(item, case, verdict) for item in beliefs.values()]
    verdicts.sort(key=lambda item: (ORDER.index(item.role), -item.likelihood, item.id))
    return Judgement(
        verdict=verdict,
        outcomes=_outcomes(case),
        causes=verdicts,
        recommendations=recommendations(verdict, verdicts, beliefs, tests),
        timeline=timeline(evidence),
        teaches={item.finding.name: item.nats / item.finding.cost for item in tests},
    )


def timeline(evidence: Evidence) -> list[Event]:
    """Return what fired at a known step, in the order in which it began."""
    known = [(item.onset, item.name, item.statement) for item in evidence.fired.values() if item.onset is not None]
    return [Event(step=step, finding=name, statement=text) for step, name, text in sorted(known)]


def _best_next_test(tests: Sequence[Proposal], case: Case) -> str:
    """Return the observation that would teach most, or the test of what happened where none would; else nothing."""
    if tests:
        return f"log what {tests[0].finding.name} needs."
    return next((item.cause.decisive_test for item in case.outcomes()), "")


def _verdict_on(belief: Belief, case: Case, verdict: Verdict) -> CauseVerdict:
    cause, explained = belief.cause, case.explained
    role = role_of(belief, explained, verdict.cause)
    answers = [] if belief.stands else [item.answer for item in cause.tempting if item.finding in case.evidence.fired]
    return CauseVerdict(
        id=cause.id,
        title=cause.title,
        kind=cause.kind,
        role=role,
        likelihood=round(belief.likelihood, 4),
        likelihood_words=in_words(belief.likelihood),
        evidence_quality=case.quality(belief)[0],
        harm=cause.harm,
        summary=cause.summary,
        explains=explains(cause.id, explained, case.beliefs) if belief.stands else [],
        explained_by=explained.get(cause.id, []),
        supports=belief.supports,
        contradicts=belief.contradicts,
        missing=belief.missing,
        rivals=rivals_of(belief, case.beliefs, case.evidence),
        decisive_test=cause.decisive_test,
        reason=why(belief, role, explained, verdict.cause),
        answers=answers,
    )


def _outcomes(case: Case) -> list[Outcome]:
    return [
        Outcome(
            id=item.cause.id,
            title=item.cause.title,
            likelihood=round(item.likelihood, 4),
            statement=" ".join(shown(item)) or item.cause.summary,
            evidence=[ref for weight in item.supports for ref in case.evidence.fired[weight.finding].evidence],
        )
        for item in case.outcomes()
    ]
