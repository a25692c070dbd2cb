"""`trainer train`: one run from its arguments to its run directory."""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path
from typing import Any

import gymnasium

import forensics.recorder
import trainer
from forensics.errors import UsageError
from forensics.recorder import Recorder, new_run_directory
from trainer.arguments import Request
from trainer.environment import make_environment
from trainer.loop import Progress, Training
from trainer.progress import ProgressBar

CHECKPOINTS = "checkpoints"


def train(request: Request) -> str | None:
    """Train; return why a guard or a rule ended it early, or None.

    Raises ConfigError, CheckpointError, OSError and what the loop raises.
    """
    config = request.config
    env = make_environment(config.environment)
    try:
        training = Training(config, env)
        if request.state is not None:
            training.load_state_dict(request.state)
        # Nothing is written before this point, so a mistake leaves no half-made run behind.
        with _recorder(request, _backend(env)) as recorder, ProgressBar(config.training.total_steps) as bar:
            folder = recorder.folder
            _say_end(training.run(recorder, folder / CHECKPOINTS, bar), recorder.stop_reason, folder)
    finally:
        env.close()
    return recorder.stop_reason


def _recorder(request: Request, backend: str) -> Recorder:
    config, arguments = request.config, request.arguments
    folder = _run_directory(request)
    try:
        return Recorder(
            folder,
            guard=arguments.guard,
            stop_if=arguments.stop_if,
            every=config.training.log_interval,
            resume=None if request.state is None else request.state["recorder"],
            name=arguments.name or arguments.preset,
            algorithm="TD3",
            framework="run-forensics trainer",
            backend=backend,
            planned_steps=config.training.total_steps,
            seed=config.training.seed,
            config=config,
            origins=request.origins,
            source=[Path(package.__path__[0]) for package in (trainer, forensics.recorder)],
            exclude=("faults", "planting"),
        )
    except UsageError:
        with contextlib.suppress(OSError):
            folder.rmdir()  # made a moment ago, and still empty
        raise


def _run_directory(request: Request) -> Path:
    """A new one, or that of the checkpoint where it stands in a run."""
    checkpoint = request.checkpoint
    if request.arguments.run_dir is not None:
        request.arguments.run_dir.mkdir(parents=True, exist_ok=True)
        return request.arguments.run_dir
    if checkpoint is not None and checkpoint.parent.name == CHECKPOINTS:
        return checkpoint.parent.parent
    return new_run_directory(request.arguments.output, request.arguments.name or request.arguments.preset)


def _backend(env: gymnasium.Env[Any, Any]) -> str:
    """What the manifest calls the world: a loopback is one at HOST:PORT too, and no report may take it for CARLA."""
    simulator = getattr(env.unwrapped, "simulator", None)
    return "other" if simulator is None else str(simulator.kind)


def _say_end(progress: Progress, stop_reason: str | None, folder: Path) -> None:
    log = logging.getLogger(__name__)
    if stop_reason is not None:
        log.warning("stopped: %s", stop_reason)
    evaluation = progress.evaluation
    if evaluation is not None:
        count = len(evaluation.returns)
        sys.stdout.write(
            f"evaluation: mean return {sum(evaluation.returns) / count:.1f}, "
            f"mean length {sum(evaluation.lengths) / count:.1f} of {count} episodes\n"
        )
    sys.stdout.write(f"run: {folder}\n")
