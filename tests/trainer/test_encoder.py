"""Encoders: shapes, ranges, and images that are too small."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch

from trainer.config import Architecture, Networks, Trunk
from trainer.encoder import Encoder, _projection, pixels_to_float
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


def test_pixels_come_out_alike_in_any_order_in_memory() -> None:
    images = torch.randint(0, 256, (5, 4, 9, 7), dtype=torch.uint8)
    ordered = images.contiguous(memory_format=torch.channels_last)
    assert torch.equal(pixels_to_float(images), images.float() / 255 - 0.5)
    assert torch.equal(pixels_to_float(ordered), pixels_to_float(images))


@pytest.mark.parametrize("trunk", ["layernorm_tanh", "relu"])
def test_the_projection_of_maps_is_the_linear_layer_of_its_weights(trunk: Trunk) -> None:
    torch.manual_seed(0)
    encoder = Encoder(Networks(architecture="nature", trunk=trunk, feature_dim=7), (4, 44, 52))
    projection, _, *rest = encoder.trunk
    assert isinstance(projection, torch.nn.Conv2d)
    images = torch.rand(5, 4, 44, 52)
    flat = encoder.convs(images).flatten(1)
    expected = torch.nn.functional.linear(flat, projection.weight.flatten(1), projection.bias)
    assert torch.allclose(encoder(images), torch.nn.Sequential(*rest)(expected), atol=1e-6)


def test_maps_and_flat_features_are_projected_from_the_same_initial_weights() -> None:
    layers = []
    for shape in ([3, 4, 5], [60]):
        torch.manual_seed(0)
        layers.append(list(_projection(torch.Size(shape), 7)[0].parameters()))
    (maps, one), (flat, other) = layers
    assert torch.equal(maps.flatten(1), flat)
    assert torch.equal(one, other)
