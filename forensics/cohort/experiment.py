"""What the name and the settings of a run say of the experiment, with what differs between its seeds left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

SEED_KEYS = frozenset(
    {"seed", "random_seed", "rng_seed", "env_seed", "torch_seed", "np_seed", "global_seed", "manual_seed", "seeds"}
)
# Settings that name the run, its place or its machine, not what it does.
_OF_THE_RUN = re.compile(
    r"(?:^|_)(?:id|name|uid|uuid|dir|directory|folder|path|file|logdir|root|timestamp|date|datetime|time|host|hostname|"
    r"user|pid|device|gpu|cuda|commit|git|url|uri|command|argv|notes?|tags?|version|track|verbose|workers)(?:$|_)"
)
_OF_THE_TASK = re.compile(r"(?:env|environment|task|game|dataset|model)(?:_|$)")
_MOMENTS = re.compile(
    r"(?:19|20)\d\d-?[01]\d-?[0-3]\d(?:[Tt_\- ]?[0-2]\d[:\-_]?[0-5]\d(?:[:\-_]?[0-5]\d)?[Zz]?)?"  # 2025-11-27_18-34-30
    r"|(?<!\d)\d{2}-\d{2}-\d{2}[_\- ]\d{2}-\d{2}(?:-\d{2}(?:-\d{1,6})?)?"  # skrl: 24-01-31_10-20-30-123456
    r"|(?<!\d)1[0-9]{9}(?:\.\d{1,9})?(?!\d)"  # Unix seconds
    r"|(?<!\d)[0-2]\d-[0-5]\d-[0-5]\d(?!\d)"  # Hydra: 18-34-30
)
_HEX = re.compile(
    r"(?<![0-9a-z])(?=[0-9a-f\-]*\d)(?=[0-9a-f\-]*[a-f])[0-9a-f]{5,8}(?:[0-9a-f]{0,24}|(?:-[0-9a-f]{4,12}){4})(?![0-9a-z])"
)
_ID = re.compile(r"(?<=-)[0-9a-z]{8}$")  # run-20250101_120000-a1b2c3d4
_SEEDED = re.compile(
    r"(?:(?<=^)|(?<=[_\-. /]))(seed|s|run|trial|rep|repeat|version|try|attempt)[_\-=. ]{0,2}(\d{1,10})(?=$|[_\-. /])"
)
_BARE = re.compile(r"(?:(?<=^)|(?<=[_\- /]))(\d{1,10})(?=$|[_\- /])")
# A number after one of these is a setting: hidden_64 and hidden_128 are two experiments.
_SIZES = re.compile(
    r"(?:^|[_\-. /])(?:batch|hidden|lr|layers?|units|gamma|steps?|width|depth|dim|size|tau|alpha|beta|clip|horizon|"
    r"epochs?|envs?|noise|freq|ratio|coef|eps|epsilon|lambda|decay|heads?|channels?|level|stage|version|v|k|n|c|h|b|d|stack|skip)"
    r"[_\-=. ]{0,2}$"
)
_SUFFIX = re.compile(r"\.(?:csv|tsv|jsonl?|ndjson|log|txt|out|npz|gz)$")
_EVENT_FILE = re.compile(r"events\.out\.tfevents\.\d+\..*$")
_SPAN = 4  # bare numbers are counted up: of n runs none is far beyond n


def experiment_of(label: str) -> str:
    """Return a run's path with seeds, run numbers, times and random ids replaced by #."""
    return _marked(label)[0]


def number_in(label: str) -> str:
    """Return the seed or run number that a path names last; "" where it names none."""
    return _marked(label)[1]


def are_run_numbers(labels: Sequence[str]) -> bool:
    """Whether what differs between names of one experiment counts runs: a seed, or small bare numbers, no two alike."""
    numbers = [number_in(label) for label in labels]
    if not all(numbers) or len(set(numbers)) < len(numbers):
        return False
    if all(_SEEDED.search(_without_moments(label)) for label in labels):
        return True
    values = [int(number) for number in numbers]
    return max(values) < len(values) + _SPAN


def settings_of(settings: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    """Return the settings that make an experiment: without seeds, names, places and machines."""
    return frozenset(
        (key, _value(value))
        for key, value in settings.items()
        if (last := key.rsplit(".", 1)[-1].lower()) not in SEED_KEYS
        and (_OF_THE_TASK.match(last) or not _OF_THE_RUN.search(last))
        and not (isinstance(value, str) and ("/" in value or "\\" in value))
    )


def _value(value: object) -> str:
    """Return a setting as text, a seed in a name left out: "ppo_seed1" is "ppo_seed2", "64" is not "128"."""
    text = str(value)
    try:
        float(text)
    except ValueError:
        return _marked(text)[0] if isinstance(value, str) and text[:1].isalpha() else text
    return text


def _without_moments(label: str) -> str:
    plain = _EVENT_FILE.sub("", _SUFFIX.sub("", label.lower()))
    return _ID.sub("#", _HEX.sub("#", _MOMENTS.sub("#", plain)))


def _marked(label: str) -> tuple[str, str]:
    numbers: list[tuple[int, str]] = []

    def seed(found: re.Match[str]) -> str:
        numbers.append((found.start(), found[2]))
        return f"{found[1]}#"

    def bare(found: re.Match[str]) -> str:
        if _SIZES.search(found.string[: found.start()]):
            return found[0]
        numbers.append((-1, found[1]))  # where a seed is named, it counts
        return "#"

    plain = _BARE.sub(bare, _SEEDED.sub(seed, _without_moments(label)))
    return re.sub(r"#(?:[_\-. ]*#)+", "#", plain), max(numbers, default=(0, ""))[1]
