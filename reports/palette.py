"""The colours of the report, in both schemes, and which of them stand on which.

Every pair in TEXT_PAIRS has a contrast of at least 4.5:1 and every pair in MARK_PAIRS of at least 3:1
(WCAG 2.2, success criteria 1.4.3 and 1.4.11); a test computes both. No meaning is carried by colour alone:
lines differ in their dashes, roles in their shape and word.
"""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff",
    "sheet": "#f5f6f7",
    "rule": "#d4d8dd",
    "edge": "#7b8591",
    "ink": "#1a1e23",
    "muted": "#56606b",
    "accent": "#1c4f91",
    "fault": "#9c2d1c",
    "sound": "#25663a",
    "doubt": "#7a5200",
    "line1": "#0b62a8",
    "line2": "#b5480b",
    "line3": "#1d7a52",
    "line4": "#8a3d8f",
    "line5": "#7a5c00",
    "line6": "#505a64",
}

DARK = {
    "paper": "#14171b",
    "sheet": "#1d2126",
    "rule": "#363d45",
    "edge": "#7f8a96",
    "ink": "#e6e8ea",
    "muted": "#a4afba",
    "accent": "#8fbcf2",
    "fault": "#f29a86",
    "sound": "#84cb9a",
    "doubt": "#e0bb63",
    "line1": "#6cb2f0",
    "line2": "#f2a057",
    "line3": "#66c79a",
    "line4": "#d192d6",
    "line5": "#d8b94a",
    "line6": "#aab3bd",
}

TEXT_PAIRS = [
    (text, ground) for text in ("ink", "muted", "accent", "fault", "sound", "doubt") for ground in ("paper", "sheet")
]
MARK_PAIRS = [(mark, "paper") for mark in ("edge", "accent", "fault", *(f"line{number}" for number in range(1, 7)))]

# Dashes of the lines of a figure, in points: with them a line is known without its colour.
DASHES = ("", "6 2", "2 2", "8 2 2 2", "10 3", "1 2")
LINES = len(DASHES)


def sentinel(name: str) -> str:
    """Return the colour that stands for `name` while a figure is drawn; it becomes a class afterwards."""
    return f"#fe{list(LIGHT).index(name):04x}"


def classes() -> dict[str, str]:
    """Return the class suffix for every sentinel colour."""
    return {sentinel(name): name for name in LIGHT}
