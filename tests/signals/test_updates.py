import numpy as np

from forensics.model.meaning import Axis, Quantity
from forensics.signals.updates import updates_at
from tests.builders import signal, signals

LOSS = signal("loss", np.ones(5), [1100, 1200, 1300, 1400, 1500], quantity=Quantity.LOSS)


def test_a_logged_update_index_wins() -> None:
    own = signal("loss", np.ones(3), quantity=Quantity.LOSS, series_fields={"updates": np.array([5, 10, 15])})
    assert updates_at(signals(own), own).tolist() == [5, 10, 15]


def test_an_update_axis_is_the_count() -> None:
    own = signal("loss", np.ones(3), [7, 8, 9], quantity=Quantity.LOSS, axis=Axis.UPDATE)
    assert updates_at(signals(own), own).tolist() == [7, 8, 9]


def test_a_counter_is_interpolated_over_steps() -> None:
    counter = signal("n_updates", [50.0, 250.0], [1100, 1500], quantity=Quantity.UPDATE_COUNT)
    assert updates_at(signals(LOSS, counter), LOSS).tolist() == [50, 100, 150, 200, 250]


def test_the_start_of_learning_is_taken_off() -> None:
    assert updates_at(signals(LOSS, facts={"learning_starts": 1000}), LOSS).tolist() == [100, 200, 300, 400, 500]


def test_without_any_count_the_first_point_is_one_interval_in() -> None:
    assert updates_at(signals(LOSS), LOSS).tolist() == [100, 200, 300, 400, 500]
