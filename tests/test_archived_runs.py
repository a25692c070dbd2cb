"""Every archived run of other people is diagnosed as its expected.json demands; skipped where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.regression import expectations
from tests.check_archived import REQUIRED, check, documents


@pytest.mark.parametrize("run", REQUIRED)
def test_the_diagnosis_is_as_expected(archived_runs: Path, run: str) -> None:
    found = check(archived_runs, run, expectations.read(documents(archived_runs)[run], "expected.json"))
    assert not found.missing, f"{run}: {found.verdict}\n" + "\n".join(found.missing)


def test_every_expectation_of_the_folder_is_understood(archived_runs: Path) -> None:
    for run, document in documents(archived_runs).items():
        expectations.read(document, run)
    assert set(REQUIRED) <= set(documents(archived_runs))
