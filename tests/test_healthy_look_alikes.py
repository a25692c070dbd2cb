"""Healthy runs of many frameworks, each with something that looks like a fault: no cause may stand on any."""

from __future__ import annotations

import pytest

import tests.healthy_models
import tests.healthy_settings  # noqa: F401  (both enter their runs in the table)
from forensics.model.diagnosis import Diagnosis, Kind
from forensics.pipeline import investigate
from forensics.reasoning.judgement import STANDS
from tests.healthy_runs import HEALTHY, run_of


def standing(diagnosis: Diagnosis) -> dict[str, float]:
    """Return the causes of training that stand; what an instrument does is no fault of a run."""
    found = {item.id: item.likelihood for item in diagnosis.causes if item.kind is not Kind.MEASUREMENT}
    found |= {item.id: item.likelihood for item in diagnosis.outcomes}
    return {name: likelihood for name, likelihood in found.items() if likelihood >= STANDS}


@pytest.mark.parametrize("name", HEALTHY)
def test_no_cause_stands(name: str) -> None:
    diagnosis = investigate(run_of(name))
    assert diagnosis.verdict.cause is None
    assert standing(diagnosis) == {}
