"""What a judgement says of typical runs."""

from __future__ import annotations

import random

import msgspec
import pytest

from forensics.causes.library import load
from forensics.model.diagnosis import CauseRole, Kind, Quality, VerdictStatus
from forensics.model.finding import Status
from forensics.reasoning.judgement import CAP
from tests.reasoning.findings import CAUSES, METAS, finding, judge, on, run, signs

LEAK = signs(CAUSES["actor-loss-through-encoder"]) | signs(CAUSES["critic-on-foreign-features"])
SATURATED = {"action-saturation", "zero-gradient", "gradient-died", "constant-policy"}


def test_a_run_in_which_everything_is_clear_has_no_fault() -> None:
    judgement = judge(run(["return-rises"], rest=Status.CLEAR))
    assert judgement.verdict.status is VerdictStatus.NO_FAULT_FOUND
    assert judgement.verdict.cause is None
    assert judgement.outcomes == []
    assert max(item.likelihood for item in judgement.causes) < 0.1
    assert judgement.verdict.evidence_quality is Quality.HIGH


def test_a_run_of_which_nothing_is_known_is_not_judged() -> None:
    judgement = judge(run())
    assert judgement.verdict.status is VerdictStatus.INSUFFICIENT_EVIDENCE
    assert all(item.role is CauseRole.NOT_EXAMINED for item in judgement.causes)
    assert judgement.recommendations, "what to log is said"


def test_findings_about_files_and_settings_alone_are_not_enough_to_judge_training() -> None:
    keeping = [name for name, meta in METAS.items() if meta.code.startswith(("RUN", "CFG", "LOG", "SRC"))]
    assert judge(run(clear=keeping)).verdict.status is VerdictStatus.INSUFFICIENT_EVIDENCE


def test_an_outcome_without_a_mechanism_is_undetermined_and_says_what_is_known() -> None:
    judgement = judge(run(["return-never-rises"], ["return-rises", "return-collapse"]))
    verdict = judgement.verdict
    assert verdict.status is VerdictStatus.UNDETERMINED
    assert verdict.cause is None
    assert [item.id for item in judgement.outcomes] == ["never-learned"]
    assert on(judgement, "never-learned").role is CauseRole.CONSEQUENCE
    assert "return-never-rises is fired." in verdict.statement
    assert "Why is not established" in verdict.statement
    assert "Best next test: log what " in verdict.statement
    assert judgement.recommendations[0].action.startswith("Log what ")


def test_two_observations_about_training_are_too_few_to_judge_it_and_three_are_enough() -> None:
    made = ["loss-explosion", "loss-plateau", "validation-diverges"]
    assert judge(run(clear=made[:2])).verdict.status is VerdictStatus.INSUFFICIENT_EVIDENCE
    assert judge(run(clear=made)).verdict.status is VerdictStatus.NO_FAULT_FOUND


def test_a_known_cause_is_cured_before_anything_else_is_tried() -> None:
    first, *rest = [item.action for item in judge(run(["learning-rate-out-of-range"])).recommendations]
    assert first == CAUSES["learning-rate-too-high"].remedy.action
    assert rest, "what would tell more comes after it"
    assert all(action.startswith("Log what ") for action in rest)


def test_where_no_observation_would_tell_more_what_happened_has_a_test_of_its_own() -> None:
    judgement = judge(run(["value-head-blind"], rest=Status.CLEAR))
    assert judgement.verdict.status is VerdictStatus.UNDETERMINED
    test = CAUSES["value-function-not-learning"].decisive_test
    assert [item.action for item in judgement.recommendations] == [test]
    assert judgement.verdict.statement.endswith(f"Best next test: {test}")


def test_a_run_that_trains_a_model_is_not_asked_for_rewards_values_or_policies() -> None:
    made = ["loss-explosion", "loss-plateau", "validation-diverges", "non-finite-values", "stale-repeats"]
    asked = {item.action.split()[2] for item in judge(run(clear=made)).recommendations}
    assert asked
    assert not [name for name in asked if METAS[name].code.startswith(("EPS", "VAL", "POL", "DAT"))]
    assert asked.isdisjoint({"exploration-config-zero", "target-rate-extreme"})
    of_an_agent = {item.action.split()[2] for item in judge(run(clear=[*made, "return-collapse"])).recommendations}
    assert [name for name in of_an_agent if METAS[name].code.startswith(("EPS", "VAL", "POL", "DAT"))]


