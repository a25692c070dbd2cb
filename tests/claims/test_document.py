"""Markdown to sentences, each with the line that it begins in."""

from __future__ import annotations

from forensics.claims.document import passages


def texts(markdown: str) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in passages(markdown)]


def test_wrapped_sentences_keep_the_line_they_begin_in() -> None:
    assert texts("One is\nshort. Two is\nlonger.\n\nThree.") == [
        (1, "One is short."),
        (2, "Two is longer."),
        (5, "Three."),
    ]


def test_markup_is_taken_out() -> None:
    said = "**Bold** _soft_ `code_name` [a link](http://x) ~~gone~~ <b>html</b> 🎯 a\\_b"
    assert texts(said) == [(1, "Bold soft code_name a link html a_b")]


def test_abbreviations_and_decimals_end_no_sentence() -> None:
    assert texts("It is approx. 6.29, i.e. large. End") == [(1, "It is approx. 6.29, i.e. large."), (1, "End")]


def test_source_code_is_left_out_and_plain_fences_are_read() -> None:
    assert texts("```python\nx = 1\n```\n```\nloss: 5\nif loss > 3:\n```\nafter") == [(5, "loss: 5"), (8, "after")]


def test_items_know_the_item_above_and_the_line_that_opens_the_list() -> None:
    found = list(passages("# Title\n## Part\n\nFinal values:\n\n- a\n  - b\n- c\n"))
    assert [(each.text, each.parent, each.intro) for each in found[3:]] == [
        ("a", "Part", "Final values:"),
        ("b", "a", "Final values:"),
        ("c", "Part", "Final values:"),
    ]


def test_a_cell_is_read_with_its_row_and_its_column() -> None:
    table = "| metric | final | step |\n|---|:-:|---|\n| a/loss | 5 | 100 |\n| b \\| c | 6 | 200 |"
    assert texts(table) == [(3, "a/loss final at step 100: 5"), (4, "b | c final at step 200: 6")]


def test_a_table_by_steps_puts_the_step_first() -> None:
    assert texts("| step | loss |\n|---|---|\n| 100 | 5 |") == [(3, "step 100 loss: 5")]
