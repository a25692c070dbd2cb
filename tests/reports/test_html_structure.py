"""The report is one accessible file that says the same with and without style."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from itertools import pairwise

import msgspec
import pytest

from forensics.model.diagnosis import Advice, Diagnosis, Measured
from reports.html import BUDGET, render
from reports.theme import TEMPLATES
from tests.reports.diagnoses import empty, full
from tests.reports.page import Page, words

HARD_LIMIT = 1_000_000


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render(full()))


@pytest.fixture(scope="module", params=[full, empty], ids=["full", "empty"])
def any_page(request: pytest.FixtureRequest) -> Page:
    return Page(render(request.param()))


def test_every_internal_link_leads_somewhere_and_no_id_is_used_twice(any_page: Page) -> None:
    ids = [element.attributes["id"] for element in any_page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    links = [e.attributes["href"] for e in any_page.elements if "href" in e.attributes]
    assert {link for link in links if link.startswith("#")} <= {f"#{id}" for id in ids}
    labels = [name for e in any_page.elements for name in e.attributes.get("aria-labelledby", "").split()]
    assert set(labels) <= set(ids)


def test_no_address_leaves_the_document(any_page: Page) -> None:
    for element in any_page.elements:
        for name in ("href", "src", "xlink:href", "action", "formaction", "data", "srcset", "poster"):
            assert element.attributes.get(name, "#").startswith(("#", "data:")), element
    assert "url(" not in any_page.one("style").text
    assert "@import" not in any_page.one("style").text


def test_the_policy_stands_first_in_head_and_allows_exactly_the_one_style_block(any_page: Page) -> None:
    names = [element.name for element in any_page.elements]
    policy = any_page.elements[names.index("head") + 1].attributes
    assert policy["http-equiv"] == "Content-Security-Policy"
    digest = base64.b64encode(hashlib.sha256(any_page.one("style").text.encode()).digest()).decode()
    assert "default-src 'none'" in policy["content"]
    assert f"style-src 'sha256-{digest}'" in policy["content"]
    assert "img-src data:" in policy["content"]
    assert "unsafe" not in policy["content"]


def test_nothing_needs_a_script_or_an_inline_style(any_page: Page) -> None:
    assert [script.attributes["type"] for script in any_page.all("script")] in ([], ["application/json"])
    assert not [element for element in any_page.elements if "style" in element.attributes]
    assert len(any_page.all("style")) == 1


def test_the_document_has_one_h1_ordered_headings_landmarks_and_a_skip_link(any_page: Page) -> None:
    levels = [int(element.name[1]) for element in any_page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert any_page.one("html").attributes["lang"] == "en"
    assert len(any_page.all("main")) == len(any_page.all("header")[:1]) == len(any_page.all("nav")) == 1
    assert next(e for e in any_page.elements if e.name == "a").attributes["href"] == "#verdict"


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table")) > 10
    assert all(cell.attributes["scope"] in {"col", "row"} for cell in page.all("th"))
    assert all(block.attributes["tabindex"] == "0" for block in page.all("pre"))


def test_every_figure_is_an_image_labelled_by_a_caption_that_states_its_numbers(page: Page) -> None:
    pictures = [element for element in page.all("svg") if element.attributes.get("role") == "img"]
    assert len(pictures) == len(page.all("figure")) == 3
    captions = [words(page.by_id(picture.attributes["aria-labelledby"])) for picture in pictures]
    assert "gradients/actor_cnn_norm: 1.924 at step 1,100, 1.913 at 3,700; lowest 1.91, highest 1.93" in captions[0]
    assert "Onset at environment step 1,100" in captions[0]
    assert any("limit (reward bound Rmax / (1 - gamma)): 4,200" in caption for caption in captions)
    decoration = [element for element in page.all("svg") if "role" not in element.attributes]
    assert all(element.attributes["aria-hidden"] == "true" for element in decoration)


def test_what_matters_comes_first_in_source_order(page: Page) -> None:
    order = [
        *("verdict", "first-heading", "ranked", "look-heading", "outcomes", "timeline", "causes", "measurement"),
        *("findings", "ruled-out", "not-examined", "signals", "facts", "config", "files", "method"),
    ]
    ids = [element.attributes.get("id") for element in page.elements]
    assert [id for id in ids if id in order] == order


def test_findings_causes_and_figures_have_stable_addresses(page: Page) -> None:
    assert page.by_id("GRD104").name == "article"
    assert page.by_id("CLP106").name == "tr"
    assert page.by_id("GRD107").name == "tr"
    assert page.by_id("fig-GRD104").name == "figure"
    for cause in full().causes:
        assert page.by_id(f"cause-{cause.id}")


def test_what_did_not_fire_is_collapsed_but_there(page: Page) -> None:
    inside = page.by_id("DAT149").inside
    assert "details" in inside
    assert "details" not in page.by_id("VAL103").inside


def test_the_verdict_says_cause_likelihood_and_quality_with_its_reasons(page: Page) -> None:
    told = words(page.by_id("verdict"))
    assert told.startswith(
        "Probable cause The actor loss trains the critic's view of the state "
        "The actor loss reaches the actor's encoder through the critic's state input"
    )
    assert "Very likely 0.95" in told
    assert "Evidence quality: high" in told
    assert "two independent lines of evidence agree" in told


def test_evidence_for_and_against_stand_with_their_weights(page: Page) -> None:
    told = words(page.by_id("cause-actor-loss-through-encoder"))
    assert "GRD104+4.2Actor MLP gradient 0" in told
    assert "VAL110-0.3The twin critics disagree" in told
    assert "Critic on foreign features: not told apart" in told


def test_a_tempting_inference_is_answered_where_its_cause_is_ruled_out(page: Page) -> None:
    assert "does not show that clipping failed" in words(page.by_id("cause-clip-missing"))


def test_every_number_shown_comes_from_the_diagnosis() -> None:
    before = msgspec.json.encode(full()).decode()
    changed = before.replace("3700", "3811").replace('"likelihood":0.95', '"likelihood":0.87').replace("1.926", "7.315")
    page = Page(render(msgspec.json.decode(changed, type=Diagnosis)))
    told = words(page.one("body"))
    data = page.by_id("diagnosis").text
    for gone, come in (("3,700 of 10,000 steps", "3,811 of 10,000 steps"), ("Very likely 0.95", "Very likely 0.87")):
        assert gone not in told
        assert come in told
    assert "cnn_median = 7.315" in words(page.by_id("GRD104"))
    assert '"cnn_median":7.315' in data


def test_the_same_diagnosis_gives_the_same_bytes() -> None:
    assert render(full()) == render(full())


def test_a_typical_report_keeps_its_budget_and_carries_its_data(page: Page) -> None:
    assert len(page.source.encode()) <= BUDGET
    assert json.loads(page.by_id("diagnosis").text)["verdict"]["cause"] == "actor-loss-through-encoder"
    assert "a copy of which is inside this file" in words(page.one("footer"))


def test_a_run_with_thousands_of_rows_stays_far_below_the_hard_limit_and_counts_what_it_leaves_out() -> None:
    small = full()
    big = msgspec.structs.replace(
        small,
        signals=small.signals * 100,
        config=small.config * 1000,
        facts=small.facts * 1000,
        read_issues=small.read_issues * 1000,
        timeline=small.timeline * 1000,
        run=msgspec.structs.replace(small.run, files=small.run.files * 1000),
    )
    page = Page(render(big))
    assert len(page.source.encode()) < HARD_LIMIT / 2
    assert not page.all("script")
    assert "beside this file unless --format leaves it out" in words(page.one("footer"))
    assert "2,940 more stand" in words(page.by_id("files")).replace("2940", "2,940")


def test_an_empty_diagnosis_says_so_and_claims_nothing() -> None:
    page = Page(render(empty()))
    told = words(page.one("main"))
    assert "Insufficient evidence Too little was recorded to say anything." in told
    assert "No recommendation follows from the evidence at hand." in told
    assert not page.all("figure")


def test_the_test_that_would_decide_stands_in_an_undecided_verdict() -> None:
    decided = full()
    verdict = msgspec.structs.replace(
        decided.verdict,
        status="indistinguishable",
        cause=None,
        indistinguishable=["actor-loss-through-encoder", "critic-on-foreign-features"],
    )
    undecided = msgspec.convert(
        msgspec.to_builtins(msgspec.structs.replace(decided, verdict=verdict)),
        Diagnosis,
    )
    told = words(Page(render(undecided)).by_id("verdict"))
    assert told.startswith("Indistinguishable")
    assert "Critic on foreign features" in told
    assert "This would decide: Log the gradient of the actor loss" in told


def test_templates_quote_every_attribute_and_trust_no_text() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", text), template
        for element in re.findall(r"<[a-z][^<]*>", re.sub(r"\{%.*?%\}", "", text)):
            assert "{{" not in re.sub(r'"[^"]*"', "", element), (template, element)
        assert not re.search(r"<[a-z][^>]*\s(?:on\w+|style|src)\s*=", text), template
        for address in re.findall(r'href="([^"]*)"', text):
            assert address.startswith(("#", "data:,")) or address == "{{ link(row) }}", (template, address)


def test_what_to_log_is_whole_and_the_next_test_points_to_its_lines() -> None:
    made = full()
    code = "\n".join(f"line_{number} = {'x' * 100!r}" for number in range(1, 61))
    item = Measured(name="q", what="Q", nats=0.1, observations=["GRD101"], lines=[[3, 5]], code="line_3")
    advice = Advice(framework="cleanrl", learner="actor-critic", block=code, measurements=[item])
    first = msgspec.structs.replace(made.recommendations[0], observation="GRD101")
    shown = render(
        msgspec.structs.replace(
            made,
            coverage=msgspec.structs.replace(made.coverage, advice=advice),
            recommendations=[first, *made.recommendations[1:]],
        )
    )
    assert 'id="log-60"' in shown
    assert "line_60" in shown
    assert shown.count('href="#log-3"') >= 2  # beside the next test and in the table
