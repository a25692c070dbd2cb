"""Numbers as people write them, with the precision that they state."""

from __future__ import annotations

import re
from dataclasses import dataclass

APPROXIMATE = 0.05  # "about 20" holds from 19 to 21
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
    "t": 1e12, "tn": 1e12, "trillion": 1e12,
}  # fmt: skip
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
NUMBER = re.compile(
    r"(?P<approx>(?:\b(?:about|around|approximately|approx\.?|roughly|circa|ca\.|nearly|almost|close\sto)\s{0,2}|"
    r"[~≈∼≃]\s?){0,2})"
    r"(?:(?<![\w.,/\-])(?<!\d:)|(?<=[~≈∼≃]))"
    r"(?P<sign>[-+]?)\s?"
    r"(?P<digits>\d{1,3}(?:[,_]\d{3}){1,6}(?!\d)|\d{1,20})(?P<fraction>\.\d{1,20})?"
    r"(?:[eE](?P<exponent>[-+]?\d{1,3})(?!\w)"
    r"|\s?[x×·*]\s?10\s?(?:\^\s?\{?(?P<power>[-+]?\d{1,3})\}?|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))"
    r"|(?P<suffix>[kK]|M|B|T|bn)(?![\w])"
    r"|[\s-](?P<scale>thousand|million|billion|trillion)s?\b)?"
    r"(?P<percent>\s?%|\spercent\b)?"
    r"(?P<factor>\s?[x×](?![\w])|-?fold\b)?"
    r"(?P<more>\+)?"
    r"(?![\w]|\.\d|:\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number. `unit` is one unit of its last stated digit: 6.29 has 0.01, 50K has 1000."""

    value: float
    unit: float
    text: str
    approximate: bool = False
    percent: bool = False
    factor: bool = False
    digits: int = 1
    open_ended: bool = False

    @property
    def tolerance(self) -> float:
        """How far off a value may be that this number states: half a unit, or 5 % where it says "about"."""
        if self.value == 0 and self.unit >= 1:
            return 0.0  # "0" and "zero" mean zero; "0.0" states a rounded value
        half = self.unit / 2 + abs(self.value) * 1e-6  # a logged float32 has seven digits
        return max(half, APPROXIMATE * abs(self.value)) if self.approximate else half

    def states(self, value: float) -> bool:
        """Whether this number is a correct statement of `value`."""
        return abs(value - self.value) <= self.tolerance

    def denies(self, value: float) -> bool:
        """Whether `value` is off by more than a truncated digit or a generous reading of "about" excuses."""
        return not abs(value - self.value) <= 2 * self.tolerance

    @property
    def whole(self) -> int | None:
        """The number as a count, or None."""
        return int(self.value) if self.value.is_integer() and self.value >= 0 and not self.factor else None


def number_of(found: re.Match[str]) -> Number:
    """Return the number that NUMBER found."""
    digits = found["digits"].replace(",", "").replace("_", "")
    fraction = found["fraction"] or ""
    power = found["exponent"] or found["power"] or (found["raised"] or "").translate(_SUPERSCRIPT) or "0"
    scale = 10.0 ** max(-300, min(300, int(power))) * _SCALES.get((found["suffix"] or found["scale"] or "").lower(), 1)
    value = float(f"{digits}{fraction}") * scale
    unit = scale * 10.0 ** -max(0, len(fraction) - 1)
    if power != "0" and not fraction:
        unit /= 10  # "1e6" states the order exactly, not half a million on either side
    return Number(
        value=-value if found["sign"] == "-" else value,
        unit=unit,
        text=" ".join(found.group().split()),
        approximate=bool(found["approx"].strip()),
        percent=bool(found["percent"]),
        factor=bool(found["factor"]),
        digits=len((digits + fraction[1:]).strip("0")),
        open_ended=bool(found["more"]),
    )
