"""No text of a run becomes anything but text in the report."""

from __future__ import annotations

import json

import msgspec
import pytest

from reports.html import render
from tests.reports.diagnoses import PAYLOADS, full, hostile
from tests.reports.page import Page, words


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_in_every_text_changes_no_element_no_attribute_and_no_address(payload: str, plain: Page) -> None:
    page = Page(render(hostile(payload)))
    assert page.shape() == plain.shape()
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        assert element.attributes.get("href", "#").startswith(("#", "data:,"))
    assert page.one("title").text.startswith("day20-run3")
    assert page.one("style").text == plain.one("style").text


@pytest.fixture(scope="module")
def plain() -> Page:
    return Page(render(hostile(" harmless")))


def test_html_in_a_tag_name_is_shown_as_it_was_written() -> None:
    page = Page(render(hostile("<b>x</b>")))
    assert "gradients/actor_cnn_norm<b>x</b>" in words(page.by_id("signals"))
    assert page.one("h1").text == "Run day20-run3<b>x</b>"


def test_control_characters_and_direction_marks_are_shown_as_escapes() -> None:
    source = render(hostile("\x1b[31m\u202e\x00\x9b\ud800"))
    assert not set("\x1b\u202e\x00\x9b\ud800") & set(source)
    assert "day20-run3\\x1b[31m\\u202e\\x00\\x9b\\ud800" in source


def test_the_embedded_data_cannot_end_its_element_and_is_still_the_data() -> None:
    page = Page(render(hostile("</script><!--")))
    data = page.by_id("diagnosis").text
    assert not set("<>&") & set(data)
    assert json.loads(data)["run"]["name"] == "day20-run3</script><!--"


def test_a_template_expression_in_a_text_is_not_evaluated() -> None:
    source = render(hostile("{{ 7*7 }}{% raw %}"))
    assert "day20-run3{{ 7*7 }}{% raw %}" in source


def test_homes_and_secrets_are_left_out_everywhere_the_embedded_data_included() -> None:
    source = render(full())
    assert "someone" not in source
    assert "~/runs/day20-run3" in source
    assert "0123456789abcdef0123456789abcdef01234567" not in source
    assert "[redacted]" in source


def test_non_finite_numbers_are_words() -> None:
    shown = full()
    finding = msgspec.structs.replace(
        shown.findings[0], values={"a": float("nan"), "b": float("inf"), "c": float("-inf")}
    )
    causes = [msgspec.structs.replace(shown.causes[0], likelihood=float("nan"), supports=[]), *shown.causes[1:]]
    page = Page(render(msgspec.structs.replace(shown, findings=[finding, *shown.findings[1:]], causes=causes)))
    assert "a = NaN; b = Infinity; c = -Infinity" in words(page.by_id("GRD104"))
    assert "NaN" in json.loads(page.by_id("diagnosis").text)["findings"][0]["values"]["a"]


def test_a_long_tag_is_cut() -> None:
    shown = full()
    signal = msgspec.structs.replace(shown.signals[0], tag="t" * 100_000)
    source = render(msgspec.structs.replace(shown, signals=[signal], causes=[], findings=[], outcomes=[], timeline=[]))
    page = Page(source)
    assert "t" * 79 + "…" in words(page.by_id("signals"))
    assert "t" * 80 not in words(page.one("main"))
