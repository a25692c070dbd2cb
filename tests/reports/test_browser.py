"""What a real browser makes of the report. Skipped where there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.html import render
from tests.reports.diagnoses import PAYLOADS, full, hostile

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-extensions --virtual-time-budget=2000"
).split()
NARROW = 390


def dom(page: Path, profile: Path) -> str:
    """Return the document as the browser holds it after loading."""
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=os.environ).stdout


@pytest.mark.parametrize("payload", ["", "W" * 300], ids=["ordinary", "long words"])
def test_nothing_overflows_a_telephone_with_everything_unfolded(tmp_path: Path, payload: str) -> None:
    """The report stands in a frame of 390 px, since headless windows cannot be that narrow; a script asks its width."""
    report = render(hostile(payload) if payload else full())
    report = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", report)
    report = report.replace("<details>", "<details open>")
    (tmp_path / "report.html").write_text(report, encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        f'<iframe id="f" width="{NARROW}" height="844" style="border:0" srcdoc=""></iframe><p id="answer">none</p>'
        "<script>const f=document.getElementById('f');f.onload=()=>{"
        "document.getElementById('answer').textContent=f.contentDocument.documentElement.scrollWidth};"
        f"f.srcdoc={script_string(report)}</script>",
        encoding="utf-8",
    )
    answer = re.search(r'<p id="answer">([^<]*)</p>', dom(tmp_path / "frame.html", tmp_path / "profile"))
    assert answer is not None
    assert int(answer[1]) <= NARROW


def test_no_payload_runs_and_the_title_stays(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(render(hostile("".join(PAYLOADS))), encoding="utf-8")
    document = dom(tmp_path / "report.html", tmp_path / "profile")
    assert "<title>day20-run3" in document
    assert "<title>PWNED" not in document
    markup = re.sub(r'<script type="application/json".*?</script>', "", document)
    assert not re.search(r'<img|<script|\son\w+="', markup)


def script_string(text: str) -> str:
    """Return a JavaScript string literal that cannot end the script it stands in."""
    import json

    return json.dumps(text).replace("</", "<\\/").replace("<!--", "<\\!--")
