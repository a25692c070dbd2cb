"""TD3: whose loss trains what, what the target is made of, and what an update leaves behind."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch
from torch import Tensor, nn

from tests.trainer.settings import tiny
from trainer.observation import Layout
from trainer.recording import NullRecorder
from trainer.replay import Batch
from trainer.td3 import TD3

Mode = Literal["shared", "separate"]
LAYOUT = Layout(frame_shape=(1, 20, 20), state_dim=1, action_dim=2, channels_last=False)
BOTH = pytest.mark.parametrize("mode", ["shared", "separate"])


class Clips(NullRecorder):
    """Remembers each clip: name, limit, norm before, norm after measured again, gradients by parameter."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, float, float, float]] = []
        self.gradients: dict[str, list[Tensor | None]] = {}

    def clip_grad_norm_(self, parameters: Iterable[Tensor], max_norm: float, *, name: str) -> Tensor:
        held = list(parameters)
        before: Tensor = torch.nn.utils.clip_grad_norm_(held, max_norm)
        self.gradients[name] = [None if each.grad is None else each.grad.clone() for each in held]
        after = torch.nn.utils.get_total_norm([each.grad for each in held if each.grad is not None])
        self.seen.append((name, max_norm, float(before), float(after)))
        return before


def agent(mode: Mode = "shared", recorder: NullRecorder | None = None, **changes: Any) -> TD3:
    torch.manual_seed(0)
    made = TD3(tiny(mode, **changes), LAYOUT, torch.device("cpu"))
    made.recorder = recorder or NullRecorder()
    return made


def batch(count: int = 8, seed: int = 0, done: bool = False) -> Batch:
    torch.manual_seed(seed)
    ones = torch.ones(count)
    return Batch(
        images=torch.randint(0, 256, (count, 3, 20, 20), dtype=torch.uint8),
        state=torch.rand(count, 1),
        action=torch.rand(count, 2) * 2 - 1,
        reward=ones,
        n_step_reward=torch.randn(count),
        steps=ones,
        discount=0 * ones if done else 0.9 * ones,
        done=ones * done,
        next_images=torch.randint(0, 256, (count, 3, 20, 20), dtype=torch.uint8),
        next_state=torch.rand(count, 1),
        age=ones,
    )


