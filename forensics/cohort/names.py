"""What the name of a file or folder says: a part of a run, or one run of several."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]+|\d+")
# One side or one output of a run. TensorFlow and Keras write train/ and validation/, loggers tb/ and csv/.
_PARTS = frozenset(
    "train training trainer eval evaluation evaluations evaluate evaluator val valid validation test testing dev log "
    "logs logger tb tf tensorboard events event summary summaries scalars metrics metric stats csv jsonl json monitor "
    "monitors files file artifacts artifact results result output outputs out err error errors stdout stderr debug "
    "info warning warnings console internal config configs conf hparams params args checkpoint checkpoints ckpt ckpts "
    "model models weights save saved plots figures images media video videos code src wandb hydra episodes episode "
    "rewards reward returns return losses loss progress history rollout rollouts time buffer replay actor critic "
    "encoder policy value agent learner best final latest main profile gradients gradient actions action data dataset "
    "env timing performance".split()
)
# What is numbered inside one run: processes, agents, networks, moments.
_COUNTED = re.compile(
    r"(?:^|[_\-. ])(?:env|environment|worker|rank|agent|player|gpu|cuda|device|host|node|proc|process|thread|replica|"
    r"client|layer|actor|critic|learner|head|member|epoch|episode|step|iter|iteration|ckpt|checkpoint|part|chunk|"
    r"shard|fold|level|stage|phase|eval|test|monitor)[_\-=. ]?\d+$",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\d{9,11}\.\d{1,9}")  # torch's add_hparams writes to a folder named by the time
# As in seed3, seed_3 or s3, run-2, trial_00004 and version_0.
_NUMBERED = re.compile(
    r"(?:^|[_\-. ])(?:seed|s|run|trial|exp|experiment|rep|repeat|repetition|replicate|version|try|attempt|job)"
    r"[_\-=. ]{0,2}\d{1,10}(?=$|[_\-. ])",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(r"run-(.{1,200}?)-tag-")  # TensorBoard names a downloaded table run-<run>-tag-<tag>.csv


def is_part(name: str) -> bool:
    """Tell whether a folder or a file's stem is named as a part of one run."""
    words = [word.lower() for word in _WORD.findall(name)]
    return (
        _MOMENT.fullmatch(name) is not None
        or _COUNTED.search(name) is not None
        or (bool(words) and all(word in _PARTS for word in words))
    )


def is_numbered_run(name: str) -> bool:
    """Tell whether a name counts runs: seed_3, run2, trial-004, version_1."""
    return _NUMBERED.search(name) is not None


def without_sides(stem: str) -> str:
    """Return a file's stem without the words of its sides: seed1_train and seed1_eval are both of seed1."""
    found = _DOWNLOAD.match(stem)
    if found:
        return found[1]
    pieces = re.split(r"([_\-. ]+)", stem)
    kept = [piece for piece in pieces[::2] if piece.lower() not in _PARTS]
    return "_".join(kept)


def is_of(stem: str, key: str) -> bool:
    """Tell whether a file's stem begins with the name of a run, whole words only."""
    return stem == key or (stem.startswith(key) and stem[len(key)] in "_-. ")
