"""A page can be read where styles and scripts are blocked, and printed from a dark screen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.pages import BENIGN, REPORTS

_PRINTABLE = 1001  # pixels of A4 between margins of 16 mm


@pytest.mark.parametrize("page", BENIGN)
def test_without_style_and_script_the_text_is_all_there_and_no_decoration_grows(
    page: str, seen: dict[str, Any]
) -> None:
    bare = seen[page]["bare"]
    assert not bare["styled"], "the browser did not block the style"
    assert bare["largestDecoration"] <= 100
    assert bare["requests"] == []
    assert len(bare["text"]) > 500


@pytest.mark.parametrize("page", REPORTS)
def test_without_style_the_verdict_comes_before_the_proof(page: str, seen: dict[str, Any]) -> None:
    text = seen[page]["bare"]["text"].lower()
    parts = ["coverage", "evidence quality", "ranked causes", "what happened", "findings", "ruled out", "method"]
    places = [re.search(rf"\b{part}\b", text) for part in parts]
    assert all(places)
    assert sorted(found.start() for found in places if found)[0] == text.index("coverage")
    assert text.index("evidence quality") < text.index("ranked causes") < text.index("timeline")


@pytest.mark.parametrize("page", BENIGN)
def test_it_prints_on_white_with_everything_unfolded_and_no_figure_cut(page: str, seen: dict[str, Any]) -> None:
    printed = seen[page]["print"]
    assert printed["pdf"] == "%PDF-"
    assert printed["ground"] == "rgb(255, 255, 255)"
    assert printed["folded"] == 0
    assert printed["width"]["scroll"] <= printed["width"]["window"]
    for figure in printed["figures"]:
        assert figure["left"] >= 0
        assert figure["right"] <= printed["width"]["window"]
        assert figure["height"] < _PRINTABLE
        assert figure["kept"] == "avoid"


def test_there_were_figures_to_print(seen: dict[str, Any]) -> None:
    assert len(seen["report"]["print"]["figures"]) == 3
    assert seen["comparison"]["print"]["figures"]
