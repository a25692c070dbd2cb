"""Reads tag names: what a name claims to be."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from forensics.model.meaning import Meaning, Quantity

# "meanReward" and "GaussianMLPPolicy": a capital after a small letter, or the last capital before small letters.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_WORD = re.compile(r"[^a-z0-9]+")
_GREEK = str.maketrans(
    {"ε": " epsilon ", "α": " alpha ", "⍺": " alpha ", "γ": " gamma ", "∇": " grad ", "μ": " mean ", "σ": " std "}
)
_TAG_LENGTH = 300  # longer names carry no more meaning, and patterns must stay cheap on hostile input


class Rule(msgspec.Struct, frozen=True):
    """One pattern of the vocabulary. `quantities` restricts a modifier to these quantities."""

    pattern: str
    value: str = ""
    quantities: tuple[str, ...] = ()


class Framework(msgspec.Struct, frozen=True):
    """How a framework is recognised by its tags, and how its logger aggregates over time.

    `bookkeeping` names tags, without the prefix, that measure nothing there whatever their words say.
    """

    name: str
    tags: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    prefix: str = ""
    aggregation: str = "unknown"
    reads: tuple[dict[str, str], ...] = ()
    bookkeeping: tuple[str, ...] = ()

    def reading(self, tag: str) -> dict[str, str] | None:
        """Return the fields of the meaning that a tag has in this framework alone, or None where it has none.

        A row of `reads` holds a `pattern`, found in the tag as it is written, and these fields.
        """
        found = next((row for row in self.reads if re.search(row["pattern"], tag)), None)
        return None if found is None else {key: value for key, value in found.items() if key != "pattern"}

    def recognises(self, tags: frozenset[str]) -> bool:
        """Whether these are the tags of a run of this framework."""
        if self.prefix and any(tag.startswith(self.prefix) for tag in tags):
            return True
        return all(tag in tags for tag in self.tags) and any(tag in tags for tag in self.any)

    def keeps(self, tag: str) -> bool:
        """Whether this tag is bookkeeping of the framework."""
        return tag.removeprefix(self.prefix) in self.bookkeeping


class Vocabulary:
    """Compiled vocabulary.toml and frameworks.toml."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._strip = re.compile("|".join(rf"\b{re.escape(words)}\b" for words in document["strip"]))
        self._quantities = [
            (re.compile(row["pattern"]), {key: value for key, value in row.items() if key != "pattern"})
            for row in document["quantity"]
        ]
        self._modifiers = {
            name: [(re.compile(rule.pattern), rule) for rule in msgspec.convert(document[name], tuple[Rule, ...])]
            for name in ("network", "module", "clip_stage", "role", "statistic", "member", "axis")
        }
        self.frameworks = msgspec.convert(document["framework"], tuple[Framework, ...])

    def claim(self, tag: str, fixed: dict[str, str] | None = None) -> tuple[Meaning, frozenset[str]]:
        """Return what the name claims, and the fields that the name itself speaks of; `fixed` are known beforehand."""
        said = self._strip.sub(" ", words(tag)).strip()
        held = _LOSS_FOLDER.match(said)
        if fixed is None and held and held.group(1) not in _NETWORK_WORDS:
            fixed = self._quantity(held.group(1))
        fixed = fixed or self._quantity(said) or {"quantity": Quantity.OTHER.value}
        return self._complete(said, dict(fixed))

    def _quantity(self, said: str) -> dict[str, str] | None:
        """Return the fields of the first quantity whose pattern is found, or None."""
        return next((fixed for pattern, fixed in self._quantities if pattern.search(said)), None)

    def _complete(self, said: str, fields: dict[str, str]) -> tuple[Meaning, frozenset[str]]:
        for name, rules in self._modifiers.items():
            if name in fields:
                continue
            for pattern, rule in rules:
                if (not rule.quantities or fields["quantity"] in rule.quantities) and pattern.search(said):
                    fields[name] = rule.value
                    break
        if fields["quantity"] in _NAMED:
            moved = _MOVED.search(said)
            fields.setdefault("name", moved.group() if moved else _subject(said))
        return meaning_of(fields), frozenset(fields)


# "losses/qf1_values" holds values: what stands in a folder of losses is a loss only if its own words name nothing else,
# as in "Loss/box", or name a network alone, as in "Loss/critic".
_LOSS_FOLDER = re.compile(r"loss(?:es)? (.+)")
_NETWORK_WORDS = frozenset(
    "actor critic policy pi value v vf q q1 q2 qf qf1 qf2 qf 1 alpha temperature generator discriminator".split()
) | {"value function"}
_NAMED = frozenset({Quantity.ACTION, Quantity.MOTION, Quantity.REWARD_COMPONENT, Quantity.OBSERVATION})
_MOVED = re.compile(r"\b(speed|velocity|distance)\b")
_PLAIN_WORDS = frozenset(  # what is left of an action's or a reward's tag without these names the component
    "debug action actions reward rewards component components contribution term terms part mean std min max "
    "observation obs eval train avg average value policy actor rollout executed".split()
)


def _subject(said: str) -> str:
    """Return what is left of the words when those that name no component are taken out."""
    return " ".join(word for word in said.split() if word not in _PLAIN_WORDS)


def words(tag: str) -> str:
    """Return a tag as lower-case words parted by single blanks."""
    return _WORD.sub(" ", _CAMEL.sub(" ", tag[:_TAG_LENGTH].translate(_GREEK)).lower()).strip()


def meaning_of(fields: dict[str, str]) -> Meaning:
    """Return the Meaning of plain field values.

    Raises:
        msgspec.ValidationError: a field or a value that Meaning does not know.
    """
    unknown = set(fields) - set(Meaning.__struct_fields__)
    if unknown:
        raise msgspec.ValidationError(f"a meaning has no field {sorted(unknown)[0]!r}")
    return msgspec.convert(fields, Meaning, strict=False)


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read once."""
    home = files("forensics.signals")
    texts = [home.joinpath(name).read_text(encoding="utf-8") for name in ("vocabulary.toml", "frameworks.toml")]
    return Vocabulary(tomllib.loads(texts[0]) | tomllib.loads(texts[1]))


def framework_of(tags: Iterable[str]) -> Framework | None:
    """Return the framework whose tags these are, or None."""
    known = frozenset(tags)
    return next((item for item in vocabulary().frameworks if item.recognises(known)), None)
