"""What a session says of itself before the first record: manifest fields, configuration, source."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forensics.recorder import configfile, provenance, snapshot


@dataclass(frozen=True, kw_only=True)
class About:
    """What the user tells of a run. Everything may be left out.

    `source` are the folders or files to archive; None stands for the folder of the running program, () for nothing.
    `exclude` names folders to leave out. `origins` maps dotted configuration keys to default, file or cli.
    `meanings` maps tags to fields of forensics.model.meaning.Meaning. `command` replaces the recorded command line.
    """

    name: str = ""
    algorithm: str = ""
    framework: str = ""
    backend: str = "other"
    planned_steps: int | None = None
    seed: int | None = None
    device: str = ""
    config: Any = None
    origins: Mapping[str, str] | None = None
    source: Sequence[Path | str] | None = None
    exclude: Collection[str] = ()
    command: Sequence[str] | None = None
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def manifest_fields(about: About, folder: Path, run_id: str) -> dict[str, Any]:
    """Archive the source, and return what manifest.json says of a run at its start."""
    roots = snapshot.main_folder() if about.source is None else [Path(root) for root in about.source]
    return {
        "run_id": run_id,
        "name": about.name or folder.name,
        "algorithm": about.algorithm,
        "framework": about.framework,
        "backend": about.backend,
        "planned_steps": about.planned_steps,
        "seed": about.seed,
        "device": about.device or _device(),
        "command": list(about.command) if about.command is not None else provenance.command(),
        "versions": provenance.versions(),
        "git": provenance.revision(roots[0] if roots and roots[0].is_dir() else Path.cwd()),
        "source": _archived(folder, roots, about.exclude),
    }


def write_config(about: About, folder: Path) -> dict[str, Any]:
    """Write config.yaml and config_origin.json; return the configuration as plain values. Raises OSError."""
    if about.config is None:
        return {}
    plain = configfile.resolved(about.config)
    configfile.write(folder, plain, about.origins)
    return plain


def _archived(folder: Path, roots: Sequence[Path], exclude: Collection[str]) -> dict[str, Any] | None:
    if not roots:
        return None
    try:
        done = snapshot.write(folder, roots, exclude)
    except OSError as failure:
        return {"file": None, "failed": str(failure)}
    return {"file": snapshot.NAME, "sha256": done.sha256, "files": done.files, "complete": done.is_complete}


def _device() -> str:
    """Return the name of the GPU in use; "cpu" where torch runs without one, "" where there is no torch."""
    torch = sys.modules.get("torch")
    if torch is None:
        return ""
    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"
