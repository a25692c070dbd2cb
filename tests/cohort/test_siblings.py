"""Seeds of one experiment are recognised; a seed that failed where others learned is a finding of the group."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from forensics.cohort.experiment import experiment_of, number_in, settings_of
from forensics.cohort.siblings import Course, Member, Siblings, siblings_of

TAGS = frozenset({"return", "loss"})
SETTINGS: dict[str, object] = {"lr": "0.001", "gamma": "0.99", "env_id": "Pendulum-v1"}
LEARNED = Course("return", -1200.0, -150.0, rises=True)
FAILED = Course("return", -1210.0, -1190.0, rises=False)


def member(
    label: str,
    course: Course | None = LEARNED,
    *,
    last_step: int = 1000,
    settings: Mapping[str, object] | None = None,
) -> Member:
    return Member(label, "sac", settings or {}, TAGS, last_step, course)


def group(*members: Member) -> Siblings:
    (found,) = siblings_of(members)
    return found


@pytest.mark.parametrize(
    "labels",
    [
        ("PPO_1", "PPO_2"),
        ("halfcheetah-s10", "halfcheetah-s0"),
        ("CartPole-v1__ppo__1__1700000000", "CartPole-v1__ppo__2__1700009999"),
        ("seed=3/logs", "seed=77/logs"),
        ("td3_seed1.csv", "td3_seed2.csv"),
        ("lightning_logs/version_0", "lightning_logs/version_1"),
        ("Walker2d/sac/0", "Walker2d/sac/1", "Walker2d/sac/2"),
        ("20251127T055551Z-sac-seed1-4b8a25a2", "20251127T065551Z-sac-seed2-71bf8191"),
    ],
    ids=" ".join,
)
def test_names_that_differ_in_a_seed_or_a_run_number_are_siblings(labels: tuple[str, ...]) -> None:
    assert [one.label for one in group(*map(member, labels)).members] == list(labels)


@pytest.mark.parametrize(
    "labels",
    [
        ("sac_seed1", "td3_seed1"),
        ("hidden_64", "hidden_128"),
        ("layers_1", "layers_2"),
        ("lr_0.001", "lr_0.01"),
        ("Hopper-v3_1", "Hopper-v4_1"),
        ("baseline_1", "idea_1"),
        ("run_10000", "other_20000"),
        ("a_1000", "a_2000"),
        ("4b8a25a2", "71bf8191"),
        ("day16", "day20"),
    ],
    ids=" ".join,
)
def test_names_that_differ_in_anything_else_are_not(labels: tuple[str, ...]) -> None:
    assert siblings_of(map(member, labels)) == []


def test_settings_that_differ_in_more_than_the_seed_are_two_experiments() -> None:
    assert siblings_of([member("a_1", settings=SETTINGS), member("a_2", settings=SETTINGS | {"lr": "0.01"})]) == []
    assert siblings_of([member("a_1", settings=SETTINGS), member("a_2", settings=SETTINGS | {"hidden": "64"})]) == []
    assert group(
        member("a_1", settings=SETTINGS | {"seed": 1}), member("a_2", settings=SETTINGS | {"seed": 2})
    ).seeds == {"a_1": "1", "a_2": "2"}


def test_places_names_and_machines_are_no_settings() -> None:
    one = {"run_name": "a", "log_dir": "x", "device": "cpu", "save": "/tmp/x", "exp": "ppo_seed1", "agent.seed": 3}
    other = {"run_name": "b", "log_dir": "y", "device": "cuda", "save": "/tmp/y", "exp": "ppo_seed2", "agent.seed": 4}
    assert settings_of(one) == settings_of(other) == {("exp", "ppo_seed#")}
    assert settings_of({"hidden": "64"}) != settings_of({"hidden": "128"})
    assert settings_of({"env_id": "Hopper-v3"}) != settings_of({"env_id": "Hopper-v4"})


def test_random_names_of_equal_settings_are_siblings() -> None:
    assert len(group(member("4b8a25a2", settings=SETTINGS), member("71bf8191", settings=SETTINGS)).members) == 2


def test_runs_that_log_other_things_are_no_siblings() -> None:
    other = Member("a_2", "sac", {}, frozenset({"x", "y", "z"}), 1000, LEARNED)
    assert siblings_of([member("a_1"), other]) == []


def test_a_seed_that_failed_where_others_learned_is_named() -> None:
    found = group(member("s1"), member("s2", FAILED), member("s3"))
    assert (found.learned, found.failed) == (("s1", "s3"), ("s2",))
    assert found.statement.startswith(
        "1 of 3 seeds failed where 2 learned: return goes from -1210 to -1190 in s2, "
        "while the others gain 1050 (median)."
    )


@pytest.mark.parametrize(
    ("course", "last_step"),
    [
        (FAILED, 499),
        (None, 1000),
        (Course("return", -1200.0, -900.0, rises=False), 1000),
        (Course("return", -200.0, -140.0, rises=False), 1000),
        (Course("eval/return", -1210.0, -1190.0, rises=False), 1000),
        (Course("return", -1210.0, -1190.0, rises=True), 1000),
    ],
    ids=["stopped early", "no return", "slow", "ends as high", "another return", "rises"],
)
def test_what_may_be_no_failure_is_not_called_one(course: Course | None, last_step: int) -> None:
    assert group(member("s1"), member("s2", course, last_step=last_step), member("s3")).failed == ()


def test_where_no_seed_learned_none_failed_alone() -> None:
    assert group(member("s1", FAILED), member("s2", FAILED)).failed == ()


def test_groups_with_a_failed_seed_come_first() -> None:
    found = siblings_of([member("one_1"), member("one_2"), member("two_1"), member("two_2", FAILED)])
    assert [one.name for one in found] == ["two_#", "one_#"]


@pytest.mark.parametrize(
    ("label", "name", "number"),
    [
        ("PPO_CartPole-v1_a1b2c_00000_0_2025-01-01_10-00-00", "ppo_cartpole-v1_#", "00000"),
        ("offline-run-20250101_120000-abc12345", "offline-run-#", ""),
        ("25-01-31_10-20-30-123456_PPO", "#_ppo", ""),
        ("runs/2025-01-01/12-00-00", "runs/#/#", ""),
        ("seed_3/PPO_1", "seed#/ppo_#", "3"),
        ("facade", "facade", ""),
    ],
)
def test_what_a_name_says_of_the_experiment(label: str, name: str, number: str) -> None:
    assert (experiment_of(label), number_in(label)) == (name, number)
