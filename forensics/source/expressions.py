"""Expressions to abstract values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from forensics.source import conditions, formats, loops, record
from forensics.source.join import flat, join, merge
from forensics.source.machine import Machine
from forensics.source.values import (
    Choice,
    Const,
    Data,
    Dict,
    Function,
    Parameters,
    Sequence,
    Site,
    Value,
)

MOST_TEXT = 2_000
MOST_ITEMS = 256
MOST_JOINED = 4 * MOST_ITEMS

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def constant(machine: Machine, node: ast.Constant) -> Value:
    """Return a literal."""
    return Const(node.value)


def name(machine: Machine, node: ast.Name) -> Value:
    """Return the value of a name."""
    return machine.lookup(node.id)


def attribute(machine: Machine, node: ast.Attribute) -> Value:
    """Return `value.name`."""
    return machine.attribute(machine.evaluate(node.value), node.attr, node)


def binary(machine: Machine, node: ast.BinOp) -> Value:
    """Fold constants, join dicts and lists, and derive norm formulas from arithmetic."""
    return combine(machine, node.op, machine.evaluate(node.left), machine.evaluate(node.right), node)


def combine(machine: Machine, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
    """Return `left op right`."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        folded = _choices(machine, op, left, right, node)
        if folded is not None:
            return folded
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(op, left, right, machine.site(node))
    if isinstance(op, ast.Add) and (formats.text_of(left) is not None or formats.text_of(right) is not None):
        return formats.join_parts([left, right], machine.site(node))
    if isinstance(op, ast.BitOr) and isinstance(left, Dict) and isinstance(right, Dict):
        return Dict({**left.slots, **right.slots}, _either(left.other, right.other))
    if isinstance(op, ast.Add):
        if isinstance(left, Parameters) and isinstance(right, Parameters):
            partial = left.partial or right.partial
            return Parameters(left.modules | right.modules, partial=partial, doubt=max(left.doubt, right.doubt))
        if isinstance(left, Sequence) and isinstance(right, Sequence):
            return _joined([*left.items(), *right.items()], _either(left.other, right.other), left.fixed)
        if isinstance(left, Sequence | Parameters) and isinstance(right, Sequence | Parameters):
            return loops.parameters_in(left, right)
    if isinstance(op, ast.Mult) and isinstance(left, Sequence) and not flat(right):
        return left
    return _numbers(machine, op, left, right, node)


def _joined(items: list[Value], other: Value | None, fixed: bool) -> Sequence:
    """Return a sequence; of one that grows beyond all bounds (`x = x + x`), what is beyond them becomes `other`."""
    for one in {id(one): one for one in items[MOST_JOINED:]}.values():
        other = _either(one, other)
    return Sequence(items[:MOST_JOINED], other, fixed)


def _either(one: Value | None, other: Value | None) -> Value | None:
    return other if one is None else one if other is None else join(one, other)


