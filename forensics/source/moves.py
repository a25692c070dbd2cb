"""Functions that look as if they moved one network towards another: held against the moves that were followed."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from forensics.model.source import EventKind
from forensics.source.collector import Event
from forensics.source.names import TARGET_MOVES
from forensics.source.tree import FunctionNode, Tree

_PAIRS = frozenset({"zip", "zip_longest", "parameters", "named_parameters", "state_dict", "buffers"})


def all_followed(tree: Tree, events: Iterable[Event]) -> bool:
    """Whether each function that writes to tensors pair by pair was seen to move a network.

    Where one was not, a copy that nothing moves may be moved there. A write for which no second network is named
    (an initialization) moves nothing.
    """
    lines: dict[str, set[int]] = {}
    for event in events:
        if event.kind is EventKind.TARGET_UPDATE:
            lines.setdefault(event.at.site.file.path, set()).add(event.at.site.line)
    return all(
        any(node.lineno <= line <= (node.end_lineno or node.lineno) for line in lines.get(file.path, ()))
        for file in tree.files
        for node in ast.walk(file.tree)
        if isinstance(node, FunctionNode) and _moves(node)
    )


def _moves(node: FunctionNode) -> bool:
    inner = list(ast.walk(node))
    calls = [one.func for one in inner if isinstance(one, ast.Call)]
    called = [one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls]
    pairs = "zip" in called or "zip_longest" in called or sum(name in _PAIRS for name in called) > 1
    return pairs and (
        any(map(writes_data, inner))
        or any(name in TARGET_MOVES or (name.startswith("addc") and name.endswith("_")) for name in called)
    )


def writes_data(node: ast.AST) -> bool:
    """Whether this sets the tensor behind a parameter: `p.data = ...`, `p.data[:] = ...`, `setattr(p, "data", ...)`."""
    if isinstance(node, ast.Attribute) and node.attr == "data":
        return isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "data"
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr"
    return named and any(isinstance(one, ast.Constant) and one.value == "data" for one in getattr(node, "args", ()))
