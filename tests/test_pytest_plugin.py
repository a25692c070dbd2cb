"""An expected.toml beside a run becomes a test; it fails with what moved, and leaves other people's files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

# Imported here, since pytester forgets modules that an inner run was the first to import.
from forensics import pipeline
from forensics.model.diagnosis import Diagnosis
from tests.diagnoses import cause, diagnosis, verdict

DIAGNOSIS = diagnosis(verdict=verdict("clip-missing"), causes=[cause("clip-missing", 0.9)])


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Replaces the pipeline; holds the name and the files of each run that it was given."""
    given = []

    def analyze(path: Path) -> Diagnosis:
        given.append((path.name, sorted(file.name for file in path.rglob("*"))))
        return DIAGNOSIS

    monkeypatch.setattr(pipeline, "analyze", analyze)
    monkeypatch.delenv("CI", raising=False)
    return given


@pytest.fixture
def archive(pytester: pytest.Pytester) -> Path:
    """A project whose tests/archive/ holds one run."""
    folder = pytester.path / "archive" / "run-a"
    folder.mkdir(parents=True)
    (folder / "debug.jsonl").write_text("{}\n")
    pytester.makeini("[pytest]\n")
    return folder


def pytest_run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs pytest as a user does: the plugin comes with the installed package."""
    return pytester.runpytest_inprocess(*arguments)


def test_a_run_that_is_diagnosed_as_expected_passes(
    pytester: pytest.Pytester, archive: Path, seen: list[tuple[str, list[str]]]
) -> None:
    (archive / "expected.toml").write_text('cause = ["clip-missing"]\nabsent = ["step-before-clip"]\n')
    result = pytest_run(pytester, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["archive/run-a/expected.toml::run-a PASSED*"])
    assert seen[0][0] == "run-a"


def test_the_analyzer_never_sees_the_truth(
    pytester: pytest.Pytester, archive: Path, seen: list[tuple[str, list[str]]]
) -> None:
    (archive / "expected.toml").write_text('cause = ["clip-missing"]\n')
    pytest_run(pytester, "--update-golden").assert_outcomes(passed=1)
    pytest_run(pytester).assert_outcomes(passed=1)
    assert seen == [("run-a", ["debug.jsonl"])] * 2


@pytest.mark.usefixtures("seen")
def test_a_diagnosis_that_moved_is_shown_line_by_line(pytester: pytest.Pytester, archive: Path) -> None:
    (archive / "expected.toml").write_text('cause = ["step-before-clip"]\npresent = ["sum-of-norms-metric"]\n')
    result = pytest_run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "the diagnosis of run-a is not as expected:",
            "  cause: expected step-before-clip, found clip-missing *",
            "  present: sum-of-norms-metric is not listed, *",
        ]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('cuase = ["clip-missing"]', "*unknown key 'cuase' (did you mean 'cause'?)"),
        ("cause = [", "*expected.toml: *"),
        ('absent = ["clip-misssing"]', "*absent: there is no cause clip-misssing"),
    ],
)
def test_a_mistake_in_the_expectations_fails(pytester: pytest.Pytester, archive: Path, text: str, message: str) -> None:
    (archive / "expected.toml").write_text(text)
    result = pytest_run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([message])


@pytest.mark.usefixtures("seen")
def test_a_golden_diagnosis_pins_everything_and_says_how_to_accept_a_new_one(
    pytester: pytest.Pytester, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive / "expected.toml").write_text('cause = ["clip-missing"]\n')
    pytest_run(pytester, "--update-golden").assert_outcomes(passed=1)
    moved = diagnosis(verdict=verdict("clip-missing"), causes=[cause("clip-missing", 0.8)])
    monkeypatch.setattr(pipeline, "analyze", lambda path: moved)
    result = pytest_run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ['*-   "likelihood": 0.9,', '*+   "likelihood": 0.8,', "*pytest archive/run-a/expected.toml --update-golden"]
    )
    pytest_run(pytester, "--update-golden").assert_outcomes(passed=1)
    pytest_run(pytester).assert_outcomes(passed=1)


@pytest.mark.usefixtures("seen", "archive")
def test_a_new_diagnosis_is_not_accepted_where_nobody_looks(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert pytest_run(pytester, "--update-golden").ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.usefixtures("seen")
def test_collection_can_be_turned_off_and_a_lone_file_is_not_a_run(pytester: pytest.Pytester, archive: Path) -> None:
    (archive / "expected.toml").write_text("cause = 1")
    pytest_run(pytester, "-o", "forensics_archive=false").assert_outcomes()
    (archive / "debug.jsonl").unlink()
    pytest_run(pytester).assert_outcomes()


def test_versions_paths_and_the_last_digits_do_not_move_a_golden_diagnosis() -> None:
    from forensics.model.diagnosis import RunSummary, Tool
    from forensics.regression.golden import difference, normalised

    one = diagnosis(causes=[cause("leak", 0.123456789)])
    other = diagnosis(
        causes=[cause("leak", 0.123456999)],
        run=RunSummary(name="run", path="elsewhere", steps=one.run.steps),
        tool=Tool(version="9", settings={}, weights_version="9"),
    )
    assert difference(normalised(one), normalised(other)) == []
    assert difference(normalised(one), normalised(diagnosis(causes=[cause("leak", 0.1235)])))
