"""A copy of the source from which a run can be executed: the trainer, the flight recorder and what that needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import forensics
import trainer

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "faults", "planting")
_OF_FORENSICS = ("__init__.py", "py.typed", "crc32c.py", "errors.py", "model", "recorder")


def copy_source(root: Path) -> None:
    """Write trainer/ and forensics/ below `root`, without the faults. Raises OSError."""
    shutil.copytree(Path(trainer.__path__[0]), root / "trainer", ignore=_LEFT_OUT)
    origin, target = Path(forensics.__path__[0]), root / "forensics"
    target.mkdir()
    for name in _OF_FORENSICS:
        if (origin / name).is_dir():
            shutil.copytree(origin / name, target / name, ignore=_LEFT_OUT)
        elif (origin / name).exists():
            shutil.copy2(origin / name, target / name)
