"""Two runs of which only what a comparison is about is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forensics.comparison.compare import compare
from forensics.comparison.examined import Examined
from forensics.model.comparison import Comparison, Difference
from forensics.model.diagnosis import CauseRole, ConfigRow, Diagnosis, RunSummary, Steps, Weight
from forensics.model.evidence import FileRecord
from forensics.model.finding import Line, Status
from tests.diagnoses import diagnosis, signal, verdict
from tests.reports.parts import cause, curve, finding

TAG = "train/critic_loss"
SOURCE = {"trainer/td3.py": b"clip()\nstep()\n"}


def config(**values: object) -> list[ConfigRow]:
    return [ConfigRow(key=key, declared=str(value), effective=None, origin="file") for key, value in values.items()]


def run(name: str = "run", **fields: Any) -> Diagnosis:
    """A run that logged one tag and states one setting, with logs of its own; nothing is wrong in it."""
    plain: dict[str, Any] = {
        "run": RunSummary(
            name=name,
            path=f"runs/{name}",
            algorithm="TD3",
            steps=Steps(first=0, last=1000),
            files=[FileRecord(path="events", bytes=3, bytes_read=3, sha256=name, reader="tensorboard")],
        ),
        "signals": [signal(TAG, clip_stage="post")],
        "config": config(learning_rate=0.001),
    }
    return diagnosis(**{**plain, **fields})


def faulty(name: str = "faulty", **fields: Any) -> Diagnosis:
    """A run in which a leak stands, by two findings of which the first weighs more."""
    plain: dict[str, Any] = {
        "verdict": verdict("leak"),
        "causes": [
            cause(
                "leak",
                CauseRole.PROBABLE_CAUSE,
                0.9,
                supports=[Weight(finding="drip", weight=3.0), Weight(finding="puddle", weight=1.0)],
            )
        ],
        "findings": findings(Status.FIRED, Status.FIRED),
    }
    return run(name, **{**plain, **fields})


def findings(drip: Status, puddle: Status, **fields: Any) -> list[Any]:
    return [finding("AAA101", "drip", drip, **fields), finding("AAA102", "puddle", puddle, **fields)]


def mended(name: str = "mended", **fields: Any) -> Diagnosis:
    """The same run with another learning rate, in which both findings were looked for and are clear."""
    plain: dict[str, Any] = {
        "findings": findings(Status.CLEAR, Status.CLEAR),
        "causes": [cause("leak", CauseRole.POSSIBLE, 0.01)],
        "config": config(learning_rate=0.0001),
    }
    return run(name, **{**plain, **fields})


def examined(shown: Diagnosis, source: Mapping[str, bytes] | None = None) -> Examined:
    lines: dict[str, Line] = {signal.tag: curve(signal.tag, [1.0, 2.0, 3.0]) for signal in shown.signals}
    return Examined(shown, lines.get, source)


def compared(*runs: Diagnosis) -> Comparison:
    return compare([examined(each) for each in runs], "0")


def difference(
    first: Diagnosis, second: Diagnosis, sources: tuple[Mapping[str, bytes] | None, ...] = (None, None)
) -> Difference:
    pair = [examined(shown, source) for shown, source in zip((first, second), sources, strict=True)]
    (found,) = compare(pair, "0").differences
    return found
