"""The command line of the trainer. Nothing heavy is imported before a command is known."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence

from forensics.errors import ForensicsError

USAGE = """usage: trainer COMMAND [...]

Train TD3 from pixels in CARLA, or on a stand-in server, with a flight recorder.

commands:
  train    train, and write a run directory (trainer train --help);
           --fault NAME plants a known mistake, --twin-of NAME trains its healthy twin
  check    500 steps under guard: is this setting, or this change, worth a long run?
  smoke    look at a CARLA server for a minute and say what it can do
  faults   list the mistakes that can be planted
"""
PLANTING = ("--fault", "--twin-of")
STOPPED = 1  # exit code of a check that a guard or a rule ended
EXTRA = frozenset({"torch", "gymnasium", "tyro", "msgpack", "carla"})  # what a base install lacks


def _train(words: Sequence[str]) -> int:
    if any(word.partition("=")[0] in PLANTING for word in words):
        from trainer.planting.plant import plant

        return plant(words)
    from trainer.arguments import read_arguments

    request = read_arguments(words)
    from trainer.train import train

    train(request)
    return 0


def _check(words: Sequence[str]) -> int:
    from trainer.arguments import read_check_arguments

    request = read_check_arguments(words)
    from trainer.train import train

    stopped = train(request)
    sys.stdout.write("check: stopped early, see above\n" if stopped else "check: nothing wrong in these steps\n")
    return STOPPED if stopped else 0


def _smoke(words: Sequence[str]) -> int:
    from trainer.envs import smoke

    return smoke.main(words)


def _faults(words: Sequence[str]) -> int:
    from trainer.planting.listing import main

    return main(words)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "train": _train,
    "check": _check,
    "smoke": _smoke,
    "faults": _faults,
}


def _complain(message: str, exit_code: int = 2) -> int:
    """Say what is wrong in one line: a parser's message may have several."""
    sys.stderr.write(f"trainer: error: {' '.join(message.split())}\n")
    return exit_code


def run(words: Sequence[str]) -> int:
    """Run one command; return its exit code.

    0 done, 1 a check failed, 2 for what the user can mend, 130 interrupted.
    """
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
        return _complain(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in EXTRA:
            raise
        return _complain(f"{error.name} is not installed: pip install 'run-forensics[trainer]'")
    except BrokenPipeError:  # whoever read our output, `head` say, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None:
            raise
        return _complain(f"{error.filename}: {error.strerror}")
    except KeyboardInterrupt:
        sys.stderr.write("trainer: interrupted\n")
        return 130


def main() -> None:
    """Run the command line and leave with its exit code: the entry point `trainer`."""
    sys.exit(run(sys.argv[1:]))
