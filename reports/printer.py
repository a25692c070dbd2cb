"""Prints foreign text in a terminal: cleaned, wrapped and in what the terminal can show."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from forensics.safety.text import clean

SENTENCE = 400  # characters of one text

# What an ASCII terminal shows for the signs that this tool itself uses.
_ASCII = str.maketrans({"–": "-", "—": "-", "−": "-", "×": "x", "…": "...", "≤": "<=", "≥": ">=", "’": "'", "→": "->"})


class Printer:
    """Prints plain text that came from anywhere, without markup, control characters or terminal links."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._ascii = not console.encoding.lower().replace("-", "").startswith("utf")

    def heading(self, words: str, style: str) -> None:
        self._console.print()
        self.line(words, style=style)

    def line(self, words: str, *, style: str = "", indent: int = 0, lead: str = "", limit: int = SENTENCE) -> None:
        """Print one paragraph, its lines `indent` in; `lead` stands before the first, the others hang below it.

        A lead that would leave less than half of the width gets a line of its own.
        """
        start = " " * indent + self.fit(lead)
        hang = cell_len(start)
        if hang > self._console.width // 2:
            self._console.print(Text(start.rstrip(), style="bold"), soft_wrap=False, highlight=False, overflow="fold")
            start, hang = " " * (indent + 2), indent + 2
        body = Text(self.fit(words, limit), style=style, overflow="fold")
        for number, line in enumerate(body.wrap(self._console, self._console.width - hang, overflow="fold")):
            line.rstrip()
            before = Text(start if number == 0 else " " * hang, style="bold" if lead else "")
            self._console.print(before + line, soft_wrap=False, highlight=False, overflow="fold")

    def fit(self, words: str, limit: int = SENTENCE) -> str:
        """Return text in one line as the terminal can show it."""
        shown = clean(words.replace("\n", " ").replace("\t", " "), limit)
        if not self._ascii:
            return shown
        plain = unicodedata.normalize("NFKD", shown.translate(_ASCII))
        return plain.encode("ascii", "backslashreplace").decode()
