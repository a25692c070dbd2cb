"""Names: locals, enclosing functions, globals of a file, the language's own."""

from __future__ import annotations

import ast
import builtins

from forensics.source.machine import Frame, Machine
from forensics.source.tree import File
from forensics.source.values import Const, Data, Deferred, External, Package, Value

_BUILTINS = frozenset(dir(builtins))


def lookup(machine: Machine, name: str) -> Value:
    """Return the value of a name where the interpreter is."""
    frame: Frame | None = machine.frame
    assert frame is not None
    file = frame.file
    while frame is not None:
        if name in frame.names and name not in frame.globals:
            value: Value = frame.names[name]
            if isinstance(value, Deferred):
                found = _imported(machine, value, 0)
                value = frame.names[name] = found if found is not None else Data(name=name)
            return value
        frame = frame.closure
    found = global_of(machine, file, name)
    if found is not None:
        return found
    if name in _BUILTINS:
        return External(f"builtins.{name}")
    return Data(name=name)


def global_of(machine: Machine, file: File, name: str, depth: int = 0) -> Value | None:
    """Return a global of a file, None where it has none."""
    load(machine, file)
    value = file.names.get(name)
    if isinstance(value, Deferred) and depth < 12:
        found = _imported(machine, value, depth + 1)
        if found is None:
            return None
        file.names[name] = found
        return found
    return value if isinstance(value, Value) else None


def _imported(machine: Machine, value: Deferred, depth: int) -> Value | None:
    """Return what an import of a file gives: a global of it, or a file of the package that it stands for."""
    found = global_of(machine, value.file, value.name, depth)
    if found is None and value.file.package:
        inner = machine.tree.relative(1, (value.name,), value.file)
        found = None if inner is None else Package(inner)
    return found


def load(machine: Machine, file: File) -> None:
    """Run the body of a file, once; its `if __name__ == "__main__"` is an entry point of its own."""
    if file.loaded:
        return
    file.loaded = True
    file.names["__name__"] = Const(".".join(file.module))
    file.names["__file__"] = Data(name="__file__")
    frame = Frame(file, "<module>", file.names)
    held = (machine.frames, machine.guards, machine.networks, machine.grad, machine.doubt, machine.setup, machine.root)
    machine.frames, machine.guards, machine.networks = [frame], [], []
    machine.grad, machine.doubt, machine.setup = True, 0, 0
    machine.root = f"{file.path}:<module>"
    work = machine.work_left
    machine.work_left = machine.limits.root_work
    try:
        with machine.store.apart():
            machine.execute([one for one in file.tree.body if not is_main(one)])
    finally:
        (machine.frames, machine.guards, machine.networks, machine.grad, machine.doubt, machine.setup, machine.root) = (
            held
        )
        machine.work_left = work


def is_main(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return any(isinstance(one, ast.Name) and one.id == "__name__" for one in sides)
