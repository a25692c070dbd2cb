"""What the parts of the interpreter share: memory, the call stack, the work done, and what each can ask of another."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from forensics.source.classes import Class
from forensics.source.collector import Collector
from forensics.source.index import Index
from forensics.source.limits import Limits
from forensics.source.run_settings import RunSettings
from forensics.source.store import Delta, Store
from forensics.source.tree import File, Tree
from forensics.source.values import Data, Function, Object, Site, Value

Arguments = tuple[list[Value], dict[str, Value]]


class ExhaustedError(Exception):
    """The work for one entry point is spent."""


class Cost(NamedTuple):
    """Work of one call, how deep it stood, and whether it gave nothing."""

    function: int
    depth: int
    work: int
    barren: bool


class Frame:
    """One call: its names, the frame around its definition, `self` and what it returned so far."""

    __slots__ = (
        "call", "closure", "exits", "file", "function", "globals", "guards", "names", "nonlocals", "owner", "receiver",
        "returned", "yielded",
    )  # fmt: skip

    def __init__(self, file: File, function: str, names: dict[str, Any], closure: Frame | None = None) -> None:
        self.file, self.function, self.names, self.closure = file, function, names, closure
        self.owner: Class | None = None
        self.receiver: Value | None = None
        self.returned: list[Value] = []
        self.yielded: list[Value] = []
        self.exits: list[Delta] = []
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.call: Site | None = None
        self.guards = 0


class Machine(ABC):
    """The state of one interpretation."""

    def __init__(self, tree: Tree, index: Index, limits: Limits, settings: RunSettings) -> None:
        self.tree, self.index, self.limits, self.settings = tree, index, limits, settings
        self.store = Store()
        self.collector = Collector()
        self.frames: list[Frame] = []
        self.guards: list[tuple[File, ast.expr | str, bool]] = []
        self.grad = True
        self.networks: list[tuple[Object, Site]] = []
        self.imported: set[str] = set()
        self.doubt = 0
        self.work = 0
        self.work_left = 0
        self.share = limits.root_work
        self.visited: set[int] = set()
        self.barren: set[int] = set()
        """Functions that took much work and gave nothing: they get little from then on."""
        self.cut_short = False
        """Whether a call of the present entry point was left before its end."""
        self.costly: list[Cost] = []
        """What took much work from the present entry point, each call behind those that it led to."""
        self.classes: dict[int, Class] = {}
        self.root = ""
        self.setup = 0
        self.loops = 0

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def site(self, node: ast.AST) -> Site:
        return Site(self.frames[-1].file, node)

    def spend(self) -> None:
        """Count one step of work. Raises ExhaustedError."""
        self.work += 1
        self.work_left -= 1
        if self.work_left < 0:
            raise ExhaustedError

    def cut(self, value: Data) -> Data:
        """Return data as it is where gradients are off."""
        return value if self.grad or not value.paths else value.without_gradient()

    @abstractmethod
    def evaluate(self, node: ast.expr) -> Value:
        """Return the value of an expression."""

    @abstractmethod
    def execute(self, body: list[ast.stmt]) -> Any:
        """Run statements; the result says how they end."""

    @abstractmethod
    def truth(self, node: ast.expr) -> bool | None:
        """Return whether a condition holds, None where that is not known."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Bind a target."""

    @abstractmethod
    def invoke(self, callee: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call a value."""

    @abstractmethod
    def run(
        self, function: Function, receiver: Value | None, arguments: Arguments, node: ast.AST | None, doubt: int = 0
    ) -> Value:
        """Follow a function of the tree."""

    @abstractmethod
    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        """Return an attribute of a value."""

    @abstractmethod
    def lookup(self, name: str) -> Value:
        """Return the value of a name."""

    @abstractmethod
    def global_of(self, file: File, name: str) -> Value | None:
        """Return a global of a file, None where it has none."""

    @abstractmethod
    def make(self, cls: Class, arguments: Arguments, node: ast.AST) -> Value:
        """Make an instance of a class of the tree."""

    @abstractmethod
    def symbol(self, annotation: ast.expr | None, file: File, name: str, within: Any = None) -> Value:
        """Return a value of which only the annotation and the name are known; `within` tells type variables."""

    @abstractmethod
    def instance(self, cls: Class, name: str) -> Object:
        """Return an instance of a class of the tree of which nothing else is known."""

    @abstractmethod
    def fill(self, value: Object) -> None:
        """Look at the constructor of a lazy instance."""
