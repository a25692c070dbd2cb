"""A forensics analyzer for training runs."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forensics.pipeline import analyze, load_run

__version__ = "0.1.0"
__all__ = ["__version__", "analyze", "load_run"]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for (PEP 562): importing a room loads that room alone."""
    if name in {"analyze", "load_run"}:
        return getattr(importlib.import_module("forensics.pipeline"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if "IPython" in sys.modules:  # a notebook or an IPython shell: there a diagnosis shows itself
    importlib.import_module("reports.notebook").register()
