"""What the logged step counts is established from counters and from rates, not from names alone."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.model.meaning import Axis, Quantity, Role
from forensics.signals.axes import establish_axes
from forensics.signals.signals import Signal
from tests.builders import signal

CLOCK = 1.7e9


def _run(shift: int = 0, keep: slice = slice(None)) -> dict[str, Signal]:
    """A run of 3,700 environment steps in 176 episodes of 21 steps, one step a second."""
    steps = np.arange(100, 3701, 100)[keep]
    episodes = np.arange(176)[keep]
    rng = np.random.default_rng(0)
    lengths = rng.integers(15, 28, 176)[keep]
    ends = CLOCK + np.arange(176)[keep] * 21.0
    made = [
        signal("progress/buffer_size", steps, steps + shift, quantity=Quantity.BUFFER_SIZE,
               series_fields={"wall_times": CLOCK + steps.astype(float)}, axis=Axis.UNKNOWN),
        signal("train/q1", np.sin(steps), steps + shift, quantity=Quantity.Q_VALUE,
               series_fields={"wall_times": CLOCK + steps.astype(float)}, axis=Axis.UNKNOWN),
        signal("a/return", rng.normal(size=len(episodes)), episodes, quantity=Quantity.EPISODIC_RETURN,
               series_fields={"wall_times": ends}, axis=Axis.UNKNOWN),
        signal("a/length", lengths, episodes, quantity=Quantity.EPISODE_LENGTH,
               series_fields={"wall_times": ends}, axis=Axis.UNKNOWN),
    ]  # fmt: skip
    return {item.tag: item for item in establish_axes(made)}


@pytest.mark.parametrize("shift", [0, 5000])
@pytest.mark.parametrize("keep", [slice(None), slice(None, None, 2)], ids=["all points", "half the points"])
def test_an_episode_count_is_told_from_environment_steps(shift: int, keep: slice) -> None:
    read = _run(shift, keep)
    assert read["progress/buffer_size"].is_established("axis")
    assert read["progress/buffer_size"].meaning.axis is Axis.ENV_STEP
    assert read["train/q1"].meaning.axis is Axis.ENV_STEP
    for tag in ("a/return", "a/length"):
        assert read[tag].meaning.axis is Axis.EPISODE
        assert read[tag].is_established("axis")
        assert read[tag].how["axis"]


def test_returns_logged_at_environment_steps_stay_on_them() -> None:
    steps = np.arange(100, 3701, 100)
    ends = np.arange(21, 3700, 21)
    read = establish_axes(
        [
            signal("total_timesteps", steps, steps, quantity=Quantity.ENV_STEP_COUNT, axis=Axis.UNKNOWN,
                   series_fields={"wall_times": CLOCK + steps.astype(float)}),
            signal("charts/episodic_return", np.sin(ends), ends, quantity=Quantity.EPISODIC_RETURN, axis=Axis.UNKNOWN,
                   series_fields={"wall_times": CLOCK + ends.astype(float)}),
        ]
    )  # fmt: skip
    assert [item.meaning.axis for item in read] == [Axis.ENV_STEP, Axis.ENV_STEP]


def test_an_update_count_that_starts_late_does_not_make_its_step_an_update() -> None:
    steps = np.arange(1100, 3701, 100)
    read = establish_axes(
        [signal("agent/total_iterations", steps - 1000, steps, quantity=Quantity.UPDATE_COUNT, axis=Axis.UNKNOWN)]
    )
    assert not read[0].is_established("axis")


def test_one_series_logged_on_two_axes_shows_which_is_the_episode() -> None:
    values = np.random.default_rng(1).normal(size=74)
    episodes, steps = np.arange(5, 375, 5), np.arange(1, 75) * 2183
    walls = {"wall_times": CLOCK + steps.astype(float)}
    read = establish_axes(
        [
            signal("Reward/(t)", values, steps, quantity=Quantity.EPISODIC_RETURN, axis=Axis.UNKNOWN,
                   series_fields=walls),
            signal("Reward/episode", values, episodes, quantity=Quantity.EPISODIC_RETURN, axis=Axis.EPISODE,
                   series_fields=walls),
        ]
    )  # fmt: skip
    assert read[1].is_established("axis")
    assert read[1].meaning.axis is Axis.EPISODE
    assert not read[0].is_established("axis")


def test_no_series_gives_no_signal() -> None:
    assert establish_axes([]) == []


@pytest.mark.parametrize("count", [np.arange(1, 501), np.arange(1, 501) * 5], ids=["iterations", "seconds"])
def test_reports_numbered_otherwise_are_no_episodes_where_the_lengths_rule_it_out(count: np.ndarray) -> None:
    """Vectorised training reports each iteration of 16,384 steps while an episode has 200."""
    steps = np.arange(1, 501) * 16384
    walls = {"wall_times": CLOCK + np.arange(500) * 5.0}
    returns = np.sin(np.arange(500.0))
    read = establish_axes(
        [
            signal("rewards/step", returns, steps, quantity=Quantity.EPISODIC_RETURN, axis=Axis.UNKNOWN,
                   series_fields=walls),
            signal("lengths/step", np.full(500, 200.0), steps, quantity=Quantity.EPISODE_LENGTH, axis=Axis.UNKNOWN,
                   series_fields=walls),
            signal("rewards/other", returns, count, quantity=Quantity.EPISODIC_RETURN, axis=Axis.UNKNOWN,
                   series_fields=walls),
        ]
    )  # fmt: skip
    assert not read[2].is_established("axis")


def test_evaluations_numbered_one_by_one_are_not_episodes() -> None:
    steps = np.arange(1, 1001) * 100
    read = establish_axes(
        [
            signal("train/loss", np.sin(steps), steps, quantity=Quantity.LOSS, axis=Axis.UNKNOWN,
                   series_fields={"wall_times": CLOCK + np.arange(1000.0)}),
            signal("test/return", np.sin(np.arange(50.0)), np.arange(1, 51), quantity=Quantity.EPISODIC_RETURN,
                   role=Role.EVALUATION, axis=Axis.UNKNOWN, series_fields={"wall_times": CLOCK + np.arange(50) * 20.0}),
        ]
    )  # fmt: skip
    assert not read[1].is_established("axis")


def test_a_step_that_stands_still_counts_no_episodes() -> None:
    still = signal("loss", np.arange(20.0), np.zeros(20, np.int64), axis=Axis.EPISODE)
    twin = signal("other", np.arange(20.0), np.arange(20))
    read = establish_axes([still, twin])
    assert not read[0].is_established("axis")


@pytest.mark.parametrize(("counter", "axis"), [("iterations_since_restore", Axis.UNKNOWN), ("rank", Axis.EPISODE)])
def test_reports_that_are_numbered_are_no_episodes(counter: str, axis: Axis) -> None:
    """Episodes of 500 steps, reports every 2,000: the same returns at both, as in Tune's table and event file."""
    reports = np.arange(1, 31)
    steps, returns, walls = 2000 * reports, np.linspace(20, 300, 30), {"wall_times": CLOCK + 5.0 * reports}
    table, events = {"source": "csv", **walls}, {"source": "tensorboard", **walls}
    read = establish_axes([
        signal("steps_sampled", steps, steps, quantity=Quantity.ENV_STEP_COUNT, axis=Axis.UNKNOWN, series_fields=table),
        signal("return", returns, steps, quantity=Quantity.EPISODIC_RETURN, axis=Axis.UNKNOWN, series_fields=table),
        signal("tb/return", returns, reports, quantity=Quantity.EPISODIC_RETURN, axis=Axis.UNKNOWN,
               series_fields=events),
        signal(counter, reports, reports, axis=Axis.UNKNOWN, series_fields=events),
        signal("length", 400 + returns, steps, quantity=Quantity.EPISODE_LENGTH, axis=Axis.UNKNOWN,
               series_fields=table),
    ])  # fmt: skip
    assert read[2].meaning.axis is axis


