from __future__ import annotations

from typing import Any

from tests.planted.table import page


def line(cause: str | None = "reward-scale", **other: Any) -> dict[str, Any]:
    usual = {
        "cause": cause,
        "library": "trainer",
        "run": "run",
        "fault": cause,
        "strength": "1000",
        "seed": 0,
        "steps": 1600,
        "unused": False,
        "log": "named",
        "source": "named",
    }
    return usual | other


def row(text: str, cause: str) -> list[str]:
    """The cells of the one row of a cause."""
    (found,) = [each for each in text.splitlines() if each.startswith(f"| {cause} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_seeds_of_one_mistake_share_a_row_and_those_that_were_not_looked_at_stand_apart() -> None:
    text = page(
        [line(), line(seed=1, source="abstained"), line(seed=3, unused=True, log="abstained")], ["reward-scale"]
    )
    assert row(text, "reward-scale")[2:] == [
        "1000",
        "1600",
        "0, 1: named",
        "0: named; 1: abstained",
        "3: abstained",
        "3: named",
    ]


def test_only_what_was_found_counts() -> None:
    lines = [
        line(),
        line("clip-missing", log="abstained", source=None),
        line("stale-metric", log="wrong: clip-missing"),
    ]
    assert "2 of 3 causes are found" in page(lines, ["reward-scale", "clip-missing", "stale-metric"])
    lines[2]["source"] = "abstained"
    assert "1 of 3 causes are found" in page(lines, ["reward-scale", "clip-missing", "stale-metric"])


def test_a_cause_that_was_never_planted_is_named_as_such() -> None:
    assert page([line()], ["reward-scale", "loss-plateau"]).rstrip().endswith("loss-plateau.")


def test_an_accused_twin_is_told() -> None:
    accused = line(None, run="twin-a", log="accused of reward-scale", source="clean")
    text = page([line(None, run="twin-b", log="clean", source=None), accused], [])
    assert "1 of 2 runs" in text
    assert "seed 0: accused of reward-scale" in text
