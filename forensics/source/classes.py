"""Classes of the tree: ancestors, methods, fields."""

from __future__ import annotations

import ast
from typing import Any

from forensics.source.names import CONTAINERS, ENGINES, LIGHTNING, MODULE_BASES, MOVERS, TARGET_MOVES
from forensics.source.tree import File, FunctionNode, dotted
from forensics.source.values import EXACT, Slots, Value


class Class(Value):
    """A class statement. `bases` are classes of the tree, `outside` the dotted names of all others."""

    __slots__ = (
        "annotations", "assigned", "bases", "children", "closure", "decorators", "file", "inner", "is_protocol",
        "members", "methods", "moves_targets", "mro", "node", "outside", "parameters", "parts", "slots", "trains",
        "types", "uses",
    )  # fmt: skip

    def __init__(self, node: ast.ClassDef, file: File, closure: Any, bases: list[Class], outside: list[str]) -> None:
        self.node, self.file, self.closure, self.bases, self.doubt = node, file, closure, bases, EXACT
        self.children: list[Class] = []
        self.slots: Slots = {}
        self.trains = False
        """Whether a method of it holds a backward pass or a zero_grad."""
        self.parameters: list[str] = []
        """Names of the type variables that a subclass may fill in."""
        self.types: dict[tuple[Class, str], tuple[Class, ast.expr]] = {}
        """(class, type variable) to the subclass that fills it in, and with what."""
        self.inner: Slots | None = None
        """Classes defined in the body, once they have been asked for."""
        self.members: frozenset[str] | None = None
        self.parts: dict[str, Class | None] = {}
        """Classes of attributes, by what is used of them: filled by structure.py, as `members` and `uses` are."""
        self.uses: dict[str, Any] = {}
        """What each method uses, by what it uses it of: filled by fitting.py."""
        self.methods: dict[str, FunctionNode] = {}
        self.assigned: dict[str, ast.expr] = {}
        self.annotations: dict[str, ast.expr] = {}
        self.decorators = {decorator_name(one) for one in node.decorator_list}
        self.is_protocol = any(
            dotted(getattr(base, "value", base)).rpartition(".")[2] == "Protocol" for base in node.bases
        )
        for statement in node.body:
            self._take(statement)
        for base in bases:
            base.children.append(self)
        self.mro: list[Class] = [self, *_merge([*(list(base.mro) for base in bases), list(bases)])]
        own = any(_moves(inner) for method in self.methods.values() for inner in ast.walk(method))
        self.moves_targets: bool = own or any(base.moves_targets for base in bases)
        """Whether a method writes parameters in place from those of another network."""
        self.outside: list[str] = list(dict.fromkeys([*outside, *(name for base in bases for name in base.outside)]))

    def _take(self, statement: ast.stmt) -> None:
        if isinstance(statement, FunctionNode):
            names = {decorator_name(one) for one in statement.decorator_list}
            if not names & {"setter", "deleter", "overload"}:
                self.methods[statement.name] = statement
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            self.annotations[statement.target.id] = statement.annotation
            if statement.value is not None:
                self.assigned[statement.target.id] = statement.value
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    self.assigned[target.id] = statement.value
        elif isinstance(statement, ast.If):
            for inner in [*statement.body, *statement.orelse]:
                self._take(inner)

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def is_module(self) -> bool:
        last = {name.rpartition(".")[2] for name in self.outside}
        if last & (MODULE_BASES | CONTAINERS):
            return True
        foreign = last - {
            "ABC",
            "Generic",
            "Protocol",
            "object",
            "Enum",
            "NamedTuple",
            "TypedDict",
            "Exception",
            "dict",
        }
        return bool(foreign) and self.method("forward") is not None

    @property
    def is_distribution(self) -> bool:
        """Whether its values and log probabilities are made of what its constructor was given."""
        parts = [name.split(".") for name in self.outside]
        return any("distributions" in one or one[-1].endswith("Distribution") for one in parts)

    @property
    def is_lightning(self) -> bool:
        return any(name.rpartition(".")[2] in LIGHTNING for name in self.outside)

    @property
    def is_engine(self) -> bool:
        """Whether this is, in its own tree, what scripts know as an engine: they are read as with one from outside."""
        return self.name in ENGINES and self.method("backward") is not None

    @property
    def is_record(self) -> bool:
        """Whether the constructor is made of the fields: dataclasses, named tuples, msgspec, attrs, pydantic."""
        known = {"dataclass", "define", "frozen", "attrs", "s"}
        outside = {name.rpartition(".")[2] for name in self.outside}
        return bool(known & {name for cls in self.mro for name in cls.decorators}) or bool(
            outside & {"NamedTuple", "Struct", "BaseModel", "TypedDict"}
        )

    def method(self, name: str, after: Class | None = None) -> tuple[Class, FunctionNode] | None:
        """Return the class that defines a method, and its node; only behind `after` in the order of resolution."""
        order = self.mro[self.mro.index(after) + 1 :] if after in self.mro else self.mro
        return next(((cls, cls.methods[name]) for cls in order if name in cls.methods), None)

    def annotation(self, name: str) -> tuple[Class, ast.expr] | None:
        return next(((cls, cls.annotations[name]) for cls in self.mro if name in cls.annotations), None)

    def fields(self) -> list[tuple[Class, str]]:
        """Fields in the order of a dataclass constructor."""
        found: dict[str, Class] = {}
        for cls in reversed(self.mro):
            for name in cls.annotations:
                found[name] = cls
        return [(cls, name) for name, cls in found.items()]

    def descendants(self) -> list[Class]:
        found: list[Class] = []
        pending = list(self.children)
        while pending:
            cls = pending.pop(0)
            if cls not in found:
                found.append(cls)
                pending += cls.children
        return found


def _moves(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MOVERS
    name, receiver = node.func.attr, node.func.value
    of_tensor = isinstance(receiver, ast.Attribute) and receiver.attr == "data"
    return name in MOVERS or name in ("lerp_", "_foreach_lerp_") or (of_tensor and name in TARGET_MOVES)


def _merge(lists: list[list[Class]]) -> list[Class]:
    """Merge as C3 does; where that has no answer, in the order given."""
    result: list[Class] = []
    lists = [items for items in lists if items]
    while lists:
        head = next((items[0] for items in lists if not any(items[0] in other[1:] for other in lists)), lists[0][0])
        result.append(head)
        lists = [rest for items in lists if (rest := [cls for cls in items if cls is not head])]
    return result


def decorator_name(node: ast.expr) -> str:
    """Return the last part of a decorator's name."""
    if isinstance(node, ast.Call):
        node = node.func
    return dotted(node).rpartition(".")[2]


def is_stub(node: FunctionNode) -> bool:
    """Whether a method has nothing to follow: only a docstring, `...`, `pass` or a NotImplementedError."""
    if any(decorator_name(one) == "abstractmethod" for one in node.decorator_list):
        return True
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if not body or all(isinstance(one, ast.Pass) for one in body):
        return True
    return all(isinstance(one, ast.Raise) and "NotImplemented" in ast.unparse(one) for one in body)


def is_abstract(cls: Class) -> bool:
    """Whether a class has subclasses and leaves a method to them."""
    if not cls.children:
        return False
    names = {name for one in cls.mro for name in one.methods}
    return any((found := cls.method(name)) is not None and is_stub(found[1]) for name in names)
