"""One line of a correct source is broken and the detector of that fault names it; unedited sources accuse nothing."""

from __future__ import annotations

import pytest

from forensics.model.finding import Status
from tests.source.mutants import edited, original, said_of, with_status
from tests.source.mutations import BY_PROGRAM, Mutation

MUTANTS = [
    pytest.param(program, mutation, id=f"{program}-{mutation.name}")
    for program, mutations in BY_PROGRAM.items()
    for mutation in mutations
]


@pytest.mark.parametrize("program", ["trainer", *BY_PROGRAM])
def test_a_correct_source_fires_nothing(program: str) -> None:
    assert with_status(said_of(dict(original(program))), Status.FIRED) == ()


@pytest.mark.parametrize(("program", "mutation"), MUTANTS)
def test_each_fault_is_named_at_a_line_of_the_source(program: str, mutation: Mutation) -> None:
    tree = edited(dict(original(program)), mutation)
    finding = said_of(tree)[mutation.expected]
    assert finding.status is Status.FIRED, finding.statement
    file, line = finding.evidence[0].file, finding.evidence[0].line
    assert file in tree
    assert line is not None
    assert 0 < line <= len(tree[file].splitlines())
    assert f"{file}:{line}" in finding.statement or f":{line}" in str(finding.values["place"])
