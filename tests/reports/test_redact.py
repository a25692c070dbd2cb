"""Homes and secrets stay out; everything else stays as it was."""

from __future__ import annotations

import time

import pytest

from reports.redact import hides, redact, text
from tests.reports.diagnoses import full


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/home/ada/runs/x", "~/runs/x"),
        ("/Users/ada/runs", "~/runs"),
        ("C:\\Users\\ada\\runs", "~\\runs"),
        ("/" + "root/runs", "~/runs"),
        ("data/root/x and /rooted", "data/root/x and /rooted"),
        ("password=hunter2 lr=1e-3", "password=[redacted] lr=1e-3"),
        ("api_key: abc", "api_key: [redacted]"),
        ("https://ada:pw@host/x", "https://[redacted]@host/x"),
        ("hf_" + "a1" * 17, "[redacted]"),
        ("losses/skip_connection_encoder_norm_mean", "losses/skip_connection_encoder_norm_mean"),
        ("hf_learning_rate_scheduler_of_the_encoder", "hf_learning_rate_scheduler_of_the_encoder"),
    ],
)
def test_homes_and_secrets_in_a_text(before: str, after: str) -> None:
    assert text(before) == after


@pytest.mark.parametrize(
    ("key", "value", "hidden"),
    [
        ("wandb.api_key", "0123abcd", True),
        ("apiKey", "0123abcd", True),
        ("db.password", "1234", True),
        ("max_token", "512", False),
        ("tokenizer", "bpe", False),
        ("monkey", "x", False),
        ("use_auth", "false", False),
        ("token", "", False),
        ("lr", "1e-3", False),
    ],
)
def test_configuration_values_that_look_like_secrets(key: str, value: str, hidden: bool) -> None:
    assert hides(key, value) is hidden


def test_nothing_else_of_a_diagnosis_changes() -> None:
    before, after = full(), redact(full())
    assert after.findings == before.findings
    assert after.causes == before.causes
    assert after.verdict == before.verdict
    assert [row.declared for row in after.config] == ["1e-3", "0.9", "[redacted]", "~/runs"]


def test_a_text_made_to_be_slow_is_not() -> None:
    begin = time.process_time()
    for hostile in ("a:" * 50_000, "password" * 20_000, "/home/" * 50_000, "eyJ" + "a" * 200_000, "x://" * 50_000):
        text(hostile)
    assert time.process_time() - begin < 2
