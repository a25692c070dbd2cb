"""The index of several runs: what needs attention first, and no text of a run is anything but text."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from rich.console import Console

from forensics.model.diagnosis import Steps, VerdictStatus
from reports.index import render
from reports.index_model import SCHEMA_VERSION, UNREAD, Index, IndexGroup, IndexRow, by_need
from reports.index_terminal import print_table
from tests.reports.diagnoses import PAYLOADS
from tests.reports.page import Page, words
from tests.reports.test_browser import BROWSER, NARROW, dom, script_string


def row(name: str, status: str = VerdictStatus.NO_FAULT_FOUND, **changes: object) -> IndexRow:
    fields = {"path": name, "steps": Steps(last=1000), "report": f"{name}/report.html", **changes}
    return IndexRow(name=name, status=status, **fields)  # type: ignore[arg-type]


def index(extra: str = "") -> Index:
    """Every kind of row, with `extra` in every text."""
    fault = VerdictStatus.FAULT
    rows = [
        row(f"sound{extra}"),
        row(f"odd{extra}", VerdictStatus.UNDETERMINED, outcomes=[f"Never learned{extra}"]),
        row(f"broken{extra}", UNREAD, error=f"nothing here{extra}", report="", steps=Steps()),
        row(f"mild{extra}", fault, cause="b", title=f"Mild{extra}", likelihood=0.9, harm=0.2),
        row(f"grave{extra}", fault, cause="a", title=f"Grave{extra}", likelihood=0.7, harm=0.9),
        row(f"late{extra}", group=f"late#{extra}", failed_seed=True, algorithm=f"sac{extra}"),
    ]
    groups = [
        IndexGroup(name=f"late#{extra}", statement=f"1 of 3 failed{extra}", runs=["late"], learned=[], failed=["late"]),
        IndexGroup(name=f"even#{extra}", statement=f"all learned{extra}", runs=["a", "b"], learned=[], failed=[]),
    ]
    return Index(
        schema_version=SCHEMA_VERSION,
        name=f"runs{extra}",
        path="runs",
        runs=sorted(rows, key=by_need),
        groups=groups,
        left=[f"notes.txt{extra}"],
        version="1",
    )


def test_what_needs_attention_comes_first() -> None:
    assert [one.name for one in index().runs] == ["grave", "mild", "late", "odd", "broken", "sound"]


def test_every_run_stands_in_the_page_and_links_to_its_report() -> None:
    page = Page(render(index()))
    links = {words(link): link.attributes["href"] for link in page.all("a") if link.attributes["href"] != "#runs"}
    assert links == {name: f"./{name}/report.html" for name in ("grave", "mild", "late", "odd", "sound")}
    table = words(page.by_id("runs"))
    for said in ("Grave", "0.70", "Never learned", "nothing here", "failed seed", "1,000"):
        assert said in table
    assert "1 of 3 failed" in words(page.by_id("seeds"))
    assert "all learned" in words(page.by_id("groups"))
    assert "notes.txt" in words(page.by_id("left"))


def test_the_page_is_one_file_that_allows_its_own_style_alone() -> None:
    page = Page(render(index()))
    policy = page.all("meta")[0].attributes
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; img-src data:; base-uri 'none'; form-action 'none'",
        policy["content"],
    )
    assert not page.all("script", "img", "iframe")
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_in_every_text_changes_no_element_and_leads_nowhere(payload: str) -> None:
    page = Page(render(index(payload)))
    assert page.shape() == Page(render(index(" harmless"))).shape()
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        assert element.attributes.get("href", "#").startswith(("#", "data:,", "./"))
    links = [link.attributes["href"] for link in page.all("a")][1:]
    assert unquote(links[0]) == f"./grave{payload}/report.html".encode(errors="replace").decode()


def test_homes_are_not_told() -> None:
    shown = render(index(" /home/someone/x"))
    assert "someone" not in re.sub(r'href="[^"]*"', "", shown)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_table_shows_foreign_text_as_text(encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=100)
    print_table(index("\x1b[31m[b]é"), console, Path("out/index.html"))
    stream.seek(0)
    text = stream.read()
    assert "\x1b" not in text
    joined = "".join(text.split())
    assert "grave\\x1b[31m[b]" in joined
    assert "out/index.html" in text
    assert text.index("grave") < text.index("mild") < text.index("late") < text.index("sound")


def test_the_document_holds_what_the_page_shows() -> None:
    document = json.loads(index().to_json())
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["runs"][0]["name"] == "grave"
    assert document["groups"][0]["failed"] == ["late"]


@pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")
@pytest.mark.parametrize("extra", ["", "W" * 120], ids=["ordinary", "long words"])
def test_nothing_overflows_a_telephone(tmp_path: Path, extra: str) -> None:
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render(index(extra)))
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
