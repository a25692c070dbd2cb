"""What ran, on what: command, versions, revision. Nothing of the environment's variables is recorded."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("torch", "numpy", "gymnasium", "carla", "tensorboard", "run-forensics")
_SECONDS = 5.0


def command() -> list[str]:
    """Return the command line of this process, the interpreter left out."""
    return list(getattr(sys, "argv", []))


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages a run depends on, as far as they are installed."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def revision(folder: Path) -> dict[str, str]:
    """Return git's commit of `folder` and a hash of what differs from it; nothing where there is no repository."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changes = _git(folder, "diff", "HEAD") or b""
    found = {"commit": commit.decode("ascii", "replace").strip()}
    return found | ({"diff_sha256": hashlib.sha256(changes).hexdigest()} if changes else {})


def _git(folder: Path, *words: str) -> bytes | None:
    call = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(call, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - a fixed command
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
