"""The head of a log line in the formats that training programs use."""

from __future__ import annotations

import time

import pytest

from forensics.readers.text.prefix import parse_prefix, severe_print

T = 1_764_268_470.0


@pytest.mark.parametrize(
    ("line", "message", "level", "logger", "when"),
    [
        ("2025-11-27 18:34:30 - a.b - INFO - hello - you", "hello - you", "INFO", "a.b", T),
        ("2025-11-27 18:34:30,250 - agent - DEBUG -    WARNING here", "WARNING here", "DEBUG", "agent", T + 0.25),
        ("2025-11-27 18:34:30,250 - WARNING - msg", "msg", "WARNING", "", T + 0.25),
        ("2025-11-27 18:34:30 - INFO - agent.env - msg", "msg", "INFO", "agent.env", T),
        ("2025-11-27 18:34:30,250 INFO agent: msg", "agent: msg", "INFO", "", T + 0.25),
        ("2025-11-27 18:34:30 | INFO     | pkg.mod:train:12 - msg: 5", "msg: 5", "INFO", "pkg.mod:train:12", T),
        ("[2025-11-27 18:34:30,250][agent][ERROR] - msg", "msg", "ERROR", "agent", T + 0.25),
        ("[2025-11-27 18:34:30] msg", "msg", "", "", T),
        ("2025-11-27T19:34:30+01:00 [info     ] started   step=5", "started   step=5", "INFO", "", T),
        ("2025-11-27T18:34:30Z WARN train msg", "train msg", "WARNING", "", T),
        ("27/11/2025 18:34:30 - agent - INFO - msg", "msg", "INFO", "agent", T),
        ("1764268470.5 - agent - INFO - msg", "msg", "INFO", "agent", T + 0.5),
        ("2025-13-45 99:99:99,999 - agent - DEBUG - msg", "msg", "DEBUG", "agent", None),
        ("18:34:30 INFO msg", "msg", "INFO", "", None),
        ("WARNING:root:could not: import", "could not: import", "WARNING", "root", None),
        ("INFO:agent.env:ready", "ready", "INFO", "agent.env", None),
        ("I1127 18:34:30.123456 139 train.py:12] step 5", "step 5", "INFO", "train.py:12", None),
        ("E20251127 18:34:30.000 train.py:12] bad", "bad", "ERROR", "train.py:12", T),
        ("INFO 11-27 18:34:30 [engine.py:12] msg", "msg", "INFO", "engine.py:12", None),
        (
            "INFO  2025-11-27 18:34:30,250 a.b:_test_step:718 - Epoch #1",
            "Epoch #1",
            "INFO",
            "a.b:_test_step:718",
            T + 0.25,
        ),
        ("[ERROR] out of memory", "out of memory", "ERROR", "", None),
        ("WARNING: low disk", "low disk", "WARNING", "", None),
    ],
)
def test_formats(line: str, message: str, level: str, logger: str, when: float | None) -> None:
    found = parse_prefix(line)
    assert found is not None
    assert (found.message, found.level, found.time) == (message, level, when)
    if logger:
        assert found.logger == logger


@pytest.mark.parametrize(
    "line",
    [
        "",
        "words",
        "[DEBUG] a topic of a print",
        "Information is not a level",
        "[CONFIG] x",
        "100 steps",
        "step 5: loss 1.0",
    ],
)
def test_lines_without_a_prefix(line: str) -> None:
    assert parse_prefix(line) is None


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("/a/b.py:12: UserWarning: careful", "WARNING"),
        ("RuntimeError: CUDA out of memory", "ERROR"),
        ("torch.cuda.OutOfMemoryError: tried to allocate", "ERROR"),
        ("Killed", "CRITICAL"),
        ("Segmentation fault (core dumped)", "CRITICAL"),
        ("slurmstepd: error: Detected 1 oom_kill event", "CRITICAL"),
    ],
)
def test_failures_that_no_logger_wrote(line: str, level: str) -> None:
    found = severe_print(line)
    assert found is not None
    assert (found.level, found.message) == (level, line)


@pytest.mark.parametrize("line", ["TrackingError: 0.05", "Error rate: 0.1", "Killed 5 vehicles", "loss: 3"])
def test_numbers_and_prose_are_no_failures(line: str) -> None:
    assert severe_print(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "2025-11-27 18:34:30" + " - a" * 16_000,
        "2025-11-27 18:34:30" + "[" * 64_000,
        "[" * 64_000,
        "W" * 64_000,
        "INFO:" + "a." * 32_000,
        "a/" * 32_000 + ": UserWarning",
        "A" + "b.c" * 20_000 + ": x",
    ],
)
def test_no_line_takes_long(line: str) -> None:
    begin = time.perf_counter()
    parse_prefix(line)
    severe_print(line)
    assert time.perf_counter() - begin < 0.5
