"""The check of a server, on the loopback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def smoke(make_env: Callable[..., Any]) -> Any:
    """The module; skips where the environment does."""
    from trainer.envs import smoke

    return smoke


@pytest.mark.parametrize("road", ["loop", "s-bend", "intersection"])
def test_a_server_that_is_fit_passes_every_check(smoke: Any, road: str) -> None:
    report = smoke.smoke("loopback", map_name=road)
    assert report.passed, str(report)
    assert report.kind == "loopback"
    assert [check.name for check in report.checks] == [
        "server and map", "ticks with camera", "camera", "throttle", "steering", "collision sensor",
        "episode 1", "episode 2",
    ]  # fmt: skip
    assert "CARLA 0.9.16" in str(report)
    assert "all checks passed on loopback (loopback)" in str(report)


@pytest.mark.parametrize(
    ("probe", "check"), [("drive_straight", "throttle"), ("steer_right", "steering"), ("crash", "collision sensor")]
)
def test_a_car_that_does_not_obey_is_not_fit(
    smoke: Any, monkeypatch: pytest.MonkeyPatch, probe: str, check: str
) -> None:
    from trainer.envs import simulator

    drive = simulator.Simulator.drive
    monkeypatch.setattr(simulator.Simulator, "drive", lambda self, *_: drive(self, 0.0, 0.0, 1.0))
    report = smoke.smoke("loopback")
    assert not report.passed
    assert not next(each.passed for each in report.checks if each.name == check)
    assert f"FAIL {check}" in str(report)


def test_the_command_says_what_it_saw_or_in_one_line_why_it_could_not(
    smoke: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main(["--backend", "loopback"]) == 0
    assert "episode 2" in capsys.readouterr().out
    assert smoke.main(["--backend", "127.0.0.1:1"]) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("trainer smoke: no CARLA server at 127.0.0.1:1")
    assert complaint.count("\n") == 1
