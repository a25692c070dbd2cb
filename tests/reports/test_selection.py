"""What is shown first follows from the verdict and the weights."""

from __future__ import annotations

import msgspec

from forensics.model.diagnosis import CauseRole, Kind, VerdictStatus, Weight
from forensics.model.finding import Figure, Status
from reports.anchors import Anchors
from reports.selection import FIGURES, Selection
from tests.reports.diagnoses import empty, full
from tests.reports.parts import cause, curve, finding


def test_the_verdicts_cause_is_ranked_first_then_by_likelihood_without_those_of_almost_no_chance() -> None:
    shown = msgspec.structs.replace(full(), causes=[*full().causes, cause("loudest", CauseRole.POSSIBLE, 0.97)])
    assert [each.id for each in Selection(shown).ranked] == [
        *("actor-loss-through-encoder", "loudest", "critic-on-foreign-features", "tanh-saturation"),
        "learning-rate-too-high",
    ]


def test_every_cause_is_told_exactly_once() -> None:
    view = Selection(full())
    groups = [view.detailed, view.faint, view.measurement, view.ruled_out, view.unexamined_causes]
    told = [each.id for group in groups for each in group]
    assert sorted(told) == sorted(each.id for each in full().causes)


def test_the_decisive_figure_is_of_the_heaviest_fired_finding_for_the_verdict() -> None:
    assert [each.code for each in Selection(full()).figures] == ["GRD104", "VAL103", "CLP103"]
    light = [Weight(finding="GRD104", weight=1.0), Weight(finding="VAL103", weight=3.0)]
    causes = [msgspec.structs.replace(full().causes[0], supports=light), *full().causes[1:]]
    assert Selection(msgspec.structs.replace(full(), causes=causes)).figures[0].code == "VAL103"


def test_where_no_mechanism_stands_the_figure_is_of_what_happened_and_not_of_what_fired_first() -> None:
    figure = Figure(title="x", axis="update", lines=[curve("l", [1.0, 2.0])])
    found = [finding(code, name, figure=figure) for code, name in (("EPS107", "return-rises"), ("VAL111", "blind"))]
    happened = msgspec.structs.replace(
        cause("value-function-not-learning", CauseRole.CONSEQUENCE, 0.9),
        kind=Kind.OUTCOME,
        supports=[Weight(finding="blind", weight=5.0)],
    )
    shown = msgspec.structs.replace(empty(), findings=found, causes=[happened])
    assert [each.code for each in Selection(shown).figures] == ["VAL111"]


def test_observations_that_decided_nothing_are_among_those_looked_for() -> None:
    made = [finding("AAA1", "a"), msgspec.structs.replace(finding("AAA2", "b"), status=Status.INCONCLUSIVE)]
    coverage = msgspec.structs.replace(empty().coverage, examined=1, not_examined=full().coverage.not_examined[:3])
    assert Selection(msgspec.structs.replace(empty(), findings=made, coverage=coverage)).looked_for == 5


def test_a_run_without_fault_calls_for_action_only_where_its_instruments_lie() -> None:
    verdict = msgspec.structs.replace(empty().verdict, status=VerdictStatus.NO_FAULT_FOUND)
    calm = msgspec.structs.replace(empty(), verdict=verdict, causes=[])
    assert not Selection(calm).calls_for_action
    lying = msgspec.structs.replace(cause("sum", CauseRole.MEASUREMENT_FAULT, 0.9), kind=Kind.MEASUREMENT)
    assert Selection(msgspec.structs.replace(calm, causes=[lying])).calls_for_action
    assert Selection(full()).calls_for_action


def test_figures_of_findings_that_did_not_fire_are_not_drawn_and_there_are_never_too_many() -> None:
    figure = Figure(title="x", axis="update", lines=[curve("l", [1.0, 2.0])])
    many = [finding(f"AAA{number}", f"n{number}", figure=figure) for number in range(100, 120)]
    calm = [msgspec.structs.replace(each, status=Status.CLEAR) for each in many]
    shown = msgspec.structs.replace(empty(), findings=many)
    assert len(Selection(shown).figures) == FIGURES == 12
    assert Selection(shown).undrawn == 8
    assert Selection(msgspec.structs.replace(empty(), findings=calm)).figures == []


def test_a_measurement_fault_is_never_ranked_among_the_causes_of_the_trouble() -> None:
    kinds = {each.kind for each in Selection(full()).causes}
    assert Kind.MEASUREMENT not in kinds
    assert Kind.OUTCOME not in kinds
    assert [each.id for each in Selection(full()).standing_measurement] == [
        "sum-of-norms-metric",
        "alert-threshold-unreachable",
    ]


def test_an_undetermined_verdict_shows_the_test_of_its_first_cause_and_a_settled_one_none() -> None:
    verdict = msgspec.structs.replace(full().verdict, status=VerdictStatus.UNDETERMINED, cause=None)
    assert Selection(msgspec.structs.replace(full(), verdict=verdict)).decisive_tests
    assert Selection(full()).decisive_tests == []


def test_addresses_are_stable_safe_and_never_shared() -> None:
    odd = [finding("GRD104", "same-name"), finding("grd104", "same-name"), finding('x" onclick="', "odd")]
    shown = msgspec.structs.replace(empty(), findings=odd, causes=[cause("a b", CauseRole.POSSIBLE, 0.5)])
    anchors = Anchors(shown)
    assert anchors.finding("GRD104") == "GRD104"
    assert anchors.finding("grd104") == "grd104-2"
    assert anchors.finding('x" onclick="') == "x-onclick-"
    assert anchors.cause("a b") == "cause-a-b"
    assert anchors.finding("unknown") == anchors.cause("unknown") == ""


def test_figures_that_no_standing_cause_cites_are_drawn_only_where_all_are_asked_for() -> None:
    uncited = [
        finding(f"AAA{number}", f"n{number}", figure=Figure(title="x", axis="update", lines=[curve("l", [1.0])]))
        for number in range(100, 120)
    ]
    shown = msgspec.structs.replace(full(), findings=[*full().findings, *uncited])
    cited = [each.code for each in Selection(shown).figures]
    assert cited == ["GRD104", "VAL103", "CLP103"]
    assert Selection(shown).undrawn == Selection(full()).undrawn + 20
    everything = Selection(shown, all_figures=True)
    drawn = [each.code for each in everything.figures]
    assert drawn[: len(cited) + 20] == [*cited, *(each.code for each in uncited)]
    assert everything.undrawn == 0


def test_evidence_without_a_figure_is_decisive_rather_than_a_figure_of_something_else() -> None:
    told = [msgspec.structs.replace(each, figure=None) if each.code == "GRD104" else each for each in full().findings]
    light = [Weight(finding="GRD104", weight=3.0)]
    causes = [msgspec.structs.replace(full().causes[0], supports=light), *full().causes[1:]]
    view = Selection(msgspec.structs.replace(full(), findings=told, causes=causes))
    assert view.figures
    assert view.decisive is not None
    assert view.decisive.code == "GRD104"
    assert Selection(full()).decisive == Selection(full()).figures[0]
    assert Selection(empty()).decisive is None
