"""A diagnosis shows itself in a notebook, by formatters that the package registers with IPython where that runs."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

import forensics
from forensics.model.diagnosis import Diagnosis
from reports.notebook import html, markdown, register
from tests.reports.diagnoses import PAYLOADS, empty, full, hostile
from tests.reports.page import Page, words


class Formatter:
    """Stands in for a formatter of IPython: it finds the function for an object by module and name of its type."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], Callable[[object], str]] = {}

    def for_type_by_name(self, module: str, name: str, show: Callable[[object], str]) -> None:
        self._by_name[module, name] = show

    def __call__(self, shown: object) -> str | None:
        show = self._by_name.get((type(shown).__module__, type(shown).__name__))
        return show(shown) if show else None


@pytest.fixture
def formatters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Formatter]:
    """The formatters of a shell that runs."""
    made = {"text/html": Formatter(), "text/markdown": Formatter(), "text/plain": Formatter()}
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters=made))
    _install(monkeypatch, lambda: shell)
    return made


def _install(monkeypatch: pytest.MonkeyPatch, get_ipython: Callable[[], object]) -> None:
    module = ModuleType("IPython")
    module.get_ipython = get_ipython  # type: ignore[attr-defined]
    module.version_info = (9, 0, 0)  # type: ignore[attr-defined]  # matplotlib asks for it
    monkeypatch.setitem(sys.modules, "IPython", module)


def test_importing_the_package_in_a_notebook_is_enough(formatters: dict[str, Formatter]) -> None:
    importlib.reload(forensics)
    assert "Probable cause" in (formatters["text/html"](full()) or "")
    assert (formatters["text/markdown"](full()) or "").startswith("## Probable cause")
    assert formatters["text/plain"](full()) is None
    assert formatters["text/html"]("anything else") is None


def test_ipython_loaded_by_a_library_without_a_shell_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, lambda: None)
    register()


def test_outside_of_ipython_no_renderer_is_loaded() -> None:
    code = "import forensics, sys; print([name for name in sys.modules if name.startswith('reports')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_shows_verdict_action_figure_and_causes() -> None:
    page = Page(html(full()))
    told = words(page.one("div"))
    for sentence in (
        "day20-run3: TD3, carla, 3,700 of 10,000 steps",
        "Probable cause The actor loss reaches",
        "very likely (0.95), evidence quality high",
        "Do this first Give the actor loss",
    ):
        assert sentence in told
    assert len(page.all("svg")) > 1
    assert len(html(full()).encode()) < 100_000


def test_its_style_reaches_nothing_outside_of_it() -> None:
    css = re.sub(r"@media[^{]*\{", "", Page(html(full())).one("style").text)
    selectors = [part for rule in re.findall(r"([^{}]+)\{", css) for part in rule.split(",")]
    assert selectors
    assert all(selector.strip().startswith(".forensics") for selector in selectors)


def test_it_has_no_script_and_asks_for_nothing() -> None:
    page = Page(html(full()))
    assert not page.all("script", "link", "img", "iframe")
    assert not [name for element in page.elements for name in element.attributes if name in ("src", "style")]
    assert all(element.attributes.get("href", "#").startswith("#") for element in page.elements)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_foreign_text_changes_no_element(payload: str) -> None:
    assert Page(html(hostile(payload))).shape() == Page(html(hostile(" harmless"))).shape()


@pytest.mark.parametrize("shown", [full(), empty()], ids=["full", "empty"])
def test_the_same_diagnosis_shows_the_same(shown: Diagnosis) -> None:
    assert html(shown) == html(shown)
    assert markdown(shown) == markdown(shown)


def test_homes_are_left_out() -> None:
    assert "someone" not in html(full())
