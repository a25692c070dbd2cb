"""Train a small language model and track it with MLflow, in its folder of files or in its database.

    python tests/frameworks/train/mlflow_run.py --store database --fault none --seed 0 --out RUNS/NAME

The run directory is what a user finds beside the script: mlruns/ or mlflow.db, which is compressed, for it is a
megabyte of empty tables. The script puts /runs in the place of the absolute path that MLflow notes.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts_trackers
from tests.frameworks.keep import arguments, command, without_paths, write_truth
from tests.frameworks.train.tiny import BATCH, CONTEXT, FAULTS, NEVER, language_model, rate_of

STEPS = 600
EVERY = 30


def track(store: str, fault: str, seed: int) -> str:
    """Train in the working directory, tracked as MLflow's own quickstart does; return the version of MLflow."""
    import mlflow

    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow.set_tracking_uri("sqlite:///mlflow.db" if store == "database" else "file:mlruns")
    mlflow.set_experiment("characters")
    with mlflow.start_run(run_name="mlp"):
        mlflow.log_params({"lr": rate_of(fault), "batch_size": BATCH, "context": CONTEXT, "max_steps": STEPS})
        for row in language_model(fault, seed, STEPS, EVERY):
            if row.step % 5 == 0:
                mlflow.log_metrics({"train_loss": row.loss, "grad_norm": row.norm, "lr": row.rate}, step=row.step)
            if row.held_out is not None:
                mlflow.log_metric("val_loss", row.held_out, step=row.step)
    return str(mlflow.__version__)


def _archived(out: Path) -> None:
    """Take the paths out of the database and compress it."""
    path = out / "mlflow.db"
    with sqlite3.connect(path) as database:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, '/runs')", (str(out),))
    database.execute("VACUUM")
    database.close()
    path.with_name("mlflow.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=("files", "database"), required=True)
    given = arguments("Train a small language model tracked by MLflow.", sorted(FAULTS), parser)
    again = command(given, store=given.store)
    out = given.out.resolve()
    out.mkdir(parents=True)
    os.environ["USER"] = os.environ["LOGNAME"] = "user"
    sys.argv[0] = "train.py"
    os.chdir(out)
    version = track(given.store, given.fault, given.seed)
    points = counts_trackers.mlflow(out, given.store)
    without_paths(out, {str(out): "/runs"}, "*.yaml")
    if given.store == "database":
        _archived(out)
    fault = FAULTS.get(given.fault)
    write_truth(
        out,
        framework=f"mlflow {version}, {given.store}",
        command=again,
        fault=given.fault,
        reader="mlflow.MlflowClient.get_metric_history",
        points=points,
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
