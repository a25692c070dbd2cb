"""A run in MLflow's file store, and runs in its database, read as MLflow writes them."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.cohort.find import find
from forensics.errors import NoEvidenceError
from forensics.model.evidence import IssueKind, Run
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only

TIME = 1_760_000_000_000
META = (
    "artifact_uri: file:///x/artifacts\nend_time: 1760000009000\nrun_id: 0f\nrun_name: sac-1\n"
    "start_time: 1760000000000\nstatus: 4\nuser_id: me\n"
)
FILES: dict[str, str | bytes] = {
    "meta.yaml": META,
    "metrics/loss": "".join(f"{TIME + row} {1 / (row + 1)} {row * 10}\n" for row in range(5)),
    "metrics/rollout/reward": f"{TIME} nan 0\n{TIME + 1} -inf 10 data 0a1b\n",
    "metrics/never_stepped": f"{TIME} 1.0 0\n{TIME + 1} 2.0 0\n{TIME + 2} 3.0\n",
    "params/lr": "0.001",
    "params/net/layers": "[64, 64]",
    "tags/mlflow.runName": "sac-1",
}
SCHEMA = """
CREATE TABLE runs (run_uuid VARCHAR(32), name VARCHAR(250), status VARCHAR(9), start_time BIGINT, end_time BIGINT);
CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN);
CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
"""


def test_a_run_of_the_file_store_is_read_to_its_last_byte(tmp_path: Path) -> None:
    run = load(tmp_path, FILES)
    loss = only(run, "loss")
    assert loss.steps.tolist() == [0, 10, 20, 30, 40]
    assert loss.values.tolist() == [1.0, 0.5, 1 / 3, 0.25, 0.2]
    assert loss.wall_times[0] == TIME / 1000
    assert loss.ref(2).file == "metrics/loss"
    assert loss.ref(2).line == 3
    reward = only(run, "rollout/reward")
    assert math.isnan(reward.values[0])
    assert reward.values[1] == -math.inf
    assert only(run, "never_stepped").steps.tolist() == [0, 1, 2]
    assert {fact.key: fact.value for fact in run.config} == {
        "lr": 0.001,
        "net/layers": [64, 64],
        "run_name": "sac-1",
        "tags.mlflow.runName": "sac-1",
    }
    assert run.manifest is not None
    assert (run.manifest.run_id, run.manifest.status, run.manifest.start) == ("0f", "failed", TIME / 1000)
    assert all(record.reader == "mlflow" and record.bytes_read == record.bytes for record in run.files)


def test_runs_below_one_another_are_kept_apart(tmp_path: Path) -> None:
    nested = {f"mlruns/0/{run}/{path}": text for run in ("aa", "bb") for path, text in FILES.items()}
    load(tmp_path, nested)
    assert [run.label for run in find(tmp_path, Limits()).runs] == ["mlruns/0/aa", "mlruns/0/bb"]


def test_lines_that_are_no_points_are_lost_aloud(tmp_path: Path) -> None:
    text = f"{TIME} 1.0 0\nwords\n{TIME} x 1\n{TIME + 1} 2.0 {'9' * 19}\n{TIME} 3 1 2\n"
    run = load(tmp_path, {"meta.yaml": META, "metrics/loss": text})
    assert kinds(run, "metrics/loss") == [IssueKind.MALFORMED] * 3
    (record,) = [record for record in run.files if record.path == "metrics/loss"]
    assert record.bytes_lost == len("words") + len(f"{TIME} x 1") + len(f"{TIME} 3 1 2")
    assert record.bytes_read + record.bytes_lost == record.bytes


@pytest.mark.parametrize("text", ["run_id: [\nartifact_uri: x\n", "- run_id\n- artifact_uri\n", "a: " + "[" * 5000])
def test_a_broken_meta_costs_itself_alone(text: str, tmp_path: Path) -> None:
    run = load(tmp_path, FILES | {"meta.yaml": text + "\n# artifact_uri run_id"})
    assert run.manifest is None
    assert len(only(run, "loss")) == 5
    assert kinds(run, "meta.yaml") == [IssueKind.MALFORMED]


@pytest.mark.parametrize("name", ["params/agent.yaml", "params/notes.txt", "tags/x.json"])
def test_files_of_others_in_such_folders_are_not_taken(name: str, tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(2), name: "lr: 1\n"})
    assert {record.path: record.reader for record in run.files}[name] != "mlflow"


def database(path: Path, fill: Callable[[sqlite3.Connection], object] | None = None, *, runs: int = 1) -> Path:
    """Write a database with the tables that are read, in write-ahead mode as MLflow's server leaves it."""
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)
        for run in range(runs):
            name = f"run{run}"
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, 'FINISHED', ?, ?)", (name, f"sac_seed{run}", TIME + run, TIME + 9)
            )
            connection.execute("INSERT INTO params VALUES ('seed', ?, ?)", (str(run), name))
            for step in range(20):
                row = ("loss", 1.0 / (step + 1) + run, TIME + step, name, step, False)
                connection.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.executemany(
                "INSERT INTO metrics VALUES ('odd', ?, ?, ?, ?, ?)",
                [(0.0, TIME, name, 1, True), (1.7976931348623157e308, TIME, name, 2, False)],
            )
        if fill is not None:
            fill(connection)
    connection.close()
    return path


