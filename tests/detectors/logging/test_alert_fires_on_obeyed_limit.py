from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.logging.alert_fires_on_obeyed_limit import detect
from forensics.model.finding import Status
from forensics.model.meaning import ClipStage, Reduction
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.logging.norms import alert, norm

SET = np.ones(20)
LIMIT: dict[str, float | int | str] = {"clip_limit.actor": 1.0}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_alerts_on_a_sum_while_the_norm_obeys_fire(archived_runs: Path, change: Change) -> None:
    assert detect(changed(archived(archived_runs / "seed-day20-run4debug"), change)).status is Status.FIRED


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["seed-day16", "seed-day20-run3", "seed-day21-run7"])
def test_true_and_silent_alerts_do_not_fire(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is not Status.FIRED


@pytest.mark.parametrize(("largest", "status"), [(1.0, Status.FIRED), (1.2, Status.CLEAR)])
def test_a_norm_above_its_limit_makes_the_alert_right(largest: float, status: Status) -> None:
    assert detect(signals(alert(SET), norm(np.full(20, largest)), facts=LIMIT)).status is status


@pytest.mark.parametrize(("unset", "status"), [(2, Status.FIRED), (3, Status.CLEAR)])
def test_the_alert_must_be_set_at_most_points(unset: int, status: Status) -> None:
    values = np.r_[np.zeros(unset), np.ones(20 - unset)]
    assert detect(signals(alert(values), norm(SET), facts=LIMIT)).status is status


@pytest.mark.parametrize(
    "honest",
    [norm(SET, ClipStage.PRE), norm(SET, ClipStage.UNKNOWN), norm(SET, reduction=Reduction.SUM_OF_L2)],
    ids=["before the clip", "unknown place", "a sum"],
)
def test_without_an_honest_norm_it_abstains(honest: object) -> None:
    assert detect(signals(alert(SET), honest, facts=LIMIT)).status is Status.NOT_APPLICABLE  # type: ignore[arg-type]


def test_without_a_known_limit_it_abstains() -> None:
    assert detect(signals(alert(SET), norm(SET))).status is Status.NOT_APPLICABLE
