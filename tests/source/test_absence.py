"""What a source does not do is said only where nothing could do it unseen."""

from __future__ import annotations

from forensics.model.source import Confidence
from forensics.source import interpret

NET = """
import copy
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(x)
"""


def test_a_flag_beside_the_end_of_an_episode_is_not_the_end() -> None:
    text = """
def collect(env, memory, optimizer):
    optimizer.zero_grad()
    obs, reward, terminated, truncated, info = env.step(0)
    first = terminated or truncated
    memory.add(obs, reward, terminated, truncated, first)
"""
    dones = interpret({"collect.py": text}).dones
    assert dones
    assert not any(fact.truncated for fact in dones)


def test_a_copy_that_another_entry_point_moves_is_not_surely_still() -> None:
    files = {
        "policy.py": NET
        + """
class Policy:
    def __init__(self):
        self.net = Net()
        self.net_target = copy.deepcopy(self.net)

    def train(self):
        self.net.zero_grad()
""",
        "agent.py": """
import torch
from lib.utils import polyak_update
from policy import Policy

class Agent:
    def __init__(self, policy: Policy):
        self.policy = policy

    def update(self, batch):
        loss = self.policy.net(batch).mean()
        loss.backward()
        polyak_update(self.policy.net.parameters(), self.policy.net_target.parameters(), 0.1)
""",
    }
    targets = interpret(files).targets
    assert targets
    assert all(fact.updated or fact.confidence is not Confidence.EXACT for fact in targets)


def test_an_element_of_a_container_of_which_one_is_moved_is_not_surely_still() -> None:
    text = (
        NET
        + """
class Agents:
    def __init__(self, count):
        self.nets = [Net() for _ in range(count)]
        self.targets = [copy.deepcopy(net) for net in self.nets]

    def update(self, batch, at):
        self.nets[at](batch).mean().backward()
        for one, other in zip(self.nets[at].parameters(), self.targets[at].parameters()):
            other.data.copy_(0.1 * one.data + 0.9 * other.data)
"""
    )
    targets = interpret({"agents.py": text}).targets
    assert targets
    assert all(fact.updated or fact.confidence is not Confidence.EXACT for fact in targets)


def test_a_tree_that_was_not_read_whole_leaves_doubt_that_something_never_happens() -> None:
    text = (
        NET
        + """
class Agent:
    def __init__(self):
        self.net = Net()
        self.net_target = copy.deepcopy(self.net)

    def update(self, batch):
        self.net(batch).mean().backward()
"""
    )
    (alone,) = interpret({"agent.py": text}).targets
    (beside,) = interpret({"agent.py": text, "moves.py": "def move(:\n"}).targets
    assert (alone.updated, alone.confidence) == (False, Confidence.EXACT)
    assert (beside.updated, beside.confidence) == (False, Confidence.JOINED)


def test_a_module_that_holds_all_is_known_by_its_parts() -> None:
    text = (
        NET
        + """
class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = Net()
        self.optimizer = torch.optim.Adam(self.parameters())

    def update(self, batch):
        loss = self.q(batch).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
"""
    )
    events = interpret({"agent.py": text}).events
    assert {event.kind: event.parts for event in events} == {
        "zero_grad": ("q",), "backward": ("q.head",), "step": ("q",)
    }  # fmt: skip


def test_what_another_file_may_read_is_not_surely_unused() -> None:
    text = NET.replace("        self.head", "        self.spare = nn.Linear(3, 3)\n        self.head")
    (alone,) = interpret({"net.py": text}).unused_modules
    (beside,) = interpret({"net.py": text, "other.py": "def broken(:\n"}).unused_modules
    assert (alone.confidence, beside.confidence) == (Confidence.EXACT, Confidence.BY_NAME)
