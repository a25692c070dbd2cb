"""The old files or the new ones, whole, whatever fails."""

from __future__ import annotations

import builtins
import errno
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.errors import OutputError
from reports.write import write_files

OLD = {"report.html": b"old page", "diagnosis.json": b"old data"}
NEW = {"report.html": b"new page" * 1000, "diagnosis.json": b"new data" * 1000}
ROOT = Path(__file__).resolve().parents[2]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_written_into_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert write_files(folder, NEW) == [folder / "report.html", folder / "diagnosis.json"]
    assert content(folder) == NEW


def test_files_that_stand_there_are_replaced_and_others_left_alone(tmp_path: Path) -> None:
    write_files(tmp_path, OLD | {"notes.txt": b"mine"})
    write_files(tmp_path, NEW)
    assert content(tmp_path) == NEW | {"notes.txt": b"mine"}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR], ids=errno.errorcode.get)
def test_whichever_call_fails_the_old_files_stay_and_one_line_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    write_files(tmp_path, OLD)
    for allowed in itertools.count():
        with monkeypatch.context() as patch:
            fail_after(patch, allowed, code)
            try:
                write_files(tmp_path, NEW)
            except OutputError as failure:
                message = str(failure)
            else:
                break
        assert content(tmp_path) == OLD, f"after {allowed} calls"
        assert os.strerror(code) in message
        assert "\n" not in message
    assert allowed == 8  # open, sync and move each of two files; open and sync the folder
    assert content(tmp_path) == NEW


def fail_after(patch: pytest.MonkeyPatch, allowed: int, code: int) -> None:
    """Let the given number of calls through to the system, then fail one; what follows works again."""
    left = iter(range(allowed + 1))

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(left, None) == allowed:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **named)

        return call

    for module, name in ((builtins, "open"), (os, "open"), (os, "fsync"), (os, "replace")):
        patch.setattr(module, name, failing(getattr(module, name)))


def test_a_folder_in_the_way_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html is a folder"):
        write_files(tmp_path, NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot write the report"):
        write_files(tmp_path / "out", NEW)


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "report.html").symlink_to(tmp_path / "precious")
    write_files(folder, NEW)
    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert not (folder / "report.html").is_symlink()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_killed_writer_leaves_whole_files_and_its_left_overs_do_not_grow(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from reports.write import write_files\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for word in (b'even', b'odd!'):\n"
        "        write_files(Path(sys.argv[1]), {'report.html': word * 20000, 'diagnosis.json': word * 10000})\n"
    )
    for kill in range(12):
        with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * kill)
            process.kill()
        for name, size in (("report.html", 80_000), ("diagnosis.json", 40_000)):
            if (tmp_path / name).exists():
                data = (tmp_path / name).read_bytes()
                assert len(data) == size
                assert len({data[start : start + 4] for start in range(0, size, 4)}) == 1
        assert len(list(tmp_path.iterdir())) <= 2 + 4
    write_files(tmp_path, NEW)
    assert content(tmp_path) == NEW
