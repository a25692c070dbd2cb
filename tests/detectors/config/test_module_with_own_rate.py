import numpy as np

from forensics.detectors.config.module_with_own_rate import detect
from forensics.model.finding import Status
from forensics.model.meaning import Module, Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def rate(network: Network, module: Module = Module.WHOLE) -> Signal:
    tag = f"learning_rates/{network}_{module}"
    return signal(tag, np.full(10, 1e-3), quantity=Quantity.LEARNING_RATE, network=network, module=module)


def test_a_rate_of_the_encoder_beside_that_of_its_critic_fires() -> None:
    assert detect(signals(rate(Network.CRITIC), rate(Network.CRITIC, Module.CNN))).status is Status.FIRED


def test_a_rate_for_each_network_stays_clear() -> None:
    assert detect(signals(rate(Network.CRITIC), rate(Network.ACTOR))).status is Status.CLEAR


def test_an_encoder_of_another_network_stays_clear() -> None:
    assert detect(signals(rate(Network.CRITIC), rate(Network.ACTOR, Module.CNN))).status is Status.CLEAR


def test_without_rates_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
    assert detect(signals(rate(Network.NONE))).status is Status.NOT_APPLICABLE
