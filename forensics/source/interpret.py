"""Source texts to a report: pure, in this process."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from forensics.model.source import Confidence, ConfigKeyFact, SourceReport, UnusedModuleFact
from forensics.source import configuration, moves, report, roots, unused
from forensics.source.index import Index
from forensics.source.interpreter import Interpreter
from forensics.source.limits import LIMITS, Limits
from forensics.source.run_settings import RunSettings, Setting
from forensics.source.tree import Tree

Fact = TypeVar("Fact", ConfigKeyFact, UnusedModuleFact)
RECURSION = 12_000
"""Frames of Python: each call that is followed costs some forty. Pure Python calls use no C stack from 3.11 on."""


def interpret(
    files: Mapping[str, str], limits: Limits = LIMITS, settings: Mapping[str, Setting] | None = None
) -> SourceReport:
    """Return the facts of source files, given as path to text. Files that do not parse are stated.

    `settings` are those of one run, by dotted key: the facts are then those of that run.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        tree = Tree(files)
        index = Index(tree)
        machine = Interpreter(tree, index, limits, RunSettings(settings or {}, tree))
        roots.run_all(machine)
        whole = not tree.unread and roots.all_followed(machine)
        still = moves.all_followed(tree, machine.collector.events)
        facts = report.of(machine.collector, frozenset(index.called), whole, still)
        keys, parts = configuration.facts(tree, files), unused.facts(tree, list(machine.classes.values()))
        if tree.unread:  # what is never read in the files at hand may be read in what could not be parsed
            keys, parts = tuple(map(_unsure, keys)), tuple(map(_unsure, parts))
    finally:
        sys.setrecursionlimit(before)
    return msgspec.structs.replace(
        facts,
        files=len(tree.files),
        lines=sum(file.lines for file in tree.files),
        config_keys=keys,
        unused_modules=parts,
        unread=tuple(tree.unread),
        assumed=tuple(machine.settings.used),
    )


def _unsure(fact: Fact) -> Fact:
    return msgspec.structs.replace(fact, confidence=Confidence.BY_NAME)
