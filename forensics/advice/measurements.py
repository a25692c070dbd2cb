"""Reads measurements.toml: what can be logged, what the analyzer then reads, and which observations need it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from forensics.model.meaning import ClipStage, Meaning, Quantity
from forensics.signals.signals import Signals
from forensics.signals.vocabulary import meaning_of


class Measurement(msgspec.Struct, frozen=True):
    """One thing to log, in words, and the fields of Meaning that signals have where it is logged.

    What supplies no signal is the configuration. `not_in` names algorithms that have no such thing.
    """

    what: str
    supplies: tuple[dict[str, str], ...] = ()
    one_will_do: bool = False
    not_in: tuple[str, ...] = ()

    def exists_in(self, signals: Signals) -> bool:
        """Whether the run's algorithm has such a thing at all."""
        return signals.algorithm.lower() not in self.not_in

    def is_logged(self, signals: Signals) -> bool:
        """Whether the run has what this supplies."""
        if not self.supplies:
            return bool(signals.run.config)
        there = [_is_there(signals, fields) for fields in self.supplies]
        return any(there) if self.one_will_do else all(there)


class Table(msgspec.Struct, frozen=True):
    """Measurements by id; ids of the measurements that each observation needs, by the name of its detector.

    `never` names by learner the observations that it cannot have.
    """

    measurement: dict[str, Measurement]
    observation: dict[str, tuple[str, ...]]
    never: dict[str, frozenset[str]]


@cache
def table() -> Table:
    """Return the table, read once."""
    text = files("forensics.advice").joinpath("measurements.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Table)


def reads_as(meaning: Meaning, fields: dict[str, str]) -> bool:
    """Whether a meaning has all of these fields. A norm where nothing is clipped is one before and after the clip."""
    wanted = meaning_of(fields)
    unclipped = meaning.clip_stage is ClipStage.NONE
    return all(
        getattr(meaning, name) == getattr(wanted, name) or (name == "clip_stage" and unclipped) for name in fields
    )


def _is_there(signals: Signals, fields: dict[str, str]) -> bool:
    return any(reads_as(signal.meaning, fields) for signal in signals.select(Quantity(fields["quantity"])))
