"""What broke, how sure the report is and what to do are seen without scrolling."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.pages import FIRST_SCREEN, REPORTS

HEIGHTS = {"light": 800, "narrow": 844}
# Nothing to advise without evidence; a setting that is its own proof needs no figure.
ABSENT = {
    "report without evidence": {".todo strong", ".look svg.plot"},
    "mountaincar-td3-exploration-collapsed": {".look svg.plot"},
}
WORDS = 200  # of sentences, without the counts of the ranking and the numbers of the figure


@pytest.mark.parametrize("view", HEIGHTS)
@pytest.mark.parametrize("page", REPORTS)
def test_verdict_certainty_action_and_proof_are_on_the_first_screen(page: str, view: str, seen: dict[str, Any]) -> None:
    boxes = seen[page]["views"][view]["firstScreen"]
    assert set(boxes) == set(FIRST_SCREEN)
    absent = {selector for selector, box in boxes.items() if box is None}
    assert absent <= ABSENT.get(page, set())
    for selector in boxes.keys() - absent:
        edge = "top" if selector == ".look" else "bottom"  # its caption may go on below
        assert 0 <= boxes[selector][edge] <= HEIGHTS[view], f"{selector} is not on the first screen"


@pytest.mark.parametrize("view", HEIGHTS)
@pytest.mark.parametrize("page", REPORTS)
def test_the_first_screen_can_be_read_at_a_glance(page: str, view: str, seen: dict[str, Any]) -> None:
    assert 40 < seen[page]["views"][view]["words"] <= WORDS
