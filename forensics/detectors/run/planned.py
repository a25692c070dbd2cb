"""How long a run was meant to be."""

from __future__ import annotations

import numpy as np

from forensics.model.meaning import Axis
from forensics.signals.signals import Signals

STEP_KEYS = (
    "total_timesteps",
    "total_steps",
    "max_timesteps",
    "num_timesteps",
    "n_timesteps",
    "timesteps_total",
    "total_env_steps",
    "num_env_steps",
    "total_frames",
    "num_frames",
    "train_steps",
    "training_steps",
    "max_train_steps",
)
EPOCH_KEYS = ("epochs", "num_epochs", "max_epochs", "n_epochs_total", "num_train_epochs")


def planned_and_last(signals: Signals) -> tuple[float, float, str] | None:
    """Return planned and last step (or epoch) and the unit, or None where no plan is known."""
    manifest = signals.run.manifest
    steps = manifest.planned_steps if manifest is not None and manifest.planned_steps else signals.config(*STEP_KEYS)
    last = signals.number("env_steps")
    if steps and last is not None:
        return float(steps), last, "steps"
    epochs = signals.config(*EPOCH_KEYS)
    on_epochs = [one for one in signals.signals if one.meaning.axis is Axis.EPOCH and len(one)]
    if epochs and on_epochs:
        reached = max(int(np.max(one.series.steps)) for one in on_epochs)
        # Epochs are counted from 0 as often as from 1.
        return epochs, float(reached + int(min(int(one.steps[0]) for one in on_epochs) == 0)), "epochs"
    return None
