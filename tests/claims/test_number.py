"""A number means what it states: its value, and the precision of its last digit."""

from __future__ import annotations

import pytest

from forensics.claims.number import NUMBER, Number, number_of


def read(text: str) -> Number:
    found = NUMBER.search(text)
    assert found is not None
    return number_of(found)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("6.29", 6.29, 0.01),
        ("-6.29 TRILLION", -6.29e12, 1e10),
        ("10,000", 10_000, 1),
        ("1_000_000", 1e6, 1),
        ("50K", 50e3, 1e3),
        ("2.5M", 2.5e6, 1e5),
        ("1.6e-3", 1.6e-3, 1e-4),
        ("1e-3", 1e-3, 1e-4),
        ("4.2 × 10^5", 4.2e5, 1e4),
        ("4.2×10⁻⁵", 4.2e-5, 1e-6),
        ("0.0000", 0.0, 1e-4),
        ("three thousand is 3 thousand", 3000.0, 1000.0),
    ],
)
def test_ways_to_write_a_number(text: str, value: float, unit: float) -> None:
    number = read(text)
    assert number.value == pytest.approx(value)
    assert number.unit == pytest.approx(unit)


@pytest.mark.parametrize("text", ["Day-18", "td3", "v1", "q1_max", "3rd", "1.2.3", "17:00"])
def test_digits_of_names_versions_and_times_are_no_numbers(text: str) -> None:
    assert [each.group() for each in NUMBER.finditer(text)] == []


def test_precision_is_half_a_unit_and_about_is_five_per_cent() -> None:
    assert read("6.29").states(6.2949)
    assert not read("6.29").states(6.2951)
    assert read("about 20").states(20.9)
    assert not read("≈ 20").states(21.1)
    assert not read("0").states(1e-9)
    assert read("0.0").states(0.04)


def test_what_a_truncated_digit_excuses_is_neither_stated_nor_denied() -> None:
    assert not read("6.29").states(6.297)
    assert not read("6.29").denies(6.297)
    assert read("6.29").denies(6.301)


def test_factors_and_open_ends_are_told_apart_from_values() -> None:
    assert read("2× larger").factor
    assert read("10-fold").factor
    assert read("100K+").open_ended
    assert read("31 %").percent
