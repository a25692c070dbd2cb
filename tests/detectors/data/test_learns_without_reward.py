"""Whether a model is trained that no reward teaches."""

import numpy as np

from forensics.detectors.data.learns_without_reward import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals

LOSS = np.geomspace(2.3, 0.1, 40)


def loss(network: Network) -> Signal:
    return signal("train/loss", LOSS, quantity=Quantity.LOSS, network=network)


def test_a_model_without_an_agent_fires() -> None:
    assert detect(signals(loss(Network.MODEL))).status is Status.FIRED


def test_a_return_beside_the_loss_speaks_of_an_agent() -> None:
    episodes = signal("return", LOSS, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)
    assert detect(signals(loss(Network.MODEL), episodes)).status is Status.CLEAR
    assert detect(signals(loss(Network.CRITIC))).status is Status.CLEAR


def test_without_a_loss_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
