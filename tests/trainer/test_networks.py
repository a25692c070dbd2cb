"""Actor and critic: bounds, independence of the twins, and whose the encoder is."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch

from trainer.config import Networks
from trainer.networks import Actor, Critic

SHAPE = (3, 20, 20)


def test_actions_stay_in_their_bounds_however_large_the_weights() -> None:
    actor = Actor(Networks(), SHAPE, 1, 2)
    with torch.no_grad():
        list(actor.mlp.parameters())[-2].mul_(1e4)
        actions = actor(torch.randn(16, 51))
    assert actions.shape == (16, 2)
    assert actions.abs().max() == 1


def test_an_actor_has_an_encoder_only_where_encoders_are_separate() -> None:
    assert Actor(Networks(encoder="shared"), SHAPE, 1, 2).encoder is None
    assert Actor(Networks(encoder="separate"), SHAPE, 1, 2).encoder is not None
    with pytest.raises(AssertionError, match="belongs to the critic"):
        Actor(Networks(encoder="shared"), SHAPE, 1, 2).encode(torch.zeros(1, *SHAPE), torch.zeros(1, 1))


def test_the_twins_share_nothing_but_the_encoder() -> None:
    critic = Critic(Networks(), SHAPE, 1, 2)
    features = critic.encode(torch.rand(4, *SHAPE), torch.rand(4, 1))
    assert features.shape == (4, 51)
    q1, q2 = critic(features, torch.rand(4, 2))
    assert q1.shape == q2.shape == (4,)
    assert not torch.allclose(q1, q2)
    own = [{id(parameter) for parameter in q.parameters()} for q in (critic.q1, critic.q2)]
    assert own[0].isdisjoint(own[1])


def test_the_first_q_alone_is_the_first_of_both() -> None:
    critic = Critic(Networks(), SHAPE, 0, 2)
    features, action = torch.rand(4, 50), torch.rand(4, 2)
    assert torch.equal(critic.first(features, action), critic(features, action)[0])
