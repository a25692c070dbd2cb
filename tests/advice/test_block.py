"""Blocks of code made from templates: what is wanted is in them, what nobody uses is not, and all of it is code."""

from __future__ import annotations

import ast

import pytest

from forensics.advice.block import compose, frameworks, measurable
from forensics.advice.measurements import table
from forensics.detectors.registry import detectors

TEMPLATES = [(framework, learner) for framework, learners in frameworks().items() for learner in learners]
SB3 = ("stable-baselines3", "actor-critic")


def able(framework: str, learner: str) -> list[str]:
    return [name for name in table().measurement if name in measurable(framework, learner)]


@pytest.mark.parametrize(("framework", "learner"), TEMPLATES)
def test_every_block_is_code_without_marks_whatever_is_wanted(framework: str, learner: str) -> None:
    names = able(framework, learner)
    for wanted in ([], names, names[::-1], *([name] for name in names)):
        code = compose(framework, learner, wanted).code
        ast.parse(code)
        assert not any(line.lstrip().startswith(("#:", "#?", "#<", "#.")) for line in code.splitlines())
        assert max(map(len, code.splitlines())) <= 120
        assert "\n\n\n\n" not in code


@pytest.mark.parametrize(("framework", "learner"), TEMPLATES)
def test_every_measurement_has_lines_of_its_own_and_they_are_where_the_block_says(framework: str, learner: str) -> None:
    block = compose(framework, learner, able(framework, learner))
    rows = block.code.splitlines()
    for name in able(framework, learner):
        assert block.lines(name).strip()
        for first, last in block.spans[name]:
            assert 1 <= first <= last <= len(rows)


@pytest.mark.parametrize(("framework", "learner"), TEMPLATES)
def test_no_import_and_no_helper_is_there_twice_or_for_nothing(framework: str, learner: str) -> None:
    for wanted in (able(framework, learner), *([name] for name in able(framework, learner))):
        code = compose(framework, learner, wanted).code
        tree = ast.parse(code)
        bound = [
            name.asname or name.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
        ] + [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not _is_called_by_user(node.name)]
        assert len(bound) == len(set(bound))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        unused = set(bound) - used - {"SummaryWriter", "BaseCallback", "log"}
        assert unused <= ({"torch"} if framework == "recorder" or not wanted else set()), (wanted, unused)


def _is_called_by_user(name: str) -> bool:
    return name == "record_evidence" or name.startswith("after_")


def test_what_is_wanted_first_stands_first_and_brings_its_helpers() -> None:
    block = compose(*SB3, ["batch-reward", "policy-q"])
    assert block.spans["batch-reward"][0] < block.spans["policy-q"][0]
    assert "def log_summary" in block.code
    assert "watch_gradients" not in block.code
    assert "EvalCallback" not in block.code
    assert compose(*SB3, ["policy-q", "batch-reward"]).code != block.code


def test_every_template_knows_only_measurements_of_the_table_and_every_measurement_is_used() -> None:
    known = set(table().measurement)
    assert all(measurable(*template) <= known for template in TEMPLATES)
    assert set().union(*(measurable(*template) for template in TEMPLATES)) == known
    assert {name for needs in table().observation.values() for name in needs} == known


def test_every_observation_of_the_table_is_a_detector() -> None:
    assert set(table().observation) <= {detector.meta.name for detector in detectors()}
