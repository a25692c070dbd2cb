"""Shows how every tag of a run was read and why, and the one line that mends a wrong reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.cohort.find import find
from forensics.command.tag_meanings import allowed
from forensics.errors import UsageError
from forensics.safety.limits import Limits
from forensics.safety.text import clean

if TYPE_CHECKING:
    from forensics.model.diagnosis import Diagnosis, SignalSummary

UNKNOWN = "other"
_NAMED = 12


def one_run(path: Path, limits: Limits) -> None:
    """Raise UsageError where a folder holds several runs: their tags are not one list."""
    try:
        found = find(path, limits).runs
    except OSError:
        return
    if len(found) > 1:
        shown = ", ".join(run.label for run in found[:3]) + (", ..." if len(found) > 3 else "")
        raise UsageError(f"{path} holds {len(found)} runs ({shown}); name one of them")


def lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield how each tag was read, then the tags that nothing is known of, then how to say what a tag means."""
    for signal in diagnosis.signals:
        yield from _signal(signal)
    unknown = [signal.tag for signal in diagnosis.signals if _quantity(signal) == UNKNOWN]
    yield ""
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        yield f"{len(unknown)} of {len(diagnosis.signals)} tags are of no quantity that a detector asks for: " + (
            f"{', '.join(clean(tag, 80) for tag in unknown[:_NAMED])}{more}"
        )
    example = clean(next(iter([*unknown, *(signal.tag for signal in diagnosis.signals)]), "loss/pi"), 80)
    yield "A reading is wrong, or missing? Say what the tag means, for this call or for good:"
    yield f"    --tag '{example}=QUANTITY[,FIELD=VALUE...]'"
    yield f'    [tool.forensics]    tags = {{ "{example}" = "QUANTITY[,FIELD=VALUE...]" }}    in ./pyproject.toml'
    for name, words in allowed().items():
        yield f"    {name}: {', '.join(words)}"


def _signal(signal: SignalSummary) -> Iterator[str]:
    """Yield how one tag was read: its fields by how well they are known, then the reasons, equal ones once."""
    yield f"{clean(signal.tag, 200)}  ({clean(signal.source, 200)}, {signal.points} points)"
    for standing, fields in (("established", signal.established), ("claimed", signal.claimed)):
        if fields:
            yield f"    {standing:<12} " + " ".join(f"{field}={value}" for field, value in fields.items())
    if signal.contested:
        readings = (f"{field}={'|'.join(values)}" for field, values in signal.contested.items())
        yield f"    {'contested':<12} " + " ".join(readings)
    reasons: dict[str, list[str]] = {}
    for reason in signal.how:
        field, _, why = reason.partition(": ")
        reasons.setdefault(why, []).append(field)
    for why, fields_of in reasons.items():
        yield f"    - {', '.join(fields_of)}: {clean(why, 400)}"


def _quantity(signal: SignalSummary) -> str:
    return signal.established.get("quantity") or signal.claimed.get("quantity", UNKNOWN)
