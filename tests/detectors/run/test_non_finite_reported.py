"""A NaN that ended the run stands in its log alone."""

from __future__ import annotations

import pytest

from forensics.detectors.run.non_finite_reported import detect
from forensics.model.evidence import LogRecord
from tests.builders import signals


def _record(message: str, level: str = "ERROR", body: tuple[str, ...] = ()) -> LogRecord:
    return LogRecord(file="train.log", line=7, last_line=8, message=message, level=level, body=body)


@pytest.mark.parametrize(
    "record",
    [
        _record("loss is nan"),
        _record("critic loss became NaN at update 10"),
        _record("gradient norm is inf, stopping"),
        _record("Non-finite value in the actor"),
        _record(
            "Traceback (most recent call last):",
            body=(
                "  File 'x.py', line 1, in f",
                "ValueError: Expected parameter loc, but found invalid values: [[nan]]",
            ),
        ),
    ],
)
def test_fires_on_an_error_that_names_a_non_finite_number(record: LogRecord) -> None:
    finding = detect(signals(logs=[_record("step 1", "INFO"), record]))
    assert finding.status == "fired"
    assert "train.log:7" in finding.statement


@pytest.mark.parametrize(
    "record",
    [
        _record("no such file: nano/inference.py"),
        _record("banana and info"),
        _record("CUDA out of memory"),
    ],
)
def test_other_errors_and_other_words_are_clear(record: LogRecord) -> None:
    assert detect(signals(logs=[record])).status == "clear"


def test_abstains_without_a_log_and_without_an_error_in_it() -> None:
    assert detect(signals()).status == "not-applicable"
    assert detect(signals(logs=[_record("reward is nan", "DEBUG")])).status == "not-applicable"
