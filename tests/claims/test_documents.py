"""Documents of several styles about runs of our own: each line carries the marks that its claims must get."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from forensics.claims import check_claims
from forensics.claims.claim import Checked
from forensics.pipeline import load_run
from forensics.signals.interpret import interpret
from forensics.signals.signals import Signals

ARCHIVE = Path(__file__).resolve().parents[1] / "archive"
DOCUMENTS = Path(__file__).resolve().parent / "documents"
RUNS = {
    "pendulum-td3-loss-detached": "pendulum-td3-loss-detached",
    "terse-issue": "mountaincar-td3-exploration-collapsed",
    "emoji-report": "pendulum-sac-learning-rate-too-high",
    "post-mortem": "pendulum-td3-loss-detached",
    "lab-notes": "pendulum-td3-target-network-frozen",
}
_MARKS = re.compile(
    r"<!-- ((?:supported|contradicted|not-checkable)(?:, (?:supported|contradicted|not-checkable))*) -->"
)


@cache
def signals_of(run: str) -> Signals:
    return interpret(load_run(ARCHIVE / run))


def text_of(document: str) -> str:
    return (DOCUMENTS / f"{document}.md").read_text(encoding="utf-8")


def checked(text: str, run: str) -> list[Checked]:
    return check_claims(text, signals_of(run), [])


@pytest.mark.parametrize("document", RUNS)
def test_every_line_gets_the_marks_that_it_carries(document: str) -> None:
    text = text_of(document)
    wanted = {
        number: Counter(found[1].split(", ")) if (found := _MARKS.search(line)) else Counter()
        for number, line in enumerate(text.splitlines(), start=1)
    }
    got: dict[int, Counter[str]] = {number: Counter() for number in wanted}
    for claim in checked(text, RUNS[document]):
        got[claim.line][claim.mark.value] += 1
    wrong = {number: (dict(wanted[number]), dict(got[number])) for number in wanted if wanted[number] != got[number]}
    assert wrong == {}
