"""A file that does not parse, without what is broken in it: what is left is parsed, and trusted least.

tree-sitter-python says where the errors are (the optional extra `tolerant`); the lines of each are blanked, so that all
others keep their numbers. Without the extra such a file gives no facts.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Any

MOST_CUTS = 200
"""A file with more faults than that is no Python."""
MOST_WORK = 20_000_000
"""Characters parsed again after a cut, over all cuts: some seconds."""
MOST_SHARE = 0.5
"""If more of its lines are cut than that, nothing is said of a file."""
_HEADER = re.compile(r"expected an indented block after .* on line (\d+)")
_OPENS = re.compile(r"\s*(async\s+)?(def|class|if|elif|else|for|while|with|try|except|finally|match|case)\b")
_STATEMENT = re.compile(r"statement$|definition$|^expression_statement$|^assignment$")


def parse(text: str) -> tuple[ast.Module, int] | None:
    """Return what is left of a file, and how many lines were cut; None without the extra, or where too little is left.

    Nothing is run. A NUL byte is taken for a blank.
    """
    parser = _parser()
    if parser is None:
        return None
    lines = text.replace("\0", " ").split("\n")
    whole = sum(1 for line in lines if line.strip())
    statements = _statements(parser, "\n".join(lines))
    _blank(lines, _with_blocks(lines, _errors(parser, "\n".join(lines))))
    for _ in range(min(MOST_CUTS, MOST_WORK // (len(text) + 1))):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse("\n".join(lines))
        except SyntaxError as error:
            if not _mend(lines, error, statements):
                return None
        except (ValueError, RecursionError, MemoryError):
            return None
        else:
            cut = whole - sum(1 for line in lines if line.strip())
            return (tree, cut) if tree.body and cut <= MOST_SHARE * whole else None
    return None


def _parser() -> Any:
    try:
        import tree_sitter  # type: ignore[import-not-found,unused-ignore]
        import tree_sitter_python  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def _nodes(parser: Any, text: str) -> Iterator[Any]:
    """Every node of the tree, without recursion: brackets may be nested 5,000 deep."""
    pending = [parser.parse(text.encode("utf-8", "replace")).root_node]
    while pending:
        node = pending.pop()
        yield node
        pending += node.children


def _errors(parser: Any, text: str) -> set[int]:
    """Return the rows of errors, those of sound statements inside of an error left out."""
    rows: set[int] = set()
    for node in _nodes(parser, text):
        if node.is_missing:
            rows.add(node.start_point[0])
        elif node.is_error:
            sound = {
                row
                for child in node.children
                if _STATEMENT.search(child.type) and not child.has_error
                for row in range(child.start_point[0], child.end_point[0] + 1)
            }
            rows |= set(range(node.start_point[0], node.end_point[0] + 1)) - sound
    return rows


def _statements(parser: Any, text: str) -> list[tuple[int, int]]:
    """Return first and last row of each statement, the shortest first."""
    found = {(node.start_point[0], node.end_point[0]) for node in _nodes(parser, text) if _STATEMENT.search(node.type)}
    return sorted(found, key=lambda rows: rows[1] - rows[0])


def _mend(lines: list[str], error: SyntaxError, statements: list[tuple[int, int]]) -> bool:
    """Cut what an error of Python's own parser names. Return whether anything changed."""
    before = list(lines)
    row = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
    header = _HEADER.search(error.msg or "")
    if header is not None:
        lines[int(header[1]) - 1] += " pass"
    elif "unexpected indent" in (error.msg or "") or "unindent" in (error.msg or ""):
        depth = _indent(lines[row])
        end = row
        while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) >= max(depth, 1)):
            end += 1
        _blank(lines, set(range(row, max(end, row + 1))))
    else:
        first, last = next(((a, b) for a, b in statements if a <= row <= b), (row, row))
        _blank(lines, _with_blocks(lines, set(range(first, last + 1))))
    return lines != before


def _with_blocks(lines: list[str], rows: set[int]) -> set[int]:
    """Return the rows, and all that stands below a header among them: its body belongs to nothing else."""
    found = set(rows)
    for row in rows:
        if row < len(lines) and _OPENS.match(lines[row]):
            end = row + 1
            while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > _indent(lines[row])):
                found.add(end)
                end += 1
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _blank(lines: list[str], rows: set[int]) -> None:
    for row in rows:
        if row < len(lines):
            lines[row] = ""
