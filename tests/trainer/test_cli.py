"""`trainer train`, with the flight recorder that writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")
pytest.importorskip("tyro")

import torch
import yaml

from forensics import recorder as forensics_recorder
from tests.trainer.settings import TINY, flags
from trainer.checkpoint import find_checkpoint, load_checkpoint
from trainer.cli import run
from trainer.configfile import leaves
from trainer.recording import Recorder

SHORT = TINY | {"total_steps": 60, "checkpoint_interval": 30}


def run_directory(parent: Path) -> Path:
    (folder,) = parent.iterdir()
    return folder


def test_the_recorder_of_forensics_fits_the_protocol(tmp_path: Path) -> None:
    recorder: Recorder = forensics_recorder.Recorder(tmp_path / "run", source=())
    assert recorder.stop_reason is None


def test_a_run_leaves_its_configuration_its_records_and_its_checkpoints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", *flags(SHORT), "--output", str(tmp_path), "--name", "toy"]) == 0
    folder = run_directory(tmp_path)
    assert f"run: {folder}" in capsys.readouterr().out
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert config["replay"]["batch_size"] == 8
    origin = json.loads((folder / "config_origin.json").read_text())
    assert len(origin) == len(leaves())
    assert origin["replay.batch_size"] == "cli"
    assert origin["algorithm.tau"] == "default"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["status"], manifest["backend"], manifest["seed"]) == ("finished", "other", 0)
    tags = set(manifest["metrics"])
    assert {"losses/critic_loss", "losses/actor_loss", "q_values/policy_q_mean", "q_values/q1_mean"} <= tags
    assert {"gradients/actor_mlp_norm_pre_clip", "gradients/critic_cnn_norm_post_clip"} <= tags
    lines = [json.loads(line) for line in (folder / "debug.jsonl").read_text().splitlines()]
    assert [line["update"] for line in lines if line["event"] == "losses"] == list(range(1, 41))
    assert find_checkpoint(folder).name == "checkpoint-000000060.pt"


def test_a_loopback_at_an_address_does_not_pass_as_carla(tmp_path: Path) -> None:
    pytest.importorskip("msgpack")
    pytest.importorskip("carla")
    from trainer.loopback.process import LoopbackServer

    with LoopbackServer(road="s-bend") as server:
        words = ["--backend", server.address, "--total-steps", "20", "--run-dir", str(tmp_path / "run")]
        assert run(["train", *words, "--evaluation-interval", "0"]) == 0
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["backend"] == "loopback"


def test_a_run_that_is_taken_up_again_goes_on_in_its_own_directory(tmp_path: Path) -> None:
    assert run(["train", *flags(SHORT), "--output", str(tmp_path)]) == 0
    folder = run_directory(tmp_path)
    assert run(["train", "--resume", str(folder), "--total-steps", "80"]) == 0
    assert run_directory(tmp_path) == folder
    state = load_checkpoint(find_checkpoint(folder))
    assert state["counters"]["global_step"] == 80
    assert state["config"]["replay"]["batch_size"] == 8
    origin = json.loads((folder / "config_origin.json").read_text())
    assert (origin["replay.batch_size"], origin["training.total_steps"]) == ("file", "cli")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hidden-dim", "32", "--total-steps", "80"], "networks.hidden_dim = 16, not 32"),
        (["--encoder", "separate", "--total-steps", "80"], "networks.encoder = shared, not separate"),
        (["--buffer-size", "100", "--total-steps", "80"], "replay.buffer_size"),
        ([], "larger --total-steps"),
        (["--config", "some.yaml"], "leave --config out"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_before_anything_is_written(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", *flags(SHORT), "--output", str(tmp_path)]) == 0
    folder = run_directory(tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert run(["train", "--resume", str(folder), *words]) == 2
    assert said in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "usage"),
        (["fly"], "'fly'"),
        (["train", "--resume", "nowhere"], "no checkpoint at nowhere"),
        (["train", "--preset", "huge"], "huge"),
        (["train", "--config", "missing.yaml"], "missing.yaml"),
        (["train", "--env-id", "no-such-v0"], "no-such"),
        (["train", *flags(TINY), "--image-size", "10"], "too small for --architecture tiny"),
        (["train", *flags(TINY), "--stop-if", "nonsense"], "nonsense"),
        (["train", *flags(TINY), "--device", "cuda"], "no GPU"),
        (["train", *flags(TINY), "--output", "/dev/null/runs"], "/dev/null/runs"),
        (["train", "--fault", "no-such-fault"], "no-such-fault"),
        (["train", "--backend", "localhost:1"], "no CARLA server at localhost:1"),
    ],
)
def test_bad_input_is_one_clear_line_and_nothing_is_written(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if torch.cuda.is_available() and "cuda" in words:
        pytest.skip("there is a GPU here")
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert [path for path in tmp_path.rglob("*") if path.is_file() or path.name.startswith("2")] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("algorithm: {no_such_key: 3}", "there is no key 'algorithm.no_such_key'"),
        ("training: {total_steps: many}", "total_steps"),
        ("algorithm: [1, 2", "cannot be read"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_named_in_one_line(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    assert run(["train", "--config", str(tmp_path / "mine.yaml"), "--output", str(tmp_path / "runs")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "mine.yaml" in line
    assert said in line
    assert not (tmp_path / "runs").exists()
