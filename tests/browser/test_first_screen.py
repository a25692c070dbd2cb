"""What broke, how sure the report is and what to do are seen without scrolling."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.pages import FIRST_SCREEN, REPORTS

HEIGHTS = {"light": 800, "narrow": 844}
WORDS = 200  # of sentences, without the counts of the ranking and the numbers of the figure


@pytest.mark.parametrize("view", HEIGHTS)
@pytest.mark.parametrize("page", REPORTS)
def test_verdict_certainty_action_and_proof_are_on_the_first_screen(page: str, view: str, seen: dict[str, Any]) -> None:
    """The proof need only begin on a telephone: where four causes are open its figure is cut by the fold."""
    boxes = seen[page]["views"][view]["firstScreen"]
    assert set(boxes) == set(FIRST_SCREEN)
    for selector, box in boxes.items():
        if box is None:
            assert (page, selector) == ("report without evidence", ".todo strong")
            continue
        edge = "top" if selector == ".look" else "bottom"
        assert 0 <= box[edge] <= HEIGHTS[view], f"{selector} is not on the first screen"


@pytest.mark.parametrize("view", HEIGHTS)
@pytest.mark.parametrize("page", REPORTS)
def test_the_first_screen_can_be_read_at_a_glance(page: str, view: str, seen: dict[str, Any]) -> None:
    assert 40 < seen[page]["views"][view]["words"] <= WORDS
