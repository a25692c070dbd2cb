"""Where a run computes and where it keeps its frames. No GPU is needed: what torch says of one is made up."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch

from tests.trainer.settings import tiny
from trainer.config import Compute
from trainer.devices import choose_device, replay_storage
from trainer.errors import ConfigError
from trainer.observation import Layout

LAYOUT = Layout(frame_shape=(1, 20, 20), state_dim=1, action_dim=1, channels_last=False)
CPU, CUDA = torch.device("cpu"), torch.device("cuda")
BYTES = 400 * 20 * 20  # frames of the tiny configuration


def a_gpu(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 2 * free))


def test_without_a_gpu_everything_is_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device(Compute()) == CPU
    assert replay_storage(tiny(), LAYOUT, CPU) == CPU
    with pytest.raises(ConfigError, match="no GPU"):
        choose_device(Compute(device="cuda"))
    with pytest.raises(ConfigError, match="needs --device cuda"):
        replay_storage(tiny(replay_device="cuda"), LAYOUT, CPU)


def test_a_gpu_is_taken_unless_the_cpu_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    a_gpu(monkeypatch, free=0)
    assert choose_device(Compute()) == choose_device(Compute(device="cuda")) == CUDA
    assert choose_device(Compute(device="cpu")) == CPU


def test_frames_are_kept_on_the_gpu_where_they_take_less_than_half_of_what_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_gpu(monkeypatch, free=2 * BYTES + 2)
    assert replay_storage(tiny(), LAYOUT, CUDA) == CUDA
    assert replay_storage(tiny(replay_device="cpu"), LAYOUT, CUDA) == CPU
    a_gpu(monkeypatch, free=2 * BYTES)
    assert replay_storage(tiny(), LAYOUT, CUDA) == CPU
    assert replay_storage(tiny(replay_device="cuda"), LAYOUT, CUDA) == CUDA
