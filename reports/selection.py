"""What a report shows first, and what it leaves to diagnosis.json."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from forensics.model.diagnosis import CauseRole, CauseVerdict, Diagnosis, Kind, Measured, Quality, VerdictStatus, Weight
from forensics.model.finding import Finding, Status

FIGURES = 12  # unless all are asked for
RANKED = 5
DETAILED = 12

_CLOSED = {CauseRole.RULED_OUT, CauseRole.NOT_EXAMINED}
PLAUSIBLE = 0.05  # ICD 203: below it there is almost no chance
STANDING = 0.5  # DESIGN.md: a cause stands at a likelihood of 0.5 or more


@dataclass(frozen=True)
class Selection:
    """Views of one diagnosis: causes by the part they play, findings by what came of them.

    `all_figures` draws the figure of every finding that fired, not only of the first few that standing causes cite.
    """

    diagnosis: Diagnosis
    all_figures: bool = False

    @cached_property
    def causes(self) -> list[CauseVerdict]:
        """Causes of the run's trouble that are still open, the verdict's first, then by likelihood."""
        kinds = {Kind.MECHANISM, Kind.INFRASTRUCTURE}
        head = {self.diagnosis.verdict.cause, *self.diagnosis.verdict.indistinguishable}
        found = [
            cause
            for cause in self.diagnosis.causes
            if cause.role not in _CLOSED and cause.kind in kinds and cause.role is not CauseRole.MEASUREMENT_FAULT
        ]
        return sorted(found, key=lambda cause: (cause.id not in head, -_sortable(cause.likelihood), cause.id))

    @cached_property
    def ranked(self) -> list[CauseVerdict]:
        """The first few of the open causes, without those that have almost no chance."""
        verdict = self.diagnosis.verdict
        named = {verdict.cause, *verdict.indistinguishable}
        return [cause for cause in self.causes if cause.id in named or cause.likelihood >= PLAUSIBLE][:RANKED]

    @cached_property
    def detailed(self) -> list[CauseVerdict]:
        """The causes told at length: all that stand or head the verdict, and the next in rank."""
        ranked = {cause.id for cause in self.ranked}
        return [cause for cause in self.causes if cause.id in ranked or self.stands(cause)][:DETAILED]

    @cached_property
    def faint(self) -> list[CauseVerdict]:
        """Whatever is still open and told neither at length nor as a measurement fault."""
        told = {cause.id for cause in [*self.detailed, *self.measurement]}
        found = [cause for cause in self.diagnosis.causes if cause.role not in _CLOSED and cause.id not in told]
        return sorted(found, key=lambda cause: (-_sortable(cause.likelihood), cause.id))

    @cached_property
    def measurement(self) -> list[CauseVerdict]:
        """Measurement faults that are not ruled out, the likeliest first."""
        found = [
            cause
            for cause in self.diagnosis.causes
            if cause.role not in _CLOSED
            and (cause.kind is Kind.MEASUREMENT or cause.role is CauseRole.MEASUREMENT_FAULT)
        ]
        return sorted(found, key=lambda cause: (-_sortable(cause.likelihood), cause.id))

    @cached_property
    def standing_measurement(self) -> list[CauseVerdict]:
        return [cause for cause in self.measurement if self.stands(cause)]

    @cached_property
    def ruled_out(self) -> list[CauseVerdict]:
        """Ruled-out causes; those that answer a tempting inference first, identities and great harm before the rest."""
        found = [cause for cause in self.diagnosis.causes if cause.role is CauseRole.RULED_OUT]
        return sorted(
            found,
            key=lambda cause: (not cause.answers, cause.evidence_quality is not Quality.HIGH, -cause.harm, cause.id),
        )

    @cached_property
    def unexamined_causes(self) -> list[CauseVerdict]:
        return [cause for cause in self.diagnosis.causes if cause.role is CauseRole.NOT_EXAMINED]

    @cached_property
    def answers(self) -> list[str]:
        """Every tempting inference that does not hold, once."""
        head = [cause for cause in self.diagnosis.causes if cause.id == self.diagnosis.verdict.cause]
        ordered = [*head, *self.ruled_out, *self.diagnosis.causes]
        return list(dict.fromkeys(answer for cause in ordered for answer in cause.answers))

    @cached_property
    def decisive_tests(self) -> list[str]:
        """The tests that would decide where the verdict does not."""
        verdict = self.diagnosis.verdict
        if verdict.status is VerdictStatus.INDISTINGUISHABLE:
            open_ids = set(verdict.indistinguishable)
            wanted = [cause for cause in self.diagnosis.causes if cause.id in open_ids]
        elif verdict.status is VerdictStatus.UNDETERMINED:
            wanted = self.ranked[:1]
        else:
            wanted = []
        return list(dict.fromkeys(cause.decisive_test for cause in wanted if cause.decisive_test))

    def measured(self, observation: str) -> list[Measured]:
        """Return what the advice measures for an observation, by its code."""
        advice = self.diagnosis.coverage.advice
        return [item for item in advice.measurements if observation in item.observations] if advice else []

    @cached_property
    def looked_for(self) -> int:
        """How many observations there are: made, impossible, or made without a result."""
        undecided = self.with_status(Status.INCONCLUSIVE, Status.ERROR)
        return self.diagnosis.coverage.examined + len(self.diagnosis.coverage.not_examined) + len(undecided)

    @cached_property
    def calls_for_action(self) -> bool:
        """Whether there is something to set right or to find out; else the next test is only an offer."""
        found = any(self.stands(cause) for cause in [*self.causes, *self.measurement])
        return found or self.diagnosis.verdict.status is not VerdictStatus.NO_FAULT_FOUND

    @cached_property
    def by_name(self) -> dict[str, Finding]:
        """Findings by their name and by their code: causes refer to either."""
        return {key: finding for finding in self.diagnosis.findings for key in (finding.code, finding.name)}

    def with_status(self, *statuses: Status) -> list[Finding]:
        """Return the findings of these statuses, in the order of their codes."""
        return sorted((f for f in self.diagnosis.findings if f.status in statuses), key=lambda f: f.code)

    @cached_property
    def figures(self) -> list[Finding]:
        """The findings whose figures are drawn; the first is the decisive one.

        First what speaks for the verdict's cause, then for the other standing causes and for what happened, by
        weight; where nothing stands, whatever fired.
        """
        head = [cause for cause in self.diagnosis.causes if cause.id == self.diagnosis.verdict.cause]
        happened = [cause for cause in self.diagnosis.causes if cause.kind is Kind.OUTCOME]
        ordered = [*self.causes, *happened, *self.measurement]
        others = [cause for cause in ordered if self.stands(cause) and cause not in head]
        named = self._fired([*head, *others])
        fired = self.with_status(Status.FIRED)
        found = [*named, *fired] if self.all_figures or not named else named
        drawn = _unique(finding for finding in found if finding.figure is not None)
        return drawn if self.all_figures else drawn[:FIGURES]

    @cached_property
    def undrawn(self) -> int:
        """How many figures of findings that fired are left out."""
        fired = self.with_status(Status.FIRED)
        return sum(finding.figure is not None for finding in fired) - len(self.figures)

    @cached_property
    def decisive(self) -> Finding | None:
        """The finding that carries the verdict, best with a figure; where there is no verdict, the first one drawn."""
        verdict = self.diagnosis.verdict
        named = {verdict.cause, *verdict.indistinguishable}
        proof = self._fired([cause for cause in self.causes if cause.id in named])
        if not proof:
            return None if verdict.cause else next(iter(self.figures), None)
        return next((finding for finding in proof if finding.figure is not None), proof[0])

    def _fired(self, causes: Iterable[CauseVerdict]) -> list[Finding]:
        """Return the fired findings that speak for these causes, cause by cause, the heaviest first."""
        named = [weight.finding for cause in causes for weight in _heaviest(cause)]
        found = [self.by_name[name] for name in named if name in self.by_name]
        return _unique(finding for finding in found if finding.status is Status.FIRED)

    def users(self, finding: Finding) -> list[CauseVerdict]:
        """Return the causes that this finding speaks for, standing ones first."""
        names = {finding.code, finding.name}
        found = [cause for cause in self.diagnosis.causes if any(weight.finding in names for weight in cause.supports)]
        return sorted(found, key=lambda cause: (not self.stands(cause), -_sortable(cause.likelihood)))

    def explainers(self, outcome: str) -> list[CauseVerdict]:
        """Return the standing causes that bring this outcome about."""
        return [cause for cause in self.diagnosis.causes if outcome in cause.explains and self.stands(cause)]

    @staticmethod
    def stands(cause: CauseVerdict) -> bool:
        """Whether a cause is more likely than not and was not ruled out."""
        return cause.likelihood >= STANDING and cause.role not in _CLOSED


def _heaviest(cause: CauseVerdict) -> list[Weight]:
    return sorted(cause.supports, key=lambda weight: -_sortable(abs(weight.weight)))


def _sortable(value: float) -> float:
    return float("-inf") if math.isnan(value) else value


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    return list({finding.code: finding for finding in findings}.values())
