"""How the actor's loss runs through the critic: which arguments carry the action, and which an encoder's features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.model.source import EventKind, GradientPath, SourceReport, UpdateEvent
from forensics.signals.source_parts import covered, holds
from forensics.signals.source_updates import Update, updates


@dataclass(frozen=True)
class PolicyLoss:
    """A loss that trains one network by way of another, which it does not step.

    `direct` are the paths from a part that the update steps, into the judging network, that do not pass the head which
    the other paths of that part, or those of the rest of the network, pass: for an encoder, a way around the policy.
    """

    update: Update
    loss: UpdateEvent
    judge: str
    paths: tuple[GradientPath, ...]
    direct: tuple[GradientPath, ...]


def policy_losses(report: SourceReport) -> list[PolicyLoss]:
    """Return each loss that leads through a network which another optimizer steps."""
    found = updates(report)
    losses = []
    for update in found:
        for loss in update.backwards:
            own = [path for path in loss.paths if covered(path.part, update.step.parts)]
            judges = {_entered(path) for path in own} - {""}
            for judge in sorted(judges):
                if not covered(judge, update.step.parts):
                    inside = tuple(path for path in own if _entered(path) == judge)
                    losses.append(PolicyLoss(update, loss, judge, inside, tuple(_direct(inside))))
    return losses


def argument(path: GradientPath) -> str:
    """Return the last hop of a path, `critic.q1[0]`: the network and the argument by which it is entered."""
    return path.hops[-1] if path.hops else ""


def read_by(report: SourceReport, judge: str, hop: str, but: UpdateEvent) -> list[GradientPath]:
    """Return the paths, with a gradient or without, by which other losses enter the judge at the same argument."""
    number = hop.rpartition("[")[2]
    return [
        path
        for event in report.events
        if event.kind is EventKind.BACKWARD and event is not but
        for path in (*event.paths, *event.reads)
        if _entered(path) == judge and argument(path).rpartition("[")[2] == number
    ]


def read_beside(one: PolicyLoss) -> list[GradientPath]:
    """Return what a loss of a policy gives its judge without a gradient, where no gradient enters: the features."""
    acting = {_number(path) for path in one.paths}
    inside = [path for path in one.loss.reads if _entered(path) == one.judge and len(path.hops) == 1]
    return [path for path in inside if _number(path) not in acting]


def _number(path: GradientPath) -> str:
    return argument(path).rpartition("[")[2]


def _entered(path: GradientPath) -> str:
    """Return the network that a path enters last."""
    return _network(path.hops[-1]) if path.hops else ""


def _network(hop: str) -> str:
    """`critic.first[1]` is a call of the network critic; the method is left out where it is one."""
    return hop.partition("[")[0].rpartition(".")[0] or hop.partition("[")[0]


def _direct(paths: Sequence[GradientPath]) -> list[GradientPath]:
    """Return the paths into the judge that an encoder has beside those through the policy's head."""
    found = []
    for path in paths:
        if len(path.hops) != 1:
            continue
        others = [one for one in paths if one.part == path.part and len(one.hops) > 1]
        heads = [one for one in paths if len(one.hops) == 1 and not holds(path.part, one.part) and one is not path]
        through = [one for one in others if argument(one) != argument(path)]
        if through or (others and heads and all(argument(one) == argument(path) for one in others)):
            found.append(path)
    return found
