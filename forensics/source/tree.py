"""The parsed files of a source tree, and which file an import means."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from forensics.model.source import Unread
from forensics.source import tolerant

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


FOREIGN = frozenset("torch numpy gym gymnasium lightning pytorch_lightning accelerate jax tensorflow scipy".split())
"""Packages that a tree which begins inside of a package is not."""


class File:
    """One parsed file. `names` are its globals, filled when it is first needed. `mended`: a part of it was cut."""

    __slots__ = ("lines", "loaded", "mended", "module", "names", "package", "path", "tree")

    def __init__(self, path: str, text: str, tree: ast.Module, mended: bool = False) -> None:
        self.mended = mended
        self.path, self.tree, self.lines = path, tree, text.count("\n") + 1
        parts = PurePosixPath(path).with_suffix("").parts
        self.package = parts[-1] == "__init__"
        self.module: tuple[str, ...] = parts[:-1] if self.package else parts
        self.names: dict[str, Any] = {}
        self.loaded = False


class Tree:
    """All files that could be parsed, found again by module name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.files: list[File] = []
        self.unread: list[Unread] = []
        self.nodes = 0
        for path in sorted(texts):
            if path.endswith(".py"):
                self._parse(path, texts[path])
        self._by_tail: dict[str, list[File]] = {}
        for file in self.files:
            if file.module:
                self._by_tail.setdefault(file.module[-1], []).append(file)
        self._packages = {file.module for file in self.files if file.package}
        self._own_names = dict(self._named_by_themselves())

    def _named_by_themselves(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Packages at the top of the tree that import themselves as part of one that is not here.

        Where the files of `recorder/` import `forensics.recorder.names`, the folder is that package.
        """
        tops = {file.module[0] for file in self.files if file.module}
        for file in self.files:
            if len(file.module) < (1 if file.package else 2) or file.module[:1] not in self._packages:
                continue
            for node in ast.walk(file.tree):
                for name in _absolute(node):
                    parts = tuple(name.split("."))
                    place = parts.index(file.module[0]) if file.module[0] in parts else 0
                    if place and parts[0] not in tops and parts[0] not in FOREIGN:
                        yield parts[: place + 1], file.module[:1]

    def _parse(self, path: str, text: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except SyntaxError as error:
            self._broken(path, text, error.lineno, str(error.msg))
        except (ValueError, RecursionError, MemoryError) as error:
            self._broken(path, text, None, str(error) or type(error).__name__)
        else:
            self.files.append(File(path, text, tree))

    def _broken(self, path: str, text: str, line: int | None, reason: str) -> None:
        """Keep what is left of a file that does not parse, where the optional extra can tell what that is."""
        left = tolerant.parse(text)
        said = f"does not parse: {reason}"
        if left is not None:
            self.files.append(File(path, text, left[0], mended=True))
            said += f"; read without {left[1]} of its lines, by name alone"
        self.unread.append(Unread(file=path, line=line, message=said))

    def find(self, dotted: tuple[str, ...], importer: File) -> File | None:
        """Return the file that an absolute import means.

        The tree may hold the folder in which the search begins (`src/`), or begin inside of the package. Of several
        that fit, the one nearest to the importer wins.
        """
        if not dotted:
            return None
        for name, own in self._own_names.items():
            if dotted[: len(name)] == name:
                dotted = own + dotted[len(name) :]
                break
        fits = [file for file in self._by_tail.get(dotted[-1], ()) if self._is(file.module, dotted)]
        return max(fits, key=lambda file: (_common(file.module, importer.module), -len(file.module)), default=None)

    def _is(self, module: tuple[str, ...], dotted: tuple[str, ...]) -> bool:
        extra = len(module) - len(dotted)
        if extra >= 0:
            return module[extra:] == dotted and (extra == 0 or module[:extra] not in self._packages)
        inside = () in self._packages and dotted[0] not in FOREIGN
        return inside and extra == -1 and dotted[1:] == module

    def relative(self, level: int, names: tuple[str, ...], importer: File) -> File | None:
        """Return the file that `from ..names import` means."""
        base = importer.module if importer.package else importer.module[:-1]
        if level > 1:
            base = base[: len(base) - (level - 1)]
        wanted = base + names
        return (
            next((file for file in self._by_tail.get(wanted[-1], ()) if file.module == wanted), None)
            if wanted
            else (next((file for file in self.files if file.package and not file.module), None))
        )


def _absolute(node: ast.AST) -> list[str]:
    """Return what a statement imports by full names."""
    if isinstance(node, ast.ImportFrom):
        return [node.module] if node.module and not node.level else []
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def functions(tree: ast.Module) -> Iterator[tuple[ast.ClassDef | None, FunctionNode]]:
    """Every function of a file that is not inside another function, with its class."""
    pending: list[tuple[ast.ClassDef | None, ast.stmt]] = [(None, statement) for statement in tree.body]
    while pending:
        owner, statement = pending.pop(0)
        if isinstance(statement, FunctionNode):
            yield owner, statement
        elif isinstance(statement, ast.ClassDef):
            pending += [(statement, inner) for inner in statement.body]
        elif isinstance(statement, ast.If | ast.Try):
            pending += [(owner, inner) for inner in ast.iter_child_nodes(statement) if isinstance(inner, ast.stmt)]


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, an empty text for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))
