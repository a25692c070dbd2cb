"""The comparison as page and as summary: the answer first, foreign text as text, nothing that depends on the day."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from forensics.comparison.revise import revise
from forensics.model.comparison import Comparison
from reports.compare_html import render
from reports.compare_previous import print_revision
from reports.compare_terminal import print_comparison
from tests.reports.comparisons import comparison, hostile, incomparable, later
from tests.reports.diagnoses import PAYLOADS, full
from tests.reports.diagnoses import hostile as hostile_diagnosis
from tests.reports.page import Page, words


def printed(shown: Comparison) -> str:
    stream = io.StringIO()
    print_comparison(shown, Console(file=stream, width=80), Path("out/compare.html"))
    return stream.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("told", [flat(printed(comparison())), flat(Page(render(comparison())).one("main").text)])
def test_every_view_says_the_answer_and_what_differs(told: str) -> None:
    for sentence in (
        "B against A: What was wrong is gone",
        "looked for and not there: GRD104 gradient-path-contradiction, VAL103 policy-q-power-law",
        "agent.actor_lr",
        "3 source files differ",
        "post (established)",
        "pre (established)",
        "EPS107",
        "no longer stands",
        "Not drawn, since the tag does not mean the same",
    ):
        assert sentence in told


def test_the_terminal_names_two_meanings_of_one_name_aloud() -> None:
    told = flat(printed(comparison()))
    assert "ONE NAME, TWO MEANINGS: no chart may hold both runs" in told
    assert "gradients/actor_cnn_norm, clip_stage: post (established) -> pre (established)" in told


def test_the_page_opens_with_the_answer_and_the_differences_follow_in_order() -> None:
    page = Page(render(comparison()))
    assert words(page.all("h2")[0]) == "B against A: What was wrong is gone"
    headings = [words(element) for element in page.all("h3")]
    assert headings == [
        "One name, two meanings", "Before comparing", "Configuration", "Source", "Causes and outcomes", "Findings",
        "Tags",
    ]  # fmt: skip


def test_the_page_shows_the_changed_lines_of_the_source() -> None:
    told = Page(render(comparison())).one("main").text
    assert "-loss = critic(encoder(obs), actor(obs))\n+loss = critic(encoder(obs).detach(), actor(obs))" in told


def test_runs_that_cannot_be_compared_say_so_first() -> None:
    assert "Not comparable" in words(Page(render(incomparable())).all("h2")[0])
    assert "The algorithm is not the same: TD3 and PPO." in flat(printed(incomparable()))


def test_three_runs_are_each_held_against_the_first() -> None:
    third = msgspec.structs.replace(later(), run=msgspec.structs.replace(later().run, name="third"))
    page = Page(render(comparison(full(), later(), third)))
    assert [words(element)[:11] for element in page.all("h2")][:2] == ["B against A", "C against A"]


def test_a_curve_of_all_runs_is_drawn_with_lines_that_differ_without_colour() -> None:
    page = Page(render(comparison()))
    caption = next(words(element) for element in page.all("figcaption") if "gradients/actor_mlp_norm" in element.text)
    assert "A: day20-run3: 1 at step 1,100" in caption
    assert "B: day21-run1: 2 at step 1,100" in caption
    assert any("stroke-dasharray" in element.attributes for element in page.all("path"))


def test_no_id_twice_and_no_address_but_inside() -> None:
    page = Page(render(comparison()))
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    for element in page.elements:
        target = element.attributes.get("href", "data:,")
        assert target == "data:," or target.removeprefix("#") in ids
        for name in ("aria-labelledby",):
            assert element.attributes.get(name, ids[0]) in ids


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
class TestForeignText:
    def test_changes_no_element_and_no_attribute_of_the_page(self, payload: str) -> None:
        page = Page(render(hostile(payload)))
        assert page.shape() == Page(render(hostile(" harmless"))).shape()
        for element in page.elements:
            assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        assert not set("\x1b\u202e\x00\ud800") & set(page.source)

    def test_is_printed_without_markup_links_or_controls_in_80_columns(self, payload: str) -> None:
        told = printed(hostile(payload))
        assert max(cell_len(line) for line in told.splitlines()) <= 80
        assert not [sign for sign in told if sign != "\n" and (ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0)]
        assert "\u202e" not in told
        if payload.startswith("[bold"):
            assert "[bold red]markup[/bold red]" in told

    def test_is_text_in_a_revision_too(self, payload: str) -> None:
        told = revised_text(hostile_diagnosis(payload))
        assert max(cell_len(line) for line in told.splitlines()) <= 80
        assert not [sign for sign in told if sign != "\n" and (ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0)]


def revised_text(earlier: object) -> str:
    stream = io.StringIO()
    print_revision(revise(earlier, later()), Console(file=stream, width=80))  # type: ignore[arg-type]
    return stream.getvalue()


def test_homes_and_secrets_are_left_out() -> None:
    for told in (render(comparison()), printed(comparison())):
        assert "someone" not in told
        assert "0123456789abcdef0123456789abcdef01234567" not in told


def test_a_changed_secret_is_a_difference_without_its_values() -> None:
    config = [
        msgspec.structs.replace(row, declared="another" if row.key == "wandb.api_key" else row.declared)
        for row in full().config
    ]
    told = flat(printed(comparison(full(), msgspec.structs.replace(later(), config=config))))
    assert "wandb.api_key: [redacted] -> [redacted]" in told


def test_no_colour_where_there_is_no_terminal_or_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in printed(comparison())
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    print_comparison(comparison(), Console(file=stream, width=80, force_terminal=True), None)
    assert "\x1b[3" not in stream.getvalue()
    assert "\x1b[9" not in stream.getvalue()


def test_the_same_comparison_gives_the_same_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    first = render(comparison())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "2000000000")
    assert render(comparison()) == first
