"""Reads where a series is said to go: up, down, off the scale, nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.claims.claim import Course, Trend
from forensics.claims.clause import Clause, N, Read

_VERBS = {
    Course.RISES: r"ris(?:es?|ing|en)|rose|increas(?:es?|ed|ing)|grow(?:s|n|ing)?|grew|climb(?:s|ed|ing)?|"
    r"goes\sup|went\sup",
    Course.FALLS: r"fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|decreas(?:es?|ed|ing)|declin(?:es?|ed|ing)|"
    r"shr(?:inks?|ank|unk)|"
    r"goes\sdown|went\sdown|decay(?:s|ed|ing)?",
    Course.EXPLODES: r"explod(?:es?|ed|ing)|diverg(?:es?|ed|ing)|bl(?:ows?|ew)\sup|blowing\sup",
    Course.CONSTANT: r"constant|flat|unchanged|unchanging|frozen|(?:stand(?:s|ing)?|stood)\sstill|"
    r"(?:does|did)\snot\s(?:change|move)|"
    r"(?:doesn't|didn't)\s(?:change|move)|never\s(?:changes|changed|moves|moved)",
}
_COURSES = {course: re.compile(rf"\b(?:{verbs})\b") for course, verbs in _VERBS.items()}
COURSE = re.compile(rf"\b(?:{'|'.join(_VERBS.values())})\b")
_GAP = re.compile(
    r"(?:\s|,|:|=|\||\b(?:is|was|are|were|has|have|had|been|still|also|steadily|clearly|monotonically|slowly|"
    r"quickly|"
    r"rapidly|strongly|sharply|just|only|keeps|kept|stays|stayed|remains|remained|starts|begins|continues|continued|"
    r"to|both|all|it|"
    r"completely|perfectly|exactly|essentially|trend|does|did|not|never|doesn't|didn't|isn't|wasn't|actually|"
    r"throughout|"
    r"exponentially|linearly|simply)\b){0,12}"
)
_AFTER = re.compile(
    r"(?:\s|,|:|\||[.!]|\b(?:steadily|monotonically|slowly|quickly|rapidly|strongly|sharply|throughout|during|over|"
    r"in|the|all|of|"
    r"this|entire|whole|full|training|run|time|from|start|to|finish|end|exponentially|linearly|without|bound|course|"
    r"consistently|"
    r"continuously|always|everywhere|at|every|logged|point|points|beginning)\b){0,16}$"
)
_NOT = re.compile(r"\b(?:not|never|doesn't|didn't|isn't|wasn't|don't|hasn't)\b")


def course_of(text: str) -> Course | None:
    """Return the one course that the words name, or None."""
    found = [course for course, pattern in _COURSES.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def read(clause: Clause) -> Iterator[Read]:
    """Yield the trend of a clause that states no number."""
    text = clause.text
    course = course_of(text)
    if course is None or re.search(N, text) or clause.continues:
        return  # "peaks at 5 and falls": the fall is not of the whole run
    found = _COURSES[course].search(text)
    assert found is not None
    subjects, end = clause.before(found.start())
    gap = text[end : found.start()]
    if not subjects or not _GAP.fullmatch(gap) or not _AFTER.match(text[found.end() :]):
        return
    for subject in subjects:
        yield (end, found.end()), subject, Trend(course, negated=bool(_NOT.search(gap)))
