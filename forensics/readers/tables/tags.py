"""The tag of a column: its name, and what only the name of its file tells."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# A file that holds one side of a run says so in its name alone: DrQ-v2 writes train.csv and eval.csv with one header.
_SIDES = (
    ("eval", frozenset({"eval", "evals", "evaluation", "evaluations", "evaluate", "evaluator", "test", "testing"})),
    ("val", frozenset({"val", "valid", "validation", "dev"})),
    ("train", frozenset({"train", "training"})),
)
_VALUES = frozenset({"value", "values", "y", "data", "val", "scalar"})
# Columns that name a statistic alone: scores.txt of PFRL holds the mean of the scores.
_STATISTICS = frozenset({"mean", "median", "std", "stdev", "max", "min", "average", "avg"})
# Words of files whose numbers, alone, are a curve of the training; other arrays are data, masks, waypoints.
_RESULTS = frozenset({
    "reward", "rewards", "return", "returns", "score", "scores", "loss", "losses", "acc", "accuracy", "progress",
    "result", "results", "metrics", "history", "eval", "evaluation", "evaluations", "episode", "episodes",
    "success", "performance", "curve", "log",
})  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# TensorBoard names its downloads run-<run>-tag-<tag>.csv, with %2F or _ where the tag has a slash.
_DOWNLOAD = re.compile(r"(?:run-.{0,200}-)?tag-(.{1,200})")


def tag_of(column: str, file: str, alone: bool) -> str:
    """Return the tag of a column of `file` (its path below the run). `alone` tells that it is the only one.

    A column `value` that is the only one takes the name of its file, as does one whose words the file's name holds;
    one that names a statistic alone is put below the name of its file. A column of eval.csv that does not speak of
    evaluation itself is put below `eval/`.
    """
    path = PurePosixPath(file)
    stem = subject_of(path.name)
    said = _words(column)
    if alone and (column.lower() in _VALUES or said < _words(stem)):
        return stem
    if column.lower() in _STATISTICS:
        return f"{stem}/{column}"
    if "/" in column:
        return column
    for side, marks in _SIDES:
        if said & marks:
            return column
        if _words(stem) & marks or (side == "eval" and path.parent.name.lower() in marks):
            return f"{side}/{column}"
    return column


def names_results(name: str) -> bool:
    """Tell whether a file's name says that it holds results of training."""
    return not _RESULTS.isdisjoint(_words(subject_of(PurePosixPath(name).name).replace("_", " ")))


def subject_of(name: str) -> str:
    """Return what a file's name says it holds: its stem, the tag of a TensorBoard download."""
    stem = PurePosixPath(name.removesuffix(".gz").removesuffix(".zst")).stem
    found = _DOWNLOAD.fullmatch(stem)
    return found[1].replace("%2F", "/") if found else stem


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))
