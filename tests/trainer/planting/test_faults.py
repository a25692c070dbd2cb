"""Every fault fits the source as it is now, and no word of an edit gives it away."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

import trainer
from forensics.causes.library import load
from trainer.arguments import read_arguments
from trainer.errors import ConfigError
from trainer.planting.fault import Edit, Fault
from trainer.planting.library import find, names, parse
from trainer.planting.listing import main
from trainer.planting.source import copy_source

EVERY = pytest.mark.parametrize("name", names())
SOURCE = Path(trainer.__path__[0])
TELLING = {"fault", "faults", "faulty", "plant", "planted", "twin_of", "bug", "bugs", "broken", "wrong", "strength"}


def planted(name: str, root: Path) -> tuple[Fault, dict[str, tuple[str, str]]]:
    """The fault, and each file that it edits, before and after."""
    copy_source(root)
    fault = find(name)
    files = dict.fromkeys(edit.file for edit in fault.edits)
    before = {file: (root / file).read_text() for file in files}
    for edit in fault.edits:
        edit.apply(root, fault.strength)
    return fault, {file: (before[file], (root / file).read_text()) for file in files}


def words(text: str) -> set[str]:
    """The words of a source, in small letters, those that identifiers are made of apart."""
    return {word.lower() for name in re.findall(r"[A-Za-z_]+", text) for word in (name, *name.split("_"))} - {""}


@EVERY
def test_its_edits_fit_the_source_as_it_is_and_the_result_compiles(name: str, tmp_path: Path) -> None:
    _, files = planted(name, tmp_path)
    for file, (before, after) in files.items():
        assert after != before
        compile(after, file, "exec")
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before)), "only a comment or the layout changes"


@EVERY
def test_an_edit_brings_in_no_word_of_its_name_of_its_cause_or_of_planting(name: str, tmp_path: Path) -> None:
    fault, files = planted(name, tmp_path)
    telling = TELLING | {word for id_ in (name, fault.cause, *fault.also) for word in id_.split("-")}
    for before, after in files.values():
        assert telling & (words(after) - words(before)) == set()


@EVERY
def test_it_names_causes_of_the_catalogue(name: str) -> None:
    fault = find(name)
    known = {cause.id for cause in load()}
    assert {fault.cause, *fault.also} <= known
    assert name in known


@EVERY
def test_it_changes_something_and_its_flags_are_settings_of_the_trainer(name: str) -> None:
    fault = find(name)
    assert fault.edits or fault.override
    healthy = read_arguments(fault.base.split()).config
    faulty = read_arguments([*fault.base.split(), *fault.flags(fault.strength)]).config
    assert (faulty != healthy) == bool(fault.override)


def test_a_text_that_stands_there_twice_or_never_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("a = 1\na = 1\n")
    for before, count in (("a = 1\n", 2), ("b = 1\n", 0)):
        with pytest.raises(ConfigError, match=f"file.py has changed: .* stands there {count} times"):
            Edit("file.py", before, "c = 1\n").apply(tmp_path, "")
    assert (tmp_path / "file.py").read_text() == "a = 1\na = 1\n"


def test_the_source_without_faults_holds_no_hook_for_them(tmp_path: Path) -> None:
    copy_source(tmp_path)
    imported = {
        (path.relative_to(tmp_path).as_posix(), alias)
        for path in tmp_path.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in [node.module]
        if alias.startswith(("trainer.faults", "trainer.planting"))
    }
    assert {file for file, _ in imported} == {"trainer/cli.py"}, "only the command line knows that faults exist"
    assert not re.search(r"\b(fault|plant)", (SOURCE / "td3.py").read_text().replace("default", ""), re.IGNORECASE)
    assert not {path.name for path in tmp_path.rglob("*") if path.name in ("faults", "planting")}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("no-such-fault", "there is no fault 'no-such-fault': `trainer faults` lists them"),
        ("", "there is no fault ''"),
        ("reward_scale", "there is no fault"),
        ("clip-missing:2", "clip-missing has no strength"),
        ("reward-scale:-1", "positive number, not '-1'"),
        ("reward-scale:0", "positive number"),
        ("reward-scale:nan", "positive number"),
        ("reward-scale:inf", "positive number"),
        ("reward-scale:", "positive number, not ''"),
        ("reward-scale:much", "positive number, not 'much'"),
    ],
)
def test_a_fault_that_there_is_not_or_a_strength_that_is_none_is_refused(asked: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(asked)
    assert said in str(caught.value)


def test_the_strength_asked_for_is_what_is_planted(tmp_path: Path) -> None:
    name, fault, strength = parse("reward-scale:12.5")
    assert (name, strength) == ("reward-scale", "12.5")
    copy_source(tmp_path)
    for edit in fault.edits:
        edit.apply(tmp_path, strength)
    assert "12.5 * part" in (tmp_path / "trainer/envs/env.py").read_text()
    assert parse("learning-rate-too-high:0.5")[1].flags("0.5").count("0.5") == 2


def test_all_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    listed = capsys.readouterr().out
    assert [line for line in listed.splitlines() if line in names()] == names()
    assert len(names()) >= 15
    assert "STRENGTH times" not in listed
