from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.logging.alert_cannot_fire import detect
from forensics.model.finding import Status
from forensics.model.meaning import ClipStage, Network
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.logging.norms import alert, loss, norm

SILENT, BOUNDED = np.zeros(40), np.full(40, 1.0)


def exploding(decades: float) -> np.ndarray:
    return -np.logspace(0, decades, 40)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_silent_alert_over_an_explosion_fires(archived_runs: Path, change: Change) -> None:
    assert detect(changed(archived(archived_runs / "seed-day20-run3"), change)).status is Status.FIRED


@pytest.mark.parametrize("name", ["seed-day16", "seed-day20-run4debug"])
def test_alerts_that_speak_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_a_raw_norm_beside_the_alert_leaves_it_open() -> None:
    run = signals(alert(SILENT), loss(exploding(6)), norm(BOUNDED * 1e6, ClipStage.UNKNOWN))
    assert detect(run).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("decades", "status"), [(2.5, Status.CLEAR), (4.0, Status.FIRED)])
def test_an_explosion_takes_three_decades(decades: float, status: Status) -> None:
    assert detect(signals(alert(SILENT), loss(exploding(decades)), norm(BOUNDED))).status is status


def test_an_alert_of_the_critic_does_not_answer_for_the_actor() -> None:
    run = signals(alert(SILENT, Network.CRITIC), loss(exploding(6)), norm(BOUNDED))
    assert detect(run).status is Status.CLEAR


@pytest.mark.parametrize("alerts", [(), (alert(np.zeros(9)),)])
def test_without_an_alert_of_ten_points_it_abstains(alerts: tuple[()]) -> None:
    assert detect(signals(*alerts, loss(exploding(6)), norm(BOUNDED))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("threshold", "above", "status"),
    [(20.0, 5, Status.FIRED), (20.0, 4, Status.CLEAR), (5.0, 20, Status.CLEAR), (None, 20, Status.CLEAR)],
)
def test_a_threshold_above_the_limit_that_the_raw_norm_exceeds_unheard_fires(
    threshold: float | None, above: int, status: Status
) -> None:
    raw = np.where(np.arange(40) < above, 30.0, 3.0)
    seen = signals(
        alert(SILENT, network=Network.CRITIC),
        norm(raw, ClipStage.PRE, network=Network.CRITIC),
        facts={"clip_limit.critic": 10.0},
        config={} if threshold is None else {"gradient_explosion_limit": threshold},
    )
    assert detect(seen).status is status
