from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.data.reward_component_dominates import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

FACTS: dict[str, float | int | str] = {"env_steps": 5000}


def part(name: str, size: float) -> Signal:
    return signal(f"rewards/{name}_component", np.full(20, size), quantity=Quantity.REWARD_COMPONENT, name=name)


def test_progress_makes_up_nine_tenths_of_a_driving_reward(archived_runs: Path) -> None:
    finding = detect(archived(archived_runs / "seed-day20-run4debug"))
    assert (finding.status, finding.values["component"]) == (Status.FIRED, "rewards/progress_component")


def test_the_first_random_steps_do_not_show_what_a_reward_is_made_of(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "seed-day27-log")).status is not Status.FIRED


@pytest.mark.parametrize(("other", "status"), [(-1.0, Status.CLEAR), (-0.9, Status.FIRED)])
def test_a_share_above_four_fifths_fires_whatever_its_sign(other: float, status: Status) -> None:
    assert detect(signals(part("progress", 4.0), part("comfort", other), facts=FACTS)).status is status


def test_one_component_has_nothing_to_dominate() -> None:
    assert detect(signals(part("progress", 4.0), facts=FACTS)).status is Status.NOT_APPLICABLE
