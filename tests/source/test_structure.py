"""Networks that nothing names, told by what is used of them; and parts that have optimizers of their own."""

from __future__ import annotations

import pytest

from forensics.model.source import Confidence, SourceReport
from tests.source.facts import facts_of, reached

BUILDER = """
import torch
from torch import nn, optim, distributions

class Squashed(distributions.TransformedDistribution):
    def __init__(self, loc, scale):
        self.base = distributions.Normal(loc, scale)
        super().__init__(self.base, [])

class Builder:
    def build(self, config):
        return Builder.Network(config)

    class Network(nn.Module):
        def __init__(self, config):
            super().__init__()
            self.actor, self.critic, self.critic_target = nn.Linear(3, 2), nn.Linear(3, 1), nn.Linear(3, 1)
            self.critic_target.load_state_dict(self.critic.state_dict())

        def sizes(self):
            return 3, 2

class Model:
    class Network(nn.Module):
        def __init__(self, nets):
            super().__init__()
            self.nets = nets
            self.width = nets.sizes()[0]

        def act(self, state):
            return Squashed(self.nets.actor(state), 1.0)

        def value(self, state, action):
            return self.nets.critic(state + action)

        def target_value(self, state, action):
            return self.nets.critic_target(state + action)

class Agent:
    def __init__(self, config):
        self.model = config["network"].build(config)
        self.model.to(config["device"])
        self.actor_optimizer = optim.Adam(self.model.nets.actor.parameters())
        self.critic_optimizer = optim.Adam(self.model.nets.critic.parameters())
        self.log_alpha = torch.tensor(0.0).to(config["device"])
        self.log_alpha.requires_grad = True
        self.alpha_optimizer = optim.Adam([self.log_alpha])

    def update(self, state, action, wanted):
        target = wanted + self.model.target_value(state, action).detach()
        critic_loss = (self.model.value(state, action) - target).pow(2).mean()
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        chosen = self.model.act(state).rsample()
        actor_loss = -self.model.value(state, chosen).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        alpha_loss = (self.log_alpha * chosen.detach()).mean()
        alpha_loss.backward()
        self.alpha_optimizer.step()
"""


@pytest.fixture(scope="module")
def report() -> SourceReport:
    return facts_of(BUILDER)


def test_the_class_is_the_one_that_has_all_that_is_used(report: SourceReport) -> None:
    assert reached(report, "critic_loss") == {"model.nets.critic"}
    held = {one.name: one.networks for one in report.optimizers}
    assert held["actor_optimizer"] == ("model.nets.actor",)


def test_parts_with_optimizers_of_their_own_are_networks_of_their_own(report: SourceReport) -> None:
    assert reached(report, "actor_loss") == {"model.nets.critic", "model.nets.actor -> model.nets.critic[0]"}


def test_what_use_alone_tells_is_known_by_name(report: SourceReport) -> None:
    known = {event.subject: event.confidence for event in report.events if event.kind in ("backward", "step")}
    assert known["critic_loss"] is known["critic_optimizer"] is known["actor_loss"] is Confidence.BY_NAME


def test_a_tensor_becomes_a_parameter_when_it_is_told_to_take_gradients(report: SourceReport) -> None:
    assert reached(report, "alpha_loss") == {"log_alpha"}
    assert {one.networks for one in report.optimizers if one.name == "alpha_optimizer"} == {("log_alpha",)}


def test_two_classes_that_have_all_that_is_used_tell_nothing() -> None:
    report = facts_of(
        BUILDER + BUILDER[BUILDER.index("class Model:") : BUILDER.index("class Agent")].replace("Model", "Other")
    )
    assert not any("nets" in part for event in report.events for part in event.parts if event.subject == "critic_loss")


def test_a_network_with_two_optimizers_for_the_same_part_stays_one() -> None:
    report = facts_of("""
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(3, 3), nn.Linear(3, 1)

    def forward(self, state):
        return self.head(self.body(state))

class Agent:
    def __init__(self, fast):
        self.net = Net()
        self.optimizer = torch.optim.Adam(self.net.head.parameters())
        self.slow = torch.optim.SGD(self.net.head.parameters())

    def update(self, state):
        loss = self.net(state).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""")
    assert reached(report, "loss") == {"net.body", "net.head"}


def test_a_state_asked_of_an_unknown_network_is_no_pass_through_it() -> None:
    report = facts_of("""
import torch

class Agent:
    def __init__(self, config):
        self.model = config.make()
        self.optimizer = torch.optim.Adam(self.model.parameters())
        self.state = self.model.initial_state()

    def update(self, observation):
        loss = self.model(observation, self.state).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""")
    assert reached(report, "loss") == {"model"}
