"""Gradient norms and parameter statistics for the tests of this family."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from forensics.model.meaning import Module, Network, Quantity, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal


def norm(values: ArrayLike, module: Module = Module.WHOLE, network: Network = Network.ACTOR, **fields: Any) -> Signal:
    tag = fields.pop("tag", f"gradients/{network}_{module}_norm")
    return signal(tag, values, quantity=Quantity.GRADIENT_NORM, network=network, module=module, **fields)


def parameter(
    values: ArrayLike, module: Module = Module.WHOLE, network: Network = Network.ACTOR, **fields: Any
) -> Signal:
    fields.setdefault("statistic", Statistic.STD)
    tag = fields.pop("tag", f"agent/{network}_{module}_param")
    return signal(tag, values, quantity=Quantity.PARAMETER, network=network, module=module, **fields)
