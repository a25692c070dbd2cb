"""The parsed files of a source tree, and which file an import means."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from forensics.model.source import Unread

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class File:
    """One parsed file. `names` are its globals, filled when it is first needed."""

    __slots__ = ("lines", "loaded", "module", "names", "package", "path", "tree")

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
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
        roots = {file.module[:-1] if not file.package else file.module for file in self.files}
        self._top = min(roots, key=len, default=())

    def _parse(self, path: str, text: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except SyntaxError as error:
            self.unread.append(Unread(file=path, line=error.lineno, message=f"does not parse: {error.msg}"))
        except (ValueError, RecursionError, MemoryError) as error:
            reason = str(error) or type(error).__name__
            self.unread.append(Unread(file=path, message=f"does not parse: {reason}"))
        else:
            self.files.append(File(path, text, tree))

    def find(self, dotted: tuple[str, ...], importer: File) -> File | None:
        """Return the file of a module, absolute as written. Where the tree starts inside the package, its tail counts.

        Of several that fit, the longest match wins, then the one nearest to the importer.
        """
        if not dotted:
            return None
        fits = [(score, file) for file in self._by_tail.get(dotted[-1], ()) if (score := _match(file.module, dotted))]
        if not fits:
            return None
        return max(fits, key=lambda fit: (fit[0], _common(fit[1].module, importer.module), -len(fit[1].module)))[1]

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


def _match(module: tuple[str, ...], dotted: tuple[str, ...]) -> int:
    """Return how many parts of both names agree from the end; 0 where one does not end with the other."""
    shorter = min(len(module), len(dotted))
    if module[-shorter:] != dotted[-shorter:]:
        return 0
    return 0 if len(module) < len(dotted) and len(dotted) - len(module) > 2 else shorter


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
