"""The document that began it: another person's diagnosis of another person's run."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.claims import check_claims
from forensics.claims.claim import Checked, Mark
from forensics.detectors.registry import examine
from forensics.pipeline import load_run
from forensics.signals.interpret import interpret


@pytest.fixture(scope="module")
def claims(archived_runs: Path) -> list[Checked]:
    document = archived_runs.parent / "seed" / "root-cause-document.md"
    if not document.is_file():
        pytest.skip("the document does not stand beside the archived runs")
    signals = interpret(load_run(archived_runs / "seed-day20-run3"))
    return check_claims(document.read_text(encoding="utf-8"), signals, examine(signals))


def of(claims: list[Checked], *words: str) -> list[Checked]:
    return [each for each in claims if all(word in f"{each.claim} {each.quote}" for word in words)]


def marks(claims: list[Checked]) -> set[Mark]:
    return {each.mark for each in claims}


def test_before_clipping_is_contradicted_wherever_it_is_said(claims: list[Checked]) -> None:
    found = [each for each in claims if each.claim.endswith(": before clipping")]
    assert len(found) >= 6
    assert marks(found) == {Mark.CONTRADICTED}
    assert any("CLP103" in each.findings for each in found)


def test_the_number_of_steps_is_contradicted(claims: list[Checked]) -> None:
    found = of(claims, "175")
    assert marks(found) == {Mark.CONTRADICTED}
    assert "3,700" in found[0].statement


def test_what_is_true_is_supported(claims: list[Checked]) -> None:
    for words in (("MLP gradients", "0.0"), ("actor_mlp_norm", "all 27"), ("-6.29",), ("never fired",), ("20.81", "~")):
        assert Mark.SUPPORTED in marks(of(claims, *words)), words
    assert marks(of(claims, "MLP gradients")) == marks(of(claims, "TRILLION")) == {Mark.SUPPORTED}


def test_thresholds_that_no_file_states_are_not_checkable(claims: list[Checked]) -> None:
    for number in ("50,000", "10,000", "10K"):
        found = [each for each in claims if "threshold" in each.claim and number in each.claim]
        assert marks(found) == {Mark.NOT_CHECKABLE}, number


def test_nothing_that_the_document_only_plans_or_expects_is_marked(claims: list[Checked]) -> None:
    assert of(claims, "500-step") == of(claims, "-1000") == of(claims, "≤1.0") == []


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ("`gradients/critic_cnn_norm` is a post-clip value.", Mark.SUPPORTED),
        ("gradients/actor_cnn_norm is not measured before clipping but after clipping.", Mark.SUPPORTED),
        ("critic_cnn_norm is logged pre-clipping.", Mark.CONTRADICTED),
        ("Actor CNN gradient norm before clipping: 1.93.", Mark.NOT_CHECKABLE),
        ("Actor CNN gradient norm after clipping: 1.93.", Mark.SUPPORTED),
        ("An alert was triggered.", Mark.CONTRADICTED),
        ("The alerts stayed silent.", Mark.SUPPORTED),
        ("No gradient explosion alerts were triggered during the run.", Mark.SUPPORTED),
        ("alerts/gradient_explosion_warning never fired.", Mark.SUPPORTED),
        ("All 28 updates show an actor_mlp_norm of 0.0.", Mark.CONTRADICTED),
        ("The run took 2,700 updates.", Mark.SUPPORTED),
        ("Actor loss diverges from -1.6 million to -6.3 trillion.", Mark.SUPPORTED),
        ("Actor loss exploded to -7.29 trillion.", Mark.CONTRADICTED),
    ],
)
def test_other_words_about_the_same_run(said: str, mark: Mark, archived_runs: Path) -> None:
    signals = interpret(load_run(archived_runs / "seed-day20-run3"))
    assert marks(check_claims(said, signals, [])) == {mark}
