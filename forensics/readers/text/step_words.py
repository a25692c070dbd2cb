"""The step that a line of prose names: "TRAINING STEP 5", "Epoch [3/10]", "step:10/1000", "iter 100"."""

from __future__ import annotations

import re
from typing import NamedTuple

from forensics.readers.steps import COARSE, axis_of, is_update, rank_of

_STEP = re.compile(
    r"(?<![\w./\-])(?:(env|global|total|training|train|current|gradient|learner)[ _])?"
    r"(steps?|timesteps?|iterations?|iter|it|epochs?|episodes?|updates?|n_updates|s|t)"
    r"['\"]?(\s{0,8}[:=#]\s{0,8}|\s{1,8}|\s?\[\s?)"
    r"(\d{1,3}(?:,\d{3})+|\d{1,18})(\s?/\s?\d[\d,]{0,20})?(?![\d,]*\d|[.:\-]\d|%|\s?/)",
    re.IGNORECASE,
)
_SHORT = ("s:", "s=", "t:", "t=", "it:", "it=")
# Alone these are too short, or a plural that counts rather than numbers: they need a colon or an equals sign.
_NEED_MARK = frozenset({"s", "t", "it", "steps", "timesteps", "iterations", "epochs", "episodes", "updates"})
_REPR = re.compile(r"[\w.]{1,100}\(|[\w ]{0,60}(?:config|args|param|setting|option|flag)", re.IGNORECASE)
_SCAN = 1000


class Steps(NamedTuple):
    """Counters of one line. `row` is the step its numbers stand at and `axis` what that counts ("" unknown);
    `step` is the same unless it counts epochs or episodes."""

    row: int | None = None
    axis: str = ""
    step: int | None = None
    update: int | None = None


def _progresses(text: str) -> bool:
    """Tell whether a total stands beside other numbers; alone, or in the repr of a configuration, it is a plan."""
    return text.count("=") + text.count(":") > 1 and not _REPR.match(text)


def steps_of(text: str) -> Steps:
    """Return the counters that one line names; the finest one counts.

    A batch number inside an epoch ("Epoch [2/10], Step [30/600]") starts over with each epoch, so there the epoch
    is the step.
    """
    text = text[:_SCAN]
    low = text.lower()
    named_long = "step" in low or "iter" in low or "epoch" in low or "episode" in low or "update" in low
    if not named_long and not any(hint in low for hint in _SHORT):
        return Steps()
    named: dict[str, tuple[int, bool]] = {}
    update: int | None = None
    for found in _STEP.finditer(text):
        first, word, mark = (found[1] or "").lower(), found[2].lower(), found[3].strip()
        if word in _NEED_MARK and mark not in (":", "=", "#"):
            continue
        if first == "total" and not _progresses(text):
            continue
        name = f"{first}_{word}" if first else word
        number = int(found[4].replace(",", ""))
        if is_update(name):
            update = number if update is None else update
        else:
            named.setdefault(name if rank_of(name) is not None else word, (number, bool(found[5])))
    if not named:
        return Steps(update, "update", None, update) if update is not None else Steps()
    coarse = [name for name in named if axis_of(name) == "epoch"]
    best = min(named, key=lambda name: rank_of(name) or 0)
    if coarse and best not in coarse and named[best][1]:
        best = coarse[0]
    axis, row = axis_of(best), named[best][0]
    return Steps(row, axis, None if axis in COARSE else row, update)
