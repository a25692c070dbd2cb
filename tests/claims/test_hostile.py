"""A document is untrusted: it is read in bounded time, and nothing of it reaches a terminal raw."""

from __future__ import annotations

import time

import pytest

from tests.claims.test_documents import checked

RUN = "pendulum-td3-loss-detached"
MEGABYTE = 1_000_000
HOSTILE = {
    "one line of a": "a" * MEGABYTE,
    "one line of numbers": "actor loss " + "1 " * (MEGABYTE // 2),
    "one line of digits": "actor loss is " + "1" * MEGABYTE,
    "one line of tags": "train/actor_loss " * 60_000,
    "one line of stars": "*" * MEGABYTE,
    "one line of brackets": "[" * MEGABYTE,
    "one line of links": "[a](" * 250_000,
    "one line of angles": "<a " * 330_000,
    "one line of comments": "<!--" * 250_000,
    "one line of bars": "|" * MEGABYTE,
    "one line of blanks": " " * MEGABYTE + "x",
    "one line of thousands": "actor loss is 1" + ",000" * 250_000,
    "many long sentences": ("The actor loss " + "which is " * 80 + "5. ") * 1000,
    "many short lines": "- actor loss is 5\n" * 5000,
    "a wide table": "|a" * 5000 + "|\n" + "|-" * 5000 + "|\n" + "|1" * 5000 + "|",
    "a deep list": "".join(" " * depth + "- train/actor_loss is 5\n" for depth in range(500)),
    "an open fence": "```\n" + "actor loss: 5\n" * 1000,
    "an open comment": "<!--\n" + "actor loss: 5\n" * 1000,
    "control characters": "\x1b[31mThe actor loss ended at 5\x1b[0m\x00\x07\u202e",
    "private use marks": "\ue0000\ue001 is \ue0020\ue003 and \ue0040\ue005 \ue0060\ue007 at \ue00099\ue001",
    "nested markup": "***~~`[**train/actor_loss**](x)`~~*** ended at __5__",
    "a huge exponent": "The actor loss ended at 1e999 and 10^99999999.",
    "replacement characters": b"\xff\xfe\x80 actor loss ended at 5".decode("utf-8", "replace"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_read_in_bounded_time(name: str) -> None:
    checked("warm up: actor loss is 5", RUN)
    start = time.process_time()
    found = checked(HOSTILE[name], RUN)
    assert time.process_time() - start < 5
    for each in found:
        assert all(character >= " " for character in each.quote + each.claim + each.statement)


def test_a_nul_between_letters_does_not_hide_a_claim() -> None:
    assert [each.mark for each in checked("The actor loss ended at 5\x00.", RUN)] == ["contradicted"]
