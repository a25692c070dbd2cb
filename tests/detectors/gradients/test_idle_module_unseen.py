import numpy as np

from forensics.detectors.gradients.idle_module_unseen import detect
from forensics.model.finding import Status
from forensics.model.meaning import Module, Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.gradients.norms import norm, parameter

POINTS = 20
ZERO, STILL, MOVES = np.zeros(POINTS), np.ones(POINTS), np.linspace(1, 2, POINTS)
CNN = Module.CNN


def seen(network: Network, module: Module = CNN) -> Signal:
    tag = f"activations/{network}_{module}_dead_unit_share"
    return signal(tag, np.full(POINTS, 0.1), quantity=Quantity.DEAD_UNIT_SHARE, network=network, module=module)


IDLE = (norm(ZERO, CNN), parameter(STILL, CNN))
CRITIC = (norm(MOVES, CNN, Network.CRITIC), parameter(MOVES, CNN, Network.CRITIC), seen(Network.CRITIC))


def test_an_encoder_that_nobody_calls_fires() -> None:
    assert detect(signals(*IDLE, *CRITIC)).status is Status.FIRED


def test_an_idle_encoder_that_computes_is_called() -> None:
    assert detect(signals(*IDLE, seen(Network.ACTOR), *CRITIC)).status is Status.CLEAR


def test_an_encoder_that_moves_is_called() -> None:
    moving = (norm(ZERO, CNN), parameter(MOVES, CNN))
    assert detect(signals(*moving, *CRITIC)).status is Status.CLEAR


def test_where_no_encoder_is_measured_it_abstains() -> None:
    assert detect(signals(*IDLE, *CRITIC[:2])).status is Status.NOT_APPLICABLE
    assert detect(signals(*IDLE, *CRITIC[:2], seen(Network.CRITIC, Module.MLP))).status is Status.NOT_APPLICABLE


def test_without_parameters_it_abstains() -> None:
    assert detect(signals(norm(ZERO, CNN), seen(Network.CRITIC))).status is Status.NOT_APPLICABLE
