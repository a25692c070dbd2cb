"""Files that do not parse: what is left of them is read by name alone, and only with the optional extra."""

from __future__ import annotations

import sys

import pytest

from forensics.model.source import Confidence, SourceReport
from forensics.source import interpret
from tests.source.facts import order, sample

GOOD = sample("td3")
MERGED = GOOD.replace(
    "        critic_loss.backward()\n",
    "<<<<<<< ours\n        critic_loss.backward()\n=======\n        loss.backward()\n>>>>>>> theirs\n",
)
BROKEN = {
    "merge markers": MERGED,
    "NUL": GOOD.replace("import copy", "import copy\0"),
    "Python 2": GOOD + "\nprint 'python 2'\n",
    "nested brackets": GOOD + "\nx = " + "(" * 5_000 + ")" * 5_000 + "\n",
    "open brackets": GOOD + "\nx = " + "[" * 5_000 + "\n",
    "a broken line": GOOD + "\nx = = 1\n",
}


def read(text: str) -> SourceReport:
    pytest.importorskip("tree_sitter_python")
    return interpret({"agent.py": text})


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_what_is_left_of_a_broken_file_is_read_and_trusted_least(text: str) -> None:
    report = read(text)
    assert [one.file for one in report.unread] == ["agent.py"]
    assert "by name alone" in report.unread[0].message
    assert [one for one in order(report) if one.startswith("step")] == ["step critic_optimizer", "step actor_optimizer"]
    facts = [*report.events, *report.optimizers, *report.targets, *report.tags, *report.thresholds, *report.dones]
    assert facts
    assert {fact.confidence for fact in facts} == {Confidence.BY_NAME}


def test_lines_keep_their_numbers() -> None:
    lines = {event.line for event in interpret({"agent.py": GOOD}).events}
    assert {event.line for event in read(GOOD + "\nx = = 1\n").events} == lines


def test_the_body_of_a_header_that_is_cut_belongs_to_nothing_else() -> None:
    report = read(GOOD.replace("    def update(self, ", "    def update(self ", 1) + "\nx = = 1\n")
    assert not [event for event in report.events if not event.setup]


def test_a_network_from_a_broken_file_leaves_doubt_where_it_is_used() -> None:
    net = (
        "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.head = nn.Linear(3, 1)\n    def forward(self, x):\n        return self.head(x)\nx = = 1\n"
    )
    train = (
        "import torch\nfrom net import Net\nnet = Net()\noptimizer = torch.optim.Adam(net.parameters())\n"
        "loss = net(torch.ones(3)).mean()\noptimizer.zero_grad()\nloss.backward()\noptimizer.step()\n"
    )
    pytest.importorskip("tree_sitter_python")
    report = interpret({"net.py": net, "train.py": train})
    (backward,) = [event for event in report.events if event.kind == "backward"]
    assert backward.confidence is Confidence.BY_NAME


@pytest.mark.parametrize("text", ["(" * 5_000, "\0\0\0", "<html></html>", "{" * 100_000])
def test_what_is_no_python_at_all_gives_no_facts(text: str) -> None:
    report = read(text)
    assert report.files == 0
    assert [one.file for one in report.unread] == ["agent.py"]


def test_without_the_extra_the_file_is_stated_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    report = interpret({"agent.py": MERGED})
    assert (report.files, report.events) == (0, ())
    assert [one.file for one in report.unread] == ["agent.py"]
    assert "by name" not in report.unread[0].message
