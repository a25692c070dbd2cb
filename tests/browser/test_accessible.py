"""Every page passes axe-core in light, in dark and on a telephone, and fits its window."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.pages import BENIGN, HOSTILE

VIEWS = ("light", "dark", "narrow")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("page", BENIGN)
def test_axe_finds_no_violation(page: str, view: str, seen: dict[str, Any]) -> None:
    assert seen[page]["views"][view]["violations"] == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("page", BENIGN)
def test_what_axe_cannot_decide_is_the_contrast_of_marks_that_the_palette_test_computes(
    page: str, view: str, seen: dict[str, Any]
) -> None:
    """A shape beside its word is no text to axe, and it sees no ground behind the text of a drawing.

    tests/reports/test_palette.py computes the contrast of both from their colours.
    """
    undecided = seen[page]["views"][view]["incomplete"]
    assert [each for each in undecided if each["rule"] != "color-contrast" or not each["inside"]] == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("page", [*BENIGN, *HOSTILE])
def test_nothing_overflows_the_window_with_everything_unfolded(page: str, view: str, seen: dict[str, Any]) -> None:
    width = seen[page]["views"][view]["width"]
    assert width["window"] in (390, 1280)
    assert width["scroll"] <= width["window"]
