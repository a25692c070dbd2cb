import numpy as np
import pytest

from forensics.detectors.gradients.gradient_parity import detect
from forensics.model.finding import Status
from forensics.model.meaning import ClipStage, Network
from forensics.signals.signals import Signal
from tests.builders import signals
from tests.detectors.gradients.norms import norm

POINTS = 400
UPDATES = np.arange(1, POINTS + 1)
NOISY = np.exp(np.random.default_rng(3).normal(0.0, 0.5, POINTS)) * np.linspace(1.0, 20.0, POINTS)


def critic(values: np.ndarray, steps: np.ndarray = UPDATES, stage: ClipStage = ClipStage.PRE) -> Signal:
    return norm(values, network=Network.CRITIC, steps=steps, clip_stage=stage)


def rhythm(period: int, factor: float) -> np.ndarray:
    return np.where(np.arange(POINTS) % period == 0, factor, 1.0) * NOISY


@pytest.mark.parametrize("period", [2, 3, 5])
def test_a_norm_that_jumps_after_each_actor_update_fires_with_its_period(period: int) -> None:
    finding = detect(signals(critic(rhythm(period, 2.0))))
    assert finding.status is Status.FIRED
    assert finding.values["period"] == period


@pytest.mark.parametrize("seed", range(12))
def test_noise_and_trend_have_no_rhythm(seed: int) -> None:
    noise = np.exp(np.random.default_rng(seed).standard_t(3, POINTS) * 0.5)
    assert detect(signals(critic(noise * np.linspace(1, 50, POINTS)))).status is Status.CLEAR


def test_a_difference_of_less_than_a_tenth_stays_clear() -> None:
    steady = np.where(UPDATES % 2 == 0, 1.08, 1.0) * (1 + 0.001 * np.random.default_rng(0).normal(size=POINTS))
    assert detect(signals(critic(steady))).status is Status.CLEAR
    steady = np.where(UPDATES % 2 == 0, 1.15, 1.0) * (1 + 0.001 * np.random.default_rng(0).normal(size=POINTS))
    assert detect(signals(critic(steady))).status is Status.FIRED


def test_a_log_of_every_tenth_update_shows_one_phase_only() -> None:
    assert detect(signals(critic(rhythm(2, 2.0), 10 * UPDATES))).status is Status.NOT_APPLICABLE


def test_zeros_in_a_rhythm_and_clipped_norms_are_not_judged() -> None:
    assert detect(signals(critic(rhythm(2, 0.0)))).status is Status.NOT_APPLICABLE
    assert detect(signals(critic(rhythm(2, 2.0), stage=ClipStage.POST))).status is Status.NOT_APPLICABLE


def test_the_actor_alone_or_few_updates_are_not_judged() -> None:
    assert detect(signals(norm(rhythm(2, 2.0), steps=UPDATES))).status is Status.NOT_APPLICABLE
    assert detect(signals(critic(rhythm(2, 2.0)[:99], UPDATES[:99]))).status is Status.NOT_APPLICABLE
