"""Abstract values: what the interpreter knows of a value without running anything."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

from forensics.source.measures import Measure
from forensics.source.tree import File

MOST_CALLS = 1 << 16

EXACT, JOINED, BY_NAME = 0, 1, 2
"""Doubt, in rising order; the larger one wins where values meet."""

Slots = dict[Any, "Value"]


class Site(NamedTuple):
    """Where an expression stands. Its text is made only when a fact asks for it."""

    file: File
    node: ast.AST

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", 0)

    @property
    def text(self) -> str:
        return ast.unparse(self.node)


class Value:
    """The base of all abstract values."""

    __slots__ = ("doubt",)

    def __init__(self) -> None:
        self.doubt = EXACT


class Const(Value):
    """A known constant. `soft`: a default that a user can change, so no branch is decided by it."""

    __slots__ = ("site", "soft", "value")

    def __init__(self, value: Any, soft: bool = False, site: Site | None = None) -> None:
        self.value, self.soft, self.site, self.doubt = value, soft, site, EXACT


class Hop(NamedTuple):
    """A gradient passes into `module` by one argument of a method."""

    module: Object
    method: str
    argument: str


class Path(NamedTuple):
    """From the parameters of `origin`, whose network was called at `at`, through calls of other networks."""

    origin: Object
    at: Site | None = None
    hops: tuple[Hop, ...] = ()


NO_PATHS: frozenset[Path] = frozenset()
NO_OBJECTS: frozenset[Object] = frozenset()
NO_LABELS: frozenset[str] = frozenset()


class Data(Value):
    """Numbers, tensors, and whatever else is not told apart.

    `paths` lead to the parameters that a gradient of this value reaches; `passed` are networks crossed on the way that
    were frozen. `of`: this is a parameter tensor (or the state) of these modules, `factors` says times what.
    `labels` tell where data comes from (`terminated`, `truncated`). `solid`: computed, so it cannot be None. `reads`
    are the paths that were cut: what the value was computed from without a gradient; `torn`: not on every branch.
    """

    __slots__ = ("factors", "labels", "measure", "name", "of", "passed", "paths", "reads", "site", "solid", "torn")

    def __init__(
        self,
        paths: frozenset[Path] = NO_PATHS,
        *,
        measure: Measure | None = None,
        of: frozenset[Object] = NO_OBJECTS,
        factors: tuple[tuple[frozenset[Object], Site], ...] = (),
        labels: frozenset[str] = NO_LABELS,
        passed: frozenset[Object] = NO_OBJECTS,
        reads: frozenset[Path] = NO_PATHS,
        torn: bool = False,
        name: str = "",
        site: Site | None = None,
        solid: bool = False,
        doubt: int = EXACT,
    ) -> None:
        self.solid, self.reads, self.torn = solid, reads, torn
        self.paths, self.measure, self.of, self.factors, self.labels = paths, measure, of, factors, labels
        self.passed, self.name, self.site, self.doubt = passed, name, site, doubt

    def without_gradient(self, more: frozenset[Path] = NO_PATHS) -> Data:
        """Return a copy that carries no gradient, and knows what it was computed from."""
        return self.but(paths=NO_PATHS, reads=self.reads | self.paths | more)

    def but(self, **changes: Any) -> Data:
        """Return a copy with some fields changed."""
        fields = {name: getattr(self, name) for name in Data.__slots__} | {"doubt": self.doubt} | changes
        return Data(fields.pop("paths"), **fields)


class Object(Value):
    """An instance: of a class of the tree (`cls`), or of an outside one known by its dotted name (`kind`).

    `module`: it may hold parameters. `names` are the places it was bound to, as (owner or None, attribute); `depth` is
    that of the outermost call which bound it to a local name, before an optimizer held it (`settled`). `stepped`: the
    parts of it that each optimizer holds. `chosen`: the doubt of all that it does and holds, where a key or its use
    alone tells the class. `lazy`: its constructor has not been looked at yet.
    """

    __slots__ = (
        "children",
        "chosen",
        "cls",
        "copy_of",
        "depth",
        "frozen",
        "kind",
        "lazy",
        "leaf",
        "module",
        "names",
        "settled",
        "site",
        "slots",
        "stepped",
        "twins",
    )

    def __init__(
        self,
        cls: Any = None,
        kind: str = "",
        *,
        module: bool = False,
        leaf: bool = False,
        lazy: bool = False,
        site: Site | None = None,
        doubt: int = EXACT,
    ) -> None:
        self.cls, self.kind, self.module, self.leaf, self.lazy, self.site = cls, kind, module, leaf, lazy, site
        self.doubt = doubt
        self.slots: Slots = {}
        self.twins: dict[Any, Object] = {}
        """What stands for it where it is taken to be of a subclass."""
        self.children: list[Object] = []
        self.names: list[tuple[Object | None, str]] = []
        self.copy_of: Object | None = None
        self.frozen = False
        self.depth = MOST_CALLS
        self.settled = False
        self.stepped: list[frozenset[Object]] = []
        self.chosen = EXACT


class Parameters(Value):
    """An iterable of the parameters of modules, or of other things made of them (named pairs, state).

    `partial` is the text of a filter where not all are held. `state`: a state dict, which holds buffers too.
    """

    __slots__ = ("modules", "named", "partial", "state")

    def __init__(
        self,
        modules: frozenset[Object],
        *,
        named: bool = False,
        partial: str = "",
        state: bool = False,
        doubt: int = EXACT,
    ) -> None:
        self.modules, self.named, self.partial, self.state, self.doubt = modules, named, partial, state, doubt


class Optimizer(Value):
    """An optimizer. `name` is what it was first bound to; `joined` are those that branches made for one place."""

    __slots__ = ("joined", "kind", "name", "owner", "parameters", "rate", "site")

    def __init__(self, kind: str, parameters: Parameters, site: Site, rate: Site | None = None) -> None:
        self.kind, self.parameters, self.site, self.rate = kind, parameters, site, rate
        self.name, self.doubt = "", parameters.doubt
        self.owner: Object | None = None
        self.joined: tuple[Optimizer, ...] = ()


class Dict(Value):
    """A dict by key. `other` stands for values under keys that are not known.

    `fresh` makes the value of a key that is asked for first: a dict of which only the type is known.
    """

    __slots__ = ("fresh", "other", "slots")

    def __init__(self, slots: Slots | None = None, other: Value | None = None) -> None:
        self.slots, self.other, self.doubt = slots if slots is not None else {}, other, EXACT
        self.fresh: Callable[[str], Value] | None = None


class Sequence(Value):
    """A list, tuple or set by position. `other` stands for any number of further elements."""

    __slots__ = ("fixed", "other", "slots")

    def __init__(self, items: list[Value] | None = None, other: Value | None = None, fixed: bool = False) -> None:
        self.slots: Slots = dict(enumerate(items or []))
        self.other, self.fixed, self.doubt = other, fixed, EXACT

    def items(self) -> list[Value]:
        return [self.slots[place] for place in sorted(self.slots)]


class Function(Value):
    """A function or lambda of the tree, with the names around it."""

    __slots__ = ("bound", "closure", "file", "node", "owner")

    def __init__(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, file: File, closure: Any, owner: Any = None
    ) -> None:
        self.node, self.file, self.closure, self.owner, self.doubt = node, file, closure, owner, EXACT
        self.bound: tuple[list[Value], dict[str, Value]] | None = None


class Starred(Value):
    """`*args` of which the number is not known."""

    __slots__ = ("element",)

    def __init__(self, element: Value) -> None:
        self.element, self.doubt = element, 0


class Bound(Value):
    """A function with its `self`, or a named method of a value that is not of the tree."""

    __slots__ = ("function", "method", "receiver")

    def __init__(self, receiver: Value, function: Function | None = None, method: str = "", doubt: int = EXACT) -> None:
        self.receiver, self.function, self.method, self.doubt = receiver, function, method, doubt


class External(Value):
    """Something outside of the tree, by its dotted name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name, self.doubt = name, EXACT


