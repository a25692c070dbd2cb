"""What a loss is computed from without a gradient: paths that are cut are told apart from those that are not there."""

from __future__ import annotations

from forensics.model.source import Confidence, UpdateEvent
from forensics.source import interpret

AGENT = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, width)

    def forward(self, x):
        return self.layer(x)

class Agent:
    def __init__(self, flag):
        self.flag = flag
        self.encoder, self.other, self.head = Net(3), Net(3), Net(3)
        self.optimizer = torch.optim.Adam(self.head.parameters())

    def update(self, batch):
        features = FEATURES
        loss = self.head(features).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
"""


def backward(features: str) -> UpdateEvent:
    report = interpret({"agent.py": AGENT.replace("FEATURES", features)})
    (event,) = [one for one in report.events if one.kind == "backward"]
    return event


def read(event: UpdateEvent) -> set[tuple[str, tuple[str, ...]]]:
    return {(path.part, path.hops) for path in event.reads}


def test_a_path_that_detach_cuts_is_read() -> None:
    event = backward("self.encoder(batch).detach()")
    assert event.parts == ("head.layer",)
    assert read(event) == {("encoder.layer", ("head[0]",))}
    assert event.reads_confidence is Confidence.EXACT


def test_a_path_that_no_grad_cuts_is_read_through_all_networks() -> None:
    text = AGENT.replace(
        "        features = FEATURES\n", "        with torch.no_grad():\n            features = FEATURES\n"
    )
    report = interpret({"agent.py": text.replace("FEATURES", "self.other(self.encoder(batch))")})
    (event,) = [one for one in report.events if one.kind == "backward"]
    assert read(event) == {("other.layer", ("head[0]",)), ("encoder.layer", ("other[0]", "head[0]"))}


def test_what_only_one_branch_reads_is_joined() -> None:
    event = backward("(self.encoder(batch) if self.flag else self.other(batch)).detach()")
    assert {part for part, _ in read(event)} == {"encoder.layer", "other.layer"}
    cut_on_one_side = backward("self.encoder(batch).detach() if self.flag else batch")
    assert cut_on_one_side.reads_confidence is Confidence.JOINED


def test_what_is_not_used_is_not_read() -> None:
    assert read(backward("batch")) == set()
