"""Alerts, norms and losses as a run with clipped gradients logs them."""

from __future__ import annotations

import numpy as np

from forensics.model.meaning import ClipStage, Network, Quantity, Reduction, Standing
from forensics.signals.signals import Signal
from tests.builders import signal


def alert(values: np.ndarray, network: Network = Network.NONE) -> Signal:
    return signal("alerts/gradient_explosion", values, quantity=Quantity.ALERT, network=network)


def norm(
    values: np.ndarray,
    stage: ClipStage = ClipStage.POST,
    network: Network = Network.ACTOR,
    reduction: Reduction = Reduction.L2,
) -> Signal:
    return signal(
        f"gradients/{network.value}_norm_{stage.value}",
        values,
        quantity=Quantity.GRADIENT_NORM,
        network=network,
        clip_stage=stage,
        reduction=reduction,
        standing={} if stage is ClipStage.UNKNOWN else {"clip_stage": Standing.ESTABLISHED},
    )


def loss(values: np.ndarray, network: Network = Network.ACTOR) -> Signal:
    return signal(f"train/{network.value}_loss", values, quantity=Quantity.LOSS, network=network)
