"""Where the interpreter begins: scripts, then classes that train, then functions that nothing has reached."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from forensics.model.source import Unread
from forensics.source import lightning, order, scope, symbols
from forensics.source.classes import Class, is_abstract, is_stub
from forensics.source.collector import Kinds
from forensics.source.machine import Cost, ExhaustedError, Frame, Machine
from forensics.source.tree import File, FunctionNode, functions
from forensics.source.values import Function, Object

FAIR = 6
"""Even parts of the work left that one class that trains may take: most are done with less."""

TRIES = 3
"""Times that an entry point is followed: again where a call took the work of others and gave nothing."""

MOST = 0.95
"""Part of the work of its caller from which on a call is what the caller is there for."""

DEFECT = "a defect of forensics"


def run_all(machine: Machine) -> None:
    """Run every entry point of the tree, as far as the work allows."""
    total = machine.limits.work + machine.limits.work_per_node * machine.index.nodes
    for file in machine.tree.files:
        if not is_test(file):
            _guarded(machine, file, f"{file.path}:<module>", total, partial(scope.load, machine, file))
    own_files = [file for file in machine.tree.files if not is_test(file)]
    scripts = [file for file in own_files if _script_trains(machine, file)]
    for place, file in enumerate(scripts):
        machine.share = max(0, total - machine.work) // (len(scripts) - place)
        _script(machine, file, total)
    machine.share = total
    for file in own_files:
        if file not in scripts:
            _script(machine, file, total // 4)
    own = [cls for cls in machine.classes.values() if not is_test(cls.file)]
    training, others = order.of_classes(machine, own)
    for abstract in (False, True):
        entered = [cls for cls in training if is_abstract(cls) == abstract]
        for place, cls in enumerate(entered):
            machine.share = FAIR * max(0, total - machine.work) // (len(entered) - place)
            _class(machine, cls, total)
        machine.share = total
        for cls in others:
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
    """Run one entry point. Work that runs out, or nesting too deep, ends it and is stated.

    Where calls were cut short and one of them turned out to take much and give nothing, it is run again; what gave
    most counts.
    """
    if machine.work > total:
        _state(machine, file, f"not followed: {root}: the work for this tree is spent")
        return
    size = machine.collector.size()
    found: list[Kinds] = []
    for _ in range(TRIES):
        barren = len(machine.barren)
        _begin(machine, root)
        try:
            act()
        except ExhaustedError:
            machine.cut_short = True
            message = f"followed in part: {root}: the work for one entry point is spent"
        except RecursionError:
            message = f"followed in part: {root}: nested too deep"
        except MemoryError:
            message = f"followed in part: {root}: its values take more memory than the limit"
        except Exception as failure:  # one entry point that we fail on must not cost the facts of all others
            message = f"followed in part: {root}: {DEFECT} ({type(failure).__name__}: {failure})"
        else:
            message = ""
        found.append(machine.collector.taken(size))
        if machine.cut_short:
            machine.barren |= _barren(machine.costly)
        if not machine.cut_short or len(machine.barren) == barren:
            break
    machine.collector.give(max(found, key=lambda kinds: sum(map(len, kinds))))
    if message:
        _state(machine, file, message)


def _barren(costs: list[Cost]) -> set[int]:
    """Return the outermost functions that gave nothing and left others of the same caller short of work."""
    found: set[int] = set()
    around: list[Cost] = []
    for cost in reversed(costs):
        while around and around[-1].depth >= cost.depth:
            around.pop()
        inside = any(one.function in found for one in around)
        if cost.barren and around and not inside and cost.work < MOST * around[-1].work:
            found.add(cost.function)
        around.append(cost)
    return found


def _begin(machine: Machine, root: str) -> None:
    machine.root = root
    machine.work_left = min(machine.limits.root_work, max(machine.share, machine.limits.helper_work))
    machine.frames, machine.guards, machine.networks = [], [], []
    machine.grad, machine.doubt, machine.setup, machine.cut_short = True, 0, 0, False
    machine.costly = []
    machine.store.reset()


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


def _reach(machine: Machine, cls: Class, first: str) -> list[tuple[Class, FunctionNode]]:
    """Return a method and those of its class that it calls, however far around."""
    pending, seen = [first], {first}
    reached = []
    while pending:
        found = cls.method(pending.pop())
        if found is None or is_stub(found[1]):
            continue
        reached.append(found)
        new = machine.index.calls.get(id(found[1]), set()) - seen
        seen |= new
        pending += new
    return reached


def _leads_on(machine: Machine, cls: Class, first: str) -> bool:
    """Whether a method is, or calls, one of its class that matters and that no entry point has reached yet."""
    return any(
        id(node) not in machine.visited and id(node) in machine.index.relevant
        for _, node in _reach(machine, cls, first)
    )


def _class(machine: Machine, cls: Class, total: int) -> None:
    methods = _methods(machine, cls)
    if not any(_leads_on(machine, cls, name) for name in methods):
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
    ordered = sorted(methods.items(), key=lambda item: -len(_reach(machine, cls, item[0])))
    for first in (True, False):
        for name, (owner, node) in ordered:
            if name == "__init__" or (first and name in called) or (not first and id(node) in machine.visited):
                continue
            if first and not _leads_on(machine, cls, name):
                continue

            def act(name: str = name, owner: Class = owner, node: FunctionNode = node) -> None:
                machine.frames = [Frame(cls.file, cls.name, {}, cls.closure)]
                function = Function(node, owner.file, owner.closure, owner)
                static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
                self_value = None if static else receiver[0]
                arguments = symbols.arguments(machine, function, 0 if static else 1, cls)
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
