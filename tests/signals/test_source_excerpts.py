"""Excerpts of the source: what a finding points at, marked, and never more than a screenful of it."""

from __future__ import annotations

import msgspec

from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Status
from forensics.signals.source_excerpts import LINES, MOST, excerpts
from tests.reasoning.findings import finding

TEXT = "\n".join(f"line {number}" for number in range(1, 101))


def pointing(
    *lines: int, name: str = "source-steps-before-clip", file: str = "a.py", status: Status = Status.FIRED
) -> Finding:
    refs = [EvidenceRef(file=file, line=line) for line in lines]
    return msgspec.structs.replace(finding(name, status), evidence=refs)


def test_an_excerpt_says_where_it_stands_and_marks_the_line_that_matters() -> None:
    (shown,) = excerpts([pointing(50)], {"a.py": TEXT})
    first, *lines = shown.splitlines()
    assert first == "a.py:50 source-steps-before-clip"
    assert [line for line in lines if line.startswith(">")] == [">    50 line 50"]
    assert len(lines) == LINES


def test_two_lines_close_by_stand_in_one_excerpt_both_marked() -> None:
    (shown,) = excerpts([pointing(50, 53)], {"a.py": TEXT})
    assert [line.split()[1] for line in shown.splitlines()[1:] if line.startswith(">")] == ["50", "53"]


def test_a_line_far_off_is_left_to_the_evidence() -> None:
    (shown,) = excerpts([pointing(50, 99)], {"a.py": TEXT})
    assert "line 50" in shown
    assert "line 99" not in shown


def test_only_what_fired_at_a_line_of_the_source_has_one() -> None:
    texts = {"a.py": TEXT}
    assert excerpts([pointing(5, status=Status.CLEAR), pointing(5, file="train.log"), pointing(500)], texts) == []
    assert excerpts([pointing(5)], {}) == []


def test_there_are_few_of_them_and_each_place_once() -> None:
    assert len(excerpts([pointing(number) for number in range(1, 60)], {"a.py": TEXT})) == MOST
    assert len(excerpts([pointing(7), pointing(7, name="source-clip-missing")], {"a.py": TEXT})) == 1


def test_what_the_source_holds_cannot_steer_a_terminal_and_long_lines_are_cut() -> None:
    (shown,) = excerpts([pointing(1)], {"a.py": "x = '\x1b[31m'" + "y" * 5000})
    assert "\x1b" not in shown
    assert len(shown) < 400
