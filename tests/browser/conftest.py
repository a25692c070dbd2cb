"""One walk of a browser through all pages; every test reads what it saw."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import Page, pages
from tests.browser.tools import tools


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser saw of each page, by the page's name; see audit.mjs."""
    found = tools()
    folder = tmp_path_factory.mktemp("pages")
    plan = {
        "modules": str(found.modules),
        "chromium": found.chromium,
        "pages": [_written(page, folder / f"{number}.html") for number, page in enumerate(pages())],
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    command = [found.node, str(Path(__file__).with_name("audit.mjs")), str(folder / "plan.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout)
    assert isinstance(results, dict)
    return results


def _written(page: Page, path: Path) -> dict[str, Any]:
    path.write_text(page.document, encoding="utf-8")
    return {"name": page.name, "path": str(path), "hostile": page.hostile, "first": page.first}
