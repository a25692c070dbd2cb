from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.logging.mixed_step_axes import detect
from forensics.model.finding import Status
from forensics.model.meaning import Axis
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

MIXED = (
    "seed-day16",
    "seed-day20-run3",
    "seed-day20-run4debug",
    "seed-day21-run7",
    "idrees-carla-ppo-town02",
    "idrees-carla-ppo-town07-restarts",
)


def tag(name: str, every: int, axis: Axis, count: int = 20) -> Signal:
    return signal(name, np.arange(float(count)), np.arange(count) * every, axis=axis)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", MIXED)
def test_tags_that_step_by_episodes_beside_environment_steps_fire(
    archived_runs: Path, name: str, change: Change
) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.FIRED


@pytest.mark.parametrize(
    "name", ["mnee-ppo-next", "ray-sac-halfcheetah-2021", "idrees-vae-v1", "concept-ppo-starpilot", "nanogpt-adamw"]
)
def test_one_axis_for_all_tags_stays_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is not Status.FIRED


def test_the_two_ends_are_told(archived_runs: Path) -> None:
    values = detect(archived(archived_runs / "seed-day20-run3")).values
    assert (values["last_episode"], values["last_step"]) == (175, 3700)


@pytest.mark.parametrize(("every", "status"), [(2, Status.CLEAR), (3, Status.FIRED)])
def test_the_rates_must_differ_threefold(every: int, status: Status) -> None:
    assert detect(signals(tag("ep/return", 1, Axis.EPISODE), tag("loss", every, Axis.ENV_STEP))).status is status


def test_epochs_beside_steps_are_no_mixture() -> None:
    assert detect(signals(tag("epoch", 1, Axis.EPOCH), tag("loss", 100, Axis.ENV_STEP))).status is Status.CLEAR


def test_another_file_may_have_another_axis() -> None:
    by_episode = signal("r", np.arange(20.0), range(20), axis=Axis.EPISODE, series_fields={"source": "csv"})
    assert detect(signals(by_episode, tag("loss", 100, Axis.ENV_STEP))).status is not Status.FIRED


def test_one_short_tag_is_not_examined() -> None:
    assert detect(signals(tag("loss", 100, Axis.ENV_STEP, 4))).status is Status.NOT_APPLICABLE


def test_a_list_that_names_no_steps_is_on_no_second_axis() -> None:
    """The losses of a JSON document are numbered by their place: nobody logged them at a step."""
    losses = signal("losses", np.arange(5000.0), axis=Axis.UNKNOWN, series_fields={"declared": {"counts": "records"}})
    assert detect(signals(tag("rewards", 1, Axis.EPISODE), losses)).status is not Status.FIRED
    assert detect(signals(tag("rewards", 1, Axis.EPISODE), tag("loss", 50, Axis.UNKNOWN))).status is Status.FIRED
