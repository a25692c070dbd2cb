"""The causes: one file a fault of the catalogue, each of them able to be recognised and told from the others."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from forensics.causes.cause import Cause, Edge, Prediction
from forensics.causes.library import load, parse
from forensics.causes.validate import cycle, faults_of
from forensics.detectors.registry import detectors
from forensics.model.diagnosis import Kind

CATALOGUE = {
    Kind.MEASUREMENT: """
        pre-clip-norm-named-post-clip sum-of-norms-metric stale-metric logged-on-non-update-step
        alert-threshold-unreachable unit-mismatch mixed-step-axes wrong-reduction nan-filtered-from-logs
        alert-compares-wrong-quantity measured-after-zero-grad sinks-disagree evidence-not-logged""",
    Kind.MECHANISM: """
        parameters-missing-from-optimizer step-before-clip clip-missing clip-on-subset
        second-optimizer-bypasses-clip gradients-not-zeroed cross-network-gradient-leftovers
        actor-loss-through-encoder critic-on-foreign-features encoder-detached-everywhere target-network-frozen
        target-network-hard-copied target-not-detached tanh-saturation dead-units learning-rate-too-high
        clip-irrelevant-under-adam clip-before-unscale loss-detached-from-parameters parameters-frozen
        wrong-loss-sign module-unused-in-forward reward-scale terminal-bootstrapped timeout-as-terminal
        wrong-discount replay-too-small wrong-update-ratio exploration-collapsed q-overestimation
        q-underestimation twin-critics-degenerate reward-component-domination environment-not-resetting
        observation-unnormalised train-eval-mismatch evaluation-corrupts-training policy-update-too-large
        policy-std-runaway q-divergence-offline endless-episode""",
    Kind.INFRASTRUCTURE: """
        steps-rewound-on-resume logging-frozen run-truncated amp-skips-steps non-finite-values wall-clock-stall
        config-without-effect several-runs-in-one-directory""",
    Kind.OUTCOME: """
        action-collapse encoder-feature-explosion constant-policy q-exceeds-return-bound
        value-function-not-learning entropy-collapse collapse-after-peak never-learned loss-plateau""",
}
GENERIC = {"return-never-rises", "return-collapse", "return-rises", "error-lines", "all-episodes-capped"}


def test_every_fault_of_the_catalogue_has_a_cause_of_its_kind() -> None:
    expected = {name: kind for kind, names in CATALOGUE.items() for name in names.split()}
    assert {cause.id: cause.kind for cause in load()} == expected


def test_the_causes_fit_together() -> None:
    assert faults_of(load()) == []


@pytest.mark.parametrize("cause", load(), ids=lambda cause: cause.id)
def test_a_cause_refers_only_to_observations_that_are_made_or_declared_as_future(cause: Cause) -> None:
    made = {detector.meta.name for detector in detectors()}
    named = {item.finding for item in cause.predicts} | {item.finding for item in cause.tempting}
    named |= {item.finding for item in cause.excluded_by} | {name for item in cause.excluded_by for name in item.unless}
    assert named - made <= set(cause.future)
    future = {name for other in load() for name in other.future}
    assert {name for rival in cause.rivals for name in rival.separated_by} <= made | future


def test_a_future_observation_is_one_that_no_detector_makes() -> None:
    made = {detector.meta.name for detector in detectors()}
    assert {name for cause in load() for name in cause.future} & made == set()


@pytest.mark.parametrize(
    "cause", [item for item in load() if item.kind is not Kind.OUTCOME], ids=lambda cause: cause.id
)
def test_only_specific_signs_let_a_cause_stand(cause: Cause) -> None:
    assert not GENERIC & set(cause.signature)


@pytest.mark.parametrize("cause", load(), ids=lambda cause: cause.id)
def test_a_cause_says_what_it_is_and_what_to_do(cause: Cause) -> None:
    assert cause.summary.endswith(".")
    assert cause.summary.count(". ") == 0, "the summary is one sentence: it opens the verdict"
    assert len(cause.mechanism.split()) > 15
    assert cause.decisive_test
    assert cause.citations
    assert cause.remedy.cost in {"minutes", "hours", "a run"}
    assert cause.harm_word in {"fatal", "severe", "serious", "moderate", "slight"}


def test_faults_that_only_the_source_shows_are_not_guessed_below_it() -> None:
    needing = {cause.id for cause in load() if cause.needs_tier == "T3"}
    assert needing == {"target-not-detached"}


def test_a_step_before_the_clip_shows_in_the_source_or_in_how_far_plain_sgd_moved_and_nowhere_else() -> None:
    (cause,) = [cause for cause in load() if cause.id == "step-before-clip"]
    assert set(cause.signature) == {"source-steps-before-clip", "step-uses-raw-gradient"}


def _without_predictions(cause: Cause) -> Cause:
    return msgspec.structs.replace(cause, predicts=[], signature=[], future=[])


def _certain(cause: Cause) -> Cause:
    return msgspec.structs.replace(
        cause, predicts=[Prediction(finding=cause.signature[0], cases=100, runs=100, reason="always")]
    )


def _unsigned(cause: Cause) -> Cause:
    return msgspec.structs.replace(cause, signature=["never-heard-of"])


def _circular(cause: Cause) -> Cause:
    return msgspec.structs.replace(cause, leads_to=[Edge(cause=cause.id, probability=0.5, reason="itself")])


def _lost(cause: Cause) -> Cause:
    return msgspec.structs.replace(cause, leads_to=[Edge(cause="nowhere", probability=0.5, reason="no such cause")])


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_without_predictions, "predicts nothing"),
        (_certain, "strictly between"),
        (_unsigned, "never-heard-of"),
        (_circular, "runs in a circle"),
        (_lost, "not a cause"),
    ],
)
def test_a_spoilt_cause_is_refused(spoil: Callable[[Cause], Cause], complaint: str) -> None:
    first, *rest = load()
    assert any(complaint in line and first.id in line for line in faults_of([spoil(first), *rest]))


def test_two_causes_with_the_same_predictions_are_refused() -> None:
    first, second, *_ = load()
    twin = msgspec.structs.replace(second, predicts=first.predicts, signature=first.signature, future=first.future)
    assert any("nothing could tell them apart" in line for line in faults_of([first, twin]))


def test_a_circle_of_consequences_is_found_and_named() -> None:
    first, second = load()[:2]
    there = msgspec.structs.replace(first, leads_to=[Edge(cause=second.id, probability=0.1, reason="there")])
    back = msgspec.structs.replace(second, leads_to=[Edge(cause=first.id, probability=0.1, reason="back")])
    assert cycle([there, back]) == [first.id, second.id, first.id]


def test_a_file_with_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"odd\.toml.*"):
        parse('id = "odd"\ncolour = "red"\n', "odd.toml")
