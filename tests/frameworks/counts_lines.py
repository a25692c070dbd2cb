"""How many numbers the result.json of Tune holds: one JSON object a line, taken apart as Ray's own loggers do."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.frameworks.counts import Counts

# The configuration, which every line repeats, and bookkeeping that measures nothing.
LEFT_OUT = ("config", "pid", "timestamp")


def result_lines(path: Path, below: str = "") -> Counts:
    """Count the numbers of every key of the lines of `path`, with Ray's flatten_dict. Lists are not taken apart."""
    from ray.tune.utils import flatten_dict

    counts: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        record = {key: value for key, value in json.loads(line).items() if key not in LEFT_OUT}
        for key, value in flatten_dict(record, delimiter="/").items():
            if isinstance(value, (int, float)):
                counts[f"{below or path.name}#{key}"] += 1
    return dict(counts)
