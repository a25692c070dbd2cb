"""What the interpreter came across, in the order in which it did. report.py makes facts of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forensics.model.source import EventKind
from forensics.source.measures import Measure
from forensics.source.values import NO_OBJECTS, NO_PATHS, Data, Object, Optimizer, Path, Site, Value


@dataclass(slots=True, eq=False)
class Circumstance:
    """Where and when something was seen."""

    site: Site
    function: str
    stack: tuple[Site, ...]
    guards: tuple[Any, ...]
    root: str
    doubt: int
    setup: bool
    loops: int
    actor: str
    """The outermost class that trains of those whose methods led here; empty where a function does."""
    entered: str
    """The outermost class of all whose methods led here."""


@dataclass(slots=True, eq=False)
class Event:
    """An event of an update, before it is worded."""

    kind: EventKind
    at: Circumstance
    order: int
    subject: str = ""
    holder: Object | None = None
    modules: frozenset[Object] = NO_OBJECTS
    optimizer: Optimizer | None = None
    partial: str = ""
    limit: Site | None = None
    limit_value: Any = None
    limit_soft: bool = False
    clip_by: str = ""
    measure: Measure | None = None
    online: frozenset[Object] = NO_OBJECTS
    target: frozenset[Object] = NO_OBJECTS
    rate: str = ""
    paths: frozenset[Path] = NO_PATHS
    passed: frozenset[Object] = NO_OBJECTS
    reads: frozenset[Path] = NO_PATHS
    torn: bool = False


@dataclass(slots=True, eq=False)
class Tag:
    """A logged value, before it is worded."""

    at: Circumstance
    tag: str
    constant: bool
    sink: str
    value: Value
    expression: Site | None


@dataclass(slots=True, eq=False)
class Threshold:
    """A comparison of a measure with a number."""

    at: Circumstance
    operator: str
    number: float
    measure: Measure


@dataclass(slots=True, eq=False)
class EnvironmentStep:
    """A call of `step` that gives the parts of a transition."""

    at: Circumstance
    identity: object
    name: str
    evaluation: bool


@dataclass(slots=True, eq=False)
class Done:
    """What was stored, or multiplied into a target, as the end of an episode."""

    at: Circumstance
    value: Data
    text: Site


Kinds = tuple[list[Any], ...]
"""Events, optimizers, copies, tags and thresholds."""


@dataclass(slots=True)
class Collector:
    """All of it."""

    events: list[Event] = field(default_factory=list)
    optimizers: list[tuple[Circumstance, Optimizer]] = field(default_factory=list)
    copies: list[tuple[Circumstance, Object, Object]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    environments: list[EnvironmentStep] = field(default_factory=list)
    dones: list[Done] = field(default_factory=list)

    def size(self) -> tuple[int, ...]:
        """Return how much there is of each kind that tells of training, to compare or to go back to."""
        return len(self.events), len(self.optimizers), len(self.copies), len(self.tags), len(self.thresholds)

    def taken(self, size: tuple[int, ...]) -> Kinds:
        """Take out what came after, and return it."""
        kinds = self._kinds()
        later = tuple(kind[length:] for kind, length in zip(kinds, size, strict=True))
        for kind, length in zip(kinds, size, strict=True):
            del kind[length:]
        return later

    def give(self, later: Kinds) -> None:
        """Put back what was taken out at the same place."""
        for kind, part in zip(self._kinds(), later, strict=True):
            kind += part

    def _kinds(self) -> Kinds:
        return self.events, self.optimizers, self.copies, self.tags, self.thresholds
