"""Both colour schemes can be read, and no meaning hangs on colour alone."""

from __future__ import annotations

import pytest

from reports.palette import DARK, DASHES, LIGHT, MARK_PAIRS, TEXT_PAIRS, classes
from reports.theme import stylesheet
from reports.words import ROLES


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_contrasts() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_what_it_stands_on(palette: dict[str, str], text: str, ground: str) -> None:
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_stand_out_from_what_they_stand_on(palette: dict[str, str], mark: str, ground: str) -> None:
    assert contrast(palette[mark], palette[ground]) >= 3


def test_every_colour_of_the_style_sheet_is_one_of_the_palette() -> None:
    rules = stylesheet().split("/*")[0]
    for name in LIGHT:
        assert f"--{name}:" in rules
    used = {part.split(")")[0] for part in rules.split("var(--")[1:]}
    assert used <= LIGHT.keys()


def test_lines_and_roles_differ_without_colour() -> None:
    assert len(set(DASHES)) == len(DASHES)
    assert len({shape for shape, _ in ROLES.values()}) == len(ROLES)
    assert len(classes()) == len(LIGHT)
