"""Calls of what lies outside of the tree: torch, numpy, the language itself, wrappers."""

from __future__ import annotations

import ast

from forensics.source import (
    binding,
    contexts,
    generics,
    loops,
    methods,
    modules,
    optimizers,
    records,
    targets,
    training,
)
from forensics.source.join import flat, join_all, merge
from forensics.source.machine import Arguments, Machine
from forensics.source.names import CLIPS, CONTAINERS, CUTTING, IDENTITIES, LEAFLESS, MOVERS, TRANSPARENT
from forensics.source.values import (
    BY_NAME,
    EXACT,
    NO_PATHS,
    Bound,
    Choice,
    Const,
    Data,
    Dict,
    External,
    Function,
    Mode,
    Object,
    Parameters,
    Sequence,
    Value,
)

_REDUCERS = {
    "norm": "norm", "vector_norm": "norm", "sum": "sum", "fsum": "sum", "max": "max", "mean": "mean", "sqrt": "sqrt",
    "abs": "abs", "square": "square", "stack": "same", "cat": "cat", "hstack": "cat", "tensor": "same", "float": "same",
    "asarray": "same", "array": "same", "nanmean": "mean", "_foreach_norm": "norm",
    "linalg_vector_norm": "norm", "concatenate": "cat",
}  # fmt: skip


def call(machine: Machine, callee: External, arguments: Arguments, node: ast.AST) -> Value:
    """Call something by its dotted name."""
    name = callee.name
    last = name.rpartition(".")[2]
    values, named = arguments
    mode = contexts.mode_of(name, values)
    if mode is not None:
        return mode
    if last == "TypeVar":
        return generics.variable(machine, node) or Data()
    if name.startswith("builtins.") or name.partition(".")[0] in (
        "itertools",
        "collections",
        "functools",
        "operator",
        "copy",
        "dataclasses",
    ):
        found = _language(machine, last, arguments, node)
        if found is not None:
            return found
    if last in CLIPS:
        return training.clip(machine, last, arguments, node)
    if optimizers.is_optimizer(name):
        kind = last if last != "*" else ast.unparse(node.func) if isinstance(node, ast.Call) else "?"
        return optimizers.make(machine, kind, arguments, node)
    found = _of_torch(machine, name, last, arguments, node)
    if found is not None:
        return found
    if "optim" in last.lower() and any(_holds_parameters(one) for one in [*values[:1], *named.values()]):
        return optimizers.make(machine, last, arguments, node)
    return _data(machine, name, last, arguments, node)


def _holds_parameters(value: Value) -> bool:
    return isinstance(loops.parameters_in(value), Parameters)


def _of_torch(machine: Machine, name: str, last: str, arguments: Arguments, node: ast.AST) -> Value | None:
    values, named = arguments
    first = values[0] if values else None
    head = name.partition(".")[0]
    if last == "autocast":
        return Mode(None, neutral=True)
    if last in TRANSPARENT and first is not None:
        return first
    if last in IDENTITIES and first is not None and head not in ("re", "builtins"):
        return values[0] if len(values) == 1 else Sequence(values, fixed=True)
    if last == "functional_call" and len(values) > 2:
        passed = values[2].items() if isinstance(values[2], Sequence) else values[2:]
        return machine.invoke(values[0], (passed, {}), node)
    if last in ("Parameter", "Variable") and head == "torch":
        grad = named.get("requires_grad", values[1] if len(values) > 1 else Const(True))
        return modules.parameter(machine, node, frozen=modules.state_frozen(grad))
    if head in ("torch", "nn") and modules.constant_true(named.get("requires_grad")):
        return modules.parameter(machine, node)
    if name.startswith(("torch.nn.", "nn.")) and last[:1].isupper() and ".utils." not in name:
        return layer(machine, last, arguments, node)
    if last in ("_foreach_lerp_", "_foreach_mul_", "_foreach_copy_", "_foreach_add_") and first is not None:
        tensor = loops.element(machine, first)
        for one in flat(tensor):
            others = [
                loops.element(machine, value) if not isinstance(value, Data | Const) else value for value in values[1:]
            ]
            targets.moved(machine, one, others, last.removeprefix("_foreach_"), node)
        return Data()
    if last in MOVERS and len(values) > 1:
        targets.by_helper(machine, values, node)
        return Data()
    if last in ("backward",) and head == "torch" and values:
        return training.backward(machine, values[:1], node)
    if last == "grad" and "autograd" in name and values:
        return Data(site=machine.site(node))
    if last in ("add", "lerp", "mul") and isinstance(out := named.get("out"), Data) and out.of:
        targets.moved(machine, out, values, last + "_", node)
        return out
    return None


