"""Rules of the user are parsed, compared, and never run as code."""

from __future__ import annotations

import math

import pytest

from forensics.errors import UsageError
from forensics.recorder.rules import parse_rule


@pytest.mark.parametrize(
    ("text", "value", "breaks"),
    [
        ("losses/critic_loss > 10", 11.0, True),
        ("losses/critic_loss > 10", 10.0, False),
        ("critic_loss>=1e1", 10.0, True),
        ("critic_loss < -0.5", -1.0, True),
        ("critic_loss == 0", 0.0, True),
        ("critic_loss != 0", 0.0, False),
        ("critic_loss <= inf", 5.0, True),
        ("critic_loss > 10", math.nan, False),
    ],
)
def test_a_rule_compares_the_value_of_its_tag(text: str, value: float, *, breaks: bool) -> None:
    assert parse_rule(text).breaks({"losses/critic_loss": value}, step=0) is breaks


def test_a_rule_waits_for_its_step_and_for_its_tag() -> None:
    rule = parse_rule("episodic_return < 10 after 500")
    assert not rule.breaks({"episode_end/episodic_return": 1.0}, step=499)
    assert rule.breaks({"episode_end/episodic_return": 1.0}, step=500)
    assert not rule.breaks({}, step=501)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "loss",
        "loss <",
        "loss < high",
        "loss < nan",
        "loss << 1",
        "loss < 1 before 5",
        "loss < 1; import os",
        "__import__('os').system('true') < 1 after x",
        "< 1",
        "a b < 1",
        "x" * 10_000 + " < 1",
    ],
)
def test_what_is_no_rule_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is not TAG SIGN VALUE"):
        parse_rule(text)
