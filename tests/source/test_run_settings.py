"""The configuration of the run decides what a default of the source leaves open."""

from __future__ import annotations

import pytest

from forensics.model.source import Confidence, EventKind, SourceReport
from forensics.source import interpret
from forensics.source.run_settings import Setting

AGENT = """
from dataclasses import dataclass, field
import torch
from torch import nn

@dataclass
class Networks:
    encoder: str = "shared"

@dataclass
class Other:
    encoder: str = "none"

@dataclass
class Config:
    networks: Networks = field(default_factory=Networks)
    other: Other = field(default_factory=Other)

class Agent:
    def __init__(self, config: Config):
        self.net = nn.Linear(3, 1)
        self.encoder = nn.Linear(3, 3)
        self.separate = config.networks.encoder == "separate"
        self.optimizer = torch.optim.Adam([*self.net.parameters(), *self.encoder.parameters()])

    def update(self, batch):
        features = self.encoder(batch) if self.separate else batch
        loss = self.net(features).mean()
        loss.backward()
        self.optimizer.step()
"""
SCRIPT = """
import argparse
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--freeze", action="store_true")
args = parser.parse_args()
net, head = nn.Linear(3, 3), nn.Linear(3, 1)
optimizer = torch.optim.Adam([*net.parameters(), *head.parameters()])
for batch in range(10):
    features = net(torch.ones(3))
    if args.freeze:
        features = features.detach()
    loss = head(features).mean()
    loss.backward()
    optimizer.step()
"""


def reached(report: SourceReport) -> tuple[tuple[str, ...], Confidence]:
    (backward,) = [event for event in report.events if event.kind is EventKind.BACKWARD]
    return backward.parts, backward.confidence


@pytest.mark.parametrize(
    ("settings", "parts", "confidence"),
    [
        ({}, ("encoder", "net"), Confidence.JOINED),
        ({"networks.encoder": "separate"}, ("encoder", "net"), Confidence.EXACT),
        ({"networks.encoder": "shared", "other.encoder": "separate"}, ("net",), Confidence.EXACT),
        ({"encoder": "separate"}, ("encoder", "net"), Confidence.JOINED),  # of which of the two classes?
        ({"networks.encoder": 3}, ("encoder", "net"), Confidence.JOINED),  # another thing of the same name
    ],
)
def test_a_field_is_what_the_run_sets_it_to(
    settings: dict[str, Setting], parts: tuple[str, ...], confidence: Confidence
) -> None:
    report = interpret({"agent.py": AGENT}, settings=settings)
    assert reached(report) == (parts, confidence)


def test_what_was_assumed_is_stated() -> None:
    report = interpret({"agent.py": AGENT}, settings={"networks.encoder": "separate", "seed": 1})
    assert report.assumed == ("networks.encoder = separate",)


@pytest.mark.parametrize(("freeze", "parts"), [(True, ("head",)), (False, ("head", "net"))])
def test_an_option_of_the_command_line_is_what_the_run_sets_it_to(freeze: bool, parts: tuple[str, ...]) -> None:
    report = interpret({"train.py": SCRIPT}, settings={"freeze": freeze})
    assert reached(report) == (parts, Confidence.EXACT)


def test_an_item_of_a_configuration_is_found_by_its_section() -> None:
    text = SCRIPT.replace("args.freeze", 'cfg["net"]["freeze"]').replace("args =", "cfg =")
    assert reached(interpret({"train.py": text}, settings={"net.freeze": False}))[0] == ("head", "net")
    assert reached(interpret({"train.py": text}, settings={"other.freeze": False}))[1] is Confidence.JOINED


def test_a_limit_that_is_only_a_default_bounds_no_alert_surely() -> None:
    text = """
import torch
from torch import nn
from dataclasses import dataclass

@dataclass
class Config:
    max_norm: float = 1.0

def train(config: Config):
    net = nn.Linear(3, 1)
    optimizer = torch.optim.Adam(net.parameters())
    loss = net(torch.ones(3)).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), config.max_norm)
    norm = torch.nn.utils.get_total_norm([p.grad for p in net.parameters()])
    is_large = norm > 5.0
    optimizer.step()
    return is_large
"""
    (by_default,) = interpret({"train.py": text}).thresholds
    (by_the_run,) = interpret({"train.py": text}, settings={"max_norm": 2.0}).thresholds
    assert (by_default.bound, by_default.confidence) == (1.0, Confidence.JOINED)
    assert (by_the_run.bound, by_the_run.confidence) == (2.0, Confidence.EXACT)