def layer(machine: Machine, kind: str, arguments: Arguments, node: ast.AST) -> Value:
    """Return a layer of torch.nn."""
    values, _ = arguments
    made = Object(kind=kind, module=True, leaf=kind not in LEAFLESS and kind not in CONTAINERS, site=machine.site(node))
    if kind in CONTAINERS:
        inside = values[:]
        if kind != "Sequential" and values:
            inside = _listed(machine, values[0], made)
        elif kind == "Sequential" and len(values) == 1 and isinstance(values[0], Dict):
            inside = list(values[0].slots.values())
        for place, held in enumerate(inside):
            for one in held.options if isinstance(held, Choice) else (held,):
                if isinstance(one, Object):
                    one.names.append((made, str(place)))
                    made.children.append(one)
        if kind == "Sequential" and not any(child.cls is not None for child in made.children):
            made.leaf = not made.children or any(True for _ in modules.leaves(made))
            made.children = made.children if not made.leaf else []
            made.slots = {}
        elif not made.children:
            made.leaf = True
    return made


def _listed(machine: Machine, value: Value, made: Object) -> list[Value]:
    if isinstance(value, Dict):
        made.slots.update({key: one for key, one in value.slots.items() if isinstance(one, Object)})
        return list(value.slots.values())
    if isinstance(value, Sequence):
        return [*value.items(), *([value.other] if value.other is not None else [])]
    return [loops.element(machine, value)]


def _data(machine: Machine, name: str, last: str, arguments: Arguments, node: ast.AST) -> Value:
    values, named = arguments
    result = merge([*values, *named.values()])
    head = name.partition(".")[0]
    cut = (
        (last in CUTTING and head in ("torch", "th", "F", "numpy"))
        or head in ("numpy", "math", "random", "time")
        or (last in ("int", "float", "bool", "len", "str"))
    )
    measure = result.measure
    if measure is not None:
        operation = _REDUCERS.get(last, "other")
        if last in ("norm", "vector_norm", "get_total_norm"):
            operation = "norm"
            order = values[1] if len(values) > 1 else next((named[key] for key in _ORDERS if key in named), Const(2))
            if not (isinstance(order, Const) and order.value in (2, 2.0, "fro")):
                operation = "other"
        if last == "get_total_norm":
            measure = measure.after("norm")
        measure = None if operation == "other" and measure.total else methods.reduce(machine, measure, operation, node)
    if last in _MASKS:
        measure = None
    known = head in ("torch", "numpy", "math", "builtins", "einops", "functorch")
    return Data(
        NO_PATHS if cut or not machine.grad else result.paths,
        measure=measure,
        labels=result.labels,
        passed=result.passed,
        reads=result.reads | result.paths if cut or not machine.grad else result.reads,
        torn=result.torn,
        factors=(),
        of=result.of if last in ("list", "tuple") else frozenset(),
        site=machine.site(node),
        solid=head in ("torch", "numpy"),
        doubt=max(result.doubt, EXACT if known or not result.paths else BY_NAME),
    )


_ORDERS = ("ord", "p", "norm_type")
_MASKS = frozenset("isnan isfinite isinf any all".split())


