"""Configuration that a script wrote into TensorBoard as text."""

from __future__ import annotations

import time

from forensics.readers.tagtext import facts_of_text


def facts(tag: str, text: str) -> dict[str, object]:
    found = facts_of_text(tag, text, "e")
    assert {fact.origin for fact in found} <= {"text"}
    return {fact.key: fact.value for fact in found}


def test_a_table_of_two_columns() -> None:
    text = "|param|value|\n|-|-|\n|lr|0.001|\n|layers|[64, 64]|\n|env|Hopper-v4|\n|anneal|True|\n|seed|None|"
    expected = {"lr": 0.001, "layers": [64, 64], "env": "Hopper-v4", "anneal": True, "seed": None}
    assert facts("hyperparameters/text_summary", text) == expected


def test_the_repr_of_a_namespace() -> None:
    assert facts("args", "Namespace(lr=0.001, env='a, b', sizes=[1, 2])") == {
        "lr": 0.001,
        "env": "a, b",
        "sizes": [1, 2],
    }


def test_the_repr_of_a_dict() -> None:
    text = "{'lr': 0.001, 'net': {'sizes': (64, 64), 'dueling': None}, 'limit': 1e-08}"
    assert facts("args/text_summary", text) == {
        "lr": 0.001,
        "net.sizes": [64, 64],
        "net.dueling": None,
        "limit": 1e-08,
    }
    assert facts("args", "{'lr': open('x')}") == {}
    assert facts("args", "Namespace(lr=0.001, more={'a': 1})")["lr"] == 0.001


def test_a_json_object_in_prose() -> None:
    assert facts("config/text_summary", '```\n{"algo": {"tau": 0.005}}\n```') == {"algo.tau": 0.005}


def test_other_texts_are_no_configuration() -> None:
    assert facts("samples/text", '{"a": 1}') == {}
    assert facts("config", "a note in prose with a = b") == {}


def test_values_are_read_and_never_evaluated() -> None:
    text = "|param|value|\n|-|-|\n|x|__import__('os').getcwd()|"
    assert facts("hyperparameters", text) == {"x": "__import__('os').getcwd()"}


def test_no_text_takes_long() -> None:
    begin = time.perf_counter()
    for text in (
        "args(" + "a=(" * 30_000,
        "|" * 90_000,
        "{" * 90_000,
        "x(a=1" + ",a=1" * 20_000,
        "A(" + "a=" * 40_000 + ")",
        "{" + "'a': [" * 12_000,
    ):
        facts_of_text("config", text, "e")
    assert time.perf_counter() - begin < 2
