"""Classes out of a registry, and policies that are a set of networks."""

from __future__ import annotations

import pytest

from forensics.model.source import Confidence, SourceReport
from forensics.source import interpret
from tests.source.facts import order, reached

POLICIES = """
import copy
from torch import nn

class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, features, action):
        return self.layer(features + action)

class TwinPolicy(nn.Module):
    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder, self.actor, self.critic = encoder, nn.Linear(3, 2), Critic()
        self.critic_encoder = copy.deepcopy(encoder)
        self.target_critic_encoder = copy.deepcopy(encoder)
        self.target_critic = copy.deepcopy(self.critic)
        self.critic_parameters = [*self.critic_encoder.parameters(), *self.critic.parameters()]

    def values(self, state, action):
        return self.critic(self.critic_encoder(state), action), self.target_critic(state, action)

    def of_actor(self, state):
        return self.critic(self.critic_encoder(state), self.actor(self.encoder(state)))

    def move(self, tau):
        for old, new in zip(self.target_critic_encoder.parameters(), self.critic_encoder.parameters()):
            old.data.mul_(1 - tau)
            old.data.add_(tau * new.data)
        for old, new in zip(self.target_critic.parameters(), self.critic.parameters()):
            old.data.mul_(1 - tau)
            old.data.add_(tau * new.data)

class PlainPolicy(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 2)
        self.critic_parameters = list(self.net.parameters())

    def values(self, state, action):
        return self.net(state)[:, 0]

    def of_actor(self, state):
        return self.net(state)

    def move(self, tau):
        pass
"""

LEARNERS = """
import torch
from torch import nn

class TwinLearner:
    def __init__(self, config, policy: nn.Module):
        self.policy = policy
        self.optimizer = {"critic": torch.optim.Adam(self.policy.critic_parameters)}

    def update(self, state, action, wanted):
        info = {}
        value, old = self.policy.values(state, action)
        loss = (value - wanted - old.detach()).pow(2).mean()
        self.optimizer["critic"].zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.policy.critic_parameters, 1.0)
        self.optimizer["critic"].step()
        actor_loss = -self.policy.of_actor(state).mean()
        actor_loss.backward()
        self.policy.move(0.01)
        info.update({"critic_loss": loss.item(), f"rank_{config.rank}/critic_loss": loss.item()})
        return info
""" + "".join(
    f"""
class {name}Learner:
    def __init__(self, config, policy: nn.Module{extra}):
        self.policy = policy
        self.optimizer = torch.optim.Adam(self.policy.parameters())

    def update(self, state, action, wanted):
        loss = {use}
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {{}}
"""
    for name, extra, use in [
        ("Single", "", "self.policy.values(state, action).mean()"),
        ("Other", "", "self.policy.something(state)"),
        ("Grouped", ", agents", "self.policy.of_actor(state).mean()"),
        ("Triple", "", "sum(self.policy.triple(state))"),
        ("Unfit", "", "self.policy.of_actor(state, action, wanted).mean()"),
    ]
)

AGENT = """
from policies import TwinPolicy, PlainPolicy
from learners import TwinLearner, SingleLearner, OtherLearner, GroupedLearner, TripleLearner, UnfitLearner
from torch import nn
from torch.utils.tensorboard import SummaryWriter

POLICIES = {"twin": TwinPolicy, "plain": PlainPolicy}
LEARNERS = {
    "twin": TwinLearner, "single": SingleLearner, "other": OtherLearner, "grouped": GroupedLearner,
    "triple": TripleLearner, "unfit": UnfitLearner,
}

class Runner:
    def __init__(self, config):
        self.policy = POLICIES["twin"](nn.Linear(4, 3))
        self.learner = LEARNERS[config.learner](config, self.policy)
        self.writer = SummaryWriter()

    def log_infos(self, infos, step):
        for key, value in infos.items():
            self.writer.add_scalar(key, value, step)

    def train(self, batch, step):
        infos = self.learner.update(*batch)
        infos["epsilon"] = 0.1
        self.log_infos(infos, step)
"""


@pytest.fixture(scope="module")
def report() -> SourceReport:
    found = interpret({"policies.py": POLICIES, "learners.py": LEARNERS, "agent.py": AGENT})
    kept = [event for event in found.events if "Runner" in event.root]
    return SourceReport(**{**{name: getattr(found, name) for name in found.__struct_fields__}, "events": tuple(kept)})


def test_of_a_registry_those_classes_remain_that_fit_the_policy(report: SourceReport) -> None:
    assert {event.function for event in report.events if event.kind == "backward"} == {"TwinLearner.update"}
    assert {event.confidence for event in report.events} == {Confidence.JOINED}


def test_a_policy_that_holds_its_own_targets_is_a_set_of_networks(report: SourceReport) -> None:
    assert reached(report, "loss") == {"policy.critic.layer", "policy.critic_encoder -> policy.critic[0]"}
    assert reached(report, "actor_loss") == {
        "policy.critic.layer",
        "policy.critic_encoder -> policy.critic[0]",
        "policy.actor -> policy.critic[1]",
        "policy.encoder -> policy.actor[0] -> policy.critic[1]",
    }
    assert order(report)[-2:] == [
        "target_update policy.target_critic_encoder",
        "target_update policy.target_critic",
    ]


def test_a_target_copies_the_twin_that_it_is_moved_towards(report: SourceReport) -> None:
    targets = {one.network: one.copy_of for one in report.targets if one.updated}
    assert targets["policy.target_critic_encoder"] == "policy.critic_encoder"


def test_optimizers_in_a_dict_hold_lists_of_parameters(report: SourceReport) -> None:
    held = {one.name: one.networks for one in report.optimizers if one.file == "learners.py" and one.networks}
    assert held["optimizer['critic']"] == ("policy.critic", "policy.critic_encoder")


def test_what_a_learner_returns_is_logged_by_the_agent(report: SourceReport) -> None:
    assert {tag.tag for tag in report.tags} == {"critic_loss", "rank_*/critic_loss", "epsilon"}


def test_what_is_named_as_the_asking_class_is_meant() -> None:
    agent = AGENT.replace("class Runner", "class SingleAgent").replace('POLICIES["twin"]', 'POLICIES["plain"]')
    agent = agent.replace("(nn.Linear(4, 3))", "()")
    report = interpret({"policies.py": POLICIES, "learners.py": LEARNERS, "agent.py": agent})
    known = {event.function for event in report.events if event.confidence is not Confidence.BY_NAME}
    assert {name for name in known if "Learner" in name} == {"SingleLearner.update"}


def test_a_script_names_what_it_hands_to_a_recorder() -> None:
    report = interpret(
        {
            "script.py": """
import torch
from torch import nn

class Recorder:
    def __init__(self, network):
        self.policy = network

def build():
    module = nn.Linear(3, 2)
    return module

def main():
    actor = build()
    recorder = Recorder(actor)
    optimizer = torch.optim.Adam(actor.parameters())
    loss = actor(torch.ones(3)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

if __name__ == "__main__":
    main()
"""
        }
    )
    assert {event.networks for event in report.events if event.kind == "step"} == {("actor",)}
