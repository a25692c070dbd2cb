"""Lightning's implied steps: what the trainer does around `training_step` unless optimization is manual."""

from __future__ import annotations

import ast

from forensics.model.source import EventKind
from forensics.source import optimizers, record
from forensics.source.join import merge
from forensics.source.machine import Machine
from forensics.source.tree import FunctionNode
from forensics.source.values import Const, Data, Dict, Object, Optimizer, Sequence, Value

STEPS = frozenset({"training_step", "configure_optimizers"})
_HOOKS = frozenset({"optimizer_step", "training_step_end", "training_epoch_end"})


def is_hook(name: str) -> bool:
    """Whether a framework calls a method of this name, so that no line of the tree has to."""
    return name.lstrip("_").startswith("on_") or name in _HOOKS


def implied(machine: Machine, module: Object, returned: Value, node: FunctionNode) -> None:
    """Write down zero_grad, backward and step for the loss that `training_step` returned."""
    manual = module.slots.get("automatic_optimization")
    if isinstance(manual, Const) and manual.value is False:
        return
    loss = returned.slots.get("loss", Data()) if isinstance(returned, Dict) else returned
    data = merge([loss])
    if not data.paths:
        return
    place = next((one for one in reversed(list(ast.walk(node))) if isinstance(one, ast.Return)), node)
    held = _optimizers(machine.invoke(machine.attribute(module, "configure_optimizers", node), ([], {}), node), 0)
    for one in held:
        optimizers.happened(machine, EventKind.ZERO_GRAD, one, place, one.name)
    text = ast.unparse(place.value) if isinstance(place, ast.Return) and place.value is not None else "loss"
    record.event(
        machine, EventKind.BACKWARD, place, doubt=data.doubt, subject=text, paths=data.paths, passed=data.passed,
        reads=data.reads, torn=data.torn,
        modules=frozenset(path.origin for path in data.paths),
    )  # fmt: skip
    for one in held:
        optimizers.happened(machine, EventKind.STEP, one, place, one.name)


def _optimizers(value: Value, depth: int) -> list[Optimizer]:
    if isinstance(value, Optimizer):
        return [value]
    if depth > 3 or not isinstance(value, Sequence | Dict):
        return []
    inner = (
        value.items()
        if isinstance(value, Sequence)
        else [value.slots[key] for key in ("optimizer",) if key in value.slots]
    )
    return [one for part in inner for one in _optimizers(part, depth + 1)]
