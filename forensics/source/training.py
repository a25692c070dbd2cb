"""The calls that train: backward, clip, unscale, step through a scaler or a wrapper."""

from __future__ import annotations

import ast

from forensics.model.source import EventKind
from forensics.source import loops, optimizers, record
from forensics.source.join import merge
from forensics.source.machine import Arguments, Machine
from forensics.source.measures import Measure
from forensics.source.names import CLIPS
from forensics.source.values import BY_NAME, JOINED, Const, Data, Object, Optimizer, Parameters, Site, Value


def backward(machine: Machine, losses: list[Value], node: ast.AST, loss_node: ast.expr | None = None) -> Value:
    """Write down a backward pass of a loss."""
    loss = merge(losses)
    if loss_node is None and isinstance(node, ast.Call):
        if losses and node.args:
            loss_node = node.args[0]
        elif isinstance(node.func, ast.Attribute):
            loss_node = node.func.value
    subject = _loss_name(loss_node)
    record.event(
        machine,
        EventKind.BACKWARD,
        node,
        doubt=loss.doubt if loss.paths or not loss.doubt else BY_NAME,
        subject=subject,
        paths=loss.paths,
        passed=loss.passed,
        reads=loss.reads,
        torn=loss.torn,
        modules=frozenset(path.origin for path in loss.paths),
    )
    return Data()


def _loss_name(node: ast.expr | None) -> str:
    """Return the expression differentiated, without the call of a scaler around it."""
    while (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "scale" and node.args
    ):
        node = node.args[0]
    return "" if node is None else ast.unparse(node).removeprefix("self.")


def clip(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Value:
    """Write down a clip and return the norm before it; with a limit of infinity it only measures."""
    values, named = arguments
    target = values[0] if values else named.get("parameters", named.get("params", Data()))
    held: Value = target.parameters if isinstance(target, Optimizer) else loops.parameters_in(target)
    if isinstance(target, Object):
        held = Parameters(frozenset([target]), doubt=target.doubt)
    known = held if isinstance(held, Parameters) else Parameters(frozenset(), doubt=BY_NAME)
    limit_node = _limit(node)
    limit = values[1] if len(values) > 1 else next((named[key] for key in _LIMITS if key in named), Data())
    number = limit.value if isinstance(limit, Const) else None
    measures = isinstance(limit, Const) and not limit.soft and number == float("inf")
    order = named.get("norm_type", values[2] if len(values) > 2 else Const(2.0))
    kind = CLIPS.get(name, "norm")
    by = "value" if kind == "value" else _norm_name(order)
    measure = Measure("grad", known.modules, "l2" if by == "l2" else "max_abs" if by == "inf" else "other")
    if measures:
        measure = record.norm(machine, measure, node)
        return Data(measure=measure, site=machine.site(node), doubt=known.doubt)
    event = record.event(
        machine,
        EventKind.CLIP,
        node,
        doubt=known.doubt,
        modules=known.modules,
        partial=known.partial,
        limit=None if limit_node is None else Site(machine.frame.file, limit_node),
        limit_value=number,
        limit_soft=isinstance(limit, Const) and limit.soft,
        clip_by=by,
        optimizer=target if isinstance(target, Optimizer) else None,
    )
    if kind == "value":
        return Data()
    return Data(measure=measure._replace(event=event.order), site=machine.site(node), doubt=known.doubt)


REWRITES = frozenset("clamp_ clip_ mul_".split())
"""Methods that write a gradient anew in its place: what people clip with when they take no helper."""


def rewritten(machine: Machine, data: Data, method: str, arguments: Arguments, node: ast.AST) -> None:
    """Write down `p.grad.clamp_(-1, 1)` or `p.grad.mul_(factor)` as the clip that it is."""
    assert data.measure is not None
    values, named = arguments
    by_value = method != "mul_"
    limit = named.get("max", values[-1] if values else Data()) if by_value else Data()
    record.event(
        machine,
        EventKind.CLIP,
        node,
        doubt=max(data.doubt, 0 if by_value else JOINED),
        modules=data.measure.modules,
        limit=Site(machine.frame.file, node.args[-1])
        if by_value and isinstance(node, ast.Call) and node.args
        else None,
        limit_value=limit.value if isinstance(limit, Const) else None,
        limit_soft=isinstance(limit, Const) and limit.soft,
        clip_by="value" if by_value else "other",
    )


def said_to_clip(machine: Machine, modules: frozenset[Object], words: ast.AST, node: ast.AST) -> None:
    """Write down a clip where the words of `p.grad = ...` or `p.register_hook(...)` speak of one."""
    if "clamp" in (text := ast.unparse(words)) or "clip" in text:
        record.event(machine, EventKind.CLIP, node, doubt=BY_NAME, modules=modules, clip_by="other")


_LIMITS = ("max_norm", "clip_value", "gradient_clip_val", "max_grad_norm")


def _limit(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Call):
        return None
    found = next((one.value for one in node.keywords if one.arg in _LIMITS), None)
    return found if found is not None else node.args[1] if len(node.args) > 1 else None


def _norm_name(order: Value) -> str:
    if not isinstance(order, Const):
        return "other"
    number = order.value
    return "l2" if number in (2, "2") else "inf" if number in (float("inf"), "inf") else f"l{number}"


def scaler(machine: Machine, method: str, arguments: Arguments, node: ast.AST) -> bool:
    """Follow `scaler.unscale_(optimizer)` and `scaler.step(optimizer)`. Return whether it was one of them."""
    values = arguments[0]
    if method not in ("unscale_", "step") or not values or not isinstance(values[0], Optimizer):
        return False
    kind = EventKind.UNSCALE if method == "unscale_" else EventKind.STEP
    assert isinstance(node, ast.Call)
    subject = ast.unparse(node.args[0]).removeprefix("self.") if node.args else ""
    optimizers.happened(machine, kind, values[0], node, subject)
    return True
