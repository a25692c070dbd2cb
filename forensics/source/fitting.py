"""Which classes of the tree can be made of given arguments, by how they use them: arity, attributes, results."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from forensics.source.classes import Class
from forensics.source.machine import Arguments, Machine
from forensics.source.tree import FunctionNode, dotted
from forensics.source.values import Const, Object, Starred, Value

OF_MODULES = frozenset(
    "add_module apply bfloat16 buffers children compile cpu cuda double eval extra_repr float forward get_parameter "
    "get_submodule half load_state_dict modules named_buffers named_children named_modules named_parameters parameters "
    "register_buffer register_forward_hook register_module register_parameter requires_grad_ share_memory state_dict "
    "to train training type zero_grad".split()
)
"""What every network has."""


def fits(machine: Machine, cls: Class, arguments: Arguments) -> bool:
    """Whether a class can be made of the arguments and finds in them what its methods use. In doubt it fits."""
    found = cls.method("__init__")
    if found is None:
        return True
    bound = _bound(found[1], arguments)
    if bound is None:
        return False
    return all(
        _offers(machine, value, use)
        for name, value in bound.items()
        if isinstance(value, Object) and value.cls is not None
        for use in uses(cls, name)
    )


def _bound(definition: FunctionNode, arguments: Arguments) -> dict[str, Value] | None:
    """Return the arguments by name, None where they are too many or too few."""
    spec = definition.args
    positional = [one.arg for one in [*spec.posonlyargs, *spec.args]][1:]
    values, named = arguments
    if any(isinstance(value, Starred) for value in values) or "**" in named:
        return {}
    if len(values) > len(positional) and spec.vararg is None:
        return None
    bound = dict(zip(positional, values, strict=False))
    known = {*positional, *(one.arg for one in spec.kwonlyargs)}
    if spec.kwarg is None and not set(named) <= known:
        return None
    bound.update({name: value for name, value in named.items() if name in known})
    needed = positional[: len(positional) - len(spec.defaults)]
    needed += [one.arg for one, given in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if given is None]
    return bound if set(needed) <= set(bound) else None


class Use:
    """`argument.attribute`; `call` where it is called, `parts` where the result is taken apart or asked for more.

    `parts` is the number of targets the result is unpacked into, 0 where an attribute of it is used, None if unknown.
    """

    __slots__ = ("attribute", "call", "parts")

    def __init__(self, attribute: str, call: ast.Call | None, parts: int | None) -> None:
        self.attribute, self.call, self.parts = attribute, call, parts


def uses(cls: Class, name: str) -> list[Use]:
    """Return what the methods of a class do with an argument of its constructor: as `name` there and as `self.name`."""
    methods: dict[str, Class] = {}
    for owner in reversed(cls.mro):
        methods.update(dict.fromkeys(owner.methods, owner))
    found: list[Use] = []
    for method, owner in methods.items():
        table = owner.uses.get(method)
        if table is None:
            table = owner.uses[method] = _table(owner.methods[method])
        found += table.get(f"self.{name}", [])
        if method == "__init__":
            found += table.get(name, [])
    return found


def _table(method: FunctionNode) -> dict[str, list[Use]]:
    """Return what a method uses, by what it uses it of: `self.policy`, `policy`."""
    parts = {id(call): count for call, count in _results(method)}
    calls = {id(one.func): one for one in ast.walk(method) if isinstance(one, ast.Call)}
    found: dict[str, list[Use]] = {}
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and (receiver := dotted(node.value)):
            call = calls.get(id(node))
            use = Use(node.attr, call, None if call is None else parts.get(id(call)))
            found.setdefault(receiver, []).append(use)
        if isinstance(node, ast.Call) and (receiver := dotted(node.func)):
            found.setdefault(receiver, []).append(Use("forward", node, parts.get(id(node))))
    return found


def _results(method: FunctionNode) -> Iterator[tuple[ast.Call, int]]:
    """Yield calls whose result is taken apart, with the number of parts, or asked for an attribute, with 0."""
    read = {
        one.value.id
        for one in ast.walk(method)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            yield node.value, 0
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Tuple) and not any(isinstance(one, ast.Starred) for one in target.elts):
                yield node.value, len(target.elts)
            elif isinstance(target, ast.Name) and target.id in read:
                yield node.value, 0


def _offers(machine: Machine, value: Object, use: Use) -> bool:
    """Whether an object has what is used of it."""
    machine.fill(value)
    cls = value.cls
    if (
        use.attribute in value.slots
        or cls.annotation(use.attribute)
        or any(use.attribute in one.assigned for one in cls.mro)
    ):
        return True
    found = cls.method(use.attribute)
    if found is None:
        return not cls.is_module or use.attribute in OF_MODULES or cls.method("__getattr__") is not None
    if use.call is None:
        return True
    return _takes(found[1], use.call) and _gives(found[1], use.parts)


def _takes(method: FunctionNode, call: ast.Call) -> bool:
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return True
    blank = Const(None)
    return _bound(method, ([blank] * len(call.args), {str(one.arg): blank for one in call.keywords})) is not None


def _gives(method: FunctionNode, parts: int | None) -> bool:
    """Whether a method can return what its caller takes apart: tuples of that length, or no tuple."""
    returned = [one.value for one in ast.walk(method) if isinstance(one, ast.Return) and one.value is not None]
    lengths = {_length(one) for one in returned}
    return parts is None or not lengths or None in lengths or (parts or 1) in lengths


def _length(node: ast.expr) -> int | None:
    """Return how many parts a returned expression has, 1 for a tensor, None where that is not plain."""
    if isinstance(node, ast.Tuple):
        return None if any(isinstance(one, ast.Starred) for one in node.elts) else len(node.elts)
    indexed = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)
    return 1 if indexed or isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare) else None
