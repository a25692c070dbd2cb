"""d3rlpy's metrics: one file a metric, rows of `epoch,step,value` without a header, and params.json beside them.

Since 2.0 there is one file more for each tensor of parameters, with a header: the least, the largest and the mean
entry of its gradient and their deviation, as they stand at the end of an epoch. After an update of the actor those of
the critic hold what the actor's loss left there: they are kept as numbers of no quantity that is measured elsewhere.

The layout and the meaning of the names are those of d3rlpy 0.x to 2.x (logger, fitter and scorers): every value is
the mean over one epoch, but for scorers, which are taken at its end. Offline (`fit`) the step counts gradient
updates, online (`fit_online`) environment steps; only the latter times its environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from forensics.readers.bytestream import ByteStream
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tables.clocks import steps_of
from forensics.readers.tables.layout import first_lines
from forensics.readers.tables.readtable import read_table
from forensics.readers.tables.series import series_of
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "d3rlpy"
_ROW = re.compile(r"(\d{1,12}),(\d{1,15}),[-+]?(?:\d[\d.eE+-]{0,60}|nan|inf)")
_TIMED = frozenset({"time_step", "time_algorithm_update", "time_sample_batch"})  # in every folder of d3rlpy
_ONLINE = frozenset({"time_environment_step", "rollout_return"})
_GRADIENT = "epoch,step,min,max,mean,std"
# Names that d3rlpy's documentation and its reproduction scripts give to scorers.
_SCORERS: Mapping[str, Mapping[str, str]] = {
    "environment": {"quantity": "episodic_return", "role": "evaluation", "statistic": "mean"},
    "evaluation": {"quantity": "episodic_return", "role": "evaluation", "statistic": "mean"},
    "value_scale": {"quantity": "q_value", "role": "policy", "statistic": "mean"},
    "average_value": {"quantity": "q_value", "role": "policy", "statistic": "mean"},
    "average_value_estimation": {"quantity": "q_value", "role": "policy", "statistic": "mean"},
    "value_estimation": {"quantity": "q_value", "role": "policy", "statistic": "mean"},
    "init_value": {"quantity": "q_value", "role": "policy", "statistic": "mean"},
    "initial_state_value_estimation": {"quantity": "q_value", "role": "policy", "statistic": "mean"},
    "discrete_action_match": {"quantity": "other"},
    "continuous_action_diff": {"quantity": "other"},
    "soft_opc": {"quantity": "other"},
}
# Losses and multipliers whose names mean something else elsewhere: alpha weighs the conservative term of CQL.
_LEARNED: Mapping[str, Mapping[str, str]] = {
    "alpha": {"quantity": "other"},
    "alpha_loss": {"quantity": "other"},
    "temp": {"quantity": "entropy_coefficient", "network": "temperature"},
}


def claims(name: str, head: bytes) -> bool:
    """Claim .csv whose first lines are an epoch, a step that is no smaller, and a number; and those of gradients."""
    if not name.lower().endswith(".csv"):
        return False
    if _is_gradient(name, head):
        return True
    found = [_ROW.fullmatch(line.strip()) for line in first_lines(head)]
    return bool(found) and all(row is not None and int(row[1]) <= int(row[2]) for row in found)


def read_metrics(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read the metrics of one folder."""
    reading = Reading()
    stems = {_stem(file) for file in files}
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            stem, gradient = _stem(file), _is_gradient(file.logical, file.head)
            table = read_table(file, stream, account, limits, names=() if gradient else ("epoch", "step", "value"))
            if gradient:
                tags = {name: f"{stem}/{name}" for name in table.columns if name not in ("epoch", "step")}
                declared = {name: {"quantity": "other", "aggregation": "instant"} for name in tags}
            else:
                tags = {name: stem for name in table.columns if name == "value"}
                declared = {"value": dict(_declared(stem)) if stems & _TIMED else {}}
            steps = replace(steps_of(table), axis=_axis(stems))
            reading.series += series_of(table, steps, "csv", file.name, tags, declared)
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    return reading


def _is_gradient(name: str, head: bytes) -> bool:
    return name.lower().endswith("_grad.csv") and first_lines(head, 1) == [_GRADIENT]


def _axis(stems: set[str]) -> str:
    """Return what the steps count; "" where no file shows that d3rlpy wrote the folder."""
    if not stems & _TIMED:
        return ""
    return "env_step" if stems & _ONLINE else "update"


def _declared(stem: str) -> Mapping[str, str]:
    if stem.startswith("time_"):
        return {"quantity": "throughput", "aggregation": "window_mean"}
    if stem in _SCORERS:
        return {**_SCORERS[stem], "aggregation": "instant"}
    return {**_LEARNED.get(stem, {}), "aggregation": "window_mean"}


def _stem(file: RunFile) -> str:
    return PurePosixPath(file.logical).stem


READER = Reader(
    name=NAME,
    rank=24,
    claims=claims,
    read=read_metrics,
    group=lambda name: f"{NAME}:{PurePosixPath(name).parent}",
)