def _language(machine: Machine, last: str, arguments: Arguments, node: ast.AST) -> Value | None:
    values, _named = arguments
    first = values[0] if values else None
    if last == "deepcopy" or (last == "copy" and isinstance(first, Object)):
        return _copied(machine, first, node)
    if last in ("list", "tuple", "set", "sorted", "reversed", "iter", "cycle", "deque", "frozenset"):
        return _list(machine, first, last)
    if last in ("dict", "OrderedDict", "defaultdict"):
        return _dict(machine, last, arguments)
    if last in ("zip", "zip_longest"):
        return _zip(machine, values)
    if last == "enumerate" and first is not None:
        each = loops.turns(machine, first)
        pairs: list[Value] = [Sequence([Data(), one], fixed=True) for one in each]
        if isinstance(first, Sequence) and first.other is None:
            pairs = [Sequence([Const(at), one], fixed=True) for at, one in enumerate(first.items())]
            return Sequence(pairs)
        return Sequence([], join_all(pairs))
    if last in ("chain", "from_iterable"):
        return _chain(machine, values, last)
    if last == "range":
        return _range(values)
    if last == "getattr" and len(values) > 1:
        return _getattr(machine, values, node)
    if last == "setattr" and len(values) > 2:
        return _setattr(machine, values)
    if last in ("partial", "partialmethod") and first is not None:
        return _partial(first, arguments)
    if last in ("vars", "asdict", "fields") and isinstance(first, Object):
        return records.parts(machine, last, first)
    if last in ("next", "filter") and first is not None:
        return _next(machine, values, last)
    if last == "map" and len(values) > 1 and first is not None:
        each = [loops.element(machine, one) for one in values[1:]]
        return Sequence([], machine.invoke(first, (each, {}), node))
    if last in ("sum", "max", "min", "abs"):
        return _reduced(machine, last, values, node)
    if last in ("float", "int", "str", "bool") and isinstance(first, Const):
        return _converted(last, first)
    if last in ("isinstance", "hasattr", "len", "print", "open", "id", "type", "callable", "issubclass"):
        if last == "type" and isinstance(first, Object) and first.cls is not None:
            kind: Value = first.cls
            return kind
        return Data(site=machine.site(node))
    return None


def _copied(machine: Machine, value: Value | None, node: ast.AST, depth: int = 0) -> Value:
    if depth > 4:
        return Data()
    if isinstance(value, Object):
        machine.fill(value)
        return targets.copy(machine, value, node)
    if isinstance(value, Choice):
        return join_all(_copied(machine, option, node, depth + 1) for option in value.options)
    if isinstance(value, Sequence):
        other = None if value.other is None else _copied(machine, value.other, node, depth + 1)
        return Sequence([_copied(machine, one, node, depth + 1) for one in value.items()], other, value.fixed)
    if isinstance(value, Data):
        return value.but(of=frozenset())
    return value if value is not None else Data()


def _list(machine: Machine, value: Value | None, last: str) -> Value:
    if value is None:
        return Sequence()
    if isinstance(value, Sequence):
        items = value.items()
        return Sequence(items[::-1] if last == "reversed" else items, value.other, last == "tuple")
    if isinstance(value, Parameters | Data):
        return value
    if isinstance(value, Dict):
        return Sequence([Const(key) for key in value.slots], None if value.other is None else Data())
    return Sequence([], loops.element(machine, value))


def _dict(machine: Machine, last: str, arguments: Arguments) -> Value:
    values, named = arguments
    if last == "defaultdict":
        made = Dict()
        made.fresh = lambda key: machine.invoke(values[0], ([], {}), ast.Constant(key)) if values else Data()
        return made
    result = Dict({key: value for key, value in named.items() if key != "**"})
    if values and isinstance(values[0], Dict):
        result = Dict({**values[0].slots, **result.slots}, values[0].other)
    elif values and isinstance(values[0], Parameters):
        return values[0]
    elif values and isinstance(values[0], Sequence):
        for pair in values[0].items():
            if isinstance(pair, Sequence) and len(pair.slots) == 2 and isinstance(key := pair.slots[0], Const):
                result.slots[key.value] = pair.slots[1]
    if "**" in named:
        result.other = named["**"]
    return result


