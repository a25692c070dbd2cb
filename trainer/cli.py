"""The command line of the trainer. Nothing heavy is imported before a command is known."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence

from forensics.errors import ForensicsError

USAGE = """usage: trainer COMMAND [...]

Train TD3 from pixels in CARLA, or on a stand-in server, with a flight recorder.

commands:
  train    train, and write a run directory (trainer train --help)
"""


def _train(words: Sequence[str]) -> int:
    from trainer.arguments import read_arguments

    request = read_arguments(words)
    from trainer.train import train

    train(request)
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"train": _train}


def run(words: Sequence[str]) -> int:
    """Run one command; return its exit code: 0 done, 2 for what the user can mend, 130 interrupted."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        asked = bool(words) and words[0] in ("-h", "--help")
        complaint = f"trainer: error: there is no command {words[0]!r}\n" if words and not asked else ""
        (sys.stdout if asked else sys.stderr).write(USAGE + complaint)
        return 0 if asked else 2
    logging.basicConfig(level=logging.WARNING, format="trainer: %(levelname)s: %(message)s")
    try:
        return command(words[1:])
    except ForensicsError as error:
        sys.stderr.write(f"trainer: error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("trainer: interrupted\n")
        return 130


def main() -> None:
    """Run the command line and leave with its exit code: the entry point `trainer`."""
    sys.exit(run(sys.argv[1:]))
