"""What the training source says, as facts with file and line. Nothing here was imported or run."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Confidence(StrEnum):
    """How a fact was reached: followed without a gap, joined over unknown branches, or by a name alone."""

    EXACT = "exact"
    JOINED = "joined"
    BY_NAME = "by-name"


class EventKind(StrEnum):
    """The events of an update, and their names."""

    ZERO_GRAD = "zero_grad"
    BACKWARD = "backward"
    UNSCALE = "unscale"
    CLIP = "clip"
    NORM = "norm"
    STEP = "step"
    TARGET_UPDATE = "target_update"


class Place(msgspec.Struct, frozen=True):
    """A line of a file, counted from 1."""

    file: str
    line: int


class SourceFact(msgspec.Struct, frozen=True, kw_only=True):
    """What every fact has: where it stands, under which conditions (outermost first), and how sure it is."""

    file: str
    line: int
    function: str = ""
    guards: tuple[str, ...] = ()
    confidence: Confidence = Confidence.EXACT
    via: tuple[Place, ...] = ()
    """The calls that led here, outermost first."""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


class GradientPath(msgspec.Struct, frozen=True, kw_only=True):
    """One way from a loss back to parameters. `hops` are the calls passed, as `network.method[argument]`."""

    network: str
    part: str
    """The child of the network that holds the parameters, such as `critic.encoder`; the network itself if none."""
    hops: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    """Where the network is called."""


class UpdateEvent(SourceFact, frozen=True, kw_only=True):
    """One event of an update.

    `subject` is the optimizer, loss or network as the source names it, `networks` the parameter set. A clip has a
    `limit` (text) and, where it is a number, `limit_value`. A norm has a `formula` and stands `after` an event of the
    same parameters. A target update has `online`, `target` and `rate`. A backward has `paths`.
    """

    kind: EventKind
    order: int
    root: str
    subject: str = ""
    holder: str = ""
    """What the object is called whose method this is: a wrapper around the optimizer, or the agent."""
    networks: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    limit: str = ""
    limit_value: float | None = None
    clip_by: str = ""
    formula: str = ""
    after: str = ""
    online: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    rate: str = ""
    setup: bool = False
    """Reached only while objects are made: the first copy of a target network, not its update."""
    paths: tuple[GradientPath, ...] = ()
    reads: tuple[GradientPath, ...] = ()
    """What the loss is computed from without a gradient: the paths that detach, no_grad and the like cut."""
    reads_confidence: Confidence = Confidence.EXACT
    """Joined where not every branch reads the same."""
    frozen: tuple[str, ...] = ()
    """Networks passed by the loss whose parameters take no gradient there."""


class OptimizerFact(SourceFact, frozen=True, kw_only=True):
    """An optimizer and the networks whose parameters it holds."""

    name: str
    kind: str
    networks: tuple[str, ...]
    parts: tuple[str, ...] = ()
    learning_rate: str = ""


class UnheldFact(SourceFact, frozen=True, kw_only=True):
    """Parameters that a stepped loss reaches and no optimizer holds."""

    network: str
    part: str
    loss: str


class TagFact(SourceFact, frozen=True, kw_only=True):
    """A logged value. `tag` holds `*` for each part that is not constant.

    `expression` is the source of the value, `measure` the norm formula, with the networks it is taken over and the
    event it stands after. `meaning` is a digest of formula, networks and position: two runs may be compared on a tag
    only where it is equal.
    """

    tag: str
    constant: bool
    sink: str
    expression: str = ""
    expression_file: str = ""
    expression_line: int = 0
    formula: str = ""
    networks: tuple[str, ...] = ()
    after: str = ""
    meaning: str = ""


class TargetFact(SourceFact, frozen=True, kw_only=True):
    """A network that was made as a copy of another. `updated` says whether anything moves it afterwards."""

    network: str
    copy_of: str
    updated: bool
    parts: tuple[str, ...] = ()


class ThresholdFact(SourceFact, frozen=True, kw_only=True):
    """A comparison of a measured value with a number."""

    text: str
    operator: str
    threshold: float
    formula: str = ""
    networks: tuple[str, ...] = ()
    bound: float | None = None
    """The largest value that the formula can take under the clip before it, where the source tells."""


class KeyState(StrEnum):
    """What is wrong with a configuration key."""

    NEVER_READ = "never-read"
    NEVER_DEFINED = "never-defined"
    OVERRIDDEN = "overridden"


class ConfigKeyFact(SourceFact, frozen=True, kw_only=True):
    """A configuration key without effect, or read without being defined."""

    key: str
    state: KeyState
    detail: str = ""


class UnusedModuleFact(SourceFact, frozen=True, kw_only=True):
    """A part with parameters that no line of the tree ever reads after making it."""

    owner: str
    attribute: str
    kind: str = ""


class DoneFact(SourceFact, frozen=True, kw_only=True):
    """What reaches a buffer or a target as the end of an episode. `truncated`: a time limit counts as an end."""

    text: str
    truncated: bool


class EnvironmentFact(SourceFact, frozen=True, kw_only=True):
    """A step of an environment. `shared`: an evaluation steps the environment that training steps."""

    name: str
    evaluation: bool
    shared: bool


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A file, or a part of one, that no facts come from, and why."""

    file: str
    line: int | None = None
    message: str


class SourceReport(msgspec.Struct, frozen=True, kw_only=True):
    """All facts of a source tree. `lines` counts the lines of the files that were parsed."""

    root: str = ""
    files: int = 0
    lines: int = 0
    events: tuple[UpdateEvent, ...] = ()
    optimizers: tuple[OptimizerFact, ...] = ()
    unheld: tuple[UnheldFact, ...] = ()
    tags: tuple[TagFact, ...] = ()
    targets: tuple[TargetFact, ...] = ()
    thresholds: tuple[ThresholdFact, ...] = ()
    config_keys: tuple[ConfigKeyFact, ...] = ()
    unused_modules: tuple[UnusedModuleFact, ...] = ()
    dones: tuple[DoneFact, ...] = ()
    environments: tuple[EnvironmentFact, ...] = ()
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()
    """Settings of the run that took the place of a default in the source, as `key = value`."""
