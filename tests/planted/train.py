"""Make one real training run with one planted fault.

    python tests/planted/train.py --fault tanh-saturation --algorithm td3 --seed 0 --steps 7000 --out RUNS/NAME

Writes into NAME/ what a user would have: an event file, config.yaml (the configuration as resolved) and train.log.
The truth goes beside it, to NAME.truth.json, and nowhere into it. `--record plain` records what Stable-Baselines3
records by itself; training is the same, number for number.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.planted.agents import run as agents
from tests.planted.agents.configs import ALGORITHMS
from tests.planted.agents.faults import AGENT_FAULTS
from tests.planted.fault import STRENGTHS
from tests.planted.processes.run import PROCESS_FAULTS, interrupt
from tests.planted.scripts import run as scripts
from tests.planted.scripts.faults import SCRIPT_FAULTS

FAULTS = sorted({*AGENT_FAULTS, *SCRIPT_FAULTS, *PROCESS_FAULTS})


def truth_of(given: Any) -> dict[str, Any]:
    """What is true of the run, by the convention of the trainer's planted runs."""
    library = "PyTorch" if given.algorithm in scripts.SCRIPTS else "Stable-Baselines3"
    record = f" ({given.record} log)" if given.algorithm in ALGORITHMS else ""
    told = {"library": f"{library} {given.algorithm}{record}", "algorithm": given.algorithm}
    told |= {"seed": given.seed, "steps": given.steps}
    if given.fault == "none":
        return {"fault": None, "twin_of": given.twin_of, "cause": None, "also": []} | told
    cause, scaled = given.fault, True
    also: tuple[str, ...] = ()
    if given.algorithm in scripts.SCRIPTS:
        script_fault = SCRIPT_FAULTS[given.fault]
        also, scaled = script_fault.also, script_fault.scaled
    elif given.fault in AGENT_FAULTS:
        fault = AGENT_FAULTS[given.fault]
        cause, also, scaled = fault.cause or given.fault, fault.also, fault.amounts[0] != fault.amounts[1]
    named = {"fault": given.fault, "strength": given.strength if scaled else None}
    return named | {"cause": cause, "also": list(also)} | told


def main() -> None:
    parser = argparse.ArgumentParser(description="Make one real training run with one planted fault.")
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument("--strength", choices=STRENGTHS, default="strong")
    parser.add_argument("--twin-of", help="the fault of which this run without a fault is the twin")
    parser.add_argument("--algorithm", choices=sorted({*ALGORITHMS, *scripts.SCRIPTS}), default="td3")
    parser.add_argument("--env", default="Pendulum-v1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=7000)
    parser.add_argument("--every", type=int, default=100, help="updates from one record to the next; even")
    parser.add_argument("--record", choices=("full", "plain"), default="full")
    parser.add_argument("--checkpoint-every", type=int, default=0, help="environment steps")
    parser.add_argument("--resume", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--into", action="store_true", help="write into a directory that exists, and no truth")
    parser.add_argument("--out", type=Path, required=True, help="the run directory, which must not exist yet")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.fault in PROCESS_FAULTS:
        interrupt(given)
    elif given.algorithm in scripts.SCRIPTS:
        scripts.train(given)
    else:
        agents.train(given)
    if not given.into:
        truth = given.out.with_name(given.out.name + ".truth.json")
        truth.write_text(json.dumps(truth_of(given), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
