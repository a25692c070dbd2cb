"""The one style sheet of the report, and the hash that lets the browser accept it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reports.palette import DARK, LIGHT

TEMPLATES = Path(__file__).parent / "templates"


@cache
def stylesheet() -> str:
    """Return the CSS: the two palettes as custom properties, the classes of the figures, then report.css."""
    light, dark = _properties(LIGHT), _properties(DARK)
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        f"@media print{{:root{{color-scheme:light;{light}}}}}\n"
        + "".join(f".s-{name}{{stroke:var(--{name})}}.f-{name}{{fill:var(--{name})}}\n" for name in LIGHT)
        + (TEMPLATES / "report.css").read_text(encoding="utf-8")
    )


def style_source(css: str) -> str:
    """Return the CSP source expression that allows exactly this style block."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _properties(palette: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in palette.items())
