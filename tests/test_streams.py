"""Standard output may be closed, full, piped into `head` or unable to encode: the tool says so or goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The schema is 20 kB: more than `head -c 10` takes, and it needs no run.
SCHEMA = f"{sys.executable} -c 'from forensics.cli import main; main()' schema"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
    )


def test_a_reader_that_leaves_is_not_an_error() -> None:
    done = shell(f"set -o pipefail; {{ {SCHEMA}; echo code $? >&2; }} | head -c 10 >/dev/null")
    assert done.stderr == "code 0\n"


def test_a_closed_standard_output_leaves_no_traceback() -> None:
    done = shell(f"{SCHEMA} >&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_standard_error_leaves_the_output_alone() -> None:
    done = shell(f"{SCHEMA} 2>&-")
    assert done.returncode == 0
    assert done.stdout.startswith("{")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full on this system")
def test_a_full_disk_is_one_line_and_an_exit_code() -> None:
    done = shell(f"{SCHEMA} >/dev/full")
    assert done.returncode == 2
    assert done.stderr == "forensics: error: standard output cannot be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full on this system")
@pytest.mark.parametrize("arguments", ["--help", "--version", "detectors", "explain clip-missing"])
def test_whatever_is_printed_a_full_disk_is_one_line(arguments: str) -> None:
    done = shell(f"{SCHEMA.removesuffix('schema')} {arguments} >/dev/full")
    assert done.returncode == 2
    assert done.stderr == "forensics: error: standard output cannot be written: No space left on device\n"


def test_an_ascii_terminal_gets_every_line() -> None:
    command = f"{sys.executable} -c 'from forensics.cli import main; main()' analyze $'n\\xc3\\xb6-run-\\xff'"
    done = shell(command, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("forensics: error: ")
    assert done.stderr.isascii()
