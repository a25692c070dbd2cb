"""What can be seen in a tree without following it: which functions matter, and which names stand for networks."""

from __future__ import annotations

import ast

from forensics.source.names import COMMON, EVENT_CALLS, SINK_CALLS
from forensics.source.tree import FunctionNode, Tree, dotted, functions

_LIBRARIES = frozenset({"torch", "th", "F", "nn"})


class Index:
    """Function nodes by relevance, and names by how the tree uses them.

    A function is relevant if it holds an event or a sink, or calls, by name, one that does. It is worth following also
    if it, or one that it calls, computes with networks or tensors.
    """

    def __init__(self, tree: Tree) -> None:
        self.module_names: set[str] = set()
        self.optimizer_names: set[str] = set()
        self.stored: set[str] = set()
        self.changing: set[str] = set()
        """Attributes that a method other than the constructor assigns: their first value decides no branch."""
        self.size: dict[int, int] = {}
        self.direct: set[int] = set()
        self.trains: set[int] = set()
        """Functions that hold a backward pass or a zero_grad themselves."""
        self.tensors: set[int] = set()
        self.relevant: set[int] = set()
        self.followed: set[int] = set()
        self.calls: dict[int, set[str]] = {}
        self.called: set[str] = set()
        self.nodes = 0
        named: dict[str, set[int]] = {}
        for file in tree.files:
            for inner in ast.walk(file.tree):
                self.nodes += 1
                if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                    self._receiver(inner.func)
                    self.called.add(inner.func.attr)
                elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
                    self.called.add(inner.func.id)
        for file in tree.files:
            for owner, node in functions(file.tree):
                self._function(node)
                named.setdefault(node.name, set()).add(id(node))
                if owner is not None and node.name == "__init__":
                    named.setdefault(owner.name, set()).add(id(node))
        self.relevant = self._spread(named, self.direct)
        self.followed = self.relevant | self._spread(named, self.tensors)

    def _function(self, node: FunctionNode) -> None:
        made = node.name in ("__init__", "__post_init__", "setup")
        called: set[str] = set()
        size, direct, tensors = 0, False, False
        for inner in ast.walk(node):
            size += 1
            if isinstance(inner, ast.Name):
                tensors = tensors or inner.id in _LIBRARIES
            elif isinstance(inner, ast.Attribute):
                if not isinstance(inner.ctx, ast.Load):
                    self.stored.add(inner.attr)
                    if not made:
                        self.changing.add(inner.attr)
                tensors = tensors or inner.attr in self.module_names
            if isinstance(inner, ast.Call):
                name = inner.func.attr if isinstance(inner.func, ast.Attribute) else dotted(inner.func)
                if name:
                    called.add(name)
                if name in ("backward", "manual_backward", "zero_grad"):
                    self.trains.add(id(node))
                direct = direct or name in EVENT_CALLS or is_sink(inner)
        self.size[id(node)], self.calls[id(node)] = size, called
        if direct:
            self.direct.add(id(node))
        if tensors:
            self.tensors.add(id(node))

    def _receiver(self, node: ast.Attribute) -> None:
        last = dotted(node.value).rpartition(".")[2]
        if not last or last == "self":
            return
        if node.attr in ("parameters", "named_parameters"):
            self.module_names.add(last)
        elif node.attr == "zero_grad" and "optim" in last.lower():
            self.optimizer_names.add(last)

    def _spread(self, named: dict[str, set[int]], first: set[int]) -> set[int]:
        """Return `first` and every function that calls one of it, by name, however far around."""
        callers: dict[str, set[int]] = {}
        for node, names in self.calls.items():
            for name in names:
                callers.setdefault(name, set()).add(node)
        names_of: dict[int, set[str]] = {}
        for name, nodes in named.items():
            for node in nodes:
                names_of.setdefault(node, set()).add(name)
        reached, pending = set(first), list(first)
        while pending:
            for name in names_of.get(pending.pop(), set()) - COMMON:
                new = callers.get(name, set()) - reached
                reached |= new
                pending += new
        return reached


def is_sink(node: ast.Call) -> bool:
    """Whether a call looks like one that logs a value under a tag."""
    if not isinstance(node.func, ast.Attribute):
        return False
    name, receiver = node.func.attr, dotted(node.func.value).lower()
    words = SINK_CALLS.get(name)
    if words is None:
        return False
    return not words or any(word in receiver for word in words)