def _choices(machine: Machine, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value | None:
    lefts = left.options if isinstance(left, Choice) else (left,)
    rights = right.options if isinstance(right, Choice) else (right,)
    if len(lefts) * len(rights) > 4 or all(isinstance(one, Data) for one in (*lefts, *rights)):
        return None
    result: Value | None = None
    for one in lefts:
        for other in rights:
            if (isinstance(one, Const) and one.value is None) or (isinstance(other, Const) and other.value is None):
                continue
            value = combine(machine, op, one, other, node)
            result = value if result is None else join(result, value)
    return result


def _fold(op: ast.operator, left: Const, right: Const, site: Site) -> Value:
    function = _ARITHMETIC.get(type(op))
    one, other = left.value, right.value
    texts = isinstance(one, str) or isinstance(other, str)
    if function is not None and _small(one) and _small(other) and not (texts and not isinstance(op, ast.Add)):
        try:
            return Const(function(one, other), left.soft or right.soft)
        except (TypeError, ArithmeticError, ValueError):
            return Data(site=site)
    if isinstance(op, ast.Mod) and isinstance(one, str):
        return formats.percent(one, right, site)
    if isinstance(op, ast.Pow) and all(isinstance(x, int | float) and abs(x) < 100 for x in (one, other)):
        try:
            return Const(one**other, left.soft or right.soft)
        except (ArithmeticError, ValueError):
            return Data(site=site)
    return Data(site=site)


def _small(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) < MOST_TEXT
    return isinstance(value, int | float) and abs(value) < 1e300


def _numbers(machine: Machine, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
    site = machine.site(node)
    result = merge([left, right])
    measure = result.measure
    if measure is not None:
        number = next((one.value for one in (left, right) if isinstance(one, Const)), None)
        if isinstance(op, ast.Pow) and isinstance(right, Const):
            measure = measure.after("square" if right.value == 2 else "sqrt" if right.value == 0.5 else "other")
        elif isinstance(op, ast.Mult) and isinstance(node, ast.BinOp) and _same(node.left, node.right):
            measure = measure.after("square")
        elif isinstance(op, ast.Add) and (number == 0 or _accumulates(left, right)):
            measure = measure.after("sum")
        elif not (isinstance(op, ast.Add | ast.Sub | ast.Div) and number is not None and abs(number) < 1e-3):
            measure = measure._replace(form="other", event=None) if measure.total else None
    of, factors = result.of, result.factors
    if isinstance(op, ast.Mult) and of:
        factor = next((one for one, side in _operands(node, left, right) if not _holds(side)), None)
        if factor is not None:
            factors = ((of, Site(site.file, factor)), *factors)
    elif not isinstance(op, ast.Add | ast.Sub | ast.Mult):
        of = frozenset()
    if measure is not None and measure.total and measure.form != "other":
        measure = record.norm(machine, measure, node)
    return machine.cut(result.but(measure=measure, of=of, factors=factors, site=site, name="", solid=True))


def _operands(node: ast.AST, left: Value, right: Value) -> list[tuple[ast.AST, Value]]:
    if isinstance(node, ast.BinOp):
        return [(node.left, left), (node.right, right)]
    return []


def _holds(value: Value) -> bool:
    return any(part.of for part in flat(value))


def _same(one: ast.AST, other: ast.AST) -> bool:
    return ast.dump(one) == ast.dump(other)


def _accumulates(left: Value, right: Value) -> bool:
    """Whether a tensor form is added to a total of its kind: the second turn of a loop, or a second set."""
    forms = {part.measure.form for value in (left, right) for part in flat(value) if part.measure is not None}
    return len(forms) == 1


def boolean(machine: Machine, node: ast.BoolOp) -> Value:
    """`a or b`: the first that is not known to be false; else the join."""
    known: Value | None = None
    for part in node.values:
        value = machine.evaluate(part)
        truth = conditions.truth_of(value)
        if (isinstance(node.op, ast.Or) and truth is False) or (isinstance(node.op, ast.And) and truth is True):
            known = known or (value if part is node.values[-1] else None)
            continue
        known = value if known is None else join(known, value)
        if truth is not None:
            break
    return known if known is not None else Const(isinstance(node.op, ast.And))


def compare(machine: Machine, node: ast.Compare) -> Value:
    """A comparison carries no gradient; what is compared with what may be a threshold."""
    truth = machine.truth(node)
    if truth is not None:
        return Const(truth)
    labels = frozenset().union(*(part.labels for part in flat(machine.evaluate(node.left))))
    return Data(site=machine.site(node), labels=labels)


def unary(machine: Machine, node: ast.UnaryOp) -> Value:
    """Return `-x`, `not x`, `~x`."""
    if isinstance(node.op, ast.Not):
        truth = machine.truth(node.operand)
        return Data(site=machine.site(node)) if truth is None else Const(not truth)
    value = machine.evaluate(node.operand)
    if isinstance(value, Const) and isinstance(node.op, ast.USub) and isinstance(value.value, int | float):
        return Const(-value.value, value.soft)
    if isinstance(value, Const):
        return Data(site=machine.site(node))
    return merge([value]).but(site=machine.site(node))


def conditional(machine: Machine, node: ast.IfExp) -> Value:
    """Return `a if test else b`, joined where the test is not known."""
    truth = machine.truth(node.test)
    if truth is not None:
        return machine.evaluate(node.body if truth else node.orelse)
    machine.guards.append((machine.frame.file, node.test, True))
    first = machine.evaluate(node.body)
    machine.guards[-1] = (machine.frame.file, node.test, False)
    second = machine.evaluate(node.orelse)
    machine.guards.pop()
    return join(first, second)


def sequence(machine: Machine, node: ast.List | ast.Tuple | ast.Set) -> Value:
    """Return a list by position; `*parts` are opened."""
    items: list[Value] = []
    other: Value | None = None
    for element in node.elts[:MOST_ITEMS]:
        if not isinstance(element, ast.Starred):
            items.append(machine.evaluate(element))
            continue
        value = machine.evaluate(element.value)
        if isinstance(value, Sequence) and value.other is None:
            items += value.items()
        elif isinstance(value, Parameters):
            items.append(value)
        else:
            other = _either(other, loops.element(machine, value))
    if items and other is None and all(isinstance(one, Parameters) and not one.named for one in items):
        opened = all(isinstance(element, ast.Starred) for element in node.elts)
        return loops.parameters_in(*items) if opened else Sequence(items, fixed=isinstance(node, ast.Tuple))
    return _joined(items, other, isinstance(node, ast.Tuple))


def dictionary(machine: Machine, node: ast.Dict) -> Value:
    """Return a dict by key; `**parts` are taken over."""
    result = Dict()
    for key, value in zip(node.keys[:MOST_ITEMS], node.values, strict=False):
        held = machine.evaluate(value)
        if key is None:
            if isinstance(held, Dict):
                result.slots.update(held.slots)
                result.other = _either(result.other, held.other)
            else:
                result.other = _either(result.other, merge([held]))
            continue
        name = machine.evaluate(key)
        if isinstance(name, Const) and isinstance(name.value, str | int | float | bool | None):
            result.slots[name.value] = held
        elif (pattern := formats.pattern_of(name)) is not None:
            result.slots[pattern] = held
        else:
            result.other = _either(result.other, held)
    return result


def joined(machine: Machine, node: ast.JoinedStr) -> Value:
    """Return an f-string: a constant, or a pattern with `*`."""
    return formats.join_parts([machine.evaluate(part) for part in node.values], machine.site(node))


def formatted(machine: Machine, node: ast.FormattedValue) -> Value:
    """Return one part of an f-string."""
    value = machine.evaluate(node.value)
    if isinstance(value, Const) and node.format_spec is None:
        return value
    return value if formats.pattern_of(value) is not None else Data(site=machine.site(node))


def subscript(machine: Machine, node: ast.Subscript) -> Value:
    """Return `value[key]`."""
    value = machine.evaluate(node.value)
    if isinstance(node.slice, ast.Slice):
        return loops.cut(machine, value, node.slice)
    return loops.item(machine, value, machine.evaluate(node.slice), node)


def comprehension(machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    """Return the elements of a comprehension."""
    return loops.comprehension(machine, node.generators, lambda: machine.evaluate(node.elt), node)


def dict_comprehension(machine: Machine, node: ast.DictComp) -> Value:
    """Return a dict by key, as far as the keys are known."""
    return loops.dict_comprehension(machine, node)


def function(machine: Machine, node: ast.Lambda) -> Value:
    """Return a lambda."""
    return Function(node, machine.frame.file, machine.frame, machine.frame.owner)


def starred(machine: Machine, node: ast.Starred | ast.Await) -> Value:
    """Return what is inside."""
    return machine.evaluate(node.value)


def produced(machine: Machine, node: ast.Yield | ast.YieldFrom) -> Value:
    """Note what a generator yields."""
    if node.value is not None:
        value = machine.evaluate(node.value)
        machine.frame.yielded.append(loops.element(machine, value) if isinstance(node, ast.YieldFrom) else value)
    return Data()


def named(machine: Machine, node: ast.NamedExpr) -> Value:
    """Return `name := value`."""
    value = machine.evaluate(node.value)
    machine.assign(node.target, value, node)
    return value


Handler = Callable[[Machine, Any], Value]
HANDLERS: dict[type[ast.expr], Handler] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.Attribute: attribute,
    ast.BinOp: binary,
    ast.BoolOp: boolean,
    ast.Compare: compare,
    ast.UnaryOp: unary,
    ast.IfExp: conditional,
    ast.List: sequence,
    ast.Tuple: sequence,
    ast.Set: sequence,
    ast.Dict: dictionary,
    ast.JoinedStr: joined,
    ast.FormattedValue: formatted,
    ast.Subscript: subscript,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dict_comprehension,
    ast.Lambda: function,
    ast.Starred: starred,
    ast.Await: starred,
    ast.Yield: produced,
    ast.YieldFrom: produced,
    ast.NamedExpr: named,
}
"""What evaluates each kind of expression. Calls are added by the interpreter."""
