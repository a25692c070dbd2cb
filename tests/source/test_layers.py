"""Code in layers: networks, optimizers and metrics that travel through bundles, factories, shells and loggers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forensics.model.source import Confidence, EventKind, SourceReport
from forensics.source import interpret
from forensics.source.limits import LIMITS
from tests.source.facts import facts_of, reached

NET = """
import dataclasses
from abc import ABCMeta, abstractmethod
from typing import Generic, Optional, Protocol, TypeVar
import torch
from torch import nn
from torch.optim import SGD, Adam, Optimizer, RMSprop
from torch.utils.tensorboard import SummaryWriter

class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.head = nn.Linear(size, 1)

    def forward(self, *parts):
        return self.head(torch.cat(parts))
"""
PARTS = """
class Wrapped:
    def __init__(self, parameters, optimizer, limit):
        self.parameters, self.optimizer, self.limit = parameters, optimizer, limit

    def zero_grad(self):
        self.optimizer.zero_grad()

    def step(self):
        if self.limit:
            nn.utils.clip_grad_norm_(self.parameters, self.limit)
        self.optimizer.step()

class Factory:
    limit: Optional[float] = None

    def create(self, parts, rate) -> Wrapped:
        parameters = [one for _, part in parts for one in part.parameters()]
        return Wrapped(parameters, self.make(parameters, rate), self.limit)

    def make(self, parameters, rate) -> Optimizer:
        raise NotImplementedError

class OfAdam(Factory):
    def make(self, parameters, rate):
        return Adam(parameters, lr=rate)

class OfSGD(Factory):
    def make(self, parameters, rate):
        return SGD(parameters, lr=rate)

class OfRMSprop(Factory):
    def make(self, parameters, rate):
        return RMSprop(parameters, lr=rate)

def factory_field():
    return dataclasses.field(default_factory=lambda: OfAdam())

class Estimate:
    def __init__(self, net):
        self._net = net

    def error(self, state, action, target):
        return (self._net(state, action) - target).pow(2).mean()

    def value(self, state, action):
        return self._net(state, action)

@dataclasses.dataclass(frozen=True)
class Bundle:
    policy: Net
    values: nn.ModuleList
    policy_optim: Wrapped
    value_optim: Wrapped

@dataclasses.dataclass(frozen=True)
class ValueLoss:
    value_loss: torch.Tensor

@dataclasses.dataclass(frozen=True)
class PolicyLoss:
    policy_loss: torch.Tensor
"""
UPDATE = """
class Impl(metaclass=ABCMeta):
    def __init__(self, bundle: Bundle, estimate: Estimate):
        self._bundle, self._estimate = bundle, estimate

    def update(self, state, action, target):
        self._bundle.value_optim.zero_grad()
        loss = ValueLoss(self._estimate.error(state, action, target))
        loss.value_loss.backward()
        self._bundle.value_optim.step()
        metrics = as_floats(loss)
        self._bundle.policy_optim.zero_grad()
        loss = self.policy_loss(state)
        loss.policy_loss.backward()
        self._bundle.policy_optim.step()
        metrics.update(as_floats(loss))
        return metrics

    @abstractmethod
    def policy_loss(self, state) -> PolicyLoss: ...

class GreedyImpl(Impl):
    def policy_loss(self, state):
        return PolicyLoss(-self._estimate.value(state, self._bundle.policy(state)).mean())

class CloningImpl(Impl):
    def policy_loss(self, state):
        return PolicyLoss((self._bundle.policy(state) - state).pow(2).mean())

def as_floats(record):
    return {field.name: float(getattr(record, field.name)) for field in dataclasses.fields(record)}

class Sink(Protocol):
    def write(self, name: str, value: float) -> None:
        "Write a number."

class Board(Sink):
    def __init__(self):
        self._writer = SummaryWriter()

    def write(self, name, value):
        self._writer.add_scalar(f"train/{name}", value)

class Quiet(Sink):
    def write(self, name, value):
        del value

class Printed(Sink):
    def write(self, name, value):
        print(name, value)

@dataclasses.dataclass
class GreedyConfig:
    policy_factory: Factory = factory_field()
    value_factory: Factory = factory_field()

class CloningConfig(GreedyConfig):
    pass

ImplT = TypeVar("ImplT", bound="Impl")
ConfigT = TypeVar("ConfigT", bound="GreedyConfig")