def test_observations_that_decided_nothing_are_not_called_missing() -> None:
    findings = [
        finding(item.name, Status.INCONCLUSIVE) if item.name == "policy-q-power-law" else item
        for item in run(rest=Status.CLEAR)
    ]
    verdict = judge(findings).verdict
    made = sum(item.status is Status.CLEAR for item in findings)
    assert f"in {made} observations; 0 could not be made, 1 decided nothing." in verdict.statement


def test_a_run_whose_only_faults_are_of_measurement_has_no_fault_of_training() -> None:
    judgement = judge(run(["sum-of-norms", "mixed-step-axes"], rest=Status.CLEAR))
    assert judgement.verdict.status is VerdictStatus.NO_FAULT_FOUND
    assert judgement.verdict.cause is None
    assert on(judgement, "sum-of-norms-metric").role is CauseRole.MEASUREMENT_FAULT
    assert on(judgement, "mixed-step-axes").role is CauseRole.MEASUREMENT_FAULT


def test_the_encoder_faults_both_stand_and_the_more_harmful_heads_the_verdict() -> None:
    judgement = judge(run(LEAK | SATURATED))
    assert judgement.verdict.cause == "actor-loss-through-encoder"
    assert judgement.verdict.likelihood == CAP
    assert judgement.verdict.likelihood_words == "very likely"
    assert on(judgement, "critic-on-foreign-features").role is CauseRole.CONTRIBUTING
    assert judgement.recommendations[0].addresses == "actor-loss-through-encoder"


def test_consequences_are_explained_by_what_brought_them_about() -> None:
    judgement = judge(run(LEAK | SATURATED))
    saturation, constant = on(judgement, "tanh-saturation"), on(judgement, "constant-policy")
    assert saturation.role is CauseRole.CONSEQUENCE
    assert "actor-loss-through-encoder" in saturation.explained_by
    assert constant.role is CauseRole.CONSEQUENCE
    assert "constant-policy" in on(judgement, "actor-loss-through-encoder").explains


def test_saturation_alone_is_the_cause_of_its_consequences() -> None:
    judgement = judge(run(SATURATED, ["gradient-path-contradiction", "policy-q-off-batch-q"]))
    assert judgement.verdict.cause == "tanh-saturation"
    assert on(judgement, "actor-loss-through-encoder").role is CauseRole.RULED_OUT


def test_a_cause_that_explains_a_sign_takes_it_from_others() -> None:
    alone = on(judge(run(["zero-gradient", "gradient-died"])), "dead-units").likelihood
    explained = on(judge(run(["zero-gradient", "gradient-died", "action-saturation"])), "dead-units").likelihood
    assert explained < alone / 2


def test_evidence_that_is_missing_changes_nothing() -> None:
    fired = ["gradient-path-contradiction", "policy-q-power-law"]
    known = [finding(name) for name in fired]
    missing = [finding(name, status) for name in METAS for status in (Status.NOT_APPLICABLE,) if name not in fired]
    unsure = [msgspec.structs.replace(item, status=Status.INCONCLUSIVE) for item in missing]
    broken = [msgspec.structs.replace(item, status=Status.ERROR) for item in missing]
    likelihoods = [
        [item.likelihood for item in sorted(judge(known + rest).causes, key=lambda item: item.id)]
        for rest in ([], missing, unsure, broken)
    ]
    assert likelihoods[0] == likelihoods[1] == likelihoods[2] == likelihoods[3]


def test_evidence_that_is_missing_speaks_no_louder_than_evidence_against() -> None:
    sign = ["gradient-path-contradiction"]
    other = ["parameter-drift-linear"]
    without = on(judge(run(sign)), "actor-loss-through-encoder").likelihood
    against = on(judge(run(sign, other)), "actor-loss-through-encoder").likelihood
    supported = on(judge(run([*sign, *other])), "actor-loss-through-encoder").likelihood
    assert against < without < supported