def _zip(machine: Machine, values: list[Value]) -> Value:
    known = [value.items() for value in values if isinstance(value, Sequence) and value.other is None]
    if values and len(known) == len(values):
        return Sequence([Sequence(list(row), fixed=True) for row in zip(*known, strict=False)])
    if known:
        count = min(len(items) for items in known)
        columns = [
            value.items()[:count] if isinstance(value, Sequence) and value.other is None
            else [loops.element(machine, value)] * count
            for value in values
        ]  # fmt: skip
        return Sequence([Sequence(list(row), fixed=True) for row in zip(*columns, strict=True)])
    return Sequence([], Sequence([loops.element(machine, value) for value in values], fixed=True))


def _chain(machine: Machine, values: list[Value], last: str) -> Value:
    if last == "from_iterable" and values:
        values = loops.turns(machine, values[0])
    held = loops.parameters_in(*values)
    if isinstance(held, Parameters):
        return held
    items: list[Value] = []
    others: list[Value] = []
    for value in values:
        if isinstance(value, Sequence):
            items += value.items()
            others += [value.other] if value.other is not None else []
        else:
            others.append(loops.element(machine, value))
    return Sequence(items, join_all(others) if others else None)


def _range(values: list[Value]) -> Value:
    numbers = [value.value for value in values if isinstance(value, Const) and not value.soft]
    if values and len(numbers) == len(values) and all(type(number) is int for number in numbers):
        try:
            turns = range(*numbers)
        except (TypeError, ValueError):
            return Data()
        if len(turns) <= 4:
            return Sequence([Const(turn) for turn in turns])
    return Sequence([], Data())


def _getattr(machine: Machine, values: list[Value], node: ast.AST) -> Value:
    key = values[1]
    if isinstance(key, Const) and isinstance(key.value, str) and not (key.soft and isinstance(values[0], External)):
        found = machine.attribute(values[0], key.value, node)
        unknown = isinstance(found, Bound) and found.function is None and len(values) > 2
        return values[2] if unknown and isinstance(values[0], Object) and values[0].cls is not None else found
    if isinstance(key, Choice):
        return join_all(_getattr(machine, [values[0], option, *values[2:]], node) for option in key.options)
    if isinstance(values[0], External):
        return External(f"{values[0].name}.*")
    return Data()


def _setattr(machine: Machine, values: list[Value]) -> Value:
    key = values[1]
    if isinstance(values[0], Object) and isinstance(key, Const) and isinstance(key.value, str):
        binding.adopt(machine, values[0], key.value, values[2])
    return Const(None)


def _partial(first: Value, arguments: Arguments) -> Value:
    values, named = arguments
    if isinstance(first, Function):
        made = Function(first.node, first.file, first.closure, first.owner)
        before, earlier = first.bound or ([], {})
        made.bound = ([*before, *values[1:]], {**earlier, **named})
        return made
    if isinstance(first, Bound) and first.function is not None:
        inner = Function(first.function.node, first.function.file, first.function.closure, first.function.owner)
        inner.bound = (values[1:], named) if not values[1:] else None
        return Bound(first.receiver, inner, first.method)
    return first


def _next(machine: Machine, values: list[Value], last: str) -> Value:
    if last == "filter":
        return values[1] if len(values) > 1 else Data()
    return loops.element(machine, values[0])


def _reduced(machine: Machine, last: str, values: list[Value], node: ast.AST) -> Value:
    if values and all(isinstance(value, Const) for value in values) and len(values) > 1:
        numbers = [value.value for value in values if isinstance(value, Const)]
        if all(isinstance(number, int | float) for number in numbers):
            soft = any(isinstance(value, Const) and value.soft for value in values)
            return Const(max(numbers) if last == "max" else min(numbers), soft) if last in ("max", "min") else Data()
    result = merge(values)
    measure = result.measure
    if measure is not None:
        several = len(values) == 1
        measure = methods.reduce(machine, measure, last if several or last == "abs" else "same", node)
    return machine.cut(result.but(measure=measure, of=frozenset(), site=machine.site(node), name=""))


def _converted(last: str, value: Const) -> Value:
    kinds = {"float": float, "int": int, "str": str, "bool": bool}
    try:
        return Const(kinds[last](value.value), value.soft)
    except (TypeError, ValueError, OverflowError):
        return Data()
