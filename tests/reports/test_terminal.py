"""At 80 columns a person can act on what is printed, whatever the run wrote into it."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from forensics.model.diagnosis import Advice, Diagnosis, Measured, VerdictStatus
from reports.terminal import print_summary
from tests.reports.diagnoses import PAYLOADS, empty, full, hostile


class Ascii(io.StringIO):
    """A stream whose terminal knows no more than ASCII."""

    encoding = "ascii"


REPORT = Path("out/report.html")


def printed(diagnosis: Diagnosis, report: Path | None = REPORT, *, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    print_summary(diagnosis, Console(file=stream, width=80), report)
    return stream.getvalue()


def test_it_says_verdict_evidence_both_ways_what_to_do_and_where_the_report_is() -> None:
    told = " ".join(printed(full()).split())
    for sentence in (
        "PROBABLE CAUSE The actor loss reaches the actor's encoder",
        "very likely (0.95); evidence quality high",
        "for +4.2 GRD104 Actor MLP gradient 0 while the CNN's is 1.93",
        "against -0.3 VAL110 The twin critics disagree a little",
        "does not show that clipping failed",
        "A sum of norms is logged under the name of a norm: very likely (0.95)",
        "Do this first - Give the actor loss the critic's own features",
        "Expect: |actor loss| stays within a factor of 3",
        "3 of 66 observations, for want of: parameter statistics of the actor",
        "the last record ends in the middle",
        "Report out/report.html",
    ):
        assert sentence in told


@pytest.mark.parametrize("diagnosis", [full(), empty(), hostile("x" * 500), *map(hostile, PAYLOADS)], ids=str)
def test_no_line_is_wider_than_the_terminal(diagnosis: Diagnosis) -> None:
    lines = printed(diagnosis, Path("a" * 200) / "report.html").splitlines()
    assert max(cell_len(line) for line in lines) <= 80


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_foreign_text_is_shown_without_markup_links_or_controls(payload: str) -> None:
    told = printed(hostile(payload))
    assert not [c for c in told if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066")]
    if payload.startswith("[bold"):
        assert "[bold red]markup[/bold red]" in told


def test_an_ascii_terminal_gets_ascii() -> None:
    stream = Ascii()
    printed(hostile("тег – 日本語 …"), stream=stream)
    assert stream.getvalue().isascii()
    assert "- \\u65e5" in stream.getvalue().replace("\n", " ")


def test_no_colour_where_there_is_no_terminal() -> None:
    assert "\x1b" not in printed(full())


def test_two_that_cannot_be_told_apart_are_named_with_the_test_that_would_decide() -> None:
    shown = full()
    names = ["actor-loss-through-encoder", "critic-on-foreign-features"]
    verdict = msgspec.structs.replace(
        shown.verdict, status=VerdictStatus.INDISTINGUISHABLE, cause=None, indistinguishable=names
    )
    told = " ".join(printed(msgspec.structs.replace(shown, verdict=verdict)).split())
    assert "INDISTINGUISHABLE" in told
    assert "- Critic on foreign features" in told
    assert "This would decide: Log the gradient of the actor loss" in told


def test_the_verdict_is_told_to_its_last_word() -> None:
    shown = full()
    verdict = msgspec.structs.replace(shown.verdict, statement=f"{'It happened. ' * 50}Best next test: the last.")
    assert "Best next test: the last." in printed(msgspec.structs.replace(shown, verdict=verdict))


def test_a_narrow_terminal_keeps_every_word_whole_that_fits_a_line() -> None:
    stream = io.StringIO()
    print_summary(full(), Console(file=stream, width=40), REPORT)
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    lead = next(number for number, line in enumerate(lines) if line.startswith("  for      +4.2  GRD104"))
    assert lines[lead + 1].startswith("    Actor MLP gradient 0 while")


def test_a_run_without_fault_is_offered_a_test_and_not_told_to_do_it_first() -> None:
    shown = full()
    verdict = msgspec.structs.replace(shown.verdict, status=VerdictStatus.NO_FAULT_FOUND, cause=None)
    told = printed(msgspec.structs.replace(shown, verdict=verdict, causes=[]))
    assert "What would show more" in told
    assert "Do this first" not in told


def test_an_empty_diagnosis_prints_its_verdict_and_no_empty_section() -> None:
    told = printed(empty(), None)
    assert "INSUFFICIENT EVIDENCE" in told
    assert "Ruled out" not in told
    assert "Report" not in told


def test_the_terminal_shows_the_first_three_things_to_log_with_their_lines() -> None:
    items = [
        Measured(name=f"m{n}", what=f"thing {n}", nats=0.1, observations=["GRD101"], lines=[[n, n]], code=f"log({n})")
        for n in range(1, 6)
    ]
    advice = Advice(
        framework="cleanrl", learner="actor-critic", block="\n".join(i.code for i in items), measurements=items
    )
    made = full()
    made = msgspec.structs.replace(made, coverage=msgspec.structs.replace(made.coverage, advice=advice))
    told = printed(made)
    assert "What to log next time: lines for a CleanRL script" in told
    assert all(f"log({n})" in told for n in (1, 2, 3))
    assert "log(4)" not in told
    assert "2 more there" in told
