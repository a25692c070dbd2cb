"""Configuration keys: defined and never read, read and never defined, overridden by a literal.

This is plain reading, not interpretation. A key counts as read if its name stands anywhere in the tree as an attribute
that is loaded, or as a text outside of its definition, so a key is called dead too seldom rather than too often.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from forensics.model.source import Confidence, ConfigKeyFact, KeyState
from forensics.source.classes import decorator_name
from forensics.source.tree import File, Tree, dotted

HOLDER = re.compile(
    r"(^|_)(config|cfg|conf|args|arguments|options|opts|opt|settings|hparams|hyperparameters|params)$", re.I
)
_CLASS = re.compile(r"(Config|Args|Arguments|Options|Settings|Hparams|Hyperparameters|Parameters|Params)$", re.I)
_PASSED_WHOLE = frozenset(
    {"asdict", "vars", "to_container", "to_dict", "astuple", "fields", "model_dump", "items", "values"}
)


class Definition(NamedTuple):
    """A key, and where it is defined. `style`: field, option, entry (of a dict), or document."""

    key: str
    file: str
    line: int
    style: str


def facts(tree: Tree, texts: Mapping[str, str]) -> tuple[ConfigKeyFact, ...]:
    """Return what is wrong with the configuration keys of a tree."""
    definitions: list[Definition] = []
    reads: set[str] = set()
    whole = False
    overrides: list[tuple[str, File, ast.AST, str]] = []
    undefined: list[tuple[str, File, ast.AST]] = []
    for file in tree.files:
        reading = _Reading(file)
        definitions += reading.definitions
        reads |= reading.reads
        whole = whole or reading.whole
        overrides += [(key, file, node, text) for key, node, text in reading.overrides]
        undefined += [(key, file, node) for key, node in reading.undefined()]
    for path in sorted(texts):
        if path.endswith((".yaml", ".yml")):
            definitions += _document(path, texts[path])
    return (
        *_dead(definitions, reads, whole),
        *_overridden(definitions, overrides),
        *_undefined(undefined, definitions),
    )


def _dead(definitions: list[Definition], reads: set[str], whole: bool) -> Iterator[ConfigKeyFact]:
    confidence = Confidence.JOINED if whole else Confidence.EXACT
    detail = "a configuration is passed on whole somewhere, so it may be read by another name" if whole else ""
    for one in dict.fromkeys(definitions):
        if one.key.rpartition(".")[2] not in reads:
            sure = Confidence.BY_NAME if one.style == "document" and whole else confidence
            yield ConfigKeyFact(
                file=one.file, line=one.line, key=one.key, state=KeyState.NEVER_READ, confidence=sure, detail=detail
            )


def _overridden(
    definitions: list[Definition], overrides: list[tuple[str, File, ast.AST, str]]
) -> Iterator[ConfigKeyFact]:
    known = {one.key.rpartition(".")[2] for one in definitions}
    for key, file, node, text in overrides:
        if key in known:
            yield ConfigKeyFact(
                file=file.path,
                line=getattr(node, "lineno", 0),
                key=key,
                state=KeyState.OVERRIDDEN,
                detail=text,
                confidence=Confidence.BY_NAME,
            )


def _undefined(found: list[tuple[str, File, ast.AST]], definitions: list[Definition]) -> Iterator[ConfigKeyFact]:
    known = {one.key.rpartition(".")[2] for one in definitions}
    for key, file, node in found:
        if key not in known:
            yield ConfigKeyFact(
                file=file.path,
                line=getattr(node, "lineno", 0),
                key=key,
                state=KeyState.NEVER_DEFINED,
                confidence=Confidence.JOINED,
            )


class _Reading:
    """What one file defines and reads."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.definitions: list[Definition] = []
        self.reads: set[str] = set()
        self.whole = False
        self.overrides: list[tuple[str, ast.AST, str]] = []
        self._parsed: set[str] = set()
        self._loaded: list[tuple[str, str, ast.AST]] = []
        self._stored: set[str] = set()
        self._options: set[str] = set()
        self._skipped: set[int] = set()
        for node in ast.walk(file.tree):
            self._look(node)

    def undefined(self) -> Iterator[tuple[str, ast.AST]]:
        """Attributes of parsed arguments that no option of this file defines."""
        if self._options:
            for holder, key, node in self._loaded:
                if holder in self._parsed and key not in self._options | self._stored:
                    yield key, node

    def _define(self, key: str, node: ast.AST, style: str) -> None:
        self.definitions.append(Definition(key, self.file.path, getattr(node, "lineno", 0), style))

    def _look(self, node: ast.AST) -> None:
        if isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.Attribute):
            self._attribute(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in self._skipped:
            self.reads.update(re.findall(r"\w+", node.value) if len(node.value) < 200 else ())
        elif isinstance(node, ast.Assign):
            self._assign(node)

    def _class(self, node: ast.ClassDef) -> None:
        record = {"dataclass", "define", "frozen"} & {decorator_name(one) for one in node.decorator_list}
        if not _CLASS.search(node.name) or not (record or node.bases):
            return
        for statement in node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            if not statement.target.id.startswith("_") and "ClassVar" not in ast.unparse(statement.annotation):
                self._define(statement.target.id, statement, "field")

    def _call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
        if name == "add_argument":
            self._option(node)
        if name in _PASSED_WHOLE and (_is_holder(node.func) or any(_is_holder(one) for one in node.args)):
            self.whole = True
        if any(keyword.arg is None and _is_holder(keyword.value) for keyword in node.keywords):
            self.whole = True

    def _option(self, node: ast.Call) -> None:
        texts = [one for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        self._skipped.update(id(one) for one in texts)
        named = next((one.value for one in node.keywords if one.arg == "dest"), None)
        if isinstance(named, ast.Constant) and isinstance(named.value, str):
            key = named.value
            self._skipped.add(id(named))
        else:
            long = [str(one.value) for one in texts if str(one.value).startswith("--")] or [
                str(one.value) for one in texts
            ]
            if not long:
                return
            key = long[0].lstrip("-").replace("-", "_")
        self._options.add(key)
        self._define(key, node, "option")

    def _attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.reads.add(node.attr)
            if isinstance(node.value, ast.Name):
                self._loaded.append((node.value.id, node.attr, node))
        elif isinstance(node.value, ast.Name):
            self._stored.add(node.attr)

    def _assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if (
            isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and isinstance(target, ast.Name)
        ) and node.value.func.attr == "parse_args":
            self._parsed.add(target.id)
        literal = isinstance(node.value, ast.Constant)
        if (
            isinstance(target, ast.Attribute)
            and literal
            and _is_holder(target.value)
            and dotted(target.value) != "self"
        ):
            self.overrides.append((target.attr, node, ast.unparse(node)))
        item = target if isinstance(target, ast.Subscript) and literal and _is_holder(target.value) else None
        if item is not None and isinstance(item.slice, ast.Constant) and isinstance(item.slice.value, str):
            self._skipped.add(id(item.slice))
            self.overrides.append((item.slice.value, node, ast.unparse(node)))
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Dict) and HOLDER.search(target.id.lower()):
            for key in node.value.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    self._skipped.add(id(key))
                    self._define(key.value, key, "entry")


def _is_holder(node: ast.AST) -> bool:
    last = dotted(node).rpartition(".")[2]
    if isinstance(node, ast.Attribute) and node.attr in _PASSED_WHOLE:
        return _is_holder(node.value)
    return bool(last and HOLDER.search(last))


def _document(path: str, text: str) -> list[Definition]:
    """Keys of a YAML file with scalar values, by indentation: their lines matter, their values do not."""
    found: list[Definition] = []
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"( *)([A-Za-z_][\w-]*):(\s+(?P<value>[^#\s].*)?)?\s*(#.*)?$", line)
        if match is None:
            continue
        depth = len(match.group(1))
        while above and above[-1][0] >= depth:
            above.pop()
        key = ".".join([*(name for _, name in above), match.group(2)])
        value = match.group("value")
        if value is None:
            above.append((depth, match.group(2)))
        elif not match.group(2).startswith("_"):
            found.append(Definition(key, path, number, "document"))
    return found
