"""Numbers and places read the same everywhere."""

from __future__ import annotations

import pytest

from forensics.model.diagnosis import RunSummary, Steps
from forensics.model.evidence import EvidenceRef
from reports.words import likelihood, number, percent, place, progress, sentences, signed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (3700, "3,700"),
        (-6.29e12, "-6.29e12"),
        (0.001, "0.001"),
        (1.9264, "1.926"),
        (12.0, "12"),
        (123456.7, "123,457"),
        (1e-7, "1e-7"),
        (10**15, "1e15"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (True, "yes"),
        (None, "–"),
        ("text", "text"),
    ],
)
def test_numbers_have_four_digits_and_non_finite_ones_are_words(value: float | str | None, shown: str) -> None:
    assert number(value) == shown


def test_likelihoods_weights_shares_and_sizes() -> None:
    assert [likelihood(0.95), likelihood(None), likelihood(float("nan"))] == ["0.95", "–", "NaN"]
    assert [signed(4.21), signed(-0.3), signed(float("inf"))] == ["+4.2", "-0.3", "Infinity"]
    assert [percent(0.955), percent(7), percent(-1), percent(float("nan"))] == [96, 100, 0, 0]


def test_a_place_names_tag_steps_file_and_line() -> None:
    assert place(EvidenceRef(tag="a", first_step=1, last_step=2000, file="f", offset=81204)) == (
        "a steps 1 to 2,000, f at byte 81,204"
    )
    assert place(EvidenceRef(file="train.log", line=7)) == "train.log:7"
    assert place(EvidenceRef(tag="a", first_step=3, last_step=3)) == "a at step 3"
    assert place(EvidenceRef()) == ""


def test_progress_states_the_plan_only_where_there_is_one() -> None:
    run = RunSummary(name="r", path="r", steps=Steps(last=3700, planned=10_000))
    assert progress(run) == "3,700 of 10,000 steps"
    assert progress(RunSummary(name="r", path="r", steps=Steps(last=5))) == "5 steps"
    assert progress(RunSummary(name="r", path="r")) == "steps unknown"


def test_the_first_sentence_of_a_text_and_the_rest() -> None:
    assert sentences("Feed f(o).detach(), pi(f(o)). Look at 0.5 again. Then stop.") == (
        "Feed f(o).detach(), pi(f(o)).",
        "Look at 0.5 again. Then stop.",
    )
    assert sentences("Cut off (detach, .item()), so q1.5 is 0. it stays") == (
        "Cut off (detach, .item()), so q1.5 is 0. it stays",
        "",
    )
    assert sentences("") == ("", "")
