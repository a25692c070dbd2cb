"""Markdown to passages: sentences, list items, table cells, each with its line. Bounded on hostile input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from forensics.claims.markup import plain

LINE = 1 << 16  # characters read of one line; the rest of a longer one is no prose
LINES = 20_000  # of one document
SENTENCE = 800  # a longer "sentence" is data, and patterns must stay cheap
CELLS = 60

_FENCE = re.compile(r"\s{0,8}(?:[-*+]\s)?\s{0,8}(`{3,}|~{3,})\s{0,4}([\w+-]{0,20})")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
_ITEM = re.compile(r"(\s{0,40})(?:[-*+•]|\d{1,3}[.)])\s+(.*)")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s{0,3}){3,}$|\s{0,3}[=-]{2,}\s{0,3}$")
_DELIMITER = re.compile(r"[\s|:-]{3,}$")
_LABEL = re.compile(
    r"\s{0,8}(?:\*\*|__)[^*]{1,80}(?:\*\*|__)\s{0,2}:|\s{0,8}(?:\*\*|__)[^*]{1,80}:(?:\*\*|__)|"
    r"\s{0,8}[\w/ .-]{1,40}[:=]\s"
)
_TEXT_FENCES = frozenset({"", "text", "txt", "log", "plain", "plaintext", "output", "console", "markdown", "md"})
_CODE = re.compile(
    r"\s{0,40}(?:if|elif|for|while|def|class|import|from|return|assert|raise|with|try|except|else|print|>>>|\$|//|#|"
    r"@)(?![\w/])"
    r"|.{0,400}(?:\bself\.|\w\(.{0,200}\)\s{0,8}(?:#.{0,200})?$|[{};]\s{0,8}$|\s==\s)"
)
_END = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=\S)|;\s+")
_SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|vs|approx|ca|cf|etc|resp|fig|eq|no|min|max|avg)|\b[a-z])\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence. `parent` is the item or heading that it stands under, `intro` the line that opens its list."""

    line: int
    text: str
    section: str = ""
    parent: str = ""
    intro: str = ""
    column: str = ""
    heading: bool = False


def passages(text: str) -> Iterator[Passage]:
    """Yield the passages of a document in order. Source code, links and HTML comments are left out."""
    reader = _Reader()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines[:LINES], start=1):
        yield from reader.take(number, line[:LINE])
    yield from reader.flush()


class _Reader:
    """What has to be remembered from line to line."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []  # lines of the paragraph or item being read
        self._fence = ""
        self._prose_fence = True
        self._comment = False
        self._sections: list[tuple[int, str]] = []
        self._items: list[tuple[int, str]] = []  # indent and text of the items above
        self._indent = -1  # of the item being read; -1 for a paragraph
        self._intro = ""
        self._header: list[str] | None = None
        self._table: list[str] | None = None

    def take(self, number: int, line: str) -> Iterator[Passage]:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and line.strip().startswith(self._fence):
                yield from self.flush()
                self._fence, self._intro = "", ""
            elif self._prose_fence and not _CODE.match(line):
                yield from self._line(number, line)
            return
        if fence:
            yield from self.flush()
            self._fence, self._prose_fence = fence[1][:3], fence[2].lower() in _TEXT_FENCES
            return
        if self._comment or line.lstrip().startswith("<!--"):
            self._comment = "-->" not in line
            return
        yield from self._line(number, line.lstrip("> ") if line.startswith(">") else line)

    def _line(self, number: int, line: str) -> Iterator[Passage]:
        if "|" in line and (line.lstrip().startswith("|") or self._table is not None or self._header is not None):
            yield from self.flush()
            yield from self._row(number, line)
            return
        self._table = self._header = None
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if not line.strip() or (_RULE.match(line) and not item):
            yield from self.flush()
            if _RULE.match(line):
                self._intro = ""
        elif heading:
            yield from self.flush()
            yield from self._heading(number, len(heading[1]), heading[2])
        elif item:
            yield from self.flush()
            indent = len(item[1].expandtabs(4))
            self._items = [(at, said) for at, said in self._items if at < indent]
            self._open, self._indent = [(number, item[2])], indent
        else:
            if self._open and _LABEL.match(line):
                yield from self.flush()
            if not self._open:
                indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
                self._items = [(at, said) for at, said in self._items if at < indent] if self._items else []
                self._indent = -1
            self._open.append((number, line))

    def flush(self) -> Iterator[Passage]:
        """Yield what the paragraph or item that just ended says."""
        if not self._open:
            return
        lines, self._open = self._open, []
        base = self._base(lines[0][0])
        said = plain(" ".join(line.strip() for _, line in lines))
        if self._indent >= 0:
            self._items.append((self._indent, said))
        else:
            self._intro = said if said.endswith(":") else ""
        yield from _sentences([(number, plain(line)) for number, line in lines], base)

    def _base(self, line: int) -> Passage:
        section = " / ".join(title for _, title in self._sections)
        above = [said for at, said in self._items if at < self._indent] if self._indent >= 0 else []
        parent = above[-1] if above else (self._sections[-1][1] if self._sections else "")
        return Passage(line=line, text="", section=section, parent=parent, intro=self._intro)

    def _heading(self, number: int, level: int, text: str) -> Iterator[Passage]:
        title = plain(text.strip().strip("#"))
        self._sections = [(at, said) for at, said in self._sections if at < level]
        self._items, self._intro, self._indent = [], "", -1
        yield from _sentences([(number, title)], replace(self._base(number), heading=True))
        if level > 1:
            self._sections.append((level, title))

    def _row(self, number: int, line: str) -> Iterator[Passage]:
        cells = [plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))[:CELLS]]
        if _DELIMITER.match(line):
            self._table, self._header = self._header or [], None
            return
        if self._table is None:
            self._header = cells
            return
        base = self._base(number)
        header = [*self._table, *[""] * len(cells)]
        step = next((cell for name, cell in zip(header[1:], cells[1:], strict=False) if name.lower() == "step"), "")
        for name, cell in zip(header[1:], cells[1:], strict=False):
            if not cell or name.lower() == "step":
                continue
            label = f"step {cells[0]}" if header[0].lower() in _STEPS and cells[0][:1].isdigit() else cells[0]
            said = "" if name.lower() in _VALUE_COLUMNS else f" {name}"
            at = f" at step {step}" if step else ""
            yield replace(base, text=f"{label}{said}{at}: {cell}"[:SENTENCE], column=name)


_VALUE_COLUMNS = frozenset(
    {"value", "values", "observed", "actual", "measured", "reading", "seen", "logged", "in this run", "this run"}
)
_STEPS = frozenset({"step", "steps", "global step", "env step", "timestep"})


def _sentences(lines: list[tuple[int, str]], base: Passage) -> Iterator[Passage]:
    """Join the lines and part them at the ends of sentences; each sentence keeps the line that it begins in."""
    text, starts = "", []
    for number, line in lines:
        starts.append((len(text), number))
        text += line.strip() + " "
    begin = 0
    for end in [*_END.finditer(text), None]:
        stop = len(text) if end is None else end.start()
        if end is not None and _SHORT.search(text[max(begin, stop - 12) : stop]):
            continue
        sentence = text[begin:stop].strip()
        if sentence and len(sentence) <= SENTENCE:
            at = next(number for offset, number in reversed(starts) if offset <= begin)
            yield replace(base, text=sentence, line=at)
        begin = stop if end is None else end.end()
