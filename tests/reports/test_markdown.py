"""The Markdown view fits a comment, tells what counts, and shows foreign text as text."""

from __future__ import annotations

import msgspec
import pytest

from forensics.model.diagnosis import VerdictStatus
from forensics.safety.text import clean
from reports.markdown import BUDGET, render
from reports.marktext import text
from tests.reports.diagnoses import PAYLOADS, empty, full, hostile
from tests.reports.rendered_markdown import Rendered

MARKDOWN_PAYLOADS = [
    *PAYLOADS,
    "[click](https://evil.example/)",
    "![image](https://evil.example/x.png)",
    "<https://evil.example/>",
    "https://evil.example/ www.evil.example a@evil.example",
    "| another | cell |",
    "`code` ``code`` *emphasis* __strong__ ~~struck~~",
    "\n\n# Heading\n\n- item\n\n    indented\n\n---\n\n> quote",
    "\n===\n",
    "[reference]: https://evil.example/",
    "a  \nb\\\nc",
]


def letters(shown: str) -> str:
    """The text without white space and without what keeps it from being a link."""
    return "".join(shown.replace("\u200b", "").split())


def told(source: str) -> str:
    return " ".join(Rendered(source).text.replace("\u200b", "").split())


def test_it_says_verdict_likelihood_quality_action_causes_and_what_was_not_seen() -> None:
    shown = told(render(full()))
    for sentence in (
        "Probable cause The actor loss reaches the actor's encoder",
        "Likelihood: very likely (0.95); evidence quality: high (two independent lines of evidence agree",
        "Run day20-run3: TD3, carla, 3,700 of 10,000 steps",
        "Do this first Give the actor loss the critic's own features",
        "Expect: |actor loss| stays within a factor of 3",
        "The actor loss trains the critic's view of the state probable cause 0.95 very likely 2 1 2",
        "for (+4.2), GRD104: Actor MLP gradient 0",
        "against (-0.3), VAL110: The twin critics disagree a little",
        "does not show that clipping failed",
        "3 of 66 observations, for want of: parameter statistics of the actor",
        "Next test Log the gradient of the actor loss",
    ):
        assert " ".join(sentence.split()) in shown


def test_causes_are_a_table() -> None:
    assert {"table", "thead", "tbody"} <= Rendered(render(full())).names()


def test_what_cannot_be_told_apart_is_listed_with_the_test_that_would_decide() -> None:
    names = ["actor-loss-through-encoder", "critic-on-foreign-features"]
    verdict = msgspec.structs.replace(
        full().verdict, status=VerdictStatus.INDISTINGUISHABLE, cause=None, likelihood=None, indistinguishable=names
    )
    shown = told(render(msgspec.structs.replace(full(), verdict=verdict)))
    assert "cannot tell these apart: The actor loss trains the critic's view of the state Critic on foreign" in shown
    assert "Likelihood" not in shown.split("Causes")[0]
    assert "Next test Log the gradient" in shown


def test_an_empty_diagnosis_has_a_verdict_and_no_empty_section() -> None:
    source = render(empty())
    assert source.startswith("## Insufficient evidence\n")
    assert "###" not in source


@pytest.mark.parametrize("payload", MARKDOWN_PAYLOADS, ids=range(len(MARKDOWN_PAYLOADS)))
def test_a_payload_in_every_text_makes_no_element(payload: str) -> None:
    assert Rendered(render(hostile(" " + payload))).shape == Rendered(render(hostile(" harmless"))).shape


@pytest.mark.parametrize("payload", MARKDOWN_PAYLOADS, ids=range(len(MARKDOWN_PAYLOADS)))
def test_a_payload_at_the_start_of_a_text_is_shown_as_it_was_written(payload: str) -> None:
    shown = Rendered(f"- {text(payload)}\n")
    assert [name for name, _ in shown.shape] == ["ul", "li"]
    assert letters(shown.text) == letters(clean(payload))
    assert not [sign for sign in shown.text if ord(sign) < 32 and sign != "\n"]


@pytest.mark.parametrize(
    ("written", "not_in_source"),
    [
        ("@someone", "@s"),
        ("see #12", "#1"),
        ("https://evil.example", "://"),
        ("WWW.evil.example", "WWW.e"),
        (":warning:", ":warning:"),
    ],
)
def test_nothing_notifies_links_or_turns_into_a_picture_on_github(written: str, not_in_source: str) -> None:
    assert not_in_source not in text(written)
    assert Rendered(text(written)).text.replace("\u200b", "").strip() == written


def test_names_of_tags_stay_readable_in_the_source() -> None:
    assert text("gradients/actor_cnn_norm = 0.95 (n = 3)") == "gradients/actor_cnn_norm = 0.95 (n = 3)"
    assert text("__init__") == r"\_\_init\_\_"


@pytest.mark.parametrize("payload", ["x" * 5000, "&" * 5000, "@" * 5000, "\x1b" * 5000])
def test_it_fits_a_comment_whatever_the_run_wrote(payload: str) -> None:
    assert len(render(hostile(payload))) <= BUDGET


def test_homes_and_secrets_are_left_out() -> None:
    assert "someone" not in render(
        msgspec.structs.replace(full(), run=msgspec.structs.replace(full().run, name="/home/someone/x"))
    )


def test_the_same_diagnosis_gives_the_same_text() -> None:
    assert render(full()) == render(full())
