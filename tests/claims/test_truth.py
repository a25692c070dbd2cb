"""A mark must follow the run: a number altered, another run or another sentence are three ways to show that it does."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from forensics.claims.claim import Mark
from tests.claims.test_documents import RUNS, checked, text_of

NUMBER = re.compile(r"(?<![\w.,/-])[-−]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?![\w.-]*\w)")
ALTERED = (
    ("one and a half times", lambda value: value * 1.5 if value else 0.7),
    ("with the other sign, or 3 more", lambda value: -value if abs(value) > 3 else value + 3),
)


def numbers() -> list[tuple[str, int, int, int]]:
    """Every number of our document that stands in a line with a supported claim: document, line, start, end."""
    found = []
    for at, line in enumerate(text_of("pendulum-td3-loss-detached").splitlines()):
        said, _, marks = line.partition("<!--")
        if "supported" in marks:
            found += [("pendulum-td3-loss-detached", at, each.start(), each.end()) for each in NUMBER.finditer(said)]
    return found


@cache
def supported(document: str) -> int:
    return sum(each.mark is Mark.SUPPORTED for each in checked(text_of(document), RUNS[document]))


@pytest.mark.parametrize(("how", "change"), ALTERED, ids=[how for how, _ in ALTERED])
@pytest.mark.parametrize(("document", "at", "start", "end"), numbers(), ids=str)
def test_a_number_altered_flips_a_mark(document: str, at: int, start: int, end: int, how: str, change) -> None:  # type: ignore[no-untyped-def]
    text = text_of(document)
    lines = text.splitlines()
    said = lines[at][start:end]
    value = change(float(said.replace(",", "").replace("−", "-")))
    places = len(said.partition(".")[2].partition("e")[0])
    shown = f"{value:.{places}e}" if "e" in said else f"{value:.{places}f}"
    lines[at] = f"{lines[at][:start]}{shown}{lines[at][end:]}"
    after = [each.mark for each in checked("\n".join(lines), RUNS[document])]
    assert Counter(after)[Mark.SUPPORTED] < supported(document), lines[at]


def test_there_are_numbers_to_alter() -> None:
    assert len(numbers()) > 30


def test_another_run_takes_the_support_away_except_for_what_both_share() -> None:
    text = text_of("pendulum-td3-loss-detached")
    other = checked(text, "mountaincar-td3-exploration-collapsed")
    kept = {each.claim for each in other if each.mark is Mark.SUPPORTED}
    assert kept == {
        "learning rate: 1e-3",
        "batch size: 256",
        "train/policy_saturation: 0 at every point",
        "train/critic_param_norm: rises",
    }
    assert Counter(each.mark for each in other)[Mark.CONTRADICTED] > 20


PARAPHRASES = {
    "The actor loss grew from 7.25 to 110.48.": [
        "`train/actor_loss` went from 7.25 to 110.48",
        "Actor loss: 7.25 → 110.48",
        "* **Actor loss** climbs from 7.25 up to 110.48 over the run.",
        "From step 650 on things got worse. The loss of the actor? The actor loss increased from 7.25 to 110.48!",
        "| metric | course |\n|---|---|\n| actor_loss | from 7.25 to 110.48 |",
    ],
    "The final critic loss is 2.16.": [
        "Critic loss ended at 2.16.",
        "The last value of train/critic_loss was 2.16",
        "critic_loss finishes at about 2.2",
        "At the end of training the critic loss was 2.16",
        "The critic loss at the end is 2.16",
        "At step 8000, critic loss = 2.16",
        "The critic loss was 2.16 at step 8,000",
        "| | train/critic_loss |\n|---|---|\n| final | 2.16 |",
        "Final values:\n\n- critic loss: 2.16\n",
    ],
    "The actor gradient norm is zero at all 50 points.": [
        "train/actor_grad_norm: 0.0 (all 50 points)",
        "The actor's gradient norm is exactly 0 at all 50 logged points",
        "`actor_grad_norm` = 0.000 for all 50 records",
        "The actor gradient norm was always zero.",
        "actor gradients are zero throughout",
        "The actor gradient norm never exceeds 0.",
    ],
    "The critic gradient norm peaks at 100.26.": [
        "max critic gradient norm: 100.26",
        "The maximum of train/critic_grad_norm was 1.0026e2",
        "The critic gradient norm reached 100.26",
        "The critic gradient norm reaches roughly one hundred, at most 100.26\n\ncritic_grad_norm: max 100.3",
        "The highest critic gradient norm was 1.0026 × 10^2.",
    ],
    "The run took 7500 updates.": [
        "The run made 7,500 gradient updates in total.",
        "Total updates: 7500",
        "Only 7.5k updates were made",
        "It trained for 7500 updates.",
    ],
}


@pytest.mark.parametrize(("said", "again"), [(said, again) for said, all_ in PARAPHRASES.items() for again in all_])
def test_a_paraphrase_keeps_the_mark(said: str, again: str) -> None:
    for text in (said, again):
        marks = [each.mark for each in checked(text, "pendulum-td3-loss-detached")]
        assert set(marks) == {Mark.SUPPORTED}, text


NO_CLAIMS = [
    "Stop if the actor loss exceeds 50.",
    "The critic loss should end at 0.1.",
    "Expected: the actor loss ends at 5.",
    "Did the critic loss end at 9?",
    "We might see the critic loss reach 9.",
    "Set the learning rate to 3e-4.",
    "```python\nactor_loss = 5.0\n```",
    "## Expected results\n\n- actor loss: 5.0",
    "~~The actor loss ended at 5.~~",
    "The actor loss is 5 times larger than the critic loss.",
    "See lines 10-20 of train.py, Figure 3 and issue #12.",
    "<!-- The critic loss ended at 9. -->",
    "The next run needs 5000 steps.",
]


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_wishes_questions_orders_and_code_are_no_claims(text: str) -> None:
    assert checked(text, "pendulum-td3-loss-detached") == []


UNCERTAIN = [
    "The loss ended at 5.",
    "The mean reward was -500.",
    "The clipped actor loss ended at 5.",
    "In the previous run the critic loss ended at 9.",
    "The critic loss was 9 in run 4.",
    "After the crash, the critic loss was 9.",
    "The entropy ended at 0.5.",
    "The critic loss was 1.55.",
    "The critic loss was 9 at step 651.",
    "The critic loss was 9 over the last 10 points.",
    "The critic gradient norm is measured after clipping.",
    "An alert fired.",
    "The critical alert threshold is 500.",
]


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_cannot_be_tied_to_the_run_is_not_decided(text: str) -> None:
    marks = {each.mark for each in checked(text, "pendulum-td3-loss-detached")}
    assert marks <= {Mark.NOT_CHECKABLE}


CONTRADICTED = [
    "The critic loss ended at 9.",
    "The critic loss never exceeded 2.",
    "All 51 points of train/critic_loss are above 0.1.",
    "train/actor_loss is constant.",
    "The actor loss falls throughout.",
    "The actor gradient norm is not zero.",
    "train/critic_loss has 51 points.",
    "The critic loss fell from 2.16 to 4.02.",
    "The episode length was 150.",
    "gamma = 0.99",
    "The critic loss becomes NaN.",
    "The run made 9000 updates.",
    "The critic loss ranges from 1.00 to 4.02.",
]


@pytest.mark.parametrize("text", CONTRADICTED)
def test_what_the_run_denies_is_contradicted(text: str) -> None:
    marks = [each.mark for each in checked(text, "pendulum-td3-loss-detached")]
    assert set(marks) == {Mark.CONTRADICTED}
