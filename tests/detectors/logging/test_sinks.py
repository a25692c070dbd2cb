"""Two sinks of one quantity: they agree, disagree, or differ by a unit."""

import numpy as np
import pytest

from forensics.detectors.logging import sinks_disagree, unit_factor
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals

RANDOM = np.random.default_rng(4)
LOSS = RANDOM.lognormal(0.0, 0.4, 40)


def sink(values: np.ndarray, source: str, tag: str = "train/critic_loss", unit: str = "") -> Signal:
    return signal(
        tag, values, quantity=Quantity.LOSS, network=Network.CRITIC, unit=unit, series_fields={"source": source}
    )


def pair(other: np.ndarray, tag: str = "critic_loss") -> tuple[Signal, Signal]:
    return sink(LOSS, "tensorboard"), sink(other, "log", tag)


def test_a_log_that_holds_another_quantity_disagrees() -> None:
    finding = sinks_disagree.detect(signals(*pair(1000 + RANDOM.normal(0, 30, 40))))
    assert finding.status is Status.FIRED
    assert unit_factor.detect(signals(*pair(1000 + RANDOM.normal(0, 30, 40)))).status is Status.CLEAR


def test_a_sign_that_is_turned_disagrees() -> None:
    assert sinks_disagree.detect(signals(*pair(-LOSS * RANDOM.uniform(0.9, 1.1, 40)))).status is Status.FIRED


def test_rounding_agrees() -> None:
    for detector in (sinks_disagree, unit_factor):
        assert detector.detect(signals(*pair(np.round(LOSS, 3)))).status is Status.CLEAR


def test_a_window_mean_beside_instant_values_agrees() -> None:
    smooth = np.convolve(np.r_[LOSS[:4], LOSS], np.ones(5) / 5, mode="valid")
    assert sinks_disagree.detect(signals(*pair(smooth))).status is Status.CLEAR


def test_a_cadence_shifted_by_one_record_is_no_disagreement() -> None:
    growing = np.exp(np.arange(40.0))
    left, right = sink(growing, "tensorboard"), sink(np.r_[growing[1:], growing[-1]], "log")
    assert sinks_disagree.detect(signals(left, right)).status is Status.CLEAR


def test_a_constant_factor_is_a_unit_and_no_disagreement() -> None:
    run = signals(*pair(LOSS * 255))
    finding = unit_factor.detect(run)
    assert finding.status is Status.FIRED
    assert finding.values["factor"] == pytest.approx(1 / 255)
    assert sinks_disagree.detect(run).status is Status.CLEAR


def test_units_that_are_stated_may_differ() -> None:
    run = signals(sink(LOSS, "tensorboard", unit="km/h"), sink(LOSS / 3.6, "log", unit="m/s"))
    assert unit_factor.detect(run).status is Status.CLEAR


def test_two_constants_have_no_telling_ratio() -> None:
    run = signals(sink(np.full(40, 2.0), "tensorboard"), sink(np.full(40, 3.0), "log"))
    assert unit_factor.detect(run).status is Status.CLEAR


@pytest.mark.parametrize(("bias", "status"), [(1.8, Status.CLEAR), (2.3, Status.FIRED)])
def test_the_sinks_must_differ_by_a_factor_of_two(bias: float, status: Status) -> None:
    other = LOSS * bias * RANDOM.uniform(0.95, 1.05, 40)
    assert sinks_disagree.detect(signals(*pair(other))).status is status


@pytest.mark.parametrize("detector", [sinks_disagree, unit_factor])
def test_one_sink_or_four_common_steps_are_not_examined(detector: object) -> None:
    short = signal(
        "critic_loss",
        LOSS[:4],
        quantity=Quantity.LOSS,
        network=Network.CRITIC,
        series_fields={"source": "log"},
    )
    for run in (signals(sink(LOSS, "tensorboard")), signals(sink(LOSS, "tensorboard"), short)):
        assert detector.detect(run).status is Status.NOT_APPLICABLE  # type: ignore[attr-defined]


def test_tables_of_the_same_columns_hold_different_things() -> None:
    other = 1000 + RANDOM.normal(0, 30, 40)
    layers = [sink(LOSS, "csv:first.csv", "first/std"), sink(other, "csv:second.csv", "second/std")]
    assert sinks_disagree.detect(signals(*layers)).status is Status.NOT_APPLICABLE
    more = sink(other, "csv:second.csv", "mean")
    assert sinks_disagree.detect(signals(*layers, more)).status is Status.FIRED


def test_a_name_that_a_sink_holds_twice_is_compared_with_its_like() -> None:
    other = 1000 + RANDOM.normal(0, 30, 40)
    lines = [sink(LOSS, "jsonl:result.json", "loss"), sink(other, "jsonl:result.json", "learner/loss")]
    events = [sink(LOSS, "tensorboard", "ray/tune/loss"), sink(other, "tensorboard", "ray/tune/learner/loss")]
    assert sinks_disagree.detect(signals(*lines, *events)).status is Status.CLEAR
    crossed = [sink(other, "tensorboard", "ray/tune/loss"), events[1]]
    assert sinks_disagree.detect(signals(*lines, *crossed)).status is Status.FIRED


def test_numbers_of_lines_are_not_held_against_steps() -> None:
    values = np.linspace(8.0, 1.0, 40)
    lines = {"source": "log:train.log", "declared": {"counts": "records"}}
    steps = {"source": "results:state.json"}
    first = signal("loss", values, range(40), quantity=Quantity.LOSS, series_fields=lines)
    second = signal("loss", values, range(0, 200, 5), quantity=Quantity.LOSS, series_fields=steps)
    assert sinks_disagree.detect(signals(first, second)).status is Status.NOT_APPLICABLE
