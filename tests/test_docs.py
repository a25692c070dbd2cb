"""The pages of docs/ say what the detectors and causes themselves say: `make docs` writes them again."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_as_its_source_says(generate: ModuleType) -> None:
    drifted = [
        name
        for name, text in generate.pages().items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    assert not drifted, f"run `make docs`: {', '.join(drifted)}"
    assert generate.stale() == []


def test_pages_are_the_same_every_time(generate: ModuleType) -> None:
    assert generate.pages() == generate.pages()


def test_no_link_leads_nowhere(generate: ModuleType) -> None:
    pages = generate.pages()
    for name, text in pages.items():
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert (DOCS / name).parent.joinpath(target).resolve().is_relative_to(DOCS)
                assert str((DOCS / name).parent.joinpath(target).resolve().relative_to(DOCS)) in pages, (name, target)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_the_hand_written_pages_lead_to_files(name: str) -> None:
    root = DOCS.parent
    for target in re.findall(r"\]\(([^)#]+)\)", (root / name).read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (root / target).exists(), f"{name}: {target}"


def test_commands_in_the_readme_exist() -> None:
    from forensics.cli import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    named = set(re.findall(r"^\s*(?:\S*/)?forensics ([a-z-]+)", (DOCS.parent / "README.md").read_text(), re.MULTILINE))
    assert named
    assert named <= known
