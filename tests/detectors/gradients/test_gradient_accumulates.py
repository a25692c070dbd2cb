from typing import Any

import numpy as np
import pytest

from forensics.detectors.gradients.gradient_accumulates import detect
from forensics.model.finding import Status
from forensics.model.meaning import Aggregation, ClipStage, Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.gradients.norms import norm

POINTS = 60
RNG = np.random.default_rng(5)
ERROR = np.exp(RNG.normal(0.0, 0.4, POINTS))
LOSS = ERROR**2
CARRIED = np.cumsum(ERROR)


def critic(values: np.ndarray, network: Network = Network.CRITIC, **fields: Any) -> Signal:
    fields.setdefault("clip_stage", ClipStage.PRE)
    return norm(values, network=network, **fields)


def loss(values: np.ndarray, network: Network = Network.CRITIC, **fields: Any) -> Signal:
    return signal(f"losses/{network}_loss", values, quantity=Quantity.LOSS, network=network, **fields)


def test_a_sum_over_all_batches_fires() -> None:
    finding = detect(signals(critic(CARRIED), loss(LOSS)))
    assert finding.status is Status.FIRED
    assert float(finding.values["share"] or 0) < 0.1


def test_a_gradient_that_answers_to_its_batch_stays_clear() -> None:
    assert detect(signals(critic(ERROR), loss(LOSS))).status is Status.CLEAR
    assert detect(signals(critic(ERROR * np.linspace(1, 30, POINTS)), loss(LOSS))).status is Status.CLEAR


def test_a_smooth_norm_that_does_not_grow_stays_clear() -> None:
    assert detect(signals(critic(np.linspace(1.0, 2.0, POINTS)), loss(LOSS))).status is Status.CLEAR


@pytest.mark.parametrize(("share", "status"), [(0.09, Status.FIRED), (0.12, Status.CLEAR)])
def test_a_tenth_of_the_changes_of_the_loss_is_the_border(share: float, status: Status) -> None:
    assert detect(signals(critic(np.geomspace(1, 100, POINTS) * LOSS**share), loss(LOSS))).status is status


def test_a_policys_objective_is_no_squared_error() -> None:
    actor = signals(critic(CARRIED, Network.ACTOR), loss(LOSS, Network.ACTOR))
    assert detect(actor).status is Status.NOT_APPLICABLE


def test_a_smoothed_norm_beside_single_losses_is_not_judged() -> None:
    smoothed = critic(CARRIED, aggregation=Aggregation.WINDOW_MEAN)
    assert detect(signals(smoothed, loss(LOSS))).status is Status.NOT_APPLICABLE


def test_without_loss_or_norm_before_the_clip_it_abstains() -> None:
    assert detect(signals(critic(CARRIED))).status is Status.NOT_APPLICABLE
    assert detect(signals(critic(CARRIED, clip_stage=ClipStage.POST), loss(LOSS))).status is Status.NOT_APPLICABLE
    assert detect(signals(critic(CARRIED), loss(np.full(POINTS, 0.5)))).status is Status.NOT_APPLICABLE


def test_parts_of_the_one_model_are_held_against_its_loss() -> None:
    part = critic(CARRIED, Network.NONE)
    assert detect(signals(part, loss(LOSS, Network.MODEL))).status is Status.FIRED
    assert detect(signals(critic(ERROR, Network.NONE), loss(LOSS, Network.MODEL))).status is Status.CLEAR


def test_an_exploding_loss_tells_nothing_of_its_batches() -> None:
    exploding = np.geomspace(1, 1e8, POINTS) * LOSS
    assert detect(signals(critic(np.geomspace(1, 1e4, POINTS) * ERROR), loss(exploding))).status is Status.INCONCLUSIVE
