"""The flow of DESIGN has one direction: an import that runs back is a fault, wherever in a file it stands."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.runs import write_scalars

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("forensics", "reports", "trainer")
LEAVES = {"crc32c", "errors", "settings", "safety"}
# What each room, or single module, of forensics may import of the others. Itself it may always import.
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "crc32c": set(),
    "errors": set(),
    "settings": {"errors", "safety"},
    "safety": {"errors"},
    "readers": {"model"} | LEAVES,
    "source": {"model"} | LEAVES,
    "signals": {"model"} | LEAVES,
    "detectors": {"model", "signals"} | LEAVES,
    "causes": {"model"} | LEAVES,
    "reasoning": {"model", "causes"} | LEAVES,
    "recorder": {"model"} | LEAVES,
    "reports": {"model"} | LEAVES,
    "regression": {"model"} | LEAVES,
    "comparison": {"model"} | LEAVES,
    "coverage": {"model"} | LEAVES,
    "advice": {"model", "signals"} | LEAVES,
    "training_source": {"model", "source"} | LEAVES,
    "assemble": {"model", "signals", "causes", "reasoning", "coverage", "advice"} | LEAVES,
    "trainer": {"model", "errors", "recorder"},
}
COMPOSING = {"__main__", "cli", "command", "pipeline", "pytest_plugin", "cohort", "claims", "watch"}


def modules() -> dict[str, Path]:
    """Every module of the packages by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def room(module: str) -> str:
    """`forensics.readers.run` lives in readers, `trainer.loop` in trainer, `forensics` itself nowhere."""
    parts = module.split(".")
    return parts[0] if parts[0] != "forensics" else [*parts, ""][1]


def imports(module: str) -> Iterator[str]:
    """The modules of ours that this one imports, anywhere in the file."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            origin = ".".join(part for part in (base, node.module or "") if part)
            names = [
                f"{origin}.{alias.name}" if f"{origin}.{alias.name}" in MODULES else origin for alias in node.names
            ]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in (*PACKAGES, "tests"))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_import_runs_back(module: str) -> None:
    here = room(module)
    for name in imports(module):
        there = room(name)
        assert there == here or there not in ("tests", "trainer"), f"{module} imports {name}"
        if here in COMPOSING or not here or there in ("", here):
            continue
        assert there in MAY_IMPORT[here], f"{module} imports {name}: {here} may not know {there}"


def test_every_room_stands_in_the_table() -> None:
    rooms = {room(module) for module in MODULES} - {""}
    assert rooms <= set(MAY_IMPORT) | COMPOSING


def test_the_table_itself_has_no_circle() -> None:
    TopologicalSorter(MAY_IMPORT).prepare()


def test_no_modules_import_each_other() -> None:
    graph = {module: {name for name in imports(module) if name != module} for module in MODULES}
    graph["forensics"] = set()  # its imports are lazy, by PEP 562
    TopologicalSorter(graph).prepare()


def test_an_import_that_runs_back_would_be_seen() -> None:
    assert "forensics.model.evidence" in set(imports("forensics.model.diagnosis"))
    assert "signals" not in MAY_IMPORT["model"]
    assert "forensics.pipeline" in set(imports("forensics"))
    assert "forensics.recorder" in set(imports("trainer.train"))


def loaded_after(code: str, *arguments: str) -> set[str]:
    """Names of all modules in a fresh interpreter after `code` ran."""
    report = "import sys; print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_help_imports_nothing_heavy() -> None:
    loaded = loaded_after("import sys; from forensics.cli import run; run(['--help'])")
    assert "typer" in loaded
    assert loaded.isdisjoint({"numpy", "pandas", "tbparse", "matplotlib", "jinja2", "torch", "yaml"})


@pytest.mark.parametrize("words", [["--help"], ["faults"]])
def test_what_the_trainer_can_say_without_training_imports_nothing_heavy(words: list[str]) -> None:
    loaded = loaded_after(f"import sys; from trainer.cli import run; assert run({words}) == 0")
    assert "trainer.cli" in loaded
    assert loaded.isdisjoint({"torch", "numpy", "gymnasium", "tyro", "carla", "msgpack"})


def test_a_scalar_run_as_json_needs_neither_torch_nor_tbparse_nor_pandas_nor_matplotlib(tmp_path: Path) -> None:
    write_scalars(tmp_path, {"train/critic_loss": [1.0, 0.5, 0.25], "train/actor_loss": [-1.0, -2.0, -3.0]})
    loaded = loaded_after(
        "import sys; from forensics.cli import run; assert run(['analyze', '--json', sys.argv[1]]) == 0", str(tmp_path)
    )
    assert "forensics.readers" in loaded
    assert loaded.isdisjoint({"torch", "tbparse", "pandas", "matplotlib", "tensorboard", "jinja2"})


@pytest.mark.parametrize("name", ["forensics.model.diagnosis", "forensics.readers", "forensics.causes.library"])
def test_importing_a_room_loads_that_room_alone(name: str) -> None:
    rooms = {room(module) for module in loaded_after(f"import {name}") if module.startswith(("forensics.", "reports"))}
    assert rooms <= {room(name)} | MAY_IMPORT[room(name)]
