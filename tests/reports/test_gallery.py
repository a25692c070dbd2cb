"""The committed reports are those that this version writes of the archived runs.

Where this fails after a change that was meant, `make gallery` writes them again.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forensics.cli import run
from tests.conftest import REPOSITORY

GALLERY = REPOSITORY / "reports" / "gallery"
NAMES = sorted(path.parent.name for path in GALLERY.glob("*/report.html"))
# Other versions of matplotlib write other paths, and other processors another last digit: the words are compared.
_DRAWN = re.compile(r'<svg class="plot".*?</svg>|<script type="application/json".*?</script>', re.DOTALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery as this version writes it."""
    folder = tmp_path_factory.mktemp("gallery")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(REPOSITORY)
        patch.setenv("SOURCE_DATE_EPOCH", "0")
        runs = [f"tests/archive/{name}" for name in NAMES]
        assert run(["analyze", *runs, "--format", "html", "--output", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("name", ["index.html", *(f"{name}/report.html" for name in NAMES)])
def test_a_committed_report_says_what_this_version_says(name: str, written: Path) -> None:
    committed, fresh = (told(folder / name) for folder in (GALLERY, written))
    assert committed == fresh, f"{name} has drifted: `make gallery`, read what changed, commit it"


def test_the_gallery_shows_several_verdicts_and_stays_small() -> None:
    assert len(NAMES) >= 3
    files = [path for path in GALLERY.rglob("*") if path.is_file()]
    sizes = [path.stat().st_size for path in files]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 2_000_000
    kinds = {
        kind
        for path in GALLERY.glob("*/report.html")
        for kind in re.findall(r'class="verdict ([a-z-]+)', path.read_text("utf-8"))
    }
    assert {"fault", "no-fault-found"} <= kinds


def told(path: Path) -> list[str]:
    """Return the lines of a page without its pictures and its data."""
    return _DRAWN.sub("", path.read_text(encoding="utf-8")).splitlines()
