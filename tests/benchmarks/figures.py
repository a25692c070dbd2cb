"""CPU seconds that the twelve figures of a report take, the import of matplotlib included, and their size.

    python tests/benchmarks/figures.py [RUN]

Aimed at: under 1.5 s for twelve figures, 30 kB each. The figures of RUN are repeated until there are twelve.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from forensics import analyze
from forensics.model.finding import Figure, Status
from reports.selection import FIGURES
from tests.benchmarks.timing import Spread

BUNDLED = Path(__file__).resolve().parents[1] / "archive" / "trainer-actor-loss-through-encoder-1"
ROUNDS = 7


def drawn(figures: list[Figure]) -> tuple[float, int]:
    """Draw the figures; return CPU seconds and the size of the largest in bytes."""
    before = time.process_time()
    from reports.figures import svg

    largest = max(len(svg(figure, f"fig-{number}").encode()) for number, figure in enumerate(figures))
    return time.process_time() - before, largest


def main(arguments: list[str]) -> None:
    """Print the first time, with the import, and the spread of those that follow."""
    findings = analyze(arguments[0] if arguments else BUNDLED).findings
    found = [finding.figure for finding in findings if finding.figure and finding.status is Status.FIRED]
    if not found:
        raise SystemExit("no finding of this run has a figure")
    figures = list(itertools.islice(itertools.cycle(found), FIGURES))
    first, largest = drawn(figures)
    again = Spread.of([drawn(figures)[0] for _ in range(ROUNDS)])
    print(f"{len(figures)} figures ({len(found)} different), the largest {largest:,} bytes")
    print(f"first, matplotlib imported: {first:.2f} s; again: {again} s")


if __name__ == "__main__":
    main(sys.argv[1:])
