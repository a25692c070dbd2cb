"""Tensors made once, through which every batch passes on its way to the device.

To a GPU they are pinned, so that the copy does not stop the host; an event keeps the host from writing into a tensor
that is still being read. This half has never run on a GPU.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Staging:
    """Named tensors on the host. What `put` and `gather` return is valid until they are called again by that name."""

    def __init__(self, device: torch.device) -> None:
        """`device` is where batches go."""
        self.device = device
        self._held: dict[str, Tensor] = {}
        self._copied: dict[str, Any] = {}

    def put(self, name: str, values: NDArray[Any]) -> Tensor:
        """Return host values on the device."""
        if self.device.type == "cpu":
            return torch.from_numpy(values)
        held = self._host(name, tuple(values.shape), torch.from_numpy(values).dtype)
        held.numpy()[...] = values
        return self._send(name, held)

    def gather(self, name: str, rows: Tensor, positions: NDArray[np.int64]) -> Tensor:
        """Return `rows[positions]`, on the host where the rows are and else on the device."""
        if rows.device.type != "cpu":
            return rows.index_select(0, self.put(f"{name}_positions", positions))
        held = self._host(name, (len(positions), rows.shape[1]), rows.dtype)
        return torch.index_select(rows, 0, torch.from_numpy(positions), out=held)

    def to_device(self, name: str, values: Tensor) -> Tensor:
        """Return values on the device, through pinned memory where they come from the host."""
        if values.device.type == self.device.type:
            return values
        held = self._host(name, tuple(values.shape), values.dtype)
        held.copy_(values)
        return self._send(name, held)

    def _host(self, name: str, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        if name in self._copied:
            self._copied.pop(name).synchronize()
        held = self._held.get(name)
        if held is None or tuple(held.shape) != shape:
            held = self._held[name] = torch.empty(shape, dtype=dtype, pin_memory=self.device.type == "cuda")
        return held

    def _send(self, name: str, held: Tensor) -> Tensor:
        sent = held.to(self.device, non_blocking=True)
        event = torch.cuda.Event()
        event.record()
        self._copied[name] = event
        return sent
