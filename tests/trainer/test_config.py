"""Configuration: where each value comes from, what is refused, and that no key is dead."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")
pytest.importorskip("tyro")

import yaml

from tests.trainer.settings import TINY, flags, tiny
from trainer.arguments import read_arguments
from trainer.config import Config
from trainer.configfile import as_dict, leaves, overlay, read_config_file
from trainer.errors import ConfigError
from trainer.presets import PRESETS, base_config


def test_no_two_keys_share_a_name() -> None:
    names = [leaf.name for group in fields(Config) for leaf in fields(getattr(Config(), group.name))]
    assert len(names) == len(set(names)) == len(leaves())


def test_flags_win_over_the_file_and_the_file_over_the_preset(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("algorithm: {gamma: 0.5, tau: 0.25}\nbatch_size: 7\n")
    request = read_arguments(["--preset", "cpu", "--config", str(path), "--tau", "0.125", "--no-checkpoint-replay"])
    assert request.config.algorithm.gamma == 0.5
    assert request.config.algorithm.tau == 0.125
    assert request.config.replay.batch_size == 7
    assert request.config.algorithm.n_step == PRESETS["cpu"].algorithm.n_step
    told = {key: origin for key, origin in request.origins.items() if origin != "default"}
    assert told == {
        "algorithm.gamma": "file",
        "replay.batch_size": "file",
        "algorithm.tau": "cli",
        "training.checkpoint_replay": "cli",
    }
    assert len(request.origins) == len(leaves())


def test_a_flag_counts_as_given_even_where_it_repeats_the_default() -> None:
    default = Config().algorithm.gamma
    assert read_arguments([f"--gamma={default}"]).origins["algorithm.gamma"] == "cli"
    assert read_arguments(["--batch_size", "64"]).origins["replay.batch_size"] == "cli"


def test_a_number_that_yaml_takes_for_text_is_read_as_a_number(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("actor_learning_rate: 1e-4\n")
    assert yaml.safe_load(path.read_text()) == {"actor_learning_rate": "1e-4"}
    assert read_arguments(["--config", str(path)]).config.algorithm.actor_learning_rate == 1e-4


def test_the_dump_of_a_configuration_reads_back_as_the_same(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    config = tiny("separate", actor_max_grad_norm=float("inf"))
    path.write_text(yaml.safe_dump(as_dict(config)))
    assert overlay(Config(), read_config_file(path), "test")[0] == config


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("algorithm: {gama: 0.9}", "algorithm.gama"),
        ("replay: {gamma: 0.9}", "replay.gamma"),
        ("nothing: 1", "nothing"),
        ("gamma: high", "gamma"),
        ("gamma: 1.5", "gamma must lie in"),
        ("encoder: both", "encoder"),
        ("buffer_size: 3", "too small"),
        ("- a list", "mapping"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        read_arguments(["--config", str(path)])
    assert "wrong.yaml" in str(caught.value)


@pytest.mark.parametrize("words", [["--gama", "0.9"], ["--gamma", "high"], ["--encoder", "both"], ["--gamma", "1.5"]])
def test_a_wrong_flag_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((SystemExit, ConfigError)) as caught:
        read_arguments(words)
    assert words[0].strip("-") in str(caught.value) + capsys.readouterr().err + capsys.readouterr().out


def test_separate_encoders_bring_a_slower_later_actor_and_a_bounded_trunk() -> None:
    for preset, shared in PRESETS.items():
        config = base_config(preset, "separate")
        assert config.networks.encoder == "separate"
        assert config.networks.trunk == "layernorm_tanh"
        assert config.algorithm.actor_learning_rate < shared.algorithm.actor_learning_rate
        assert config.algorithm.actor_starts > 0
    assert read_arguments(["--encoder", "separate"]).config == base_config("ci", "separate")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Keys that code of the trainer looks at, other than the code that carries configurations about."""
    carriers = {"trainer.config", "trainer.configfile", "trainer.arguments", "trainer.presets"}
    found: set[str] = set()

    def watch(kind: type[Any]) -> None:
        original: Any = kind.__getattribute__
        names = {leaf.name for leaf in fields(kind)}

        def read(self: Any, name: str) -> Any:
            caller = sys._getframe(1)
            module = str(caller.f_globals["__name__"])
            is_use = (module.startswith("trainer.") and module not in carriers) or caller.f_code.co_name == "at"
            if name in names and is_use:
                found.add(name)
            return original(self, name)

        monkeypatch.setattr(kind, "__getattribute__", read)

    for group in fields(Config):
        watch(type(getattr(Config(), group.name)))
    return found


def test_every_key_is_read_in_a_run(tmp_path: Path, reads: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    from trainer.cli import run

    settings = TINY | {"total_steps": 40, "evaluation_interval": 20, "checkpoint_interval": 20}
    assert run(["train", *flags(settings), "--output", str(tmp_path)]) == 0, capsys.readouterr().err
    assert "log_interval" in reads
    assert set(leaves()) - reads == set()


def test_the_log_interval_is_that_of_the_recorded_updates(tmp_path: Path) -> None:
    from trainer.cli import run

    assert run(["train", *flags(TINY | {"total_steps": 50, "log_interval": 7}), "--output", str(tmp_path)]) == 0
    (log,) = tmp_path.glob("*/debug.jsonl")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    updates = [line["update"] for line in lines if line["event"] == "losses"]
    assert updates == [7, 14, 21, 28, 29, 30], "the last updates are all kept"


def test_a_key_that_nobody_reads_would_be_seen(reads: set[str]) -> None:
    assert Config().algorithm.gamma == 0.97
    assert reads == set()