def test_a_second_counter_tells_the_axis_of_what_stands_at_its_steps() -> None:
    steps, epochs = np.arange(2000, 32_001, 2000), np.arange(1, 17)

    def at(tag: str, values: np.ndarray, own: np.ndarray, quantity: Quantity) -> Signal:
        walls = CLOCK + steps[: len(own)].astype(float)
        return signal(tag, values, own, quantity=quantity, axis=Axis.UNKNOWN, series_fields={"wall_times": walls})

    read = establish_axes(
        [
            at("training/env_step", steps, steps, Quantity.ENV_STEP_COUNT),
            at("info/epoch", epochs, epochs, Quantity.EPOCH),
            at("info/train_episode", 40 * epochs, epochs, Quantity.EPISODE_COUNT),
            at("update/loss", np.sin(epochs[:-1]), epochs[:-1], Quantity.LOSS),
        ]
    )
    assert [item.meaning.axis for item in read] == [Axis.ENV_STEP, Axis.EPOCH, Axis.EPOCH, Axis.UNKNOWN]


def test_a_framework_gives_no_axis_to_a_step_of_another_rate() -> None:
    """A loop of one's own logs losses at updates and returns at environment steps, under a framework's names."""
    steps = np.arange(1000, 100_001, 1000)
    walls = {"wall_times": CLOCK + steps.astype(float)}
    read = establish_axes(
        [
            signal(tag, np.sin(steps), at, quantity=quantity, axis=Axis.UNKNOWN, series_fields=walls).claim(
                "axis", Axis.ENV_STEP, "skrl logs at environment steps"
            )
            for tag, at, quantity in (
                ("Reward / Total reward (mean)", steps, Quantity.EPISODIC_RETURN),
                ("Loss / Value loss", steps // 50, Quantity.LOSS),
                ("Loss / Entropy loss", steps + 7, Quantity.LOSS),
            )
        ]
    )
    assert [item.meaning.axis for item in read] == [Axis.ENV_STEP, Axis.UNKNOWN, Axis.ENV_STEP]
    assert "0.02 times as fast" in read[1].how["axis"]
