"""Where the interpreter begins: scripts, then classes that train, then functions that nothing has reached."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from forensics.model.source import Unread
from forensics.source import lightning, scope, symbols
from forensics.source.classes import Class, is_abstract, is_stub
from forensics.source.machine import ExhaustedError, Frame, Machine
from forensics.source.tree import File, FunctionNode, functions
from forensics.source.values import Function, Object

DEFECT = "a defect of forensics"


def run_all(machine: Machine) -> None:
    """Run every entry point of the tree, as far as the work allows."""
    total = machine.limits.work + machine.limits.work_per_node * machine.index.nodes
    for file in machine.tree.files:
        if not is_test(file):
            _guarded(machine, file, f"{file.path}:<module>", total, partial(scope.load, machine, file))
    for file in sorted(machine.tree.files, key=lambda one: not _script_trains(machine, one)):
        if not is_test(file):
            _script(machine, file, total if _script_trains(machine, file) else total // 4)
    own = [cls for cls in machine.classes.values() if not is_test(cls.file)]
    classes = sorted(own, key=lambda cls: (not _trains(machine, cls), len(cls.mro), cls.file.path, cls.node.lineno))
    for abstract in (False, True):
        for cls in classes:
            if is_abstract(cls) == abstract:
                _class(machine, cls, total)
    for file in machine.tree.files:
        for owner, node in functions(file.tree):
            if owner is None and not is_test(file):
                _function(machine, file, node, total)


def all_followed(machine: Machine) -> bool:
    """Whether each function that holds an event of an update was entered: else something may happen in it unseen."""
    return all(
        id(node) in machine.visited or is_stub(node) or id(node) not in machine.index.events
        for file in machine.tree.files
        if not is_test(file)
        for _, node in functions(file.tree)
    )


def _trains(machine: Machine, cls: Class) -> bool:
    """Whether a method of the class holds a backward pass: such classes are followed first."""
    return any(id(node) in machine.index.trains for one in cls.mro for node in one.methods.values())


def _script_trains(machine: Machine, file: File) -> bool:
    return any(id(node) in machine.index.trains for _, node in functions(file.tree))


def is_test(file: File) -> bool:
    """Whether a file holds tests: what they do is no training."""
    *folders, name = file.path.split("/")
    if {"tests", "test"} & set(folders) or name == "conftest.py":
        return True
    if not name.startswith("test_") and not name.endswith("_test.py"):
        return False
    imported = {alias.name for one in file.tree.body if isinstance(one, ast.Import) for alias in one.names}
    return bool(imported & {"pytest", "unittest"})


def _guarded(machine: Machine, file: File, root: str, total: int, act: Callable[[], None]) -> None:
    """Run one entry point. Work that runs out, or nesting too deep, ends it and is stated."""
    if machine.work > total:
        _state(machine, file, f"not followed: {root}: the work for this tree is spent")
        return
    machine.root = root
    machine.work_left = machine.limits.root_work
    machine.frames, machine.guards, machine.networks = [], [], []
    machine.grad, machine.doubt, machine.setup = True, 0, 0
    machine.store.reset()
    try:
        act()
    except ExhaustedError:
        _state(machine, file, f"followed in part: {root}: the work for one entry point is spent")
    except RecursionError:
        _state(machine, file, f"followed in part: {root}: nested too deep")
    except Exception as failure:  # one entry point that we fail on must not cost the facts of all others
        _state(machine, file, f"followed in part: {root}: {DEFECT} ({type(failure).__name__}: {failure})")


def _state(machine: Machine, file: File, message: str) -> None:
    machine.tree.unread.append(Unread(file=file.path, message=message))


def _script(machine: Machine, file: File, total: int) -> None:
    for statement in file.tree.body:
        if scope.is_main(statement):
            assert isinstance(statement, ast.If)

            def act(body: list[ast.stmt] = statement.body) -> None:
                machine.frames = [Frame(file, "<module>", file.names)]
                machine.execute(body)

            _guarded(machine, file, f"{file.path}:<module>", total, act)


def _methods(machine: Machine, cls: Class) -> dict[str, tuple[Class, FunctionNode]]:
    found: dict[str, tuple[Class, FunctionNode]] = {}
    for owner in reversed(cls.mro):
        for name, node in owner.methods.items():
            if id(node) in machine.index.relevant or (name in lightning.STEPS and cls.is_lightning):
                found[name] = (owner, node)
    return {name: pair for name, pair in found.items() if not is_stub(pair[1])}


def _class(machine: Machine, cls: Class, total: int) -> None:
    methods = _methods(machine, cls)
    if all(id(node) in machine.visited for _, node in methods.values()):
        return
    receiver: list[Object] = []

    def begin() -> None:
        machine.frames = [Frame(cls.file, cls.name, {}, cls.closure)]
        receiver.append(machine.instance(cls, ""))
        receiver[0].doubt = 0
        machine.fill(receiver[0])

    _guarded(machine, cls.file, f"{cls.file.path}:{cls.name}.__init__", total, begin)
    if not receiver:
        return
    called = {
        name for own, (_, node) in methods.items() for name in machine.index.calls.get(id(node), ()) if name != own
    }
    for first in (True, False):
        for name, (owner, node) in methods.items():
            if name == "__init__" or (first and name in called) or (not first and id(node) in machine.visited):
                continue

            def act(name: str = name, owner: Class = owner, node: FunctionNode = node) -> None:
                machine.frames = [Frame(cls.file, cls.name, {}, cls.closure)]
                function = Function(node, owner.file, owner.closure, owner)
                static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
                self_value = None if static else receiver[0]
                arguments = symbols.arguments(machine, function, skip=0 if static else 1)
                value = machine.run(function, self_value, arguments, None)
                if cls.is_lightning and name == "training_step":
                    lightning.implied(machine, receiver[0], value, node)

            _guarded(machine, cls.file, f"{cls.file.path}:{cls.name}.{name}", total, act)


def _function(machine: Machine, file: File, node: FunctionNode, total: int) -> None:
    if id(node) not in machine.index.relevant or id(node) in machine.visited:
        return

    def act() -> None:
        machine.frames = [Frame(file, "<module>", file.names)]
        function = Function(node, file, None)
        machine.run(function, None, symbols.arguments(machine, function), None)

    _guarded(machine, file, f"{file.path}:{node.name}", total, act)
