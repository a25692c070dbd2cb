"""Encoders: shapes, ranges, and images that are too small."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch

from trainer.config import Architecture, Networks, Trunk
from trainer.encoder import Encoder, pixels_to_float
from trainer.errors import ConfigError


@pytest.mark.parametrize("architecture", ["tiny", "nature", "drqv2"])
@pytest.mark.parametrize("trunk", ["layernorm_tanh", "relu"])
def test_every_encoder_turns_a_stack_into_features(architecture: Architecture, trunk: Trunk) -> None:
    encoder = Encoder(Networks(architecture=architecture, trunk=trunk, feature_dim=7), (4, 48, 60))
    features = encoder(pixels_to_float(torch.randint(0, 256, (5, 4, 48, 60), dtype=torch.uint8)))
    assert features.shape == (5, 7)
    assert torch.isfinite(features).all()
    assert (features >= (-1 if trunk == "layernorm_tanh" else 0)).all()


def test_the_layernorm_trunk_stays_bounded_whatever_the_pixels_weigh() -> None:
    encoder = Encoder(Networks(trunk="layernorm_tanh"), (3, 32, 32))
    with torch.no_grad():
        next(encoder.convs.parameters()).mul_(1e6)
        assert encoder(torch.rand(2, 3, 32, 32)).abs().max() <= 1


@pytest.mark.parametrize(("architecture", "smallest"), [("nature", 36), ("drqv2", 15), ("tiny", 11)])
def test_images_that_are_too_small_are_refused_with_their_size(architecture: Architecture, smallest: int) -> None:
    Encoder(Networks(architecture=architecture), (3, smallest, smallest))
    with pytest.raises(ConfigError, match=f"{smallest - 1}x{smallest - 1}"):
        Encoder(Networks(architecture=architecture), (3, smallest - 1, smallest - 1))


def test_pixels_become_numbers_around_zero_in_the_tensor_that_is_given() -> None:
    images = torch.tensor([0, 255], dtype=torch.uint8).reshape(1, 1, 1, 2)
    held = torch.empty(1, 1, 1, 2)
    assert pixels_to_float(images, held) is held
    assert held.flatten().tolist() == [-0.5, 0.5]
    assert torch.equal(pixels_to_float(images), held)
