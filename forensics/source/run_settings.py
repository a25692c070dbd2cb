"""The configuration of the run that is looked at: what it sets, a default in the source does not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from forensics.source.classes import Class
from forensics.source.configuration import HOLDER
from forensics.source.tree import Tree
from forensics.source.values import Const, Value

Setting = str | int | float | bool | None
"""What a configuration can set to decide a branch."""

_LEAST = 2  # a name of one letter is no name


class RunSettings:
    """Settings by dotted key. `used` are those that took the place of a default, in words.

    A setting is believed to be meant where its name is unambiguous: one key of that name in the configuration and one
    class of the source with such a field, or the section above the key named like the class or the field that holds it.
    """

    def __init__(self, settings: Mapping[str, Setting], tree: Tree) -> None:
        self.used: dict[str, None] = {}
        self._by_name: dict[str, list[tuple[tuple[str, ...], Setting]]] = {}
        for key, value in settings.items():
            parts = tuple(key.split("."))
            if len(parts[-1]) >= _LEAST and (value is None or isinstance(value, str | int | float | bool)):
                self._by_name.setdefault(parts[-1], []).append((parts, value))
        self._owners = _fields(tree) if self._by_name else {}
        self._held_as = _holders(tree) if self._by_name else {}

    def field(self, owner: Class, name: str, default: Value) -> Value:
        """Return what the run sets a field of a class to, else its default."""
        found = self._by_name.get(name, [])
        alone = len(found) == 1 and self._owners.get(name, set()) <= {owner.name}
        sections = {_plain(owner.name), *map(_plain, self._held_as.get(owner.name, ()))}
        meant = found if alone else [one for one in found if len(one[0]) > 1 and _plain(one[0][-2]) in sections]
        return self._const(meant, default)

    def argument(self, name: str, default: Value) -> Value:
        """Return what the run sets an argument to that a configuration is passed on for whole, else its default."""
        return self._const(self._by_name.get(name, []), default)

    def read(self, node: ast.AST) -> Value | None:
        """Return what `args.name`, `cfg.section.name` or `cfg["section"]["name"]` is set to, None where unknown."""
        parts = _chain(node) if self._by_name else ()
        place = next((at for at, one in enumerate(parts) if HOLDER.search(one)), None)
        wanted = () if place is None else parts[place + 1 :]
        if not wanted:
            return None
        found = [one for one in self._by_name.get(wanted[-1], []) if one[0][-len(wanted) :] == wanted]
        exact = [one for one in found if one[0] == wanted]
        return self._const(exact or found, None)

    def _const(self, meant: list[tuple[tuple[str, ...], Setting]], default: Value | None) -> Value:
        if len(meant) == 1:
            ((parts, value),) = meant
            if default is None or _fits(value, default):
                self.used[f"{'.'.join(parts)} = {value}"] = None
                return Const(value)
        return default  # type: ignore[return-value]


def _fits(value: Setting, default: Value) -> bool:
    """Whether a value is of the kind of a default: else another thing has the same name."""
    if not isinstance(default, Const) or default.value is None or value is None:
        return True
    number = isinstance(value, int | float) and isinstance(default.value, int | float)
    return type(value) is type(default.value) or (number and isinstance(value, bool) == isinstance(default.value, bool))


def _chain(node: ast.AST) -> tuple[str, ...]:
    """Return the names of attributes and constant items, from the outermost: `("cfg", "section", "name")`."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            parts.append(str(node.slice.value))
            node = node.value
        else:
            break
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def _fields(tree: Tree) -> dict[str, set[str]]:
    """Return the classes that declare a field, by the name of the field."""
    found: dict[str, set[str]] = {}
    for owner, statement in _declared(tree):
        found.setdefault(statement.target.id, set()).add(owner)  # type: ignore[union-attr]
    return found


def _holders(tree: Tree) -> dict[str, set[str]]:
    """Return the fields that are declared to hold an instance of a class, by its name."""
    found: dict[str, set[str]] = {}
    for _, statement in _declared(tree):
        for word in re.findall(r"\w+", ast.unparse(statement.annotation)):
            found.setdefault(word, set()).add(statement.target.id)  # type: ignore[union-attr]
    return found


def _declared(tree: Tree) -> Iterator[tuple[str, ast.AnnAssign]]:
    for file in tree.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ClassDef):
                for one in node.body:
                    if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                        yield node.name, one


def _plain(name: str) -> str:
    """Return a name without what configurations add to it: `NetworkConfig`, `network_args` and `networks` are one."""
    word = re.sub(r"(config|cfg|args|arguments|settings|params|options|hyperparameters)$", "", name.lower().strip("_"))
    return (word or name.lower()).replace("_", "").rstrip("s")
