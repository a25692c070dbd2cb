"""Observations: channels first, copies of their own, stacked within an episode."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("gymnasium")

from tests.trainer.pixel_env import PixelLane
from trainer.observation import FrameStack, Layout


def test_both_orders_of_channels_are_recognised() -> None:
    first, last = (Layout.of(PixelLane(image_size=20, channels_last=each)) for each in (False, True))
    assert first.frame_shape == last.frame_shape == (1, 20, 20)
    assert (first.channels_last, last.channels_last) == (False, True)
    assert first.stack_shape(3) == (3, 20, 20)


def test_a_frame_stays_what_it_was_when_the_environment_reuses_its_array() -> None:
    layout = Layout.of(PixelLane(image_size=20))
    image, vector = np.zeros((1, 20, 20), np.uint8), np.zeros(1, np.float32)
    frame, state = layout.split({"image": image, "state": vector})
    image[:], vector[:] = 9, 9
    assert not frame.any()
    assert not state.any()


def test_a_stack_begins_with_the_first_frame_repeated_and_forgets_the_last_episode() -> None:
    stack = FrameStack(3)
    frames = [np.full((1, 2, 2), value, np.uint8) for value in range(5)]
    stack.reset(frames[0])
    for frame in frames[1:4]:
        stack.push(frame)
    assert stack.stacked()[:, 0, 0].tolist() == [1, 2, 3]
    stack.reset(frames[4])
    assert stack.stacked()[:, 0, 0].tolist() == [4, 4, 4]