class Agent(Generic[ImplT, ConfigT]):
    _impl: Optional[ImplT]
    _config: ConfigT

    def __init__(self, config: ConfigT):
        self._config, self._impl = config, None

    def build(self, size):
        policy, net = Net(size), Net(size)
        estimate = Estimate(net)
        values = nn.ModuleList([net])
        self.make(Bundle(
            policy=policy,
            values=values,
            policy_optim=self._config.policy_factory.create(policy.named_modules(), 1e-3),
            value_optim=self._config.value_factory.create(values.named_modules(), 1e-3),
        ), estimate)

    def make(self, bundle, estimate):
        raise NotImplementedError

    def fit(self, data, sink: Sink):
        if self._impl is None:
            self.build(3)
        for state, action, target in data:
            for name, value in self._impl.update(state, action, target).items():
                sink.write(name, value)

class Greedy(Agent[GreedyImpl, GreedyConfig]):
    def make(self, bundle, estimate):
        self._impl = GreedyImpl(bundle, estimate)

class Cloning(Agent[CloningImpl, CloningConfig]):
    def make(self, bundle, estimate):
        self._impl = CloningImpl(bundle, estimate)
"""


@pytest.fixture(scope="module")
def report() -> SourceReport:
    return facts_of(NET + PARTS + UPDATE)


def test_each_class_that_inherits_an_update_has_its_own(report: SourceReport) -> None:
    roots = {event.root for event in report.events if event.kind is EventKind.BACKWARD}
    assert roots == {"agent.py:Greedy.fit", "agent.py:Cloning.fit"}
    for root in roots:
        kinds = [str(event.kind) for event in report.events if event.root == root]
        assert kinds == ["zero_grad", "backward", "clip", "step"] * 2


def test_a_wrapped_optimizer_goes_by_the_name_that_the_bundle_gave_it(report: SourceReport) -> None:
    steps = {(event.holder, event.networks[-1]) for event in report.events if event.kind is EventKind.STEP}
    assert steps == {("value_optim", "values"), ("policy_optim", "policy")}


def test_a_factory_makes_any_of_its_optimizers_and_none_of_them_is_sure(report: SourceReport) -> None:
    assert {fact.kind for fact in report.optimizers} == {"Adam", "SGD", "RMSprop"}
    assert Confidence.EXACT not in {fact.confidence for fact in report.optimizers}


def test_a_gradient_passes_an_object_around_a_network_by_its_argument(report: SourceReport) -> None:
    assert reached(report, "loss.policy_loss") >= {"policy.head -> _estimate.value[1]", "policy.head"}
    assert {path.network for event in report.events for path in event.paths} == {"policy", "values"}


def test_metrics_pass_records_dicts_and_one_of_several_loggers(report: SourceReport) -> None:
    assert {fact.tag for fact in report.tags} == {"train/value_loss", "train/policy_loss"}


def test_an_engine_gives_back_what_it_prepares() -> None:
    report = facts_of(
        NET
        + """
from accelerate import Accelerator

def main(data):
    accelerator = Accelerator()
    net = Net(3)
    optimizer = torch.optim.AdamW(net.parameters())
    net, optimizer, data = accelerator.prepare(net, optimizer, data)
    for batch in data:
        loss = net(batch).mean()
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

if __name__ == "__main__":
    main(input())
"""
    )
    assert [(str(event.kind), event.networks) for event in report.events] == [
        (kind, ("net",)) for kind in ("backward", "clip", "step", "zero_grad")
    ]


COSTLY = """
class World:
    def __init__(self):
        self.state = torch.zeros(3)
        self.load_state_dict({})
"""


def test_an_update_is_followed_although_its_environment_takes_much_work() -> None:
    world = COSTLY + "".join(f"        self.field_{place} = self.state + {place}\n" for place in range(400))
    text = (
        NET
        + world
        + """
def main():
    world = World()
    net = Net(3)
    optimizer = Adam(net.parameters())

    def update(batch):
        loss = net(batch).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    for _ in range(3):
        update(world.state)

if __name__ == "__main__":
    main()
"""
    )
    limits = replace(LIMITS, root_work=1_500, helper_work=200, barren_work=300)
    events = interpret({"main.py": text}, limits).events
    assert [str(event.kind) for event in events] == ["zero_grad", "backward", "step"]


def test_arithmetic_without_gradients_cuts() -> None:
    report = facts_of(
        NET
        + """
class Learner:
    def __init__(self):
        self.net, self.other = Net(3), Net(3)
        self.optimizer = Adam(self.net.parameters())

    def update(self, batch):
        value = self.other(batch)
        with torch.no_grad():
            target = value + 1
        loss = (self.net(batch) - target).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
"""
    )
    assert reached(report, "loss") == {"net.head"}
