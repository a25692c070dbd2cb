"""An error in the log that speaks of a NaN or an infinity.

Observes: an error record or a traceback whose text names a non-finite number.

Why it matters: a library that refuses a NaN ends the run before the number is ever logged: the log then holds the only
trace of it.

Evidence: a text log or a structured log.

How it can be wrong: an error that quotes a NaN which is handled; a word that only looks like one is left out.

References: PyTorch's distributions raise ValueError on invalid parameters; torch.autograd.detect_anomaly raises on NaN;
fault catalogue, non-finite-values.
"""

from __future__ import annotations

import re

from forensics.detectors.meta import Meta
from forensics.detectors.run.log_errors import is_error, last_line
from forensics.model.finding import Finding, Threshold
from forensics.safety.text import clean
from forensics.signals.signals import Signals

META = Meta(
    code="RUN108",
    name="non-finite-reported",
    fired="The log reports a non-finite number as an error",
    clear="No error in the log speaks of a non-finite number",
    group="non-finite",
    needs=("errors in a log",),
    leak=(1, 500),
    leak_reason="An error that names a NaN is seldom about anything else.",
    how_to_log="logging.basicConfig(filename='train.log', level=logging.INFO)  # and let exceptions reach it",
)
THRESHOLDS: dict[str, Threshold] = {}
_LINE = 2000  # characters of a line that are searched
_NON_FINITE = re.compile(r"(?<![\w/.])(?:nans?|-?inf|infinity|non-?finite|not finite)(?![\w/])", re.IGNORECASE)


def detect(signals: Signals) -> Finding:
    """Look for the first error that names a non-finite number."""
    if not signals.run.logs:
        return META.not_applicable()
    errors = [record for record in signals.run.logs if is_error(record)]
    if not errors:
        return META.not_applicable("error in the log")
    for record in errors:
        lines = (last_line(record), record.message, *record.body)
        told = next((line for line in lines if _NON_FINITE.search(line[:_LINE])), None)
        if told is not None:
            return META.fire(
                f"{record.file}:{record.line} reports a non-finite number: {clean(told, 160)}",
                values={"line": record.line},
                evidence=[record.ref()],
                onset=record.step,
            )
    return META.pass_(f"None of {len(errors)} errors in the log speaks of a non-finite number.")
