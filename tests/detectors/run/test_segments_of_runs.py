"""What the pieces of a series say: a resume, two runs in one directory, or nothing."""

from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.run import overlapping_writers, steps_rewound
from forensics.model.finding import Status
from forensics.signals.signals import Signals
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.run.pieces import pieces

FIRST = range(0, 10_000, 100)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_directory_with_restarts_holds_rewinds_and_several_runs(archived_runs: Path, change: Change) -> None:
    run = changed(archived(archived_runs / "idrees-carla-ppo-town07-restarts"), change)
    assert steps_rewound.detect(run).status is Status.FIRED
    assert overlapping_writers.detect(run).status is Status.FIRED


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_files_that_follow_one_another_are_one_run(archived_runs: Path, change: Change) -> None:
    run = changed(archived(archived_runs / "idrees-carla-ppo-town02"), change)
    assert steps_rewound.detect(run).status is Status.CLEAR
    assert overlapping_writers.detect(run).status is Status.CLEAR


@pytest.mark.parametrize("name", ["seed-day21-run7", "mnee-ppo-next", "concept-ppo-starpilot"])
def test_one_file_has_no_second_writer(archived_runs: Path, name: str) -> None:
    run = archived(archived_runs / name)
    assert steps_rewound.detect(run).status is Status.CLEAR
    assert overlapping_writers.detect(run).status is Status.CLEAR


def both(run: Signals) -> tuple[Status, Status]:
    return steps_rewound.detect(run).status, overlapping_writers.detect(run).status


def test_a_resume_from_a_checkpoint_rewinds_and_is_one_run() -> None:
    resumed = pieces("loss", FIRST, range(8000, 20_000, 100))
    assert both(signals(resumed)) == (Status.FIRED, Status.CLEAR)
    assert steps_rewound.detect(signals(resumed)).values["deepest"] == 1900


@pytest.mark.parametrize(("start", "status"), [(400, Status.FIRED), (600, Status.CLEAR)])
def test_a_file_that_starts_again_within_a_twentieth_is_another_run(start: int, status: Status) -> None:
    run = signals(pieces("loss", FIRST, range(start, 20_000, 100)))
    assert overlapping_writers.detect(run).status is status


def test_two_files_written_at_one_time_are_two_writers() -> None:
    finding = overlapping_writers.detect(signals(pieces("loss", FIRST, range(5000, 9000, 100), gap=10.0)))
    assert (finding.status, finding.values["concurrent"]) == (Status.FIRED, True)


def test_a_copied_file_is_no_second_run() -> None:
    values = np.tile(np.random.default_rng(0).normal(size=100), 2)
    assert overlapping_writers.detect(signals(pieces("loss", FIRST, FIRST, values=values))).status is Status.CLEAR


def test_a_false_start_of_two_rows_is_not_drawn() -> None:
    assert overlapping_writers.detect(signals(pieces("loss", [0, 100], FIRST))).status is Status.CLEAR


def test_one_file_that_restarts_is_a_rewind_by_one_writer() -> None:
    run = signals(pieces("loss", FIRST, range(0, 5000, 100), files=[0, 0]))
    assert both(run) == (Status.FIRED, Status.CLEAR)


@pytest.mark.parametrize(("start", "lost"), [(0, False), (400, False), (3000, True), (8000, False)])
def test_a_run_appended_to_the_log_of_another_lost_no_training(start: int, lost: bool) -> None:
    finding = steps_rewound.detect(signals(pieces("loss", FIRST, range(start, 20_000, 100), files=[0, 0])))
    assert (finding.status, finding.values["lost_training"]) == (Status.FIRED, lost)
    assert ("from scratch" in finding.statement) == (start <= 400)


def test_one_rewound_tag_among_many_is_no_resume() -> None:
    others = [signal(f"train/{number}", np.ones(50)) for number in range(3)]
    assert steps_rewound.detect(signals(pieces("odd", FIRST, range(8000, 9000, 100)), *others)).status is Status.CLEAR


def test_a_step_that_cycles_within_each_epoch_is_no_resume() -> None:
    cycles = pieces("batch/loss", *[range(0, 1000, 100)] * 25, files=[0] * 25)
    assert steps_rewound.detect(signals(cycles)).status is Status.CLEAR


def test_a_step_logged_twice_at_the_seam_is_no_rewind() -> None:
    assert both(signals(pieces("loss", FIRST, range(9900, 20_000, 100)))) == (Status.CLEAR, Status.CLEAR)


def test_three_rows_are_not_examined() -> None:
    assert both(signals(pieces("loss", [0, 100], [0]))) == (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE)