def test_findings_of_one_line_of_evidence_count_as_one() -> None:
    def clipped(group: str) -> float:
        found = [finding("clip-not-applied", group="one"), finding("clip-exceeded", group=group)]
        return on(
            judge([*found, finding("post-name-holds-pre-value", Status.CLEAR, leak=0.3)]), "clip-missing"
        ).likelihood

    assert clipped("one") < clipped("another")


def test_a_clear_finding_speaks_only_by_half_where_its_line_of_evidence_is_divided() -> None:
    def degenerate(group: str) -> float:
        found = [finding("twin-critics-identical"), finding("twin-critics-apart", Status.CLEAR, group=group)]
        return on(judge(found), "twin-critics-degenerate").likelihood

    assert degenerate("another") < degenerate("twin-critics") < degenerate("twin-critics") * 2


def test_an_identity_rules_out_whatever_else_speaks_for_a_cause() -> None:
    judgement = judge(run(["norm-pinned-at-limit", "loss-explosion", "exploding-gradient"]))
    missing = on(judgement, "clip-missing")
    assert missing.role is CauseRole.RULED_OUT
    assert missing.likelihood == pytest.approx(0.01)
    assert missing.evidence_quality is Quality.HIGH
    assert any("loss exploded does not show that clipping failed" in answer for answer in missing.answers)


def test_an_identity_of_one_network_does_not_clear_another_that_shows_the_fault() -> None:
    judgement = judge(run(["norm-pinned-at-limit", "clip-not-applied"], ["post-name-holds-pre-value"]))
    assert on(judgement, "clip-missing").role is not CauseRole.RULED_OUT


def test_rivals_that_nothing_separates_are_reported_together() -> None:
    judgement = judge(run(["clip-exceeded", "clip-not-applied"]), "T2")
    verdict = judgement.verdict
    assert verdict.status is VerdictStatus.INDISTINGUISHABLE
    assert verdict.cause is None
    assert set(verdict.indistinguishable) == {"clip-missing", "pre-clip-norm-named-post-clip"}
    assert verdict.likelihood is not None
    assert verdict.likelihood > 0.5
    assert {item.addresses for item in judgement.recommendations[:2]} == set(verdict.indistinguishable)
    rival = next(item for item in on(judgement, "clip-missing").rivals if item.id == "pre-clip-norm-named-post-clip")
    assert not rival.separated
    assert rival.by == [
        "post-name-holds-pre-value",
        "step-uses-raw-gradient",
        "source-clip-missing",
        "source-norm-misnamed",
    ]


def test_the_finding_that_separates_rivals_ends_the_tie() -> None:
    applied = judge(run(["clip-exceeded", "post-name-holds-pre-value"], ["clip-not-applied"]), "T2")
    assert applied.verdict.cause is None
    assert on(applied, "pre-clip-norm-named-post-clip").role is CauseRole.MEASUREMENT_FAULT
    missing = judge(run(["clip-exceeded", "clip-not-applied"], ["post-name-holds-pre-value"]), "T2")
    assert missing.verdict.cause == "clip-missing"


@pytest.mark.parametrize("tier", ["T1", "T2"])
def test_what_only_the_source_shows_is_not_examined_without_it(tier: str) -> None:
    judgement = judge(run(["update-ratio-high"], rest=Status.CLEAR), tier)
    verdict = on(judgement, "target-not-detached")
    assert verdict.role is CauseRole.NOT_EXAMINED
    assert "T3" in verdict.reason


def test_a_step_before_the_clip_is_named_only_where_plain_sgd_shows_it() -> None:
    seen = judge(run(["step-uses-raw-gradient", "norm-pinned-at-limit"], ["clip-not-applied"]), "T2")
    assert seen.verdict.cause == "step-before-clip"
    under_adam = judge(run(["norm-pinned-at-limit"], ["clip-not-applied"]), "T2")
    assert on(under_adam, "step-before-clip").role is CauseRole.NOT_EXAMINED


def test_general_signs_alone_do_not_make_a_cause() -> None:
    judgement = judge(run(["loss-explosion", "q-diverges", "exploding-gradient", "return-never-rises"]))
    assert [item.id for item in judgement.causes if item.likelihood >= 0.5 and item.kind is not Kind.OUTCOME] == []


