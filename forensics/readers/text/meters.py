"""Console lines of SAC-AE, CURL, DrQ, DrQ-v2 and TD-MPC: letters for what their tables name in full.

`| train | F: 6000 | S: 3000 | E: 6 | L: 500 | R: 5.5177 | BS: 3000 | FPS: 96.8 | T: 0:00:42`, as the logger.py of
these projects prints it; TD-MPC2 counts its steps as I and uses S for the success.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"\s{0,4}\|?\s{0,4}(train|eval|pretrain)\s{1,16}\|?\s{0,4}[EFIS]: ")
_PAIR = re.compile(
    r"(?<![\w.])([A-Z][A-Z_]{0,7}): {0,8}([+-]?\d[\d,]{0,20}(?:\.\d{0,20})?(?:e[+-]?\d{1,3})?)(?=[\s|]|$)"
)
_NAMES = {
    "F": "frame", "S": "step", "E": "episode", "L": "episode_length", "R": "episode_reward", "BS": "buffer_size",
    "FPS": "fps", "D": "duration", "BR": "batch_reward", "A_LOSS": "actor_loss", "ALOSS": "actor_loss",
    "CR_LOSS": "critic_loss", "CLOSS": "critic_loss", "TLOSS": "alpha_loss", "TVAL": "alpha_value",
    "AENT": "actor_entropy", "AE_LOSS": "ae_loss", "CU_LOSS": "curl_loss",
}  # fmt: skip
_SUCCESS = {"I": "step", "S": "episode_success"}


def is_meters(text: str) -> bool:
    """Tell whether a line is one of these."""
    return _LINE.match(text) is not None


def meter_fields(text: str) -> dict[str, float] | None:
    """Return the values of such a line, named as in the tables that the same logger writes; None for other lines.

    Numbers of an evaluation begin with `eval/`; the counters do not.
    """
    found = _LINE.match(text)
    pairs = dict(_PAIR.findall(text)) if found else {}
    if found is None or not {"E", "R"} <= pairs.keys():
        return None
    names = _NAMES | _SUCCESS if "I" in pairs else _NAMES
    counters = ("step", "episode", "frame")
    fields = {}
    for key, value in pairs.items():
        name = names.get(key, key.lower())
        fields[name if name in counters else f"{found[1]}/{name}"] = float(value.replace(",", ""))
    return fields
