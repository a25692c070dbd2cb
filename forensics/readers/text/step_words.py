"""The step that a line of prose names: "TRAINING STEP 5", "Epoch [3/10]", "step:10/1000", "iter 100", a bar of tqdm."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from forensics.readers.steps import COARSE, axis_of, is_update, rank_of

_STEP = re.compile(
    r"(?<![\w./\-])(?:(env|global|total|training|train|current|gradient|learner)[ _])?(num[ _]?)?"
    r"(steps?|timesteps?|frames?|iterations?|iter|it|epochs?|episodes?|ep|updates?|n_updates|t_env|s|t)"
    r"['\"]?(?:\((?:train|val|test)\))?(\s{0,8}[:=#]\s{0,16}['\"]?(?:\[\s{0,4})?|\s{1,8}|\s?\[\s{0,4}|_(?=\d{3}))"
    r"(\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.0(?!\d))?(\s{0,8}/\s{0,8}\d[\d,]{0,20})?(?![\d,]*\d|[.:\-]\d|%|\s?/)",
    re.IGNORECASE,
)
# The bar of tqdm: " 45%|####    | 45/100 [00:04<00:05,  9.52it/s, loss=2.3]".
_BAR = re.compile(
    r"\d{1,3}%\|[^|\r\n]{0,300}\|\s{0,4}(\d{1,18})/\d{1,18}\s\[[^,\]]{0,60}(?:,[^,=\]]{0,40}(?=[,\]]))?,?"
)
# The step in brackets of Google's loggers: "[100] loss=2.3, kl=0.1" and "[100] loss 2.3 / kl 0.1".
_BRACKET = re.compile(r"\[(\d{1,12})\]\s(?=[A-Za-z][\w/.\-]{0,60}(?:=|\s[+\-\d.]{1,30}\s/\s))")
# The epoch of timm: "Train: 3 [  50/1251 (  4%)]".
_EPOCH = re.compile(r"\W{0,4}train(?:ing)?:?\s{1,4}(\d{1,9})\s\[\s{0,8}\d{1,18}/\d", re.IGNORECASE)
# "[0/25][100/391]" and "Train: [0/300][100/1251]": an epoch and a batch inside it, without a word.
_EPOCH_AND_BATCH = re.compile(
    r"(?:^|\btrain(?:ing)?:?\s{0,4})\[\s{0,6}(\d{1,9})/\d{1,9}\]\s?\[\s{0,8}\d{1,9}/\d{1,9}\]", re.IGNORECASE
)
# "episode steps: 200" is a length, "fps step: 9000" a rate, "Test episodes: 10" a plan.
_NO_COUNTER = re.compile(r"\b(?:episode|ep|fps|per|max|min|mean|avg|average|n)[ _]$", re.IGNORECASE)
_NO_COUNT = re.compile(r"\b(?:test|eval|evaluation|last)[ _]$", re.IGNORECASE)
_SHORT = ("s:", "s=", "t:", "t=", "it:", "it=")
# Alone these are too short, or a plural that counts rather than numbers: they need a colon or an equals sign.
_NEED_MARK = frozenset({"s", "t", "it", "steps", "timesteps", "iterations", "epochs", "episodes", "updates", "frames"})
_REPR = re.compile(r"[\w.]{1,100}\(|[\w ]{0,60}(?:config|args|param|setting|option|flag)", re.IGNORECASE)
_SCAN = 1000
_BEFORE = 12
_MARKS = (":", "=", "#")


class Steps(NamedTuple):
    """Counters of one line. `row` is the step its numbers stand at and `axis` what that counts ("" unknown);
    `step` is the same unless it counts epochs or episodes. `episode` is the episode that a finer step stands in."""

    row: int | None = None
    axis: str = ""
    step: int | None = None
    update: int | None = None
    episode: int | None = None


def _progresses(text: str) -> bool:
    """Tell whether a total stands beside other numbers; alone, or in the repr of a configuration, it is a plan."""
    return text.count("=") + text.count(":") > 1 and not _REPR.match(text)


@lru_cache(maxsize=64)  # a line is looked at when records are put together, and again when they are read
def steps_of(text: str) -> Steps:
    """Return the counters that one line names; the finest one counts.

    A batch number inside an epoch ("Epoch [2/10], Step [30/600]") starts over with each epoch, so there the epoch
    is the step.
    """
    text = text[:_SCAN]
    low = text.lower()
    named_long = "ep" in low or "iter" in low or "update" in low or "frame" in low
    if not named_long and "][" not in low and "t_env" not in low and not any(hint in low for hint in _SHORT):
        return _unnamed(text)
    named: dict[str, tuple[int, bool]] = {}
    update: int | None = None
    for found in _STEP.finditer(text):
        first, word, mark = (found[1] or "").lower(), found[3].lower(), found[4].strip()
        if word in _NEED_MARK and mark[:1] not in _MARKS and not found[2]:
            continue
        if first == "total" and not found[6] and not found[2] and not _progresses(text):
            continue
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        planned = word in _NEED_MARK and not (found[2] and "step" in word)  # "Eval num_timesteps=1000" has come so far
        if _NO_COUNTER.search(before) or (planned and _NO_COUNT.search(before)):
            continue
        name = f"{first}_{word}" if first else word
        number = int(found[5].replace(",", ""))
        if is_update(name):
            update = number if update is None or found[2] else update  # fairseq's "update" is a part of an epoch
        else:
            named.setdefault(name if rank_of(name) is not None else word, (number, bool(found[6])))
    bar = _BAR.search(text) if "%|" in text else None
    if bar and update is None:
        named.setdefault("it", (int(bar[1]), True))
    if not named:
        batch = _EPOCH_AND_BATCH.search(text)
        if batch:
            return Steps(int(batch[1]), "epoch")
        return Steps(update, "update", None, update) if update is not None else _unnamed(text)
    return _finest(named, update)


def without_bar(text: str) -> str:
    """Return a line without the bar of tqdm: its share, its times and its rate are no measurements."""
    return _BAR.sub(" ", text) if "%|" in text else text


def _unnamed(text: str) -> Steps:
    """Return the counter of a line that has no word for it."""
    found = _BRACKET.match(text) or (_BAR.search(text) if "%|" in text else None)
    if found:
        return Steps(int(found[1]), "", int(found[1]))
    epoch = _EPOCH.match(text)
    return Steps(int(epoch[1]), "epoch") if epoch else Steps()


def _finest(named: dict[str, tuple[int, bool]], update: int | None) -> Steps:
    """Return the counters of a line from those that it names, each with its number and whether a total follows it."""
    coarse = [name for name in named if axis_of(name) == "epoch"]
    best = min(named, key=lambda name: rank_of(name) or 0)
    if coarse and best not in coarse and named[best][1]:
        best = coarse[0]
    axis, row = axis_of(best), named[best][0]
    if axis == "epoch" and update is not None:
        return Steps(update, "update", None, update)
    episode = next((number for name, (number, _) in named.items() if axis_of(name) == "episode"), None)
    return Steps(row, axis, None if axis in COARSE else row, update, None if axis == "episode" else episode)
