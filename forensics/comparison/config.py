"""The configurations of two runs, key by key."""

from __future__ import annotations

import re

from forensics.model.comparison import ConfigDifference
from forensics.model.diagnosis import ConfigRow, Diagnosis

# Last parts of keys that say where, when, by whom, on what and under which name or seed a run was made.
_SEED = re.compile(r"(?:(?:global|random|env|train|eval|np|torch)_?)?seeds?")
_INCIDENTAL = re.compile(
    r"(?:run|exp|experiment|job|trial|session)(?:_?(?:name|id|no|number))?"
    r"|(?:log|logs|logging|output|out|save|saving|results?|runs?|tensorboard|tb|video|work|working|experiment)"
    r"_?(?:dir|directory|folder|path|root)"
    r"|name|group|project|entity|tags?|notes?|comment|description|author|user(?:_?name)?|host(?:_?name)?|pid|port"
    r"|date|time|timestamp|datetime|(?:start|end|created)(?:ed)?_?(?:time|at)|created"
    r"|device|cuda|gpus?|verbose|verbosity|progress_?bar|tensorboard_?log|track|wandb(?:_.*)?"
)


def config_differences(first: Diagnosis, second: Diagnosis) -> list[ConfigDifference]:
    """Return the keys whose declared values differ, those that can hold a fix first, in the order of the files.

    Nothing is returned where one of the runs has no configuration: then nothing is known of its values.
    """
    before, after = _rows(first), _rows(second)
    if not before or not after:
        return []
    found = [
        ConfigDifference(
            key=key,
            before=_declared(before.get(key)),
            after=_declared(after.get(key)),
            incidental=incidental(key),
            note=_note(before.get(key), after.get(key)),
        )
        for key in dict.fromkeys([*before, *after])
        if _declared(before.get(key)) != _declared(after.get(key))
    ]
    return sorted(found, key=lambda difference: difference.incidental)


def incidental(key: str) -> bool:
    """Whether a key says where, when, by whom or under which name or seed a run was made."""
    last = key.rsplit(".", 1)[-1].lower()
    return _SEED.fullmatch(last) is not None or _INCIDENTAL.fullmatch(last) is not None


def seeds(diagnosis: Diagnosis) -> list[str]:
    """Return the seeds that the configuration states."""
    return sorted({row.declared for row in diagnosis.config if _SEED.fullmatch(row.key.rsplit(".", 1)[-1].lower())})


def _rows(diagnosis: Diagnosis) -> dict[str, list[ConfigRow]]:
    rows: dict[str, list[ConfigRow]] = {}
    for row in diagnosis.config:
        rows.setdefault(row.key, []).append(row)
    return rows


def _declared(rows: list[ConfigRow] | None) -> str | None:
    """Return the declared values of one key: several files of a run may disagree."""
    return None if rows is None else " and ".join(sorted({_plain(row.declared) for row in rows}))


def _plain(value: str) -> str:
    """Write a number in one way, so that 1e-3 in one file is 0.001 in the other."""
    try:
        number = float(value)
    except ValueError:
        return value
    return f"{number:.12g}" if len(value) < 30 else value


def _note(before: list[ConfigRow] | None, after: list[ConfigRow] | None) -> str:
    """Say where the log shows the same value in effect in both runs although another one is declared."""
    effects = [{row.effective for row in rows or () if row.effective is not None} for rows in (before, after)]
    if before and after and len(effects[0]) == 1 and effects[0] == effects[1]:
        return f"the log shows the same value in both runs: {effects[0].pop()}"
    return ""
