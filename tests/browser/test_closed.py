"""A page asks for nothing, runs nothing, and its links lead somewhere; no text of a run changes that."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.pages import BENIGN, HOSTILE

PLAIN = {"report": "hostile report", "index": "hostile index", "comparison": "hostile comparison"}
ALL = (*BENIGN, *HOSTILE)


@pytest.mark.parametrize("page", ALL)
def test_no_request_no_error_no_dialog_in_any_view(page: str, seen: dict[str, Any]) -> None:
    for view in [*seen[page]["views"].values(), seen[page]["structure"]]:
        assert (view["requests"], view["errors"], view["dialogs"]) == ([], [], [])


@pytest.mark.parametrize("page", ALL)
def test_every_link_inside_the_page_leads_somewhere(page: str, seen: dict[str, Any]) -> None:
    structure = seen[page]["structure"]
    assert structure["links"]
    assert structure["dangling"] == []


@pytest.mark.parametrize(("plain", "hostile"), PLAIN.items())
def test_hostile_texts_add_no_element_no_handler_and_no_address(plain: str, hostile: str, seen: dict[str, Any]) -> None:
    """The browser was told to ignore the page's policy: escaping alone has to hold."""
    expected, found = seen[plain]["structure"], seen[hostile]["structure"]
    assert sorted(found["names"]) == sorted({*found["names"]} & {*expected["names"]})
    assert set(found["scripts"]) <= {"application/json"}
    assert found["handlers"] == []
    assert all(link.startswith(("#", "./")) for link in found["links"])
    assert found["title"] != "PWNED"


@pytest.mark.parametrize("page", HOSTILE)
def test_hostile_texts_are_read_as_they_were_written(page: str, seen: dict[str, Any]) -> None:
    text = seen[page]["structure"]["text"]
    for payload in ("<script>document.title='PWNED'</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"):
        assert payload in text
    assert "\\x1b[31mred" in text
    assert "evil\\u202egnp.exe" in text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