def test_a_database_of_one_run_is_that_run(tmp_path: Path) -> None:
    before = database(tmp_path / "mlflow.db").read_bytes()
    run = load_run(tmp_path)
    assert only(run, "loss").values.tolist() == [1.0 / (step + 1) for step in range(20)]
    odd = only(run, "odd")
    assert math.isnan(odd.values[0])
    assert odd.values[1] == math.inf
    assert {fact.key: fact.value for fact in run.config} == {"run_name": "sac_seed0", "seed": 0}
    assert run.manifest is not None
    assert run.manifest.status == "finished"
    (record,) = run.files
    assert (record.reader, record.bytes_read) == ("mlflow-database", record.bytes)
    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]
    assert (tmp_path / "mlflow.db").read_bytes() == before


def test_each_run_of_a_database_is_found_and_read(tmp_path: Path) -> None:
    path = database(tmp_path / "mlflow.db", runs=3)
    for searched in (tmp_path, path):
        found = find(searched, Limits()).runs
        assert [run.label.rpartition("/")[2] for run in found] == ["sac_seed0", "sac_seed1", "sac_seed2"]
        for number, run in enumerate(found):
            read = load_run(run.path, part=run.part)
            assert read.name == f"sac_seed{number}"
            assert only(read, "loss").values[0] == 1.0 + number


def test_the_last_run_is_read_where_none_is_named_and_that_is_said(tmp_path: Path) -> None:
    database(tmp_path / "mlflow.db", runs=3)
    run = load_run(tmp_path)
    assert only(run, "loss").values[0] == 3.0
    assert kinds(run, "mlflow.db") == [IssueKind.NOTE]


def view(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE metrics")
    connection.execute(
        "CREATE VIEW metrics AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT 'a' AS key, x AS value, x AS timestamp, 'run0' AS run_uuid, x AS step, 0 AS is_nan FROM c"
    )


def generated(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE params")
    connection.execute("CREATE TABLE params (key, run_uuid, value AS (hex(zeroblob(500000000))))")


def words(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE metrics SET value = 'words', step = 'x', timestamp = NULL WHERE step = 3")


def read_hostile(tmp_path: Path) -> Run:
    run = load_run(tmp_path)
    (record,) = [record for record in run.files if record.path == "mlflow.db"]
    assert record.bytes_read + record.bytes_lost == record.bytes
    assert not [issue for issue in run.issues if "the reader failed" in issue.message]
    return run


@pytest.mark.parametrize("fill", [view, generated], ids=["a view without end", "a computed column"])
def test_a_schema_that_would_run_code_is_refused(fill: Callable[[sqlite3.Connection], object], tmp_path: Path) -> None:
    load(tmp_path, {EVENTS: events(2)})
    database(tmp_path / "mlflow.db", fill)
    assert kinds(read_hostile(tmp_path), "mlflow.db") == [IssueKind.DAMAGED]


def test_cells_of_the_wrong_type_are_left_out_aloud(tmp_path: Path) -> None:
    database(tmp_path / "mlflow.db", words)
    run = read_hostile(tmp_path)
    assert len(only(run, "loss")) == 19
    assert kinds(run, "mlflow.db") == [IssueKind.MALFORMED]


def test_every_truncation_and_damage_is_survived(tmp_path: Path) -> None:
    whole = database(tmp_path / "mlflow.db").read_bytes()
    load(tmp_path, {EVENTS: events(2)})
    for size in range(0, len(whole), 1009):
        (tmp_path / "mlflow.db").write_bytes(whole[:size])
        read_hostile(tmp_path)
    for place in range(100, len(whole), 1501):
        (tmp_path / "mlflow.db").write_bytes(whole[:place] + b"\xff" * 20 + whole[place + 20 :])
        read_hostile(tmp_path)


def test_another_sqlite_file_is_left_unread(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE a (b)")
    connection.close()
    with pytest.raises(NoEvidenceError, match=r"no reader for \.db"):
        load_run(tmp_path)


def test_the_file_of_an_experiment_is_read_and_is_no_run(tmp_path: Path) -> None:
    said = "artifact_location: file:///mlruns/1\nexperiment_id: '1'\nlifecycle_stage: active\nname: Default\n"
    run = load(tmp_path, {"mlruns/1/meta.yaml": said, "train.log": "step=1 loss=1\nstep=2 loss=2\n"})
    record = {file.path: file for file in run.files}["mlruns/1/meta.yaml"]
    assert (record.reader, record.bytes_lost) == ("mlflow-experiment", 0)
    assert run.manifest is None
