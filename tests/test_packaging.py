"""What an installed package needs is in the package, and what it says of itself is true."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import forensics

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_data_files_lie_inside_the_packages() -> None:
    for package, names in {
        "forensics": ["py.typed"],
        "reports": ["py.typed"],
        "forensics.signals": ["vocabulary.toml", "frameworks.toml"],
        "reports.templates": ["report.html", "report.css"],
    }.items():
        for name in names:
            assert files(package).joinpath(name).is_file(), f"{package}/{name}"
    assert any(entry.name.endswith(".toml") for entry in files("forensics.causes").iterdir())


def test_wheel_and_sdist_take_the_packages_whole() -> None:
    targets = PROJECT["tool"]["hatch"]["build"]["targets"]
    packages = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    packages.remove("tests")
    assert targets["wheel"] == {"packages": packages, "exclude": ["reports/gallery"]}
    assert {*packages, "tests", "docs", "constraints.txt", "Makefile"} <= set(targets["sdist"]["include"])


def test_no_data_file_of_a_package_is_ignored_by_git() -> None:
    # hatchling leaves out what git ignores: a pattern that is too broad empties the wheel.
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert not {"*.toml", "*.html", "*.css", "reports/", "forensics/", "trainer/", "runs/", "templates/"} & set(ignored)


def test_public_names_are_what_all_says() -> None:
    assert set(forensics.__all__) == {"__version__", "analyze", "load_run"}
    for name in forensics.__all__:
        assert getattr(forensics, name) is not None
    assert re.fullmatch(r"\d+\.\d+\.\d+", forensics.__version__)


def test_the_base_install_needs_neither_torch_nor_carla() -> None:
    names = {re.split(r"[<>=!~ ;\[]", line)[0].lower() for line in PROJECT["project"]["dependencies"]}
    assert names == {"numpy", "pandas", "tbparse", "matplotlib", "jinja2", "msgspec", "typer", "rich", "pyyaml"}


def test_every_dependency_is_pinned_for_the_tests() -> None:
    pins = {
        re.sub(r"[-_.]+", "-", line.split("==")[0]).lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *(line for lines in extras.values() for line in lines)]
    named = {re.sub(r"[-_.]+", "-", re.split(r"[<>=!~ ;\[]", line)[0]).lower() for line in wanted}
    named.discard(PROJECT["project"]["name"])  # an extra may name another
    assert named <= pins, named - pins
    assert "torch" in pins


def test_entry_points_lead_somewhere() -> None:
    from importlib import import_module

    scripts = PROJECT["project"]["scripts"]
    assert set(scripts) == {"forensics", "trainer"}
    for module, function in (script.split(":") for script in scripts.values()):
        assert callable(getattr(import_module(module), function))
    assert import_module(PROJECT["project"]["entry-points"]["pytest11"]["forensics"]).pytest_collect_file
