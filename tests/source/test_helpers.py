"""Helpers and wrappers that several algorithms share: their events belong to the call that asked for them."""

from __future__ import annotations

from forensics.source import interpret
from tests.source.facts import facts_of

SHARED = """
import torch

def move(target, online, tau):
    for old, new in zip(target.parameters(), online.parameters()):
        old.data.copy_(old.data * (1.0 - tau) + new.data * tau)

def start(target, online):
    for old, new in zip(target.buffers(), online.buffers()):
        old.data.copy_(new.data)
    for old, new in zip(target.parameters(), online.parameters()):
        old.data.copy_(new.data)

def statistics(network):
    return [value for name, value in network.state_dict().items() if "running_" in name]

class Held:
    def __init__(self, kind, networks, lr):
        if isinstance(networks, list):
            self.optimizer = kind([{"params": one.parameters()} for one in networks], lr=lr)
        else:
            self.optimizer = kind(networks.parameters(), lr=lr)

    def zero_grad(self):
        self.optimizer.zero_grad()

    def step(self):
        self.optimizer.step()
"""

AGENT = """
import torch
from torch import nn, optim
from shared import Held, move, start, statistics

class {name}:
    def __init__(self):
        self.critic, self.critic_target = nn.Linear(3, 1), nn.Linear(3, 1)
        self.critic_optimizer = Held(optim.Adam, self.critic, 1e-3)
        start(self.critic{first}, self.critic{second})

    def update(self, state, wanted):
        loss = (self.critic(state) - wanted).pow(2).mean()
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()
        move(self.critic_target, self.critic, 0.01)
        move(statistics(self.critic_target), statistics(self.critic), 1.0)
"""


def test_one_helper_moves_the_targets_of_each_algorithm_that_calls_it() -> None:
    first, second = (AGENT.format(name=name, first="_target", second="") for name in ("One", "Other"))
    report = interpret({"shared.py": SHARED, "one.py": first, "other.py": second})
    moves = [event for event in report.events if event.kind == "target_update" and not event.setup]
    assert {(event.via[-1].file, event.target, event.online) for event in moves} == {
        ("one.py", ("critic_target",), ("critic",)),
        ("other.py", ("critic_target",), ("critic",)),
    }
    steps = [event for event in report.events if event.kind == "step"]
    assert {(event.via[-1].file, event.networks) for event in steps} == {
        ("one.py", ("critic",)),
        ("other.py", ("critic",)),
    }


def test_statistics_picked_from_a_state_dict_are_no_parameters() -> None:
    agent = AGENT.format(name="Agent", first="_target", second="")
    report = interpret({"shared.py": SHARED, "agent.py": agent})
    line = agent.splitlines().index("        move(statistics(self.critic_target), statistics(self.critic), 1.0)") + 1
    assert not any(place.line == line for event in report.events for place in event.via)


def test_a_target_may_start_by_a_copy_of_each_tensor_in_either_direction() -> None:
    for first, second in (("_target", ""), ("", "_target")):
        agent = AGENT.format(name="Agent", first=first, second=second)
        report = interpret({"shared.py": SHARED, "agent.py": agent})
        assert {(one.network, one.copy_of, one.updated) for one in report.targets} == {
            ("critic_target", "critic", True)
        }


def test_a_wrapper_is_the_optimizer_that_it_holds() -> None:
    report = interpret({"shared.py": SHARED, "agent.py": AGENT.format(name="Agent", first="_target", second="")})
    (one,) = report.optimizers
    assert (one.name, one.file, one.line, one.networks) == ("critic_optimizer", "agent.py", 9, ("critic",))


def test_a_list_of_networks_is_no_network() -> None:
    agent = AGENT.format(name="Agent", first="_target", second="").replace("Adam, self.critic", "Adam, [self.critic]")
    (one,) = interpret({"shared.py": SHARED, "agent.py": agent}).optimizers
    assert (one.networks, one.guards) == (("critic",), ())


def test_what_is_called_is_no_list() -> None:
    report = facts_of("""
import torch
from torch import nn

class Agent:
    def __init__(self, given=None):
        if given is not None:
            self.critic = [one for one in given]
        else:
            self.critic = nn.Linear(3, 1)
        self.actor = nn.Linear(3, 2)
        self.optimizer = torch.optim.Adam(self.actor.parameters())

    def update(self, state):
        loss = -self.critic(self.actor(state)).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
""")
    (backward,) = (event for event in report.events if event.kind == "backward")
    assert {(path.part, path.hops) for path in backward.paths} == {("critic", ()), ("actor", ("critic[0]",))}
