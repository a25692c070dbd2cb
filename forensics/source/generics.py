"""Type variables, and what subclasses put for them: `class SAC(Agent[SACConfig])`."""

from __future__ import annotations

import ast
from typing import NamedTuple

from forensics.source.classes import Class
from forensics.source.machine import Machine
from forensics.source.tree import File
from forensics.source.values import TypeVariable


class Within(NamedTuple):
    """Where an annotation is read: of an instance of `cls`, in the body of its ancestor `owner`."""

    cls: Class
    owner: Class


def bind(machine: Machine, cls: Class) -> None:
    """Note what a class puts for the type variables of its bases, and which ones it leaves open."""
    for known in reversed(cls.bases):
        cls.types.update(known.types)
    declared: list[str] = []
    free: list[str] = []
    for node in cls.node.bases:
        if not isinstance(node, ast.Subscript):
            continue
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        names = [value.name for part in parts if isinstance(value := machine.evaluate(part), TypeVariable)]
        base = machine.evaluate(node.value)
        if isinstance(base, Class):
            free += names
            cls.types.update({(base, name): (cls, part) for name, part in zip(base.parameters, parts, strict=False)})
        else:
            declared += names
    cls.parameters = list(dict.fromkeys(declared or free))


def meaning(variable: TypeVariable, within: Within | None) -> tuple[ast.expr, File, Within | None] | None:
    """Return the type that stands for a variable, its file and where it is read; its bound where no class says more."""
    if within is not None:
        found = within.cls.types.get((within.owner, variable.name))
        if found is not None:
            definer, node = found
            return node, definer.file, Within(within.cls, definer)
    return None if variable.bound is None else (variable.bound, variable.file, None)


def variable(machine: Machine, node: ast.AST) -> TypeVariable | None:
    """Return the value of a call of `TypeVar`, None where it has no constant name."""
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    bound = next((keyword.value for keyword in node.keywords if keyword.arg == "bound"), None)
    return TypeVariable(str(node.args[0].value), bound, machine.frame.file)
