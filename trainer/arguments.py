"""The arguments of `trainer train`: preset, then file or checkpoint, then flags; each over the one before."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from trainer.checkpoint import find_checkpoint, load_checkpoint
from trainer.config import Config
from trainer.configfile import Origin, keys_on_command_line, origins, overlay, read_config_file
from trainer.errors import CheckpointError, ConfigError
from trainer.presets import Preset, base_config

# The settings of a check, which flags may change: long enough for 400 updates, too short to pay for an evaluation.
CHECK = "--guard stop --name check --total-steps 500 --learning-starts 100 --evaluation-interval 0".split()


@dataclass(frozen=True)
class Arguments:
    """Train TD3 from pixels."""

    preset: Preset = "ci"
    """Where the defaults come from."""
    config: Path | None = None
    """YAML file of settings, such as config.yaml of a run."""
    resume: Path | None = None
    """Run directory or checkpoint to go on with, by its own settings."""
    output: Path = Path("runs")
    """The run directory is made in here."""
    name: str = ""
    """Part of the run directory's name. [default: the preset]"""
    run_dir: Path | None = None
    """The run directory itself, new or empty, in place of one below --output."""
    guard: Literal["warn", "stop"] = "warn"
    """What follows when clipping fails, a number is not finite or the policy's Q leaves the replay's."""
    stop_if: Annotated[tuple[str, ...], tyro.conf.UseAppendAction] = ()
    """A rule of one's own that ends the run, 'TAG < VALUE [after STEP]'; may be repeated."""
    settings: Config = field(default_factory=Config)


@dataclass(frozen=True)
class Request:
    """What to train: resolved arguments, the origin of every key, and the checkpoint to go on from."""

    arguments: Arguments
    origins: dict[str, Origin]
    checkpoint: Path | None = None
    state: dict[str, Any] | None = None

    @property
    def config(self) -> Config:
        """The resolved configuration."""
        return self.arguments.settings


def read_arguments(words: Sequence[str]) -> Request:
    """Resolve the words after `trainer train`.

    Raises ConfigError or CheckpointError; leaves by SystemExit for --help and for flags that do not exist.
    """
    first = _first_look(words)
    checkpoint, state, values, source = None, None, {}, ""
    if first.resume is not None and first.config is not None:
        raise ConfigError("--resume brings its own settings: leave --config out")
    if first.config is not None:
        values, source = read_config_file(first.config), str(first.config)
    elif first.resume is not None:
        checkpoint = find_checkpoint(first.resume)
        state = load_checkpoint(checkpoint)
        values, source = state["config"], str(checkpoint)
    encoder = first.encoder or {**values, **values.get("networks", {})}.get("encoder")
    config, from_file = overlay(base_config(first.preset, encoder), values, source)
    arguments = _parse(words, Arguments(preset=first.preset, settings=config))
    if state is not None:
        _must_fit(config, arguments.settings, state)
    return Request(arguments, origins(from_file, keys_on_command_line(words)), checkpoint, state)


def read_check_arguments(words: Sequence[str]) -> Request:
    """Resolve the words after `trainer check`: those of `trainer train`, for a short run that a guard may end."""
    return read_arguments([*CHECK, *words])


def _first_look(words: Sequence[str]) -> argparse.Namespace:
    """Read the flags that decide the defaults of the others."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--preset", default="ci", choices=["ci", "cpu", "gpu"])
    parser.add_argument("--config", type=Path)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--encoder", choices=["shared", "separate"])
    try:
        return parser.parse_known_args(list(words))[0]
    except argparse.ArgumentError as error:
        raise ConfigError(str(error)) from error


def _parse(words: Sequence[str], default: Arguments) -> Arguments:
    try:
        parsed: Arguments = tyro.cli(
            Arguments, prog="trainer train", args=list(words), default=default, config=(tyro.conf.OmitArgPrefixes,)
        )
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return parsed


def _must_fit(stored: Config, wanted: Config, state: dict[str, Any]) -> None:
    """Raise CheckpointError where flags ask for networks or a buffer that the checkpoint does not hold."""
    before = {f"networks.{each.name}": getattr(stored.networks, each.name) for each in fields(stored.networks)}
    after = {f"networks.{each.name}": getattr(wanted.networks, each.name) for each in fields(wanted.networks)}
    for config, found in ((stored, before), (wanted, after)):
        found["environment.image_size"] = config.environment.image_size
        found["algorithm.optimizer"] = config.algorithm.optimizer
        if state["replay"] is not None:
            found["replay.buffer_size"] = config.replay.buffer_size
    for key, value in before.items():
        if after[key] != value:
            raise CheckpointError(f"the checkpoint was made with {key} = {value}, not {after[key]}")
    reached = int(state["counters"]["global_step"])
    if reached >= wanted.training.total_steps:
        raise ConfigError(f"the run has reached step {reached} already: give a larger --total-steps")
