"""The logs hold records of level ERROR or CRITICAL, or tracebacks.

Observes: the level of each record and the tracebacks; warnings are counted.

Why it matters: the program itself says what failed and where; a caught error (an environment that was rebuilt, a
worker that died) leaves no other trace in the numbers.

Evidence: a text or JSON log.

How it can be wrong: libraries log harmless errors; the level is theirs to choose. The word ERROR inside a record of
a lower level is no error, and a level is not guessed from words.

References: Python's logging levels (docs.python.org/3/library/logging.html).
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.run.log_errors import is_error, is_traceback, is_warning, last_line
from forensics.model.finding import Finding, Number, Threshold
from forensics.safety.text import clean
from forensics.signals.signals import Signals

META = Meta(
    code="RUN104",
    name="error-lines",
    fired="The logs report errors",
    clear="The logs report no error",
    group="log-errors",
    needs=("text or JSON log",),
    leak=(10, 100),
    leak_reason="Healthy runs log caught and harmless errors; about one in ten does.",
    how_to_log='logging.basicConfig(filename="train.log", level=logging.INFO)',
)
THRESHOLDS = {"records": Threshold(1, "records", "one error is one too many; what it meant is for the reader to judge")}
QUOTED = 5


def detect(signals: Signals) -> Finding:
    """Quote the error records by file and line."""
    logs = signals.run.logs
    if not logs:
        return META.not_applicable()
    errors = [record for record in logs if is_error(record)]
    values: dict[str, Number] = {
        "errors": len(errors),
        "tracebacks": sum(map(is_traceback, errors)),
        "warnings": sum(map(is_warning, logs)),
        "records": len(logs),
    }
    if not errors:
        return META.pass_(f"None of {len(logs)} records is an error; {values['warnings']} are warnings.", values=values)
    first = errors[0]
    return META.fire(
        f"{len(errors)} of {len(logs)} log records are errors against none expected; the first is "
        f"{first.file}:{first.line}: {clean(last_line(first), 120)}",
        values={**values, "first": clean(last_line(first), 120)},
        evidence=[record.ref() for record in errors[:QUOTED]],
        onset=first.step,
    )
