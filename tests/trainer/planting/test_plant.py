"""A planted run leaves what any run leaves, its truth beside it, and not a word of what was planted."""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")
pytest.importorskip("tyro")

from tests.trainer.settings import TINY, flags
from trainer.cli import run
from trainer.errors import ConfigError
from trainer.planting.library import find
from trainer.planting.plant import plant

ROOT = Path(__file__).resolve().parents[3]
SHORT = flags(TINY | {"total_steps": 40})


@pytest.fixture(autouse=True)
def toy_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a training in another process find the toy environment of the tests."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@dataclass(frozen=True)
class Left:
    """What a run left: its directory, and the truth beside it."""

    folder: Path
    truth: dict[str, Any]

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())
        return found

    def source(self) -> dict[str, str]:
        """The files of the source snapshot."""
        with tarfile.open(self.folder / "source.tar.gz") as archive:
            files = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
            return {name: file.read().decode() for name, file in files.items() if file is not None}


def trained(parent: Path, *words: str) -> Left:
    """A short training, planted as the words say."""
    assert run(["train", *words, *SHORT, "--output", str(parent)]) == 0
    (folder,) = (path for path in parent.iterdir() if path.is_dir())
    assert sorted(path.name for path in parent.iterdir()) == [folder.name, f"{folder.name}.truth.json"]
    return Left(folder, json.loads((parent / f"{folder.name}.truth.json").read_text()))


def test_a_fault_and_its_twin_differ_in_the_edit_and_in_nothing_else(tmp_path: Path) -> None:
    name = "sum-of-norms-metric"
    faulty = trained(tmp_path / "one", "--fault", name)
    twin = trained(tmp_path / "other", "--twin-of", name)
    assert faulty.truth == {"fault": name, "strength": None, "cause": name, "also": []}
    assert twin.truth == {"fault": None, "twin_of": name, "cause": None, "also": []}

    fault = find(name)
    (edit,) = fault.edits
    sources, healthy = faulty.source(), twin.source()
    assert sources.keys() == healthy.keys()
    place = edit.file.removeprefix("forensics/")
    assert [path for path in sources if sources[path] != healthy[path]] == [place]
    assert sources[place] == healthy[place].replace(edit.before, edit.after)
    assert not [path for path in sources if re.search(r"\b(faults|planting)\b", path)]

    assert fault.base in " ".join(faulty.manifest["command"])
    assert neutral(faulty) == neutral(twin)
    assert (faulty.folder / "config.yaml").read_text() == (twin.folder / "config.yaml").read_text()
    assert (faulty.folder / "config_origin.json").read_text() == (twin.folder / "config_origin.json").read_text()


def neutral(left: Left) -> dict[str, Any]:
    """A manifest without what differs between any two runs."""
    text = json.dumps(left.manifest).replace(left.folder.name, "RUN")
    text = re.sub(r"trainer-[a-z0-9_]{8}", "COPY", text).replace(str(left.folder.parent), "PARENT")
    own = ("run_id", "start", "end", "source")
    return {key: value for key, value in json.loads(text).items() if key not in own}


def test_a_setting_that_is_a_fault_stands_in_the_configuration_and_under_no_other_name(tmp_path: Path) -> None:
    left = trained(tmp_path, "--fault", "learning-rate-too-high:0.25", "--name", "seven")
    assert left.truth["strength"] == "0.25"
    assert "actor_learning_rate: 0.25" in (left.folder / "config.yaml").read_text()
    assert left.manifest["name"] == "seven"
    assert "-seven-" in left.folder.name
    for path in left.folder.rglob("*"):
        if path.is_file() and path.suffix != ".gz":
            assert not re.search(rb"learning.rate.too.high|--fault|planting", path.read_bytes()), path.name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fault", "clip-missing", "--twin-of", "clip-missing"], "exclude each other"),
        (["--fault", "clip-missing", "--resume", "somewhere"], "cannot be resumed"),
        (["--fault", "clip-missing", "--resume=somewhere"], "cannot be resumed"),
        (["--fault", "nothing"], "there is no fault 'nothing'"),
        (["--fault="], "there is no fault ''"),
        (["--fault"], "expected one argument"),
        (["--twin-of", "nothing"], "there is no fault 'nothing'"),
        (["--fault", "reward-scale:nan"], "positive number"),
        (["--fault", "clip-missing", "--run-dir", "taken"], "--run-dir taken is taken"),
    ],
)
def test_bad_input_is_one_clear_error_before_anything_is_written(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "manifest.json").write_text("{}")
    with pytest.raises(ConfigError, match=re.escape(said)):
        plant([*words, *SHORT])
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "manifest.json"]


@pytest.mark.parametrize("words", [["--no-such-flag"], ["--stop-if", "nonsense"]])
def test_a_training_that_fails_at_once_leaves_nothing(
    words: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", "--fault", "clip-missing", *SHORT, *words, "--output", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in capfd.readouterr().err
