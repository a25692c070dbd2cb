"""Both sinks hold the same numbers, and every reader reads them all."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from forensics.model.evidence import Series
from forensics.readers.run import load_run
from forensics.recorder import Recorder
from forensics.signals.interpret import interpret
from tests.recorder.reading import column, events, log_lines, manifest

STEPS = 40


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run without torch: losses, Q values, an odd value, an episode and an evaluation."""
    folder = tmp_path_factory.mktemp("run")
    with Recorder(folder, source=(), algorithm="td3", config={"gamma": 0.9}, origins={"gamma": "cli"}) as rec:
        for step in range(1, STEPS + 1):
            loss = math.nan if step == 20 else 1 / step
            rec.step(env_step=2 * step, critic_loss=loss, batch_q=np.arange(4.0) * step, note="text", actor_lr=1e-3)
        rec.episode(12.5, 80, reason="collision", env_step=80)
        rec.evaluation([10.0, 14.0], [70, 80], env_step=80)
    return folder


def by_source(folder: Path) -> dict[str, dict[str, Series]]:
    """Return the series of a run by source and tag."""
    found: dict[str, dict[str, Series]] = {}
    for series in load_run(folder).series:
        found.setdefault(series.source, {})[series.tag] = series
    return found


def test_the_two_sinks_hold_the_same_tags_steps_and_numbers(recorded: Path) -> None:
    sources = by_source(recorded)
    drawn, logged = sources["tensorboard"], sources["jsonl:debug.jsonl"]
    counters = {"counters/updates", "counters/episodes"}
    assert set(drawn) - counters == {tag for tag in logged if tag != "episode" and tag[:7] != "anomaly"}
    for tag in set(drawn) - counters:
        np.testing.assert_array_equal(drawn[tag].steps, logged[tag].steps)
        np.testing.assert_array_equal(drawn[tag].wall_times, logged[tag].wall_times)
        np.testing.assert_array_equal(drawn[tag].values, logged[tag].values.astype(np.float32))
    updates = logged["losses/critic_loss"].updates
    assert updates is not None
    np.testing.assert_array_equal(updates, np.arange(1, STEPS + 1))
    np.testing.assert_array_equal(drawn["counters/updates"].values[:STEPS], updates)


def test_every_line_has_the_envelope(recorded: Path) -> None:
    for line in log_lines(recorded):
        assert {"ts", "monotonic", "run_id", "update", "episode", "event", "level", "schema", "payload"} <= set(line)
        assert "env_step" in line or line["event"] in ("run_start", "config")


def test_our_reader_loses_nothing_and_finds_nothing_odd(recorded: Path) -> None:
    run = load_run(recorded)
    assert not run.issues
    assert all(file.bytes_read == file.bytes for file in run.files if file.reader != "unread")
    assert run.manifest is not None
    assert (run.manifest.status, run.manifest.algorithm) == ("finished", "td3")
    assert [fact.origin for fact in run.config if fact.file == "config.yaml"] == ["cli"]


def test_tensorboard_reads_every_scalar(recorded: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(recorded), size_guidance={"scalars": 0}).Reload()
    ours = by_source(recorded)["tensorboard"]
    assert set(accumulator.Tags()["scalars"]) == set(ours)
    for tag, series in ours.items():
        rows = accumulator.Scalars(tag)
        np.testing.assert_array_equal([row.step for row in rows], series.steps)
        np.testing.assert_array_equal([row.value for row in rows], series.values)


def test_tbparse_reads_every_scalar(recorded: Path) -> None:
    from tbparse import SummaryReader

    frame = SummaryReader(str(recorded)).scalars
    ours = by_source(recorded)["tensorboard"]
    assert len(frame) == sum(len(series) for series in ours.values())
    assert set(frame["tag"]) == set(ours)


def test_tags_get_their_declared_meanings(recorded: Path) -> None:
    claims = {signal.tag: signal.claims for signal in interpret(load_run(recorded)).signals}
    assert claims["q_values/batch_q_std"]["role"] == "batch"
    assert claims["q_values/batch_q_std"]["statistic"] == "std"
    assert claims["losses/critic_loss"]["network"] == "critic"
    assert claims["losses/critic_loss"]["aggregation"] == "instant"
    assert claims["learning_rates/actor_lr"]["quantity"] == "learning_rate"
    assert claims["episode"]["quantity"] == "episode_count"
    assert claims["evaluation/episodic_return_mean"]["role"] == "evaluation"
    assert set(manifest(recorded)["metrics"]) >= set(by_source(recorded)["tensorboard"])


def test_numbers_that_are_not_finite_are_strings_and_texts_stay_out_of_tensorboard(recorded: Path) -> None:
    assert column(recorded, "losses/critic_loss")[19] == "NaN"
    assert column(recorded, "metrics/note") == ["text"] * STEPS
    assert "metrics/note" not in by_source(recorded)["tensorboard"]


def test_an_array_becomes_four_statistics(recorded: Path) -> None:
    last = events(recorded, "q_values")[-1]["payload"]
    expected = {"batch_q_mean": 60.0, "batch_q_std": np.std(np.arange(4) * 40.0), "batch_q_min": 0, "batch_q_max": 120}
    assert last == pytest.approx(expected)


def test_an_episode_stands_in_every_file_for_people_and_programs(recorded: Path) -> None:
    assert column(recorded, "episode_end/reason") == ["collision"]
    assert '"episodic_return":12.5' in (recorded / "episodes.jsonl").read_text()
    assert "episodic_return=12.5 episode_length=80 reason=collision" in (recorded / "train.log").read_text()
    assert column(recorded, "evaluation/episodic_return_std") == [2.0]
