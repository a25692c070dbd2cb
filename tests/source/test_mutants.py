"""A mistake in the code changes the facts that name it, and the correct source accuses itself of none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.source.facts import facts_of, sample, summary

MUTANTS = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))["mutant"]


@pytest.fixture(scope="module")
def healthy() -> dict[str, object]:
    return summary(facts_of(sample("td3")))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant["name"]))
def test_a_mistake_changes_the_fact_that_names_it(healthy: dict[str, object], mutant: dict[str, str]) -> None:
    text, fact = sample("td3"), mutant["fact"]
    assert text.count(mutant["before"]) == 1
    assert summary(facts_of(text.replace(mutant["before"], mutant["after"])))[fact] != healthy[fact]


def test_a_new_name_of_a_local_changes_nothing_but_texts(healthy: dict[str, object]) -> None:
    renamed = summary(facts_of(sample("td3").replace("following", "subsequent")))
    assert {key: value for key, value in renamed.items() if key != "dones"} == {
        key: value for key, value in healthy.items() if key != "dones"
    }


# Faults of the trainer's own source that stand in the order, the paths or the parameter sets.
PLANTED = {
    "actor_loss_through_encoder": "paths",
    "clip_missing": "limits",
    "clip_on_subset": "limits",
    "critic_on_foreign_features": "paths",
    "encoder_detached_everywhere": "paths",
    "loss_detached_from_parameters": "paths",
    "parameters_missing_from_optimizer": "unheld",
    "step_before_clip": "order",
    "target_network_frozen": "copies",
}


@pytest.fixture(scope="module")
def trainer_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    pytest.importorskip("gymnasium")
    from trainer.planting.source import copy_source

    root = tmp_path_factory.mktemp("trainer")
    copy_source(root)
    return root


def texts(root: Path) -> dict[str, str]:
    """The learner and the recorder: the parts of the copy in which an update happens."""
    paths = [
        root / "trainer" / f"{name}.py"
        for name in ("td3", "networks", "encoder", "config", "loop", "train", "recording")
    ]
    paths += sorted((root / "forensics" / "recorder").glob("*.py"))
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in paths}


def in_trainer(files: dict[str, str]) -> dict[str, object]:
    from forensics.source import interpret

    return summary(interpret(files))


@pytest.fixture(scope="module")
def trainer_healthy(trainer_source: Path) -> dict[str, object]:
    return in_trainer(texts(trainer_source))


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_of_the_trainer_changes_the_fact_that_names_it(
    name: str, trainer_source: Path, trainer_healthy: dict[str, object]
) -> None:
    from importlib import import_module

    files = texts(trainer_source)
    for edit in import_module(f"trainer.faults.{name}").FAULT.edits:
        assert files[edit.file].count(edit.before) == 1
        files[edit.file] = files[edit.file].replace(edit.before, edit.after)
    assert in_trainer(files)[PLANTED[name]] != trainer_healthy[PLANTED[name]]


def test_the_trainer_accuses_itself_of_nothing(trainer_healthy: dict[str, object]) -> None:
    assert trainer_healthy["unheld"] == []
    assert trainer_healthy["unused"] == []
    assert all(updated for _, _, updated in trainer_healthy["copies"])  # type: ignore[attr-defined]