def snapshot(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def moved(module: nn.Module, before: dict[str, Tensor]) -> set[str]:
    """The top-level parts of a module that differ from `before`."""
    return {name.split(".")[0] for name, value in module.state_dict().items() if not torch.equal(value, before[name])}


def actor_step(trained: TD3, given: Batch) -> dict[str, Tensor]:
    """An actor update alone, after the critic's features were computed as the critic's update does."""
    images = trained._float("images", given.images)
    return trained.update_actor(images, given.state, trained.critic.encode(images, given.state))


@BOTH
def test_the_critics_loss_trains_its_encoder_and_both_q_functions(mode: Mode) -> None:
    trained = agent(mode)
    actor, critic = snapshot(trained.actor), snapshot(trained.critic)
    trained.update_critic(batch())
    assert moved(trained.critic, critic) == {"encoder", "q1", "q2"}
    assert moved(trained.actor, actor) == set()


def test_with_a_shared_encoder_the_actors_loss_trains_its_mlp_alone() -> None:
    trained = agent("shared")
    actor, critic = snapshot(trained.actor), snapshot(trained.critic)
    actor_step(trained, batch())
    assert moved(trained.actor, actor) == {"mlp"}
    assert moved(trained.critic, critic) == set()
    assert all(parameter.grad is None for parameter in trained.critic.encoder.parameters())


def test_with_separate_encoders_the_actors_loss_trains_its_own_encoder_and_not_the_critics() -> None:
    trained = agent("separate")
    actor, critic = snapshot(trained.actor), snapshot(trained.critic)
    actor_step(trained, batch())
    assert moved(trained.actor, actor) == {"encoder", "mlp"}
    assert moved(trained.critic, critic) == set()
    assert all(parameter.grad is None for parameter in trained.critic.encoder.parameters())


@BOTH
def test_the_actor_is_judged_by_the_critics_own_features(mode: Mode) -> None:
    trained, given = agent(mode), batch()
    with torch.no_grad():
        images = trained._float("images", given.images)
        own = trained.critic.encode(images, given.state)
        seen = own if mode == "shared" else trained.actor.encode(images, given.state)
        native = trained.critic.first(own, trained.actor(seen))
    metrics = actor_step(trained, given)
    assert torch.allclose(metrics["policy_q"], native)
    assert torch.allclose(metrics["actor_loss"], -native.mean())
    if mode == "separate":
        foreign = trained.critic.first(seen, trained.actor(seen))
        assert not torch.allclose(native, foreign)


@BOTH
def test_the_gradient_of_the_actor_goes_through_the_action(mode: Mode) -> None:
    recorder = Clips()
    trained = agent(mode, recorder)
    with torch.no_grad():  # a critic that does not look at the action
        for q in (trained.critic.q1, trained.critic.q2):
            next(q.parameters())[:, -2:] = 0
    actor_step(trained, batch())
    assert all(gradient is not None and not gradient.any() for gradient in recorder.gradients["actor"])


@BOTH
def test_the_target_is_reward_plus_discounted_smaller_target_q_at_the_smoothed_target_action(mode: Mode) -> None:
    trained, given = agent(mode), batch()
    with torch.no_grad():
        for parameter in [*trained.critic_target.parameters(), *trained.actor_target.parameters()]:
            parameter.add_(torch.randn_like(parameter) * 0.1)  # the online networks are something else
        list(trained.actor_target.mlp.parameters())[-2].mul_(100)  # actions at their bounds, where noise leads beyond
        images = trained._float("check", given.next_images)
        features = trained.critic_target.encode(images, given.next_state)
        seen = features if mode == "shared" else trained.actor_target.encode(images, given.next_state)
        torch.manual_seed(3)
        action = trained.actor_target(seen)
        noise = (torch.randn_like(action) * 0.2).clamp(-0.5, 0.5)
        q1, q2 = trained.critic_target(features, (action + noise).clamp(-1, 1))
        expected = given.n_step_reward + given.discount * torch.min(q1, q2)
    torch.manual_seed(3)
    assert torch.allclose(trained.target_q(given), expected)
    assert not trained.target_q(given).requires_grad


def test_target_noise_is_clipped() -> None:
    given = batch()
    calm = agent(target_policy_noise=0.0).target_q(given)
    wild = agent(target_policy_noise=1e6, target_noise_clip=0.0).target_q(given)
    assert torch.equal(calm, wild)
    assert not torch.equal(calm, agent(target_policy_noise=0.5).target_q(given))


def test_a_terminal_target_is_the_reward_alone() -> None:
    given = batch(done=True)
    assert torch.equal(agent().target_q(given), given.n_step_reward)


@BOTH
def test_actor_and_targets_move_every_policy_delay_updates(mode: Mode) -> None:
    trained = agent(mode, policy_delay=3)
    for update in range(1, 7):
        actor, target = snapshot(trained.actor), snapshot(trained.critic_target)
        metrics = trained.update(batch(seed=update))
        is_due = update % 3 == 0
        assert ("actor_loss" in metrics) == is_due
        assert bool(moved(trained.actor, actor)) == is_due
        assert bool(moved(trained.critic_target, target)) == is_due


def test_the_actor_waits_for_actor_starts_and_the_targets_do_not() -> None:
    trained = agent(actor_starts=2)
    actor, target = snapshot(trained.actor), snapshot(trained.critic_target)
    for _ in range(2):
        trained.update(batch())
    assert moved(trained.actor, actor) == set()
    assert moved(trained.critic_target, target) == {"encoder", "q1", "q2"}
    for _ in range(2):
        trained.update(batch())
    assert moved(trained.actor, actor) == {"mlp"}


@BOTH
def test_targets_take_on_a_share_tau_of_every_parameter(mode: Mode) -> None:
    trained = agent(mode, tau=0.25)
    before = copy.deepcopy([trained.actor_target, trained.critic_target])
    with torch.no_grad():
        for parameter in [*trained.actor.parameters(), *trained.critic.parameters()]:
            parameter.add_(1.0)
    trained.update_targets()
    for old, new in zip(before, [trained.actor_target, trained.critic_target], strict=True):
        for was, now in zip(old.parameters(), new.parameters(), strict=True):
            assert torch.allclose(now, was + 0.25, atol=1e-6)


@BOTH
def test_each_optimizer_has_its_own_limit_and_the_limit_holds(mode: Mode) -> None:
    recorder = Clips()
    trained = agent(mode, recorder, critic_max_grad_norm=0.01, actor_max_grad_norm=0.0001)
    for update in range(2):
        trained.update(batch(seed=update))
    assert [name for name, *_ in recorder.seen] == ["critic", "critic", "actor"]
    for name, limit, before, after in recorder.seen:
        assert limit == (0.01 if name == "critic" else 0.0001)
        assert before > limit
        assert after == pytest.approx(limit, rel=1e-3)


def test_an_infinite_limit_clips_nothing() -> None:
    recorder = Clips()
    agent("shared", recorder, critic_max_grad_norm=math.inf).update(batch())
    ((_, limit, before, after),) = recorder.seen
    assert limit == math.inf
    assert before == pytest.approx(after, rel=1e-5)


@BOTH
def test_no_gradient_of_the_actors_loss_is_left_for_the_critics_step(mode: Mode) -> None:
    first, second = agent(mode, policy_delay=1, tau=0.0), agent(mode, policy_delay=100)
    metrics = []
    for trained in (first, second):
        recorder = trained.recorder = Clips()
        torch.manual_seed(0)
        images, features = trained.update_critic(batch())[1:]
        if trained is first:
            trained.update_actor(images, batch().state, features)
            trained.actor.load_state_dict(second.actor.state_dict())
        torch.manual_seed(1)
        trained.update_critic(batch(seed=1))
        metrics.append(recorder.gradients["critic"])
    for one, other in zip(*metrics, strict=True):
        assert torch.equal(one, other)


def test_plain_sgd_moves_by_the_learning_rate_times_the_clipped_gradient() -> None:
    recorder = Clips()
    trained = agent("shared", recorder, optimizer="sgd", critic_learning_rate=0.5, critic_max_grad_norm=0.1)
    before = [parameter.clone() for parameter in trained.critic.parameters()]
    trained.update_critic(batch())
    for was, now, gradient in zip(before, trained.critic.parameters(), recorder.gradients["critic"], strict=True):
        assert gradient is not None
        assert torch.allclose(now, was - 0.5 * gradient, atol=1e-6)


def test_metrics_are_tensors_of_the_batch_without_a_graph() -> None:
    trained = agent(policy_delay=1)
    metrics = trained.update(batch())
    assert all(isinstance(value, Tensor) and not value.requires_grad for value in metrics.values())
    for name in ("q1", "q2", "target_q", "td_error", "policy_q"):
        assert metrics[name].shape == (8,)
    assert torch.allclose(metrics["td_error"], metrics["q1"] - metrics["target_q"])
    assert torch.allclose(metrics["critic_loss"], metrics["q1_loss"] + metrics["q2_loss"])
    assert torch.allclose(metrics["actor_loss"], -metrics["policy_q"].mean())


@BOTH
def test_acting_is_the_policy_on_one_observation(mode: Mode) -> None:
    trained, given = agent(mode), batch(1)
    action = trained.act(given.images[0].numpy(), given.state[0].numpy())
    assert action.shape == (2,)
    assert action.dtype == np.float32
    assert np.abs(action).max() <= 1
    again = trained.act(given.images[0].numpy(), given.state[0].numpy())
    np.testing.assert_array_equal(action, again)


@BOTH
def test_bfloat16_updates_stay_close_to_float32(mode: Mode) -> None:
    full, half = (agent(mode, policy_delay=1, amp=amp) for amp in (False, True))
    torch.manual_seed(0)
    one = full.update(batch())
    torch.manual_seed(0)
    other = half.update(batch())
    for name in ("critic_loss", "q1", "target_q"):
        assert other[name].dtype == torch.float32
        assert torch.allclose(one[name], other[name], atol=0.05, rtol=0.05)


def test_compile_is_asked_for_both_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def compile_(function: Any) -> Any:
        compiled.append(function.__name__)
        return function

    monkeypatch.setattr(torch, "compile", compile_)
    agent(compile=False)
    assert compiled == []
    agent(compile=True, policy_delay=1).update(batch())
    assert compiled == ["critic_loss", "actor_loss"]


@BOTH
def test_state_goes_on_where_it_was(mode: Mode) -> None:
    one, other = agent(mode), agent(mode)
    for update in range(3):
        one.update(batch(seed=update))
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    for trained in (one, other):
        torch.manual_seed(9)
        trained.update(batch(seed=9))
    assert other.updates == one.updates == 4
    assert moved(one.critic, snapshot(other.critic)) == set()
    assert moved(one.actor, snapshot(other.actor)) == set()
    assert moved(one.actor_target, snapshot(other.actor_target)) == set()
