"""How many numbers records hold: result.json of Tune, an object a line, and trainer_state.json of transformers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.frameworks.counts import Counts

# The configuration, which every line repeats, and bookkeeping that measures nothing.
LEFT_OUT = ("config", "pid", "timestamp")


def result_lines(path: Path) -> Counts:
    """Count the numbers of every key of the lines of `path`, with Ray's flatten_dict. Lists are not taken apart."""
    from ray.tune.utils import flatten_dict

    counts: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        record = {key: value for key, value in json.loads(line).items() if key not in LEFT_OUT}
        for key, value in flatten_dict(record, delimiter="/").items():
            if isinstance(value, (int, float)):
                counts[f"{path.name}#{key}"] += 1
    return dict(counts)


def trainer_state(run: Path) -> Counts:
    """Count the numbers of every key of the Trainer's log, with transformers' TrainerState."""
    from transformers import TrainerState

    state = TrainerState.load_from_json(str(run / "trainer_state.json"))
    keys = (key for record in state.log_history for key in record)
    return dict(Counter(f"trainer_state.json#{key}" for key in keys))
