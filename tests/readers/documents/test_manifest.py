"""What a run says of itself; a manifest of another tool or with odd values does no harm."""

from __future__ import annotations

import json
from pathlib import Path

from forensics.model.evidence import IssueKind
from tests.readers.run_files import EVENTS, events, kinds, load


def test_every_field_is_read(tmp_path: Path) -> None:
    document = {
        "schema": 1,
        "run_id": "ab12",
        "backend": "loopback",
        "status": "finished",
        "command": ["python", "-m", "trainer"],
        "planned_steps": 5000,
        "start": "2025-10-09T08:00:00+00:00",
        "end": 1_760_000_000.5,
        "framework": "own",
        "algorithm": "td3",
        "metrics": {"losses/critic": {"quantity": "loss", "network": "critic", "window": 5, "unit": None}},
    }
    manifest = load(tmp_path, {EVENTS: events(), "manifest.json": json.dumps(document)}).manifest
    assert manifest is not None
    assert (manifest.run_id, manifest.backend, manifest.status) == ("ab12", "loopback", "finished")
    assert manifest.command == "python -m trainer"
    assert (manifest.planned_steps, manifest.start, manifest.end) == (5000, 1_759_996_800.0, 1_760_000_000.5)
    assert (manifest.framework, manifest.algorithm) == ("own", "td3")
    assert manifest.metrics == {"losses/critic": {"quantity": "loss", "network": "critic", "window": "5"}}


def test_odd_values_are_left_empty(tmp_path: Path) -> None:
    document = {"run_id": {"a": 1}, "planned_steps": "many", "start": "soon", "metrics": [1], "command": None}
    manifest = load(tmp_path, {EVENTS: events(), "manifest.json": json.dumps(document)}).manifest
    assert manifest is not None
    assert (manifest.run_id, manifest.planned_steps, manifest.start, manifest.metrics) == ("", None, None, {})


def test_a_broken_manifest_is_an_issue(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), "manifest.json": '{"run_id": "a", '})
    assert run.manifest is None
    assert kinds(run, "manifest.json") == [IssueKind.MALFORMED]


def test_a_manifest_of_another_tool_is_not_claimed(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), "manifest.json": '{"short_name": "app", "icons": []}'})
    assert run.manifest is None
    assert not run.issues


def test_the_manifest_nearest_to_the_top_counts(tmp_path: Path) -> None:
    run = load(
        tmp_path, {"a/manifest.json": '{"run_id": "deep"}', "manifest.json": '{"run_id": "top"}', EVENTS: events()}
    )
    assert run.manifest is not None
    assert run.manifest.run_id == "top"
