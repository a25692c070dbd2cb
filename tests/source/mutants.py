"""Break correct TD3 sources one line at a time and print what the detectors of the source say.

    python tests/source/mutants.py [--require 0.95]

Originals: the trainer's own source with the flight recorder, and those of tests/source_mutants. A mutant is caught
where its finding fires; an original is accused where any finding of the source fires on it. The trainer's faults that
leave no mark in the facts of a source are listed with the reason and not counted.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from forensics.detectors.registry import detectors
from forensics.model.evidence import ConfigFact, Run
from forensics.model.finding import Finding, Status
from forensics.signals.signals import Signals
from forensics.source.interpret import interpret
from forensics.source.run_settings import Setting
from tests.source.mutations import BY_PROGRAM, OF_TRAINER, Mutation
from trainer.planting import library
from trainer.planting.source import copy_source

SOURCES = ROOT / "tests" / "source_mutants"
LIMITS = {"max_grad_norm": 0.5}
Tree = dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What one mutant showed. `fired` are the findings of the source that fired."""

    program: str
    mutation: str
    expected: str
    fired: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def caught(self) -> bool:
        return self.expected in self.fired


def said_of(tree: Tree, settings: Mapping[str, Setting] = LIMITS) -> dict[str, Finding]:
    """Return the findings of the source by name, for a tree that nothing but a configuration comes with."""
    config = tuple(ConfigFact(key=key, value=value, file="config.yaml") for key, value in settings.items())
    report = interpret(tree, settings=settings)
    run = Run(name="mutant", path="mutant", config=config, source=report, source_texts=tree)
    seen = Signals(run=run, signals=())
    return {one.meta.name: one.detect(seen) for one in detectors() if one.family == "source"}


def with_status(said: dict[str, Finding], status: Status) -> tuple[str, ...]:
    return tuple(sorted(name for name, finding in said.items() if finding.status is status))


@cache
def original(program: str) -> tuple[tuple[str, str], ...]:
    """Return the files of a correct program."""
    if program == "trainer":
        with tempfile.TemporaryDirectory() as folder:
            copy_source(Path(folder))
            return tuple(_as_recorded(_files(Path(folder))).items())
    return tuple(_files(SOURCES / program).items())


def _files(folder: Path) -> Tree:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}


def edited(tree: Tree, mutation: Mutation) -> Tree:
    """Return the tree with one mutation. Raises ValueError where the text to replace does not stand there once."""
    changed = dict(tree)
    for edit in mutation.edits:
        if changed[edit.file].count(edit.before) != 1:
            raise ValueError(f"{mutation.name}: {edit.before!r} stands {changed[edit.file].count(edit.before)} times")
        changed[edit.file] = changed[edit.file].replace(edit.before, edit.after)
    return changed


def planted(fault: str) -> Tree:
    """Return the trainer's source with one of its own faults."""
    found = library.find(fault)
    with tempfile.TemporaryDirectory() as folder:
        copy_source(Path(folder))
        for edit in found.edits:
            edit.apply(Path(folder), found.strength)
        return _as_recorded(_files(Path(folder)))


def settings_of(tree: Tree, flags: str = "") -> dict[str, Setting]:
    """Return what the trainer writes to config.yaml: the defaults of its dataclasses, and the flags given."""
    classes = {node.name: node for node in ast.parse(tree["trainer/config.py"]).body if isinstance(node, ast.ClassDef)}
    given = flags.split()
    flag = {word.lstrip("-").replace("-", "_"): value for word, value in zip(given[::2], given[1::2], strict=True)}
    found: dict[str, Setting] = {}
    for section in _fields(classes["Config"]):
        for field in _fields(classes[ast.unparse(section.annotation)]):
            assert isinstance(field.target, ast.Name)
            assert isinstance(section.target, ast.Name)
            assert field.value is not None
            default = ast.literal_eval(field.value)
            value = flag.get(field.target.id, default)
            found[f"{section.target.id}.{field.target.id}"] = type(default)(value)
    return found


def _fields(node: ast.ClassDef) -> list[ast.AnnAssign]:
    return [one for one in node.body if isinstance(one, ast.AnnAssign)]


def _as_recorded(tree: Tree) -> Tree:
    """Lay a copy of the source out as the recorder's snapshot does: the packages trainer and recorder, side by side."""
    kept = {name: text for name, text in tree.items() if name.startswith(("trainer/", "forensics/recorder/"))}
    return {name.removeprefix("forensics/"): text for name, text in kept.items()}


def programs() -> tuple[str, ...]:
    return ("trainer", *BY_PROGRAM)


def outcomes() -> Iterator[Outcome]:
    """Yield the outcome of every mutant."""
    for fault, expected in OF_TRAINER.items():
        tree, flags = planted(fault), library.find(fault).base
        yield _outcome("trainer", fault, expected, tree, settings_of(tree, flags))
    for program, mutations in BY_PROGRAM.items():
        for mutation in mutations:
            tree = edited(dict(original(program)), mutation)
            yield _outcome(program, mutation.name, mutation.expected, tree, LIMITS)


def _outcome(program: str, name: str, expected: str, tree: Tree, settings: Mapping[str, Setting]) -> Outcome:
    said = said_of(tree, settings)
    return Outcome(program, name, expected, with_status(said, Status.FIRED), with_status(said, Status.INCONCLUSIVE))


def main() -> int:
    """Print the table and its sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--require", type=float, default=0.95)
    options = parser.parse_args()
    accused = 0
    for program in programs():
        tree = dict(original(program))
        fired = with_status(said_of(tree, settings_of(tree) if program == "trainer" else LIMITS), Status.FIRED)
        accused += bool(fired)
        print(f"{'ACCUSED' if fired else 'clean  '} {program:9} unedited: {', '.join(fired) or '-'}", flush=True)
    caught = total = 0
    for one in outcomes():
        total += 1
        caught += one.caught
        others = ", ".join(name for name in one.fired if name != one.expected) or "-"
        left = f" (left open: {', '.join(one.open)})" if not one.caught and one.open else ""
        state = "caught " if one.caught else "MISSED "
        print(f"{state} {one.program:9} {one.mutation:34} {one.expected:36} also: {others}{left}", flush=True)
    print(
        f"{caught} of {total} mutants caught ({caught / total:.0%}); {accused} of {len(programs())} originals accused"
    )
    return int(caught < options.require * total or accused > 0)


if __name__ == "__main__":
    sys.exit(main())
