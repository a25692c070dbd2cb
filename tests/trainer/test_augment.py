"""Random shift: whole pixels, edges repeated, the same on every path."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from trainer.augment import draw_shifts, shift_by_indices, shift_images


def images(batch: int = 6, height: int = 9, width: int = 7) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (batch, 3, height, width), dtype=np.uint8)


def test_a_shift_crops_the_edge_padded_image() -> None:
    pixels, pad = images(), 2
    shifts = draw_shifts(np.random.default_rng(1), len(pixels), pad)
    shifted = shift_images(torch.from_numpy(pixels), shifts, pad).numpy()
    for image, (down, right), result in zip(pixels, shifts, shifted, strict=True):
        padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)), mode="edge")
        top, left = pad + down, pad + right
        np.testing.assert_array_equal(result, padded[:, top : top + 9, left : left + 7])


def test_the_path_for_devices_gives_the_same_pixels() -> None:
    pixels = torch.from_numpy(images())
    shifts = draw_shifts(np.random.default_rng(2), len(pixels), 3)
    assert torch.equal(shift_images(pixels, shifts, 3), shift_by_indices(pixels, torch.from_numpy(shifts)))


def test_no_shift_changes_nothing() -> None:
    pixels = torch.from_numpy(images())
    assert torch.equal(shift_images(pixels, np.zeros((len(pixels), 2), np.int64), 4), pixels)


def test_shifts_reach_both_bounds_and_no_further() -> None:
    shifts = draw_shifts(np.random.default_rng(3), 2000, 2)
    assert set(shifts.ravel().tolist()) == {-2, -1, 0, 1, 2}


def test_an_image_and_its_successor_are_shifted_on_their_own() -> None:
    rng = np.random.default_rng(4)
    assert not np.array_equal(draw_shifts(rng, 50, 4), draw_shifts(rng, 50, 4))
