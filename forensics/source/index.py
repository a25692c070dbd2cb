"""What can be seen in a tree without following it: which functions matter, and which names stand for networks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from forensics.source.moves import writes_data
from forensics.source.names import COMMON, EVENT_CALLS, OPTIMIZERS, SINK_CALLS, TARGET_MOVES
from forensics.source.tree import FunctionNode, Tree, dotted, functions

_PARAMETERS = frozenset({"parameters", "named_parameters", "state_dict"})
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
        self.training: set[int] = set()
        """Those, and every function that calls one of them, however far around."""
        self.events: set[int] = set()
        """Functions that hold an event of an update themselves."""
        self.tensors: set[int] = set()
        self.relevant: set[int] = set()
        self.followed: set[int] = set()
        self.calls: dict[int, set[str]] = {}
        self.called: set[str] = set()
        """Names that are called, handed on or told by a text: what bears one of them may happen."""
        self.nodes = 0
        named: dict[str, set[int]] = {}
        for file in tree.files:
            for inner in ast.walk(file.tree):
                self.nodes += 1
                if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                    self._receiver(inner.func)
                self._mention(inner)
        listed = [pair for file in tree.files for pair in functions(file.tree)]
        for owner, node in listed:
            named.setdefault(node.name, set()).add(id(node))
            if owner is not None and node.name == "__init__":
                named.setdefault(owner.name, set()).add(id(node))
        known = {node.name for owner, node in listed if owner is None}
        for file in tree.files:
            for table, held in _tables(file.tree, known):
                known.add(table)
                named.setdefault(table, set()).add(id(held))
                self.calls[id(held)] = _mentioned(held, known)
        for _, node in listed:
            self._function(node, known)
        closures = [one for _, node in listed for one in _closures(node)]
        for node in closures:
            self._function(node, known)
            named.setdefault(node.name, set()).add(id(node))
        classes = {one.name for file in tree.files for one in ast.walk(file.tree) if isinstance(one, ast.ClassDef)}
        made = classes | OPTIMIZERS
        self.making = {id(node) for _, node in listed if self.calls[id(node)] & made and _returns(node, made)}
        """Factories: functions that return an instance of a class of the tree, or an optimizer."""
        makers = self._makers(tree)
        self.relevant = self._spread(named, self.direct | makers)
        self.training = self._spread(named, self.trains | makers)
        self.followed = self.relevant | self._spread(named, self.tensors)

    def _function(self, node: FunctionNode, known: set[str]) -> None:
        made = node.name in ("__init__", "__post_init__", "setup")
        called: set[str] = set()
        size, direct, tensors, written = 0, False, False, False
        for inner in ast.walk(node):
            size += 1
            written = written or writes_data(inner)
            if isinstance(inner, ast.Name):
                tensors = tensors or inner.id in _LIBRARIES
                if inner.id in known and isinstance(inner.ctx, ast.Load):
                    called.add(inner.id)
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
                if name in EVENT_CALLS:
                    self.events.add(id(node))
                direct = direct or name in EVENT_CALLS or is_sink(inner)
        if (written or called & TARGET_MOVES) and called & _PARAMETERS:
            self.events.add(id(node))
            direct = True
        self.size[id(node)], self.calls[id(node)] = size, called
        if direct:
            self.direct.add(id(node))
        if tensors:
            self.tensors.add(id(node))

    def _mention(self, node: ast.AST) -> None:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            self.called.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            self.called.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.called.add(node.value)

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

    def _makers(self, tree: Tree) -> set[int]:
        """Return the functions that construct what trains: the networks and optimizers are made there."""
        classes = [one for file in tree.files for one in ast.walk(file.tree) if isinstance(one, ast.ClassDef)]
        bases = {one.name: {dotted(base).rpartition(".")[2] for base in one.bases} for one in classes}
        names = {
            one.name for one in classes
            if any(isinstance(inner, FunctionNode) and id(inner) in self.trains for inner in one.body)
        }  # fmt: skip
        while new := {name for name, above in bases.items() if above & names} - names:
            names |= new
        return {node for node, called in self.calls.items() if called & names}


def _returns(node: FunctionNode, classes: set[str]) -> bool:
    """Whether a function returns what it constructs, by name."""
    made: set[str] = set()
    returned: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign) and _constructs(inner.value, classes):
            made |= {one.id for target in inner.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        elif isinstance(inner, ast.Return) and inner.value is not None:
            if _constructs(inner.value, classes):
                return True
            parts = inner.value.elts if isinstance(inner.value, ast.Tuple) else [inner.value]
            returned |= {one.id for one in parts if isinstance(one, ast.Name)}
    return bool(made & returned)


def _constructs(node: ast.expr, classes: set[str]) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in classes


def _closures(node: FunctionNode) -> Iterator[FunctionNode]:
    """Functions defined inside of another one."""
    return (one for one in ast.walk(node) if isinstance(one, FunctionNode) and one is not node)


def _tables(tree: ast.Module, known: set[str]) -> Iterator[tuple[str, ast.expr]]:
    """Global names that hold functions to choose from: `COMMANDS = {"train": train}`."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(
            statement.value, ast.Dict | ast.List | ast.Tuple
        ):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if _mentioned(statement.value, known):
                yield from ((one.id, statement.value) for one in targets if isinstance(one, ast.Name))


def _mentioned(node: ast.AST, known: set[str]) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in known}


def is_sink(node: ast.Call) -> bool:
    """Whether a call looks like one that logs a value under a tag."""
    if not isinstance(node.func, ast.Attribute):
        return False
    name, receiver = node.func.attr, dotted(node.func.value).lower()
    words = SINK_CALLS.get(name)
    if words is None:
        return False
    return not words or any(word in receiver for word in words)
