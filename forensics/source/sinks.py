"""Calls that log: which tag, which value."""

from __future__ import annotations

import ast

from forensics.source import formats, record
from forensics.source.index import is_sink
from forensics.source.machine import Arguments, Machine
from forensics.source.names import LEVELS
from forensics.source.tree import dotted
from forensics.source.values import Choice, Const, Data, Dict, Sequence, Site, Value


def follow(machine: Machine, node: ast.Call, arguments: Arguments, seen_before: int) -> None:
    """Write down the tags of a call that looks like a sink, if following it led to no sink inside."""
    if len(machine.collector.tags) > seen_before or not is_sink(node):
        return
    assert isinstance(node.func, ast.Attribute)
    values, named = arguments
    sink = dotted(node.func) or node.func.attr
    method = node.func.attr
    nodes = [one for one in node.args if not isinstance(one, ast.Starred)]
    if method == "add_scalars" and len(values) > 1:
        _dict(machine, values[1], sink, node, prefix=_prefix(values[0]))
        return
    first = values[0] if values else next((named[key] for key in _TAGS if key in named), None)
    if first is None:
        return
    if isinstance(first, Dict) or (isinstance(first, Choice) and any(isinstance(one, Dict) for one in first.options)):
        _dict(machine, first, sink, node)
        return
    if (isinstance(first, Const) and first.value in LEVELS) or len(values) + len(named) < 2:
        if method in ("log_dict", "log_metrics", "log") and isinstance(first, Data) and method != "log":
            _one(machine, "*", False, sink, first, node, None)
        return
    value_node = nodes[1] if len(nodes) > 1 else next((one.value for one in node.keywords if one.arg in _VALUES), None)
    value = values[1] if len(values) > 1 else next((named[key] for key in _VALUES if key in named), Data())
    if method in ("log", "record") and isinstance(value, Const) and isinstance(value.value, str):
        return
    for name in first.options if isinstance(first, Choice) else (first,):
        text = formats.text_of(name)
        if text is not None:
            _one(machine, text[0], text[1], sink, value, node, value_node)
        elif method in ("add_scalar", "log_scalar", "logkv", "record", "log_metric", "track_data"):
            _one(machine, "*", False, sink, value, node, value_node)


_TAGS = ("tag", "name", "key", "metric", "main_tag")
_VALUES = ("scalar_value", "value", "values", "new_style", "metric_value")


def _prefix(value: Value) -> str:
    text = formats.text_of(value)
    return f"{text[0] if text else '*'}/"


def _dict(machine: Machine, value: Value, sink: str, node: ast.Call, prefix: str = "") -> None:
    if isinstance(value, Choice):
        for option in value.options:
            _dict(machine, option, sink, node, prefix)
        return
    if not isinstance(value, Dict):
        _one(machine, f"{prefix}*", False, sink, value, node, None)
        return
    for key, one in value.slots.items():
        if isinstance(one, Dict):
            _dict(machine, one, sink, node, f"{prefix}{key}/")
            continue
        name = f"{prefix}{key}"
        _one(machine, name, "*" not in name, sink, one, node, None)
    if value.other is not None:
        _one(machine, f"{prefix}*", False, sink, value.other, node, None)


def _one(
    machine: Machine, name: str, known: bool, sink: str, value: Value, node: ast.Call, value_node: ast.expr | None
) -> None:
    held = value.site if isinstance(value, Data | Const) else None
    if isinstance(value, Sequence):
        held = None
    here = None if value_node is None else Site(machine.frame.file, value_node)
    plain = value_node is None or isinstance(value_node, ast.Name | ast.Subscript)
    expression = held if plain and held is not None else here or held
    record.tag(machine, name, known, sink, value, node, expression=expression)
