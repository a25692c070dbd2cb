"""progress.json of OpenAI baselines: one object a line, in a file that is named as a document."""

from __future__ import annotations

from pathlib import Path

from tests.readers.run_files import load, only


def test_progress_json_is_read_line_by_line(tmp_path: Path) -> None:
    lines = "".join(
        f'{{"eprewmean": {row / 2}, "loss/value_loss": {1 / (row + 1)}, "misc/total_timesteps": {row * 128}}}\n'
        for row in range(6)
    )
    run = load(tmp_path, {"progress.json": lines, "log.txt": "Logging to /tmp/openai\n"})
    assert only(run, "eprewmean").steps.tolist() == [0, 128, 256, 384, 512, 640]
    assert only(run, "eprewmean").values.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert {record.path: record.reader for record in run.files}["progress.json"] == "jsonl"