def test_clipping_that_does_not_matter_needs_something_else_that_went_wrong() -> None:
    signs = ["clip-always-active", "update-blind-to-gradient"]
    healthy = judge(run([*signs, "return-rises"], rest=Status.CLEAR))
    assert on(healthy, "clip-irrelevant-under-adam").likelihood < 0.5
    assert healthy.verdict.status is VerdictStatus.NO_FAULT_FOUND
    ill = judge(run([*signs, *LEAK]))
    assert on(ill, "clip-irrelevant-under-adam").role is CauseRole.CONTRIBUTING
    assert ill.verdict.cause == "actor-loss-through-encoder"


@pytest.mark.parametrize("name", ["steps-rewound", "run-truncated"])
def test_a_resume_or_an_early_end_heads_a_verdict_only_where_training_was_lost(name: str) -> None:
    def verdict(lost: bool) -> str | None:
        found = [item for item in run(rest=Status.CLEAR) if item.name != name]
        return judge([*found, finding(name, leak=0.01, values={"lost_training": lost})]).verdict.cause

    assert verdict(lost=False) is None
    assert verdict(lost=True) in {"steps-rewound-on-resume", "run-truncated"}


def test_what_contradicts_a_cause_is_shown_with_its_weight() -> None:
    verdict = on(judge(run(["policy-q-power-law"], ["gradient-path-contradiction"])), "actor-loss-through-encoder")
    assert [item.finding for item in verdict.supports] == ["policy-q-power-law"]
    assert verdict.supports[0].weight > 0
    assert [item.finding for item in verdict.contradicts] == ["gradient-path-contradiction"]
    assert verdict.contradicts[0].weight < -2
    assert "parameter-drift-linear" in verdict.missing


def test_the_order_of_the_findings_does_not_matter() -> None:
    found = run(LEAK | SATURATED, ["gradient-without-update"])
    shuffled = list(found)
    random.Random(1).shuffle(shuffled)
    assert judge(found) == judge(shuffled)


def test_the_timeline_is_in_the_order_of_onset() -> None:
    found = [finding("loss-explosion", onset=900), finding("gradient-died", onset=300), finding("q-diverges")]
    assert [(event.step, event.finding) for event in judge(found).timeline] == [
        (300, "gradient-died"),
        (900, "loss-explosion"),
    ]


def test_every_cause_is_accounted_for() -> None:
    assert {item.id for item in judge(run(LEAK)).causes} == {cause.id for cause in load()}


def test_no_likelihood_leaves_its_cap_and_floor() -> None:
    judgement = judge(run(METAS))
    assert all(0.01 <= item.likelihood <= CAP for item in judgement.causes)


def test_the_next_test_is_about_what_could_be_the_answer() -> None:
    judgement = judge(run(["return-never-rises"], ["return-rises"]))
    mechanisms = {cause.id for cause in load() if cause.kind is Kind.MECHANISM}
    for item in judgement.recommendations:
        assert set(item.addresses.split(", ")) <= mechanisms
        assert "If it fires" in item.expected_result


def test_what_is_seldom_seen_on_a_healthy_run_is_never_passed_over_as_no_fault() -> None:
    """A finding that no standing cause explains leaves the verdict undetermined, and the statement says what it is."""
    verdict = judge(run({"loss-explosion"}, rest=Status.CLEAR)).verdict
    assert verdict.status == "undetermined"
    assert verdict.cause is None
    assert "loss-explosion is fired." in verdict.statement


def test_a_common_sign_alone_is_no_alarm() -> None:
    assert judge(run({"wall-clock-stall"}, rest=Status.CLEAR)).verdict.status == "no-fault-found"


@pytest.mark.parametrize(("clear", "separated"), [([], False), (["source-clip-missing"], True)])
def test_source_separates_rivals_by_what_it_shows_and_not_by_being_there(clear: list[str], separated: bool) -> None:
    fired = {"clip-exceeded", "clip-not-applied"} - ({"clip-not-applied"} if clear else set())
    judgement = judge(run(fired, clear), "T3")
    rivals = {item.id: item.separated for item in on(judgement, "clip-missing").rivals}
    assert rivals["pre-clip-norm-named-post-clip"] is separated
