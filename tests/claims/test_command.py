"""`forensics check-claims` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forensics.cli import run
from tests.claims.test_documents import ARCHIVE, DOCUMENTS

RUN = str(ARCHIVE / "pendulum-td3-loss-detached")


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "notes.md"
    path.write_text("The critic loss ended at 2.16.\nThe critic loss ended at 9.\nThe entropy ended at 0.5.\n", "utf-8")
    return path


def test_claims_marks_evidence_and_a_summary_fit_eighty_columns(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check-claims", str(document), RUN]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert "supported      line 1: critic loss: last 2.16" in shown
    assert "CONTRADICTED   line 2: critic loss: last 9" in shown
    assert "not checkable  line 3:" in shown
    assert "the last value of train/critic_loss is 2.16186" in shown
    assert "\x1b" not in shown
    assert "1 supported, 1 contradicted, 1 not checkable." in " ".join(shown.split())


def test_json_holds_every_claim_with_its_evidence(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check-claims", str(document), RUN, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"supported": 1, "contradicted": 1, "not-checkable": 1}
    first = found["claims"][0]
    assert (first["line"], first["mark"], first["quote"]) == (1, "supported", "The critic loss ended at 2.16.")
    assert first["evidence"][0]["tag"] == "train/critic_loss"
    assert first["evidence"][0]["first_step"] == first["evidence"][0]["last_step"] == 8000


def test_a_zero_gradient_cites_the_finding_that_observed_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check-claims", str(DOCUMENTS / "pendulum-td3-loss-detached.md"), RUN, "--json"]) == 0
    claims = json.loads(capsys.readouterr().out)["claims"]
    gradient = next(each for each in claims if each["claim"].startswith("actor gradient norm"))
    assert any(code.startswith("GRD") for code in gradient["findings"])


def test_fail_on_contradicted_is_for_continuous_integration(document: Path) -> None:
    assert run(["check-claims", str(document), RUN, "--fail-on", "contradicted"]) == 1
    document.write_text("The critic loss ended at 2.16.", encoding="utf-8")
    assert run(["check-claims", str(document), RUN, "--fail-on", "contradicted"]) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such document"),
        (b"", "no checkable claim"),
        (b"A fine day. Nothing is said of 5 apples.", "no checkable claim"),
        (b"\x00\x01\x02\xff" * 1000, "no checkable claim"),
        (b"x" * (4 << 20) + b"y", "at most 4,194,304"),
        (b"actor loss: 5\n" * 30_000, "at most 20,000"),
    ],
)
def test_a_document_that_cannot_be_used_gets_one_clear_line(
    document: Path, text: bytes | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document.unlink() if text is None else document.write_bytes(text)
    assert run(["check-claims", str(document), RUN]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert message in shown.err


def test_a_folder_is_no_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check-claims", str(tmp_path), RUN]) == 2
    assert "not a file" in capsys.readouterr().err


def test_a_run_without_evidence_has_its_own_exit_code(document: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["check-claims", str(document), str(tmp_path / "empty")]) == 3
    assert run(["check-claims", str(document), str(tmp_path / "missing")]) == 2
    assert run(["check-claims", str(document), RUN, "--fail-on", "anything"]) == 2


def test_utf16_and_a_byte_order_mark_are_read(document: Path) -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        document.write_text("The critic loss ended at 2.16.", encoding=encoding)
        assert run(["check-claims", str(document), RUN]) == 0


def test_hostile_text_reaches_the_terminal_as_text(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.write_text("The \x1b[31mcritic loss\x1b[0m\x00 ended at 9.\u202e", encoding="utf-8")
    assert run(["check-claims", str(document), RUN, "--json"]) == 0
    assert not set(json.loads(capsys.readouterr().out)["claims"][0]["quote"]) & set("\x1b\x00\u202e")