class Package(Value):
    """A file of the tree as a module of the language."""

    __slots__ = ("file",)

    def __init__(self, file: File) -> None:
        self.file, self.doubt = file, EXACT


class TypeVariable(Value):
    """A `TypeVar`. `bound` is read in `file`."""

    __slots__ = ("bound", "file", "name")

    def __init__(self, name: str, bound: ast.expr | None, file: File) -> None:
        self.name, self.bound, self.file, self.doubt = name, bound, file, EXACT


class Mode(Value):
    """A context manager that switches gradients: on, off, or unknown (None). `neutral` ones switch nothing."""

    __slots__ = ("grad", "neutral")

    def __init__(self, grad: bool | None, neutral: bool = False) -> None:
        self.grad, self.neutral, self.doubt = grad, neutral, EXACT


class Choice(Value):
    """One of several values, joined over unknown branches."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Value, ...]) -> None:
        self.options, self.doubt = options, JOINED


class Super(Value):
    """`super()`: methods behind `owner` in the order of resolution."""

    __slots__ = ("owner", "receiver")

    def __init__(self, owner: Any, receiver: Value) -> None:
        self.owner, self.receiver, self.doubt = owner, receiver, EXACT


class Deferred(Value):
    """A name imported from a file of the tree, resolved when it is used."""

    __slots__ = ("file", "name")

    def __init__(self, file: File, name: str) -> None:
        self.file, self.name, self.doubt = file, name, EXACT
