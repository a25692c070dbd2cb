"""A long run keeps ever fewer records, all of them around anomalies, and says so."""

from __future__ import annotations

import math
from pathlib import Path

from forensics.readers.run import load_run
from forensics.recorder import Recorder
from forensics.recorder.thinning import WINDOW, Thinning
from tests.recorder.reading import column, events, log_lines


def test_the_stride_doubles_with_the_length_of_the_run() -> None:
    thinning: Thinning[int] = Thinning(full_rate_bytes=100)
    kept = [update for update in range(1, 801) if thinning.keeps(update, written=update)]
    assert kept[:100] == list(range(1, 101))
    for first, stride in ((200, 2), (400, 4)):
        within = [update for update in kept if first <= update < 2 * first]
        assert within == list(range(first, 2 * first, stride))


def test_one_in_so_many_is_kept_from_the_start_and_ever_fewer_of_those_later() -> None:
    thinning: Thinning[int] = Thinning(100, 3, 3)
    kept = [update for update in range(1, 801) if thinning.keeps(update, written=update)]
    assert [update for update in kept if update < 200] == list(range(3, 200, 3))
    assert [update for update in kept if 200 <= update < 400] == list(range(204, 400, 6))
    assert [update for update in kept if 400 <= update < 800] == list(range(408, 800, 12))


def test_what_was_held_back_is_given_out_in_order_and_only_since_the_last_kept_record() -> None:
    thinning: Thinning[int] = Thinning(full_rate_bytes=0, skipped=0)
    thinning.hold(1)
    thinning.forget()
    for number in range(2, 2 + WINDOW + 5):
        thinning.hold(number)
    assert thinning.release() == list(range(7, 7 + WINDOW))
    assert thinning.skipped == 6


def test_a_long_run_is_thinned_with_a_note_and_at_full_rate_around_an_anomaly(tmp_path: Path) -> None:
    trouble = 3_007
    with Recorder(tmp_path, source=(), full_rate_bytes=40_000, part_bytes=60_000) as rec:
        for update in range(1, 4_001):
            rec.step(env_step=update, critic_loss=math.nan if update == trouble else 1.0)
    steps = [line["env_step"] for line in events(tmp_path, "losses")]
    assert steps == sorted(set(steps))
    assert len(steps) < 1_500
    assert set(range(trouble - 6, trouble + WINDOW)) <= set(steps)
    gaps = [line["payload"]["kept_one_in"] for line in events(tmp_path, "gap")]
    assert gaps[:4] == [2, 4, 8, 16]
    assert events(tmp_path, "gap")[-1]["payload"]["skipped"] == 4_000 - len(steps)
    both = {series.source: len(series) for series in load_run(tmp_path).series if series.tag == "losses/critic_loss"}
    assert set(both.values()) == {len(steps)}, "both sinks keep the same records"


def kept_updates(folder: Path) -> list[int]:
    """The updates whose losses are in the log, each once and in order."""
    updates = [line["update"] for line in events(folder, "losses")]
    assert updates == sorted(set(updates))
    return updates


def test_a_recorder_that_is_asked_for_one_in_so_many_keeps_those_and_says_so(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), every=5) as rec:
        for update in range(1, 104):
            rec.step(env_step=2 * update, critic_loss=float(update))
            if update % 50 == 0:
                rec.episode(1.0, 100, env_step=2 * update + 1)
    expected = [*range(5, 101, 5), 101, 102, 103]  # the last ones are all kept: a run ends where it gets interesting
    assert kept_updates(tmp_path) == expected
    assert column(tmp_path, "losses/critic_loss") == [float(update) for update in expected]
    assert len(events(tmp_path, "episode_end")) == 2, "only updates are left out"
    (gap,) = events(tmp_path, "gap")
    assert (gap["payload"]["kept_one_in"], gap["payload"]["skipped"]) == (5, 103 - 23)
    both = {series.source: len(series) for series in load_run(tmp_path).series if series.tag == "losses/critic_loss"}
    assert both == {"tensorboard": 23, "jsonl:debug.jsonl": 23}


def test_an_anomaly_is_kept_with_what_came_before_and_a_window_after(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), every=10) as rec:
        for update in range(1, 301):
            rec.step(env_step=update, critic_loss=math.nan if update == 157 else 1.0)
    regular = set(range(10, 301, 10))
    assert set(kept_updates(tmp_path)) == regular | set(range(151, 158 + WINDOW))


def test_an_anomaly_that_goes_on_costs_one_window_and_a_new_one_another(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), every=10) as rec:
        for update in range(1, 2_001):
            critic = math.nan if update > 57 else 1.0
            actor = math.nan if update > 1_503 else 1.0
            rec.step(env_step=update, critic_loss=critic, actor_loss=actor)
    more = set(kept_updates(tmp_path)) - set(range(10, 2_001, 10))
    for kept, first in ((50, 58), (1_500, 1_504)):
        assert {update for update in range(kept, first + WINDOW) if update % 10} <= more
    said = {57 + 2**power for power in range(11)} | {1_503 + 2**power for power in range(9)}
    assert len(events(tmp_path, "anomaly")) == len(said)
    quiet = [*range(100, 1_500), *range(1_550, 2_001)]
    assert more.intersection(quiet) == {update for update in said.intersection(quiet) if update % 10}


def test_a_run_with_an_anomaly_all_along_is_still_thinned(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), full_rate_bytes=40_000) as rec:
        for update in range(1, 4_001):
            rec.step(env_step=update, critic_loss=math.nan)
    assert len(kept_updates(tmp_path)) < 1_500


def test_the_log_is_rotated_by_size_and_nothing_is_lost(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=(), part_bytes=10_000) as rec:
        for update in range(1, 301):
            rec.step(env_step=update, critic_loss=float(update))
    parts = list(tmp_path.glob("debug.jsonl*"))
    assert len(parts) > 3
    assert all(part.stat().st_size <= 10_000 for part in parts)
    assert column(tmp_path, "losses/critic_loss") == [float(update) for update in range(1, 301)]
    assert [line["monotonic"] for line in log_lines(tmp_path)] == sorted(x["monotonic"] for x in log_lines(tmp_path))
    (series,) = [one for one in load_run(tmp_path).series if one.id == "jsonl:debug.jsonl#losses/critic_loss@env_step"]
    assert series.values.tolist() == [float(update) for update in range(1, 301)]
