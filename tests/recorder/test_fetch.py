"""Tensors of any kind come to the host as the numbers they hold."""

from __future__ import annotations

import pytest

from forensics.recorder.fetch import fetch

torch = pytest.importorskip("torch")


def test_a_tensor_of_several_elements_becomes_its_statistics() -> None:
    values = torch.tensor([[1.0, 2.0], [3.0, 6.0]], requires_grad=True)
    numbers, _ = fetch({"q/q1": values})
    assert numbers == pytest.approx({"q/q1_mean": 3.0, "q/q1_std": 3.5**0.5, "q/q1_min": 1.0, "q/q1_max": 6.0})


@pytest.mark.parametrize(("tag", "expected"), [("a/done_share", 0.25), ("a/age_max", 1.0), ("a/x_std", 0.75**0.5 / 2)])
def test_a_name_that_ends_in_a_statistic_gets_that_one(tag: str, expected: float) -> None:
    assert fetch({tag: torch.tensor([0, 0, 1, 0])})[0] == pytest.approx({tag: expected})


def test_mixed_kinds_keep_their_order_and_vectors_come_along() -> None:
    values = {"a/1": 1, "a/2": torch.tensor(2, dtype=torch.int64), "a/3": torch.tensor([True]), "a/4": "text"}
    numbers, vectors = fetch(values | {"a/5": torch.tensor(5.0).bfloat16()}, [torch.tensor([6.0, 7.0]), None])
    assert list(numbers.items()) == [("a/1", 1.0), ("a/2", 2.0), ("a/3", 1.0), ("a/4", "text"), ("a/5", 5.0)]
    assert vectors == [[6.0, 7.0], []]


def test_what_holds_no_real_number_does_not_spoil_the_rest() -> None:
    values = {
        "a/1": torch.tensor(1j),
        "a/2": torch.empty(2, device="meta"),
        "a/3": torch.zeros(0),
        "a/4": torch.tensor(4),
    }
    numbers, _ = fetch(values)
    assert numbers["a/4"] == 4.0
    assert set(numbers) == {"a/1", "a/2", "a/4"}
    assert isinstance(numbers["a/1"], str)
