"""Random shift: each image of a batch is moved by whole pixels, its edge repeated.

The distribution is that of DrQ-v2 (Yarats et al. 2021), whose bilinear sampling lands on whole pixels too; integer
indexing of uint8 costs a tenth of it.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Shifts = NDArray[np.int64]


def draw_shifts(rng: np.random.Generator, batch_size: int, pad: int) -> Shifts:
    """Draw offsets (batch_size, 2) of rows and columns, uniform on -pad … pad."""
    return rng.integers(-pad, pad, size=(batch_size, 2), endpoint=True)


def shift_images(images: Tensor, shifts: Shifts, pad: int) -> Tensor:
    """Return images (batch, channels, height, width) with pixel (r, c) taken from (r + dr, c + dc), edges repeated."""
    if images.device.type == "cpu":
        return torch.from_numpy(_shift_by_windows(images.numpy(), shifts, pad))
    return shift_by_indices(images, torch.from_numpy(shifts).to(images.device, non_blocking=True))


def shift_by_indices(images: Tensor, shifts: Tensor) -> Tensor:
    """As `shift_images`, on any device, without a copy to the host."""
    batch, channels, height, width = images.shape
    rows = (torch.arange(height, device=images.device) + shifts[:, :1]).clamp_(0, height - 1)
    columns = (torch.arange(width, device=images.device) + shifts[:, 1:]).clamp_(0, width - 1)
    batches = torch.arange(batch, device=images.device)[:, None, None, None]
    planes = torch.arange(channels, device=images.device)[None, :, None, None]
    return images[batches, planes, rows[:, None, :, None], columns[:, None, None, :]]


def _shift_by_windows(images: NDArray[np.uint8], shifts: Shifts, pad: int) -> NDArray[np.uint8]:
    height, width = images.shape[2:]
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(2, 3))
    return np.ascontiguousarray(windows[np.arange(len(images)), :, shifts[:, 0] + pad, shifts[:, 1] + pad])
