"""The replay buffer: single uint8 frames, stacked and shifted when a batch is drawn.

Frames are stored once, not once a stack: an eighth of the memory at four frames. Everything that is drawn goes into
staging tensors made once, because a fresh tensor costs more than the copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.augment import draw_shifts, shift_images
from trainer.config import Config
from trainer.observation import Frame, Layout, State
from trainer.ring import Indices, Ring
from trainer.staging import Staging


@dataclass(frozen=True)
class Batch:
    """Transitions on the device; images are uint8 (batch, frames x channels, height, width).

    `n_step_reward` sums the rewards of `steps` steps, `reward` is the first of them alone. `discount` is what the value
    of the next observation counts for: gamma to the number of steps, 0 after a terminal state (`done` is 1 there).
    `age` is how many environment steps ago the transition was made. Valid until the next draw.
    """

    images: Tensor
    state: Tensor
    action: Tensor
    reward: Tensor
    n_step_reward: Tensor
    steps: Tensor
    discount: Tensor
    done: Tensor
    next_images: Tensor
    next_state: Tensor
    age: Tensor


class ReplayBuffer:
    """Remembers the latest `buffer_size` frames and draws batches from them."""

    def __init__(self, config: Config, layout: Layout, device: torch.device, storage: torch.device) -> None:
        """Batches are put on `device`; frames are kept on `storage`, the host or the same device."""
        self.config, self.layout = config, layout
        self.ring = Ring(config.replay.buffer_size, config.networks.frame_stack, layout.state_dim, layout.action_dim)
        shape = (config.replay.buffer_size, int(np.prod(layout.frame_shape)))
        # numpy's zeros take memory when it is written to, not before.
        on_host = storage.type == "cpu"
        self.frames = (
            torch.from_numpy(np.zeros(shape, np.uint8))
            if on_host
            else torch.zeros(shape, dtype=torch.uint8, device=storage)
        )
        self._staging = Staging(device)

    def __len__(self) -> int:
        """Transitions held; fewer than frames, of which each episode has one more."""
        return self.ring.transitions

    def begin(self, frame: Frame, state: State) -> None:
        """Take the first observation of an episode."""
        self._store(self.ring.begin(state), frame)

    def add(
        self, action: NDArray[np.float32], reward: float, terminated: bool, next_frame: Frame, next_state: State
    ) -> None:
        """Take one step: what was done at the newest observation, and what was seen then."""
        self._store(self.ring.extend(action, reward, terminated, next_state), next_frame)

    def _store(self, position: int, frame: Frame) -> None:
        self.frames[position].copy_(torch.from_numpy(frame.reshape(-1)), non_blocking=True)

    def sample(self, rng: np.random.Generator) -> Batch:
        """Draw a batch, uniformly with replacement. Raises ValueError where no transition is held."""
        ring, algorithm = self.ring, self.config.algorithm
        positions = ring.draw(rng, self.config.replay.batch_size)
        returns = ring.returns(positions, algorithm.n_step, algorithm.gamma)
        age = ((ring.added - 1 - positions) % ring.capacity).astype(np.float32)
        images = self._images("images", positions, rng)
        next_images = self._images("next_images", returns.following, rng)
        put = self._staging.put
        return Batch(
            images=images,
            state=put("state", ring.states[positions]),
            action=put("action", ring.actions[positions]),
            reward=put("reward", ring.rewards[positions]),
            n_step_reward=put("n_step_reward", returns.rewards),
            steps=put("steps", returns.steps),
            discount=put("discount", returns.discount),
            done=put("done", returns.done),
            next_images=next_images,
            next_state=put("next_state", ring.states[returns.following]),
            age=put("age", age),
        )

    def _images(self, name: str, positions: Indices, rng: np.random.Generator) -> Tensor:
        pad = self.config.replay.random_shift
        frames = self.ring.frames_of(positions).reshape(-1)
        rows = self._staging.gather(f"{name}_rows", self.frames, frames)
        images = rows.view(len(positions), *self.layout.stack_shape(self.ring.stack))
        if pad:
            images = shift_images(images, draw_shifts(rng, len(positions), pad), pad)
        return self._staging.to_device(name, images)

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint holds: the filled part."""
        ring = {
            name: torch.from_numpy(value) if isinstance(value, np.ndarray) else value
            for name, value in self.ring.state_dict().items()
        }
        return {"ring": ring, "frames": self.frames[: self.ring.size]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave. Raises ValueError where shapes differ."""
        held = len(state["frames"])
        if held > self.ring.capacity or tuple(state["frames"].shape[1:]) != tuple(self.frames.shape[1:]):
            raise ValueError("the replay buffer of the checkpoint has other frames or a larger size")
        if int(state["ring"]["added"]) > held and held != self.ring.capacity:
            raise ValueError("the replay buffer of the checkpoint has another size")
        self.ring.load_state_dict(
            {name: value.numpy() if isinstance(value, Tensor) else value for name, value in state["ring"].items()}
        )
        self.frames[:held].copy_(state["frames"])
