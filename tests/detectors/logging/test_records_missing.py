import numpy as np
import pytest

from forensics.detectors.logging.records_missing import detect
from forensics.model.finding import Status
from forensics.signals.signals import Signals
from tests.builders import signal, signals


def run(steps: np.ndarray) -> Signals:
    return signals(signal("train/loss", np.ones(len(steps)), steps))


REGULAR = np.arange(100) * 50


@pytest.mark.parametrize(("lost", "status"), [(4, Status.CLEAR), (6, Status.FIRED), (40, Status.FIRED)])
def test_a_hole_of_a_twentieth_fires(lost: int, status: Status) -> None:
    assert detect(run(np.delete(REGULAR, slice(30, 30 + lost)))).status is status


def test_the_onset_is_where_the_hole_begins() -> None:
    assert detect(run(np.delete(REGULAR, slice(30, 50)))).onset == 29 * 50


EPISODES = np.cumsum(np.random.default_rng(1).integers(9, 60, 16))
LEARNING = np.arange(600, 1600)


def test_events_before_the_cadence_begins_leave_no_hole() -> None:
    both = signals(signal("episode_end/return", np.ones(16), EPISODES), signal("loss", np.ones(1000), LEARNING))
    assert detect(both).status is Status.CLEAR


def test_a_hole_after_the_cadence_began_is_one_whatever_came_before() -> None:
    learning = np.delete(LEARNING, slice(400, 500))
    found = detect(signals(signal("episode_end/return", np.ones(16), EPISODES), signal("loss", np.ones(900), learning)))
    assert found.status is Status.FIRED
    assert (found.values["missing"], found.onset) == (100, 999)


def test_a_hole_right_after_the_first_records_counts() -> None:
    assert detect(run(np.delete(REGULAR, slice(3, 30)))).onset == 2 * 50


def test_a_source_that_logs_by_events_has_no_cadence() -> None:
    irregular = np.cumsum(np.random.default_rng(0).integers(1, 60, 100))
    assert detect(run(irregular)).status is Status.NOT_APPLICABLE


def test_another_tag_in_the_hole_fills_it() -> None:
    holed = np.delete(REGULAR, slice(30, 60))
    both = signals(signal("a", np.ones(70), holed), signal("b", np.ones(100), REGULAR))
    assert detect(both).status is Status.CLEAR


def test_a_short_source_is_not_examined() -> None:
    assert detect(run(REGULAR[:19])).status is Status.NOT_APPLICABLE
