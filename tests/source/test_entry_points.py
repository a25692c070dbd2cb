"""From where the source is followed, and which entry point tells an update."""

from __future__ import annotations

from forensics.model.source import Confidence, EventKind
from forensics.source import interpret

MODEL = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(x)
"""
LOOP = """
import sys

def train(words):
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    for batch in words:
        loss = net(batch).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

def check(words):
    return 0

COMMANDS = {"train": train, "check": check}

def main(words):
    return COMMANDS[words[0]](words[1:])

if __name__ == "__main__":
    main(sys.argv[1:])
"""


def test_a_choice_of_callee_is_a_guard_and_no_doubt() -> None:
    report = interpret({"run.py": MODEL + LOOP})
    assert [event.kind for event in report.events] == [EventKind.ZERO_GRAD, EventKind.BACKWARD, EventKind.STEP]
    assert {event.confidence for event in report.events} == {Confidence.EXACT}
    assert {event.guards for event in report.events} == {("COMMANDS[words[0]] is train",)}


def test_what_one_choice_writes_is_joined_with_what_the_others_leave() -> None:
    text = (
        MODEL
        + """
def freeze(net):
    net.scale = None

def keep(net):
    net.scale = 2.0

def main(word):
    net = Net()
    {"freeze": freeze, "keep": keep}[word](net)
    optimizer = torch.optim.Adam(net.parameters())
    if net.scale is None:
        loss = net(word).detach().mean()
    else:
        loss = net(word).mean()
    loss.backward()
    optimizer.step()

if __name__ == "__main__":
    main(input())
"""
    )
    (backward,) = [event for event in interpret({"run.py": text}).events if event.kind is EventKind.BACKWARD]
    assert backward.parts
    assert backward.confidence is Confidence.JOINED


def test_two_branches_that_reach_the_same_leave_no_doubt() -> None:
    text = (
        MODEL
        + """
class Agent:
    def __init__(self, fast):
        self.net = Net()
        self.optimizer = torch.optim.Adam(self.net.parameters())
        self.loss_of = torch.compile(self.loss) if fast else self.loss
        self.scale = torch.ones(1) if fast else torch.zeros(1)

    def loss(self, batch):
        return (self.net(batch) * self.scale).mean()

    def update(self, batch):
        loss = self.loss_of(batch)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
"""
    )
    report = interpret({"agent.py": text})
    (backward,) = [event for event in report.events if event.kind is EventKind.BACKWARD]
    assert backward.confidence is Confidence.EXACT
    assert backward.parts == ("net.head",)


def test_a_package_that_imports_itself_by_a_longer_name_is_found_by_it() -> None:
    files = {
        "loop/__init__.py": "",
        "loop/run.py": "from lab.nets.net import Net\nimport torch\n" + LOOP,
        "nets/__init__.py": "",
        "nets/net.py": "from lab.nets.width import WIDTH\n" + MODEL,
        "nets/width.py": "WIDTH = 3\n",
    }
    events = interpret(files).events
    assert {event.confidence for event in events} == {Confidence.EXACT}
    assert all(event.parts for event in events)


def test_an_update_seen_from_a_class_and_from_a_script_is_told_by_the_one_that_knows_more() -> None:
    files = {
        "agent.py": MODEL
        + """
class Plain:
    def clip(self, parameters, limit):
        torch.nn.utils.clip_grad_norm_(parameters, limit)

class Agent:
    def __init__(self, clips):
        self.net = Net()
        self.clips = clips
        self.optimizer = torch.optim.Adam(self.net.parameters())

    def update(self, batch):
        loss = self.net(batch).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.clips.clip(self.net.parameters(), 1.0)
        self.optimizer.step()

    def save(self, path):
        torch.save(self.net.state_dict(), path)
        self.logger.record("saved", 1)
""",
        "main.py": "from agent import Agent, Plain\nif __name__ == '__main__':\n    Agent(Plain()).update(1)\n",
    }
    events = interpret(files).events
    assert {event.root for event in events} == {"main.py:<module>"}
    assert [str(event.kind) for event in events] == ["zero_grad", "backward", "clip", "step"]
    assert {event.confidence for event in events} == {Confidence.EXACT}
