"""A target counts as surely still only where every line that may move it was followed."""

from __future__ import annotations

import pytest

from forensics.model.source import Confidence, TargetFact
from forensics.source import interpret

AGENT = """
import copy
import torch
from torch import nn

class Agent:
    def __init__(self):
        self.q = nn.Linear(2, 2)
        self.q_target = copy.deepcopy(self.q)
        self.optimizer = torch.optim.Adam(self.q.parameters())

    def train(self, x):
        loss = self.q(x).sum()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        {call}

    def {name}(self):
        for p, t in zip(self.q.parameters(), self.q_target.parameters()):
            {move}
"""


def _target(call: str, move: str, name: str = "sync") -> TargetFact:
    (target,) = interpret({"agent.py": AGENT.format(call=call, move=move, name=name)}).targets
    return target


@pytest.mark.parametrize(
    "move",
    [
        "t.data[:] = 0.9 * t.data + 0.1 * p.data",
        "t.data = torch.lerp(t.data, p.data, 0.1)",
        "t.mul_(0.9).addcmul_(p, p)",
        "setattr(t, 'data', p)",
    ],
)
def test_a_move_that_is_not_understood_is_no_proof_of_stillness(move: str) -> None:
    target = _target("self.sync()", move)
    assert target.updated or target.confidence is not Confidence.EXACT


@pytest.mark.parametrize("move", ["t.data = 0.9 * t.data + 0.1 * p.data", "t.data.lerp_(p.data, 0.1)"])
@pytest.mark.parametrize("call", ["self.dispatch('sync')", "self.later(self.sync)"])
def test_a_method_that_is_named_or_handed_on_may_be_called(call: str, move: str) -> None:
    assert _target(call, move).updated


def test_a_framework_calls_its_hooks_itself() -> None:
    assert _target("pass", "t.data = 0.9 * t.data + 0.1 * p.data", "on_train_batch_end").updated


def test_a_method_that_nothing_names_moves_nothing() -> None:
    target = _target("pass", "t.data.lerp_(p.data, 0.1)")
    assert not target.updated
    assert target.confidence is Confidence.EXACT


def test_lists_that_double_cost_no_memory() -> None:
    report = interpret({"a.py": "x = [1, 2]\n" + "x = x + x\n" * 40 + "y = [1, 2]\n" + "y = [*y, *y]\n" * 40})
    assert not report.unread
