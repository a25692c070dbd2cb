"""`trainer faults`."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence

from trainer.planting.fault import STRENGTH
from trainer.planting.library import find, names

WIDTH = 80


def main(words: Sequence[str]) -> int:
    """List the faults: name, what is changed at the usual strength, and the settings it needs to show."""
    parser = argparse.ArgumentParser(prog="trainer faults", description="List the mistakes that can be planted.")
    parser.parse_args(list(words))
    for name in names():
        fault = find(name)
        lines = [fault.what.replace(STRENGTH, fault.strength)]
        lines += [f"strength: {name}:{fault.strength}"] if fault.strength else []
        lines += [f"with: {fault.base}"] if fault.base else []
        said = "\n".join(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ") for line in lines)
        sys.stdout.write(f"{name}\n{said}\n")
    sys.stdout.write(
        "\nPlant one: trainer train --fault NAME[:STRENGTH]; its healthy twin: trainer train --twin-of NAME\n"
    )
    return 0
