"""Frameworks whose tags resemble those of another are told apart."""

from __future__ import annotations

import pytest

from forensics.signals.vocabulary import framework_of


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (["epoch", "loss", "train_loss", "train_runtime", "total_flos"], "transformers"),
        (["epoch", "loss", "eval_loss", "eval_runtime", "grad_norm", "learning_rate"], "transformers"),
        (["train/epoch", "train/loss", "train/grad_norm", "train/learning_rate", "eval/loss"], "transformers"),
        (["epoch", "train_loss", "val_loss"], "pytorch-lightning"),
        (["charts/episodic_return", "charts/episodic_length"], "cleanrl"),
        (["charts/episode_reward", "charts/learning_rate", "losses/value_loss"], "cleanrl"),
    ],
)
def test_a_framework_is_told_from_its_neighbours(tags: list[str], name: str) -> None:
    found = framework_of(tags)
    assert found is not None
    assert found.name == name
