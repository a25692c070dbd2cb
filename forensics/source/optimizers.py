"""Optimizers: how they are made, and what their methods do."""

from __future__ import annotations

import ast

from forensics.model.source import EventKind
from forensics.source import loops, modules, record
from forensics.source.machine import Arguments, Machine
from forensics.source.names import OPTIMIZERS
from forensics.source.tree import dotted
from forensics.source.values import (
    BY_NAME,
    Data,
    Dict,
    Object,
    Optimizer,
    Parameters,
    Sequence,
    Site,
    Value,
)


def is_optimizer(name: str) -> bool:
    """Whether a dotted name outside of the tree is an optimizer class."""
    head, _, last = name.rpartition(".")
    return last in OPTIMIZERS or (
        head.rpartition(".")[2] == "optim" and ((last[:1].isupper() and last != "Optimizer") or last == "*")
    )


def make(machine: Machine, kind: str, arguments: Arguments, node: ast.AST) -> Optimizer:
    """Return a new optimizer over the first argument (or `params`)."""
    values, named = arguments
    held = loops.parameters_in(*(values[:1] or [named[key] for key in ("params", "parameters") if key in named]))
    known = held if isinstance(held, Parameters) else Parameters(frozenset(), doubt=BY_NAME)
    value = Optimizer(kind, known, machine.site(node), _rate(machine, node))
    for module in known.modules:
        module.settled = True
        modules.stepped(module, known.modules)
    for depth, frame in enumerate(machine.frames):
        made = frame.receiver
        if depth and frame.call is not None and isinstance(made, Object) and wraps(made):
            record.optimizer(machine, value, frame.call.node, depth)
            return value
    record.optimizer(machine, value, node)
    return value


def _rate(machine: Machine, node: ast.AST) -> Site | None:
    if not isinstance(node, ast.Call):
        return None
    for keyword in node.keywords:
        if keyword.arg in ("lr", "learning_rate"):
            return Site(machine.frame.file, keyword.value)
    return Site(machine.frame.file, node.args[1]) if len(node.args) > 1 else None


def wraps(owner: Object) -> bool:
    """Whether an object stands for the optimizer that it holds: its class clears gradients and steps."""
    return not owner.module and owner.cls is not None and all(owner.cls.method(one) for one in ("zero_grad", "step"))


def unknown(name: str, site: Site) -> Optimizer:
    """Return an optimizer that is known by a name alone."""
    value = Optimizer("?", Parameters(frozenset(), doubt=BY_NAME), site)
    value.name = name
    return value


def call(machine: Machine, value: Optimizer, method: str, arguments: Arguments, node: ast.AST) -> Value:
    """Call a method of an optimizer."""
    if method in ("zero_grad", "step"):
        kind = EventKind.ZERO_GRAD if method == "zero_grad" else EventKind.STEP
        if method == "step" and arguments[0]:
            machine.invoke(arguments[0][0], ([], {}), node)
        subject = subject_of(machine, node)
        if value.doubt and "sched" in subject.lower() and "optim" not in subject.lower():
            return Data()  # unpacked from a call that hands out both, and mistaken for the optimizer
        happened(machine, kind, value, node, subject)
    elif method == "add_param_group" and arguments[0]:
        more = loops.parameters_in(arguments[0][0])
        if isinstance(more, Parameters):
            old = value.parameters
            value.parameters = Parameters(old.modules | more.modules, doubt=max(old.doubt, more.doubt))
    return Data()


def happened(machine: Machine, kind: EventKind, value: Optimizer, node: ast.AST, subject: str) -> None:
    """Write down an event of an optimizer."""
    record.event(
        machine,
        kind,
        node,
        doubt=value.doubt,
        subject=subject or value.name,
        optimizer=value,
        modules=value.parameters.modules,
        partial=value.parameters.partial,
    )


def subject_of(machine: Machine, node: ast.AST) -> str:
    """Return the receiver of a method call as the source writes it, without `self.`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return (dotted(node.func.value) or ast.unparse(node.func.value)).removeprefix("self.")
    return ""


def attribute(machine: Machine, value: Optimizer, name: str) -> Value | None:
    """Return `param_groups`, None for any other attribute."""
    if name == "param_groups":
        return Sequence([Dict({"params": value.parameters}, Data())])
    if name in ("optimizer", "_optimizer", "optim"):
        return value
    return None


def text_of(node: ast.AST) -> str:
    """Return what is called, as the source writes it, without `self.`."""
    return ast.unparse(node.func).removeprefix("self.") if isinstance(node, ast.Call) else "?"


def zeroed(machine: Machine, modules: frozenset[Object], node: ast.AST) -> None:
    """Write down `module.zero_grad()`."""
    record.event(machine, EventKind.ZERO_GRAD, node, subject=subject_of(machine, node), modules=modules)
