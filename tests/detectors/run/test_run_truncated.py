import numpy as np
import pytest

from forensics.detectors.run.run_truncated import detect
from forensics.model.evidence import IssueKind, LogRecord, Manifest, ReadIssue
from forensics.model.finding import Status
from forensics.model.meaning import Axis, Quantity
from tests.builders import signal, signals

LOSS = signal("loss", np.ones(50), quantity=Quantity.LOSS)
TRACEBACK = LogRecord(
    file="train.log",
    line=9,
    last_line=11,
    message="Traceback (most recent call last):",
    body=('  File "train.py", line 3, in main', "ValueError: bad"),
)
PLAIN = LogRecord(file="train.log", line=1, last_line=1, message="started", level="INFO")


@pytest.mark.parametrize(
    ("last", "status", "lost"),
    [
        (10_000, Status.CLEAR, False),
        (9_850, Status.CLEAR, False),
        (9_500, Status.FIRED, False),
        (8_000, Status.FIRED, True),
    ],
)
def test_the_last_step_is_held_against_the_plan(last: int, status: Status, lost: bool) -> None:
    finding = detect(signals(LOSS, facts={"env_steps": last}, config={"total_timesteps": 10_000}))
    assert (finding.status, finding.values["lost_training"]) == (status, lost)


def test_a_limit_of_episodes_smaller_than_the_run_is_no_early_end() -> None:
    run = signals(LOSS, facts={"env_steps": 50_000}, config={"train_steps": 1000})
    assert detect(run).status is Status.CLEAR


def test_epochs_are_counted_from_zero_or_one() -> None:
    for first in (0, 1):
        epochs = signal("loss", np.ones(10), np.arange(first, first + 10), quantity=Quantity.LOSS, axis=Axis.EPOCH)
        assert detect(signals(epochs, config={"epochs": 10})).status is Status.CLEAR


def test_half_a_record_at_the_end_fires_and_says_where() -> None:
    torn = ReadIssue(kind=IssueKind.TRUNCATED, file="events.1", message="", offset=96, bytes_lost=12)
    finding = detect(signals(LOSS, issues=[torn]))
    assert finding.status is Status.FIRED
    assert (finding.evidence[0].file, finding.evidence[0].offset) == ("events.1", 96)


@pytest.mark.parametrize(("state", "status"), [("running", Status.FIRED), ("finished", Status.CLEAR)])
def test_the_manifest_says_how_it_ended(state: str, status: Status) -> None:
    assert detect(signals(LOSS, manifest=Manifest(file="manifest.json", status=state))).status is status


def test_a_traceback_ends_the_run_only_at_the_end_of_the_log() -> None:
    assert detect(signals(LOSS, logs=[PLAIN, TRACEBACK])).status is Status.FIRED
    assert detect(signals(LOSS, logs=[TRACEBACK, *[PLAIN] * 20])).status is Status.NOT_APPLICABLE


def test_without_a_plan_or_an_end_it_abstains() -> None:
    assert detect(signals(LOSS)).status is Status.NOT_APPLICABLE


def test_records_that_follow_episodes_come_ever_later() -> None:
    steps = np.cumsum([60] * 30 + [80, 120, 180, 250, 300])
    episodic = signal("rollout/ep_rew_mean", np.ones(35), steps, quantity=Quantity.EPISODIC_RETURN)
    last = int(steps[-1])
    run = signals(episodic, facts={"env_steps": last}, config={"total_timesteps": last + 250})
    assert detect(run).status is Status.CLEAR
    sooner = signals(episodic, facts={"env_steps": last}, config={"total_timesteps": 2 * last})
    assert detect(sooner).status is Status.FIRED


def test_a_single_record_says_when_the_next_was_due() -> None:
    once = signal("rollout/ep_rew_mean", [-900.0], [800], quantity=Quantity.EPISODIC_RETURN)
    for planned, status in ((1500, Status.CLEAR), (5000, Status.FIRED)):
        assert detect(signals(once, facts={"env_steps": 800}, config={"total_timesteps": planned})).status is status
