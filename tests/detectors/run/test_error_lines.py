from pathlib import Path

import pytest

from forensics.detectors.run.error_lines import detect
from forensics.model.evidence import LogRecord
from forensics.model.finding import Status
from tests.builders import signals
from tests.detectors.changes import archived


def record(message: str, level: str = "", body: tuple[str, ...] = (), line: int = 7) -> LogRecord:
    return LogRecord(file="train.log", line=line, last_line=line, message=message, level=level, body=body)


TRACEBACK = record("Traceback (most recent call last):", body=('  File "a.py", line 3', "ValueError: no road"))


@pytest.mark.parametrize("level", ["ERROR", "CRITICAL", "error"])
def test_an_error_is_quoted_with_its_file_and_line(level: str) -> None:
    finding = detect(signals(logs=[record("started", "INFO"), record("simulator died", level)]))
    assert finding.status is Status.FIRED
    assert "train.log:7: simulator died" in finding.statement
    assert (finding.evidence[0].file, finding.evidence[0].line) == ("train.log", 7)


def test_a_traceback_is_quoted_by_its_exception() -> None:
    assert "ValueError: no road" in detect(signals(logs=[TRACEBACK])).statement


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING"])
def test_the_word_error_at_a_lower_level_is_no_error(level: str) -> None:
    finding = detect(signals(logs=[record("ERROR rate 0.3, CRITICAL section left", level)]))
    assert finding.status is Status.CLEAR


def test_warnings_are_counted() -> None:
    assert detect(signals(logs=[record("slow", "WARNING")] * 3)).values["warnings"] == 3


def test_control_characters_of_a_log_do_not_reach_the_reader() -> None:
    assert "\x1b" not in detect(signals(logs=[record("\x1b[2Jgone", "ERROR")])).statement


def test_a_log_whose_debug_records_speak_of_warnings_holds_no_error(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "seed-day27-log")).status is Status.CLEAR


def test_without_a_log_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
