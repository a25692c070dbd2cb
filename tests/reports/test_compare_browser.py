"""What a real browser makes of a comparison. Skipped where there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.compare_html import render
from tests.reports.comparisons import hostile
from tests.reports.diagnoses import PAYLOADS
from tests.reports.test_browser import BROWSER, NARROW, dom, script_string

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")


@pytest.mark.parametrize("payload", ["", "W" * 300], ids=["ordinary", "long words"])
def test_nothing_overflows_a_telephone_with_everything_unfolded(tmp_path: Path, payload: str) -> None:
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render(hostile(payload)))
    page = page.replace("<details>", "<details open>")
    (tmp_path / "frame.html").write_text(
        f'<iframe id="f" width="{NARROW}" height="844" style="border:0" srcdoc=""></iframe><p id="answer">none</p>'
        "<script>const f=document.getElementById('f');f.onload=()=>{"
        "document.getElementById('answer').textContent=f.contentDocument.documentElement.scrollWidth};"
        f"f.srcdoc={script_string(page)}</script>",
        encoding="utf-8",
    )
    answer = re.search(r'<p id="answer">([^<]*)</p>', dom(tmp_path / "frame.html", tmp_path / "profile"))
    assert answer is not None
    assert int(answer[1]) <= NARROW


def test_no_payload_runs_and_the_title_stays(tmp_path: Path) -> None:
    (tmp_path / "compare.html").write_text(render(hostile("".join(PAYLOADS))), encoding="utf-8")
    document = dom(tmp_path / "compare.html", tmp_path / "profile")
    assert "<title>day20-run3" in document
    assert "<title>PWNED" not in document
    assert not re.search(r'<img|<script|\son\w+="', document)
