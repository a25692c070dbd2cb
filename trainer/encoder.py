"""From a stack of frames to a feature vector: convolutions, then a trunk.

References: `nature` is the network of Mnih et al. 2015; `drqv2` is the encoder of Yarats et al. 2021; `tiny` learns
lane keeping at 48x48 on one CPU core in under a minute.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from trainer.config import Architecture, Networks, Trunk
from trainer.errors import ConfigError


def pixels_to_float(images: Tensor, out: Tensor | None = None) -> Tensor:
    """Map uint8 pixels to [-0.5, 0.5], into `out` where it is given: a fresh tensor costs more than the arithmetic."""
    if out is None:
        out = torch.empty(images.shape, device=images.device, memory_format=torch.channels_last)
    ordered = images.contiguous(memory_format=torch.channels_last)  # bytes are cheaper to put in order than floats
    return out.copy_(ordered).div_(255.0).sub_(0.5)


class Encoder(nn.Module):
    """Convolutions and a trunk. Takes float images (batch, channels, height, width), gives (batch, feature_dim)."""

    def __init__(self, config: Networks, image_shape: tuple[int, int, int]) -> None:
        """`image_shape` is that of the whole stack. Raises ConfigError where it is too small for the convolutions."""
        super().__init__()
        channels, height, width = image_shape
        self.convs = _CONVOLUTIONS[config.architecture](channels)
        try:
            maps = self.convs(torch.zeros(1, channels, height, width)).shape[1:]
        except RuntimeError:
            raise ConfigError(
                f"images of {height}x{width} are too small for --architecture {config.architecture}"
            ) from None
        self.trunk = _TRUNKS[config.trunk](maps, config.feature_dim)
        self.feature_dim = config.feature_dim
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):  # a third faster on CPU at 84x84
                layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return the features."""
        features: Tensor = self.trunk(self.convs(images))
        return features


def _nature(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 32, 8, stride=4),
        nn.ReLU(),
        nn.Conv2d(32, 64, 4, stride=2),
        nn.ReLU(),
        nn.Conv2d(64, 64, 3),
        nn.ReLU(),
    )


def _drqv2(channels: int) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Conv2d(channels, 32, 3, stride=2), nn.ReLU()]
    for _ in range(3):
        layers += [nn.Conv2d(32, 32, 3), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten())


def _tiny(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 16, 5, stride=3),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2),
        nn.ReLU(),
        nn.Flatten(),
    )


def _projection(maps: torch.Size, feature_dim: int) -> list[nn.Module]:
    """Connect every unit to every feature.

    Where the maps were not flattened, by a convolution as large as they are. It has the weights of the linear layer, in
    another shape, but on CPU torch gives it to oneDNN, whose kernels are up to twice as fast as MKL's on AMD.
    """
    if len(maps) == 1:
        return [nn.Linear(maps[0], feature_dim)]
    channels, height, width = maps
    return [nn.Conv2d(channels, feature_dim, (height, width)), nn.Flatten()]


def _relu(maps: torch.Size, feature_dim: int) -> nn.Sequential:
    return nn.Sequential(*_projection(maps, feature_dim), nn.ReLU())


def _layernorm_tanh(maps: torch.Size, feature_dim: int) -> nn.Sequential:
    return nn.Sequential(*_projection(maps, feature_dim), nn.LayerNorm(feature_dim), nn.Tanh())


_CONVOLUTIONS: dict[Architecture, Callable[[int], nn.Sequential]] = {
    "nature": _nature,
    "drqv2": _drqv2,
    "tiny": _tiny,
}
_TRUNKS: dict[Trunk, Callable[[torch.Size, int], nn.Sequential]] = {"relu": _relu, "layernorm_tanh": _layernorm_tanh}
