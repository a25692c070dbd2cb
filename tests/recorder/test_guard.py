"""The guard speaks of clips that failed, of numbers that are none, and of a policy's Q that left the batch's."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from forensics.recorder import Recorder
from forensics.recorder.guard import Q_PATIENCE, Guard, Mode
from forensics.recorder.rules import parse_rule
from tests.recorder.reading import events, manifest


def kinds(guard: Guard, **values: float) -> list[str]:
    """Return the kinds of alarms that these values raise; "__" stands for "/"."""
    return [alarm.kind for alarm in guard.check({tag.replace("__", "/"): value for tag, value in values.items()}, 0)]


@pytest.mark.parametrize(("norm", "alarms"), [(10.0, []), (10.99, []), (11.01, ["clipping-failed"])])
def test_a_clipped_norm_above_its_limit_by_a_tenth_is_a_failed_clip(norm: float, alarms: list[str]) -> None:
    guard = Guard(limits={"critic": 10.0})
    assert kinds(guard, gradients__critic_norm_post_clip=norm, gradients__critic_norm_pre_clip=1e6) == alarms
    assert guard.thresholds() == {"critic": pytest.approx(11.0)}


def test_numbers_that_are_not_finite_count_where_the_learner_computed_them() -> None:
    assert kinds(Guard(), losses__critic_loss=math.nan) == ["non-finite"]
    assert kinds(Guard(), gradients__actor_norm_post_clip=math.inf) == ["non-finite"]
    assert kinds(Guard(), episode_end__episodic_return=math.nan) == []


def test_the_policy_q_may_leave_the_batch_q_for_a_moment_only() -> None:
    guard = Guard(q_factor=10.0)
    far = {"q_values__policy_q_mean": 1e6, "q_values__batch_q_mean": 5.0, "q_values__batch_q_std": 2.0}
    seen = [kinds(guard, **far) for _ in range(Q_PATIENCE)]
    assert seen == [[]] * (Q_PATIENCE - 1) + [["policy-q-apart"]]
    assert kinds(guard, **(far | {"q_values__policy_q_mean": 20.0})) == []
    assert kinds(guard, **far) == []


def test_a_q_that_crosses_zero_is_measured_by_its_spread() -> None:
    guard = Guard(q_factor=10.0)
    near = {"q_values__policy_q_mean": 1.0, "q_values__batch_q_mean": 0.001, "q_values__batch_q_std": 0.5}
    assert not any(kinds(guard, **near) for _ in range(2 * Q_PATIENCE))


def test_an_alarm_that_goes_on_is_said_ever_more_rarely() -> None:
    guard = Guard()
    said = [len(guard.news(guard.check({"losses/x_loss": math.nan}, 0))) for _ in range(100)]
    assert [place for place, count in enumerate(said, 1) if count] == [1, 2, 4, 8, 16, 32, 64]
    assert guard.raised() == {"non-finite losses/x_loss": 100}


@pytest.mark.parametrize(("mode", "goes_on"), [(Mode.WARN, True), (Mode.STOP, False)])
def test_only_the_stopping_guard_ends_the_run(tmp_path: Path, mode: Mode, *, goes_on: bool) -> None:
    with Recorder(tmp_path, source=(), guard=mode.value) as rec:
        assert rec.step(env_step=1, critic_loss=1.0)
        assert rec.step(env_step=2, critic_loss=math.inf) is goes_on
        assert rec.step(env_step=3, critic_loss=1.0) is goes_on, "a stop is for good"
    (anomaly,) = events(tmp_path, "anomaly")
    assert anomaly["level"] == "ERROR"
    assert anomaly["payload"]["subject"] == "losses/critic_loss"
    assert "losses/critic_loss is inf" in (tmp_path / "train.log").read_text()
    assert manifest(tmp_path)["status"] == ("finished" if goes_on else "stopped")


def test_a_rule_of_the_user_stops_even_a_guard_that_only_warns(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), stop_if=["critic_loss > 5 after 10"]) as rec:
        assert rec.step(env_step=5, critic_loss=9.0)
        assert not rec.step(env_step=10, critic_loss=9.0)
        assert rec.stop_reason == "the rule 'critic_loss > 5 after 10' holds: losses/critic_loss is 9"
    assert events(tmp_path, "run_end")[0]["payload"]["reason"] == rec.stop_reason


def test_rules_see_episodes_and_evaluations(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), stop_if="evaluation/episodic_return_mean < 100") as rec:
        rec.evaluation([150.0, 20.0])
        assert rec.stop_reason is not None


def test_a_rule_that_cannot_be_read_is_refused_before_the_directory_is_touched(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Recorder(tmp_path / "run", source=(), guard="nonsense")
    with pytest.raises(ValueError, match="the least is 1"):
        Recorder(tmp_path / "run", source=(), every=0)
    with pytest.raises(ValueError, match="the least is 1"):
        Recorder(tmp_path / "run", source=(), cadence=0)
    assert parse_rule("a/b < 1")
    assert not (tmp_path / "run").exists()
