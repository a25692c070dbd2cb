"""What the browser tests need beside Python: node, npm, Chromium, and two packages that npm fetches once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = ("axe-core@4.14.1", "playwright-core@1.65.1")
ASKED = "FORENSICS_BROWSER"


@dataclass(frozen=True)
class Tools:
    """Where the programs are, and the folder whose node_modules holds the packages."""

    node: str
    chromium: str
    modules: Path


def tools() -> Tools:
    """Return the tools; skips the test, with the reason, where one of them is missing."""
    if not os.environ.get(ASKED):
        pytest.skip(f"takes one to three minutes: `make browser`, or {ASKED}=1")
    node, npm = shutil.which("node"), shutil.which("npm")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    for name, found in (("node", node), ("npm", npm), ("chromium", chromium)):
        if found is None:
            pytest.skip(f"no {name} on the PATH")
    assert node is not None
    assert npm is not None
    assert chromium is not None
    return Tools(node, chromium, _modules(npm))


def _modules(npm: str) -> Path:
    """Return the folder with the packages, fetched into the user's cache if they are not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "run-forensics"
    folder = cache / "-".join(["browser", *PACKAGES]).replace("@", "-")
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="fetching-", dir=cache))
    try:
        (made / "package.json").write_text('{"private": true}')
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=180)
        if done.returncode:
            pytest.skip(f"npm cannot fetch {' and '.join(PACKAGES)}: {done.stderr.strip()[-300:]}")
        made.rename(folder)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not fetch {' and '.join(PACKAGES)} within three minutes")
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder
