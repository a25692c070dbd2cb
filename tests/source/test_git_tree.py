"""The source as it stood at a commit: read by git's plumbing, with nothing of the repository's configuration run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from forensics.errors import UsageError
from forensics.source import read
from forensics.source.git_tree import head, resolve
from forensics.source.limits import LIMITS
from forensics.source.load import load

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

OLD, NEW = "LIMIT = 1.0\n", "LIMIT = 2.0\n"


def git(folder: Path, *words: str) -> str:
    names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", "-C", str(folder), *words], env=os.environ | names, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "-m", "change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(folder, agent=OLD)
    git(folder, "tag", "v1")
    commit(folder, agent=NEW, extra="x = 1\n")
    return folder


def test_a_commit_is_read_and_the_work_tree_left_alone(repository: Path) -> None:
    (repository / "agent.py").write_text("LIMIT = 3.0  # not committed\n")
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}
    assert load(repository, LIMITS, "v1") == ({"agent.py": OLD}, [])
    assert load(repository, LIMITS, "HEAD")[0] == {"agent.py": NEW, "extra.py": "x = 1\n"}
    assert load(repository, LIMITS)[0]["agent.py"].startswith("LIMIT = 3.0")
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == before
    assert read(repository, commit="v1").root == f"{repository} at v1"


def test_a_folder_of_a_repository_is_read_as_that_folder(repository: Path) -> None:
    (repository / "inner").mkdir()
    (repository / "inner" / "net.py").write_text("y = 1\n")
    commit(repository)
    assert load(repository / "inner", LIMITS, "HEAD")[0] == {"net.py": "y = 1\n"}


def test_a_short_hash_and_a_bare_clone_will_do(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    assert load(tmp_path / "bare.git", LIMITS, resolve(repository, "v1")[:9])[0] == {"agent.py": OLD}


def test_links_and_submodules_are_stated(repository: Path) -> None:
    (repository / "link.py").symlink_to("/etc/passwd")
    git(repository, "add", "--all")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head(repository)},vendored")
    git(repository, "commit", "--quiet", "-m", "odd things")
    texts, unread = load(repository, LIMITS, "HEAD")
    assert set(texts) == {"agent.py", "extra.py"}
    assert [(one.file, one.message.partition(",")[0]) for one in unread] == [
        ("link.py", "not read: a link"),
        ("vendored", "not read: a submodule"),
    ]


@pytest.mark.parametrize("revision", ["nothing", "--output=x", "HEAD --", "v1:agent.py", "", "-", "a\nb"])
def test_a_revision_that_is_no_commit_is_one_clear_line(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="no commit") as caught:
        resolve(repository, revision)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_no_repository_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a git repository"):
        resolve(tmp_path, "HEAD")
    assert head(tmp_path) == ""


def test_nothing_that_the_repository_configures_is_run(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "core.alternateRefsCommand", "filter.x.smudge",
                "filter.x.process", "diff.x.textconv", "alias.cat-file", "alias.ls-tree"):  # fmt: skip
        git(repository, "config", key, f"!{program}" if key.startswith("alias") else str(program))
    git(repository, "config", "core.hooksPath", str(tmp_path))
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        shutil.copy(program, tmp_path / hook)
    (repository / ".git" / "info" / "attributes").write_text("*.py filter=x diff=x ident\n")
    assert load(repository, LIMITS, "v1")[0] == {"agent.py": OLD}
    assert not mark.exists()


def test_what_a_partial_clone_lacks_is_stated_and_never_fetched(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    git(repository, "config", "remote.origin.url", f"ext::sh -c 'touch {mark}'")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "protocol.ext.allow", "always")
    blob = git(repository, "rev-parse", "v1:agent.py")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    texts, unread = load(repository, LIMITS, "v1")
    assert not mark.exists()
    assert texts == {}
    assert ["git has not got it" in one.message for one in unread] == [True]


def test_limits_hold_for_a_commit_too(repository: Path) -> None:
    commit(repository, big="#" * (LIMITS.file_bytes + 1))
    texts, unread = load(repository, LIMITS, "HEAD")
    assert "big.py" not in texts
    assert [one.file for one in unread] == ["big.py"]
