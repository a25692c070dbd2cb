"""What a comparison takes of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forensics.model.comparison import ComparedRun
from forensics.model.diagnosis import Diagnosis
from forensics.model.finding import Line

# The last part of a configuration key that names what was trained on.
_ENVIRONMENT = (
    "env_id", "env_name", "environment_name", "environment_id", "gym_id", "env", "environment", "town", "map",
)  # fmt: skip
_INSIDE = {"env": ("id", "name"), "environment": ("id", "name")}


@dataclass(frozen=True)
class Examined:
    """A diagnosis, the source that ran (paths to bytes; None where it is not at hand), and the curve of any tag.

    `curve` returns None for a tag whose values are not at hand: a diagnosis.json holds those of its figures only.
    """

    diagnosis: Diagnosis
    curve: Callable[[str], Line | None]
    source: Mapping[str, bytes] | None = None

    def summary(self, label: str) -> ComparedRun:
        """Return what the comparison says of this run itself."""
        run, coverage = self.diagnosis.run, self.diagnosis.coverage
        return ComparedRun(
            label=label,
            name=run.name,
            path=run.path,
            framework=run.framework,
            algorithm=run.algorithm,
            backend=run.backend,
            environment=environment(self.diagnosis),
            steps=run.steps,
            verdict=self.diagnosis.verdict,
            examined=coverage.examined,
            not_examined=len(coverage.not_examined),
        )


def environment(diagnosis: Diagnosis) -> str:
    """Return the environments that the configuration names, the most exact key first; empty where it names none."""
    found: dict[int, str] = {}
    for row in diagnosis.config:
        parts = row.key.lower().split(".")
        inside = len(parts) > 1 and parts[-1] in _INSIDE.get(parts[-2], ())
        name = parts[-2] if inside else parts[-1]
        if name in _ENVIRONMENT:
            found.setdefault(_ENVIRONMENT.index(name), row.declared)
    return ", ".join(found[rank] for rank in sorted(found))
