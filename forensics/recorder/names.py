"""The name of a value in the loop, as the tag under which it is recorded."""

from __future__ import annotations

import re
from functools import lru_cache

# The first pattern that is found names the event. A name with a "/" is a tag already.
_EVENTS = [
    (re.compile(pattern), event)
    for pattern, event in [
        (r"^(return|episodic_return|episode_)", "episode_end"),
        (r"(^|_)loss($|_)|td_error", "losses"),
        (r"(^|_)(lr|learning_rate)($|_)", "learning_rates"),
        (r"^(batch|policy|target|replay)_q|(^|_)q\d?($|_)|(^|_)value($|_)|advantage", "q_values"),
        (r"noise|epsilon|entropy|temperature|alpha", "exploration"),
        (r"(^|_)(reward|done|discount|replay|buffer|age|batch)", "replay"),
        (r"action", "actions"),
    ]
]
_OTHER = "metrics"
# The envelope's own keys: a payload that held them would be taken for it.
_RESERVED = frozenset("ts time monotonic run_id env_step update episode event level schema payload config".split())
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST = 200


@lru_cache(maxsize=4096)
def tag_of(name: str) -> str:
    """Return `name` where it is a tag `event/key`, else the event that its words speak of, a "/" and the name."""
    clean = _UNSAFE.sub("_", name.encode("utf-8", "backslashreplace").decode())[:_LONGEST].strip("/ ") or "unnamed"
    event, slash, key = clean.partition("/")
    if not slash:
        key = event
        event = next((found for pattern, found in _EVENTS if pattern.search(key)), _OTHER)
    return f"{event or _OTHER}/{key}_" if key in _RESERVED else f"{event or _OTHER}/{key}"
