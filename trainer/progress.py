"""A progress bar with the numbers that matter; without a terminal, a line at each evaluation."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from trainer.evaluation import Evaluation
from trainer.loop import Progress

REFRESH = 0.5  # s between looks at the device; each waits for it


class ProgressBar:
    """Called after every environment step."""

    def __init__(self, total_steps: int) -> None:
        self._console = Console(stderr=True)
        self._bar = Bar(
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total_steps)
        self._evaluation: Evaluation | None = None
        self._first: Progress | None = None
        self._started = self._shown = time.monotonic()

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        """Show where the run is, at most twice a second."""
        self._first = self._first or progress
        if progress.evaluation is not self._evaluation:
            self._evaluation = progress.evaluation
            if not self._console.is_terminal:
                sys.stderr.write(f"step {progress.global_step}: {self.describe(progress)}\n")
        now = time.monotonic()
        if now - self._shown >= REFRESH:
            self._shown = now
            self._bar.update(self._task, completed=progress.global_step, description=self.describe(progress))

    def describe(self, progress: Progress) -> str:
        """Return speed, returns, loss, and Q under the policy beside Q on the batch."""
        first = self._first or progress
        seconds = max(time.monotonic() - self._started, 1e-9)
        said = [f"{(progress.global_step - first.global_step) / seconds:.0f} steps/s"]
        if progress.episodic_return is not None:
            said.append(f"return {progress.episodic_return:.1f}")
        if progress.evaluation is not None:
            said.append(f"evaluated {sum(progress.evaluation.returns) / len(progress.evaluation.returns):.1f}")
        for name, label in (("critic_loss", "critic loss"), ("policy_q", "Q of policy"), ("q1", "Q of batch")):
            if name in progress.metrics:
                said.append(f"{label} {float(progress.metrics[name].mean()):.3g}")
        return ", ".join(said)
