from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.run.non_finite_values import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

HEALTHY = ("ray-impala-spaceinvaders", "mnee-ppo-next", "idrees-carla-ppo-town02", "seed-day21-run7", "nanogpt-adamw")


def broken(tag: str, quantity: Quantity, first: int = 30, value: float = np.nan, role: Role = Role.NONE) -> Signal:
    values = np.ones(50)
    values[first:] = value
    return signal(tag, values, quantity=quantity, role=role)


def test_the_first_in_data_flow_order_is_named_not_the_first_in_the_file() -> None:
    run = signals(
        broken("actor/std", Quantity.PARAMETER),
        broken("loss", Quantity.LOSS),
        broken("target_q", Quantity.Q_VALUE, role=Role.TARGET),
        broken("q1", Quantity.Q_VALUE, role=Role.BATCH),
    )
    finding = detect(run)
    assert (finding.status, finding.values["first_tag"], finding.onset) == (Status.FIRED, "target_q", 3100)


def test_what_broke_long_before_is_named_first() -> None:
    run = signals(broken("loss", Quantity.LOSS, 10), broken("reward", Quantity.REWARD, 30))
    assert detect(run).values["first_tag"] == "loss"


def test_one_log_interval_apart_is_at_the_same_time() -> None:
    run = signals(broken("loss", Quantity.LOSS, 30), broken("reward", Quantity.REWARD, 31))
    assert detect(run).values["first_tag"] == "reward"


def test_infinity_counts() -> None:
    assert "infinite" in detect(signals(broken("q", Quantity.Q_VALUE, value=np.inf))).statement


@pytest.mark.parametrize("quantity", [Quantity.EPISODIC_RETURN, Quantity.EPISODE_LENGTH, Quantity.EXPLAINED_VARIANCE])
def test_returns_before_an_episode_ended_are_normal(quantity: Quantity) -> None:
    values = np.r_[np.full(10, np.nan), np.ones(40)]
    assert detect(signals(signal("ep", values, quantity=quantity))).status is Status.CLEAR


@pytest.mark.parametrize(("infinite", "status"), [(2, Status.CLEAR), (3, Status.FIRED)])
def test_gradients_that_a_loss_scaler_skips_now_and_then_are_normal(infinite: int, status: Status) -> None:
    values = np.ones(50)
    values[10 : 10 + infinite] = np.inf
    norm = signal("grad_norm", values, quantity=Quantity.GRADIENT_NORM)
    assert detect(signals(norm, signal("scale", np.ones(50), quantity=Quantity.AMP_SCALE))).status is status


@pytest.mark.parametrize(("first", "status"), [(0, Status.CLEAR), (48, Status.CLEAR), (47, Status.FIRED)])
def test_a_tag_of_unknown_meaning_counts_when_it_turns_for_good(first: int, status: Status) -> None:
    assert detect(signals(broken("mystery", Quantity.OTHER, first))).status is status


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", HEALTHY)
def test_archived_runs_without_broken_values_stay_clear(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.CLEAR


def test_without_a_series_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE


def test_a_count_that_is_not_reported_any_more_is_normal() -> None:
    assert detect(signals(broken("learners/num_trainable_parameters", Quantity.OTHER, 1))).status is Status.CLEAR
    assert detect(signals(broken("learners/trainable", Quantity.OTHER, 1))).status is Status.FIRED
