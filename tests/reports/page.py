"""Reads a rendered report as a browser would: elements, attributes and texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br"}


@dataclass
class Element:
    """One element: its name, its attributes and the text directly or deeper inside it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    inside: tuple[str, ...] = ()


@dataclass
class Page(HTMLParser):
    """The elements of one document, in source order."""

    source: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)
        self.close()
        assert not self._open, f"left open: {[element.name for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(element.name for element in self._open)
        element = Element(tag, {key: value or "" for key, value in attrs}, inside=names)
        assert len(element.attributes) == len(attrs), f"attribute twice: {attrs}"
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].name == tag, f"</{tag}> closes {self._open[-1].name}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *names: str) -> list[Element]:
        """Return the elements of these names."""
        return [element for element in self.elements if element.name in names]

    def one(self, name: str, **attributes: str) -> Element:
        """Return the only element of this name with these attributes."""
        found = [e for e in self.all(name) if all(e.attributes.get(key) == value for key, value in attributes.items())]
        assert len(found) == 1, f"{len(found)} of {name} {attributes}"
        return found[0]

    def by_id(self, id: str) -> Element:
        """Return the only element with this id."""
        found = [element for element in self.elements if element.attributes.get("id") == id]
        assert len(found) == 1, f"{len(found)} with id {id}"
        return found[0]

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return names and attribute names, in order: what text must not be able to change."""
        return [(element.name, tuple(element.attributes)) for element in self.elements]


def words(element: Element) -> str:
    """Return the text of an element with its white space collapsed."""
    return re.sub(r"\s+", " ", element.text).strip()
