"""Rules of the user: `TAG < VALUE`, optionally `after STEP`. They are read, never evaluated as code."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forensics.errors import UsageError
from forensics.recorder.names import tag_of

_RULE = re.compile(r"\s*(?P<tag>[^\s<>=!]{1,200})\s*(?P<sign><=|>=|==|!=|<|>)\s*(?P<value>\S{1,40})(?P<rest>.{0,80})")
_AFTER = re.compile(r"\s+after\s+(?P<step>\d{1,15})\s*")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, and the words in which it was given."""

    tag: str
    sign: str
    value: float
    after: int
    text: str

    def breaks(self, values: Mapping[str, float], step: int) -> bool:
        """Whether the rule's condition holds at this step; never for a value that is not there or is no number."""
        seen = values.get(self.tag)
        return seen is not None and not math.isnan(seen) and step >= self.after and _SIGNS[self.sign](seen, self.value)


def parse_rule(text: str) -> Rule:
    """Return the rule that `text` spells.

    Raises:
        UsageError: it is not TAG SIGN VALUE [after STEP].
    """
    found = _RULE.fullmatch(text)
    rest = found["rest"] if found else ""
    after = _AFTER.fullmatch(rest)
    value = _number(found["value"]) if found else None
    if found is None or value is None or (rest.strip() and after is None):
        raise UsageError(
            f"the rule {text!r} is not TAG SIGN VALUE [after STEP], such as 'q_values/policy_q_mean > 1e4 after 500' "
            f"(signs: {' '.join(_SIGNS)})"
        )
    return Rule(tag_of(found["tag"]), found["sign"], value, int(after["step"]) if after else 0, text.strip())


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return None if math.isnan(value) else value
