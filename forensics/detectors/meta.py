"""What every detector says of itself, and the findings it can return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Figure, Finding, Number, Status


@dataclass(frozen=True, kw_only=True)
class Meta:
    """Identity of a detector.

    `code` is three letters and three digits, never reused. `fired` and `clear` are the titles of the two
    outcomes. `group` names the line of evidence: findings of one group count as one. `needs` lists, in words,
    the meanings it cannot do without. `leak` is (alarms, healthy runs): the counts behind P(fires | healthy),
    a Beta prior set by hand for the reason in `leak_reason`. `how_to_log` is the line of code that would supply
    what is missing, `cost` the effort of the observation where it is missing (1: a line of logging and a rerun).
    """

    code: str
    name: str
    fired: str
    clear: str
    group: str
    needs: tuple[str, ...]
    leak: tuple[float, float]
    leak_reason: str
    how_to_log: str
    cost: float = 1.0

    def fire(
        self,
        statement: str,
        *,
        values: Mapping[str, Number] | None = None,
        evidence: Sequence[EvidenceRef] = (),
        figure: Figure | None = None,
        onset: int | None = None,
        leak: tuple[float, float] | None = None,
    ) -> Finding:
        """The observation was made. `leak` replaces META.leak where it is so strong that healthy runs make it less."""
        found = self._finding(Status.FIRED, self.fired, statement, values, evidence, figure, onset)
        return found if leak is None else msgspec.structs.replace(found, leak=leak[0] / leak[1])

    def pass_(
        self,
        statement: str,
        *,
        values: Mapping[str, Number] | None = None,
        evidence: Sequence[EvidenceRef] = (),
        figure: Figure | None = None,
    ) -> Finding:
        """The evidence was there and shows the opposite."""
        return self._finding(Status.CLEAR, self.clear, statement, values, evidence, figure, None)

    def inconclusive(
        self, statement: str, *, values: Mapping[str, Number] | None = None, evidence: Sequence[EvidenceRef] = ()
    ) -> Finding:
        """The evidence was there but decides nothing (too few points, between two thresholds)."""
        return self._finding(Status.INCONCLUSIVE, self.clear, statement, values, evidence, None, None)

    def not_applicable(self, *missing: str) -> Finding:
        """The evidence is missing: `missing` names it (all that META.needs lists, if nothing is given)."""
        lacking = list(missing or self.needs)
        return Finding(
            code=self.code,
            name=self.name,
            title=self.clear,
            status=Status.NOT_APPLICABLE,
            statement=f"Not examined: no {'; no '.join(lacking)}.",
            group=self.group,
            leak=self.false_alarm_rate,
            missing=lacking,
            how_to_log=self.how_to_log,
            cost=self.cost,
        )

    def error(self, failure: Exception) -> Finding:
        """The detector itself failed: a defect of ours, shown as such."""
        return self._finding(
            Status.ERROR,
            self.clear,
            f"This detector failed ({type(failure).__name__}: {failure}): a defect of the tool, not of the run.",
            None,
            (),
            None,
            None,
        )

    @property
    def false_alarm_rate(self) -> float:
        """P(fires | healthy run), the mean of the Beta prior."""
        alarms, runs = self.leak
        return alarms / runs

    def _finding(
        self,
        status: Status,
        title: str,
        statement: str,
        values: Mapping[str, Number] | None,
        evidence: Sequence[EvidenceRef],
        figure: Figure | None,
        onset: int | None,
    ) -> Finding:
        return Finding(
            code=self.code,
            name=self.name,
            title=title,
            status=status,
            statement=statement,
            group=self.group,
            leak=self.false_alarm_rate,
            values=dict(values or {}),
            evidence=list(evidence),
            figure=figure,
            onset=onset,
            how_to_log=self.how_to_log,
            cost=self.cost,
        )
