"""A correct TD3 from pixels: every fact of it, as a person reads it."""

from __future__ import annotations

import pytest

from forensics.model.source import Confidence, SourceReport
from tests.source.facts import facts_of, order, reached, sample


@pytest.fixture(scope="module")
def report() -> SourceReport:
    return facts_of(sample("td3"))


def test_events_stand_in_order(report: SourceReport) -> None:
    assert order(report) == [
        "zero_grad critic_optimizer",
        "backward critic_loss",
        "clip critic",
        "norm critic",
        "step critic_optimizer",
        "zero_grad actor_optimizer",
        "backward actor_loss",
        "clip actor",
        "step actor_optimizer",
        "target_update actor_target",
        "target_update critic_target",
    ]


def test_the_actor_is_updated_every_second_time(report: SourceReport) -> None:
    guards = {event.subject: event.guards for event in report.events if event.kind == "step"}
    assert guards == {"critic_optimizer": (), "actor_optimizer": ("self.updates % 2 == 0",)}


def test_gradient_paths_pass_the_critic_by_its_action(report: SourceReport) -> None:
    assert reached(report, "critic_loss") == {"critic.encoder -> critic[0]", "critic.q1", "critic.q2"}
    assert reached(report, "actor_loss") == {"actor.head -> critic[1]", "actor.encoder -> critic[1]", "critic.q1"}


def test_limits_and_the_formula_of_the_norm_between_clip_and_step(report: SourceReport) -> None:
    clips = {event.networks: event.limit_value for event in report.events if event.kind == "clip"}
    assert clips == {("critic",): 10.0, ("actor",): 1.0}
    norm = next(event for event in report.events if event.kind == "norm")
    assert (norm.formula, norm.networks, norm.after) == ("l2", ("critic",), "clip")


def test_tags_through_a_dict_and_an_f_string(report: SourceReport) -> None:
    tags = {tag.tag: (tag.formula, tag.after) for tag in report.tags}
    assert tags == {
        "train/critic_loss": ("", ""),
        "train/critic_norm": ("l2", "before clip"),
        "train/critic_norm_clipped": ("l2", "after clip"),
        "train/actor_loss": ("", ""),
    }


def test_targets_start_as_copies_and_move_by_tau(report: SourceReport) -> None:
    assert {(one.network, one.copy_of, one.updated) for one in report.targets} == {
        ("actor_target", "actor", True),
        ("critic_target", "critic", True),
    }
    assert {event.rate for event in report.events if event.target} == {"TAU"}


def test_a_threshold_is_told_with_its_bound(report: SourceReport) -> None:
    (one,) = report.thresholds
    assert (one.threshold, one.formula, one.bound) == (9.0, "l2", 10.0)


def test_a_time_limit_is_not_stored_as_an_end(report: SourceReport) -> None:
    assert [one.truncated for one in report.dones] == [False]


def test_nothing_is_held_by_no_optimizer_and_nothing_is_unused(report: SourceReport) -> None:
    assert not report.unheld
    assert not report.unused_modules


def test_what_was_followed_without_a_gap_is_exact(report: SourceReport) -> None:
    assert {event.confidence for event in report.events} == {Confidence.EXACT}
