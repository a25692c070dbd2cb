"""What an environment shows: one uint8 frame and a state vector."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from trainer.errors import ConfigError

Frame = NDArray[np.uint8]
State = NDArray[np.float32]


@dataclass(frozen=True)
class Layout:
    """Shapes of a single frame (channels first), of the state and of the action."""

    frame_shape: tuple[int, int, int]
    state_dim: int
    action_dim: int
    channels_last: bool

    @classmethod
    def of(cls, env: gymnasium.Env[Any, Any]) -> Layout:
        """Read the spaces of an environment. Raises ConfigError where they are not those the trainer learns from."""
        observation, action = env.observation_space, env.action_space
        if not isinstance(observation, gymnasium.spaces.Dict) or set(observation.keys()) != {"image", "state"}:
            raise ConfigError("the observation must be a Dict of 'image' and 'state'")
        image, state = observation["image"], observation["state"]
        if image.dtype != np.uint8 or image.shape is None or len(image.shape) != 3:
            raise ConfigError("the image must be a single uint8 frame of three dimensions")
        if state.shape is None or len(state.shape) != 1:
            raise ConfigError("the state must be a vector")
        if not isinstance(action, gymnasium.spaces.Box) or len(action.shape) != 1:
            raise ConfigError("the action must be a Box vector")
        if not (np.all(action.low == -1) and np.all(action.high == 1)):
            raise ConfigError("the action must be bounded by -1 and 1")
        shape = image.shape
        last = shape[2] in (1, 3, 4) and shape[0] not in (1, 3, 4)
        frame_shape = (shape[2], shape[0], shape[1]) if last else (shape[0], shape[1], shape[2])
        return cls(frame_shape, state.shape[0], action.shape[0], last)

    def stack_shape(self, frames: int) -> tuple[int, int, int]:
        """Return the shape of a stack of frames, channels first."""
        return (frames * self.frame_shape[0], *self.frame_shape[1:])

    def split(self, observation: dict[str, NDArray[Any]]) -> tuple[Frame, State]:
        """Return the frame, channels first, and the state of one observation, as copies of their own."""
        image = observation["image"]
        if self.channels_last:
            image = np.moveaxis(image, 2, 0)
        return np.array(image, np.uint8, order="C"), np.array(observation["state"], np.float32)


class FrameStack:
    """The latest frames of an episode, oldest first; before there are enough, the first one is repeated."""

    def __init__(self, frames: int) -> None:
        self._frames: deque[Frame] = deque(maxlen=frames)

    def reset(self, frame: Frame) -> None:
        """Start an episode."""
        self._frames.extend([frame] * (self._frames.maxlen or 1))

    def push(self, frame: Frame) -> None:
        """Add the next frame."""
        self._frames.append(frame)

    def stacked(self) -> Frame:
        """Return uint8 (frames x channels, height, width)."""
        return np.concatenate(self._frames)
