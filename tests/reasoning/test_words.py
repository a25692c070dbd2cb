"""Likelihoods in words, and lists in sentences."""

from __future__ import annotations

import pytest

from forensics.reasoning.words import in_words, listed


@pytest.mark.parametrize(
    ("likelihood", "word"),
    [
        (0.01, "almost no chance"),
        (0.05, "almost no chance"),
        (0.06, "very unlikely"),
        (0.2, "very unlikely"),
        (0.21, "unlikely"),
        (0.45, "unlikely"),
        (0.5, "roughly even chance"),
        (0.56, "likely"),
        (0.8, "likely"),
        (0.81, "very likely"),
        (0.95, "very likely"),
        (0.96, "almost certain"),
    ],
)
def test_the_seven_bands_of_icd_203(likelihood: float, word: str) -> None:
    assert in_words(likelihood) == word


def test_items_are_joined_as_a_sentence_does() -> None:
    assert [listed(["a", "b", "c"][:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b"], "or") == "a or b"
