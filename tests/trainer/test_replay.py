"""The replay buffer against a plain list of episodes: stacks, n-step returns, time limits, overwriting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.config import Algorithm, Config, Networks, Replay
from trainer.observation import Layout
from trainer.replay import Batch, ReplayBuffer

LAYOUT = Layout(frame_shape=(1, 8, 8), state_dim=1, action_dim=1, channels_last=False)
GAMMA = 0.5


@dataclass(frozen=True)
class Lived:
    """An episode whose numbers name the moment they belong to: observation k of all is written k."""

    first: int
    steps: int
    terminated: bool


def config(capacity: int, stack: int = 3, n_step: int = 1, shift: int = 0, batch_size: int = 64) -> Config:
    return replace(
        Config(),
        algorithm=Algorithm(gamma=GAMMA, n_step=n_step),
        networks=Networks(frame_stack=stack),
        replay=Replay(buffer_size=capacity, batch_size=batch_size, random_shift=shift),
    )


def buffer_of(chosen: Config) -> ReplayBuffer:
    return ReplayBuffer(chosen, LAYOUT, torch.device("cpu"), torch.device("cpu"))


def live(buffer: ReplayBuffer, lengths: list[tuple[int, bool]]) -> list[Lived]:
    """Fill the buffer. Frame, state and the reward of the step that leads to observation k are all k."""
    lives, moment = [], 0
    for steps, terminated in lengths:
        lives.append(Lived(moment, steps, terminated))
        buffer.begin(frame(moment), state(moment))
        for step in range(1, steps + 1):
            moment += 1
            action = np.array([-moment], np.float32)
            buffer.add(action, float(moment), terminated and step == steps, frame(moment), state(moment))
        moment += 1
    return lives


def frame(moment: int) -> np.ndarray:
    return np.full((1, 8, 8), moment % 256, np.uint8)


def state(moment: int) -> np.ndarray:
    return np.array([moment], np.float32)


def shown(images: torch.Tensor) -> list[list[int]]:
    """The moments that the stacked frames show."""
    moments: list[list[int]] = images[:, :, 0, 0].tolist()
    return moments


def stack_at(life: Lived, moment: int, stack: int) -> list[int]:
    return [max(moment - back, life.first) % 256 for back in range(stack - 1, -1, -1)]


def check(batch: Batch, lives: list[Lived], chosen: Config) -> None:
    """Every transition of the batch is what the list of episodes says."""
    stack, n_step = chosen.networks.frame_stack, chosen.algorithm.n_step
    rows = zip(batch.state[:, 0].tolist(), shown(batch.images), shown(batch.next_images), strict=True)
    for row, (moment, seen, seen_next) in enumerate(rows):
        life = next(life for life in reversed(lives) if life.first <= moment)
        left = life.first + life.steps - int(moment)
        steps = min(n_step, left)
        done = life.terminated and steps == left
        following = int(moment) + steps
        assert left > 0, "the last observation of an episode starts no transition"
        assert seen == stack_at(life, int(moment), stack)
        assert seen_next == stack_at(life, following, stack)
        assert batch.next_state[row, 0] == following
        assert batch.action[row, 0] == -(moment + 1)
        assert batch.reward[row] == moment + 1
        assert batch.n_step_reward[row] == sum(GAMMA**k * (moment + 1 + k) for k in range(steps))
        assert batch.steps[row] == steps
        assert batch.done[row] == done
        assert batch.discount[row] == (0.0 if done else GAMMA**steps)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=12),
    capacity=st.integers(7, 60),
    stack=st.integers(1, 4),
    n_step=st.integers(1, 4),
)
def test_every_transition_drawn_is_one_that_was_lived(
    lengths: list[tuple[int, bool]], capacity: int, stack: int, n_step: int
) -> None:
    chosen = config(capacity, stack, n_step)
    buffer = buffer_of(chosen)
    lives = live(buffer, lengths)
    newest = lives[-1].first + lives[-1].steps
    if len(buffer) == 0 or not buffer.ring.valid(np.arange(buffer.ring.size)).any():
        return
    batch = buffer.sample(np.random.default_rng(0))
    check(batch, lives, chosen)
    assert (batch.state[:, 0] > newest - capacity).all()
    np.testing.assert_array_equal(batch.age, newest - batch.state[:, 0])


def test_no_stack_crosses_a_reset() -> None:
    buffer = buffer_of(config(100))
    live(buffer, [(5, False), (5, True)])
    batch = buffer.sample(np.random.default_rng(0))
    first = dict(zip(batch.state[:, 0].tolist(), shown(batch.images), strict=True))
    assert first[6] == [6, 6, 6]
    assert first[7] == [6, 6, 7]


def test_a_time_limit_bootstraps_from_what_was_seen_there_and_a_terminal_state_does_not() -> None:
    buffer = buffer_of(config(100))
    live(buffer, [(3, False), (3, True)])
    batch = buffer.sample(np.random.default_rng(0))
    last = {int(moment): row for row, moment in enumerate(batch.state[:, 0])}
    limit, terminal = last[2], last[6]
    assert batch.discount[limit] == GAMMA
    assert shown(batch.next_images)[limit] == [1, 2, 3]
    assert batch.discount[terminal] == 0
    assert batch.done[terminal] == 1


def test_every_held_transition_is_drawn_about_as_often() -> None:
    chosen = config(40, batch_size=8000)
    buffer = buffer_of(chosen)
    live(buffer, [(7, True)] * 9)
    counts = np.unique(buffer.sample(np.random.default_rng(0)).state, return_counts=True)[1]
    valid = int(buffer.ring.valid(np.arange(buffer.ring.size)).sum())
    assert len(counts) == valid
    assert len(buffer) - valid <= 2  # those whose stack is overwritten
    assert np.abs(counts / counts.mean() - 1).max() < 0.35  # 4 sigma of about 230 draws each is 0.27


def test_an_empty_buffer_says_so() -> None:
    buffer = buffer_of(config(10))
    with pytest.raises(ValueError, match="no transition"):
        buffer.sample(np.random.default_rng(0))
    buffer.begin(frame(0), state(0))
    with pytest.raises(ValueError, match="no transition"):
        buffer.sample(np.random.default_rng(0))


def test_it_counts_transitions_not_frames() -> None:
    buffer = buffer_of(config(100))
    live(buffer, [(5, False), (4, True)])
    assert (len(buffer), buffer.ring.size) == (9, 11)


def test_the_staging_tensors_are_made_once() -> None:
    buffer = buffer_of(config(100))
    live(buffer, [(20, False)])
    rng = np.random.default_rng(0)
    first, second = buffer.sample(rng), buffer.sample(rng)
    assert first.images.data_ptr() == second.images.data_ptr()
    assert first.images.data_ptr() != second.next_images.data_ptr()


def test_images_are_shifted_and_stacks_move_as_one() -> None:
    chosen = config(100, shift=2)
    buffer = buffer_of(chosen)
    rng = np.random.default_rng(0)
    pattern = rng.integers(0, 256, (1, 8, 8), dtype=np.uint8)
    buffer.begin(pattern, state(0))
    for moment in range(1, 20):
        buffer.add(np.zeros(1, np.float32), 0.0, False, pattern, state(moment))
    batch = buffer.sample(rng)
    assert (batch.images == batch.images[:, :1]).all(), "all frames of a stack by the same offset"
    assert len({image.numpy().tobytes() for image in batch.images}) > 10


def test_a_stored_buffer_draws_the_same_batches() -> None:
    chosen = config(40, n_step=2)
    buffer, restored = buffer_of(chosen), buffer_of(chosen)
    lives = live(buffer, [(7, True)] * 9)
    restored.load_state_dict(buffer.state_dict())
    one, other = (each.sample(np.random.default_rng(5)) for each in (buffer, restored))
    check(other, lives, chosen)
    assert torch.equal(one.images, other.images)
    assert torch.equal(one.n_step_reward, other.n_step_reward)


def test_a_stored_buffer_of_another_size_is_refused() -> None:
    buffer = buffer_of(config(40))
    live(buffer, [(7, True)] * 9)
    with pytest.raises(ValueError, match="size"):
        buffer_of(config(50)).load_state_dict(buffer.state_dict())
    with pytest.raises(ValueError, match="size"):
        buffer_of(config(30)).load_state_dict(buffer.state_dict())
