"""How many points the libraries' own readers find in a run.

A key is `<file>#<tag, column or array as that reader names it>`; the file is named below the run. The scripts in
train/ write these counts beside the run that they made, where they are held against ours without the libraries.
"""

from __future__ import annotations

from pathlib import Path

Counts = dict[str, int]


def tensorboard(run: Path) -> Counts:
    """Count the scalars of every event file, with TensorBoard's EventAccumulator."""
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

    counts: Counts = {}
    for path in sorted(run.rglob("*tfevents*")):
        events = EventAccumulator(str(path), size_guidance={SCALARS: 0}).Reload()
        for tag in events.Tags()[SCALARS]:
            counts[f"{_below(run, path)}#{tag}"] = len(events.Scalars(tag))
    return counts


def csv(run: Path, pattern: str = "**/progress.csv", names: list[str] | None = None, separator: str = ",") -> Counts:
    """Count the filled cells of every column, with pandas.read_csv. `names` where the files have no header."""
    import pandas as pd

    counts: Counts = {}
    for path in sorted(run.glob(pattern)):
        table = pd.read_csv(path, sep=separator, names=names, dtype=str, keep_default_na=False, comment=None)
        for name in table.columns:
            counts[f"{_below(run, path)}#{name}"] = int((table[name] != "").sum())
    return counts


def monitors(run: Path) -> Counts:
    """Count the episodes of every monitor file, with stable_baselines3's load_results, one folder a file."""
    import shutil
    import tempfile

    from stable_baselines3.common.monitor import get_monitor_files, load_results

    own = ("index", "t")  # the row, and the clock
    counts: Counts = {}
    for folder in sorted({path.parent for path in run.rglob("*monitor.csv")}):
        for name in sorted(get_monitor_files(str(folder))):
            with tempfile.TemporaryDirectory() as alone:  # it merges what lies in one folder and keeps no names
                shutil.copy(name, alone)
                table = load_results(alone)
            counts |= {
                f"{_below(run, Path(name))}#{column}": len(table) for column in table.columns if column not in own
            }
    return counts


def evaluations(run: Path) -> Counts:
    """Count the evaluations of every evaluations.npz, with numpy.load."""
    import numpy as np

    counts: Counts = {}
    for path in sorted(run.rglob("evaluations.npz")):
        with np.load(path) as held:
            counts |= {f"{_below(run, path)}#{name}": len(held[name]) for name in held.files if name != "timesteps"}
    return counts


def _below(run: Path, path: Path) -> str:
    return path.relative_to(run).as_posix()
