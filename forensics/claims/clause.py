"""A clause whose subjects and numbers are replaced by marks, so that patterns see only the words between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forensics.claims.claim import Says, Subject
from forensics.claims.number import Number

S = "\ue000\\d+\ue001"
N = "\ue002\\d+\ue003"
SUBJECT = re.compile("\ue000(\\d+)\ue001")
NUMBER_MARK = re.compile("\ue002(\\d+)\ue003")

Span = tuple[int, int]
Read = tuple[Span, Subject | None, Says]


@dataclass(frozen=True, slots=True)
class Clause:
    """`subjects` are those of the whole sentence, by number; `inherited` are those of the clause before.

    `continues` says that it goes on with what another clause of the sentence began.
    """

    text: str
    subjects: tuple[Subject, ...]
    numbers: tuple[Number, ...]
    inherited: tuple[Subject, ...] = ()
    continues: bool = False

    def number(self, mark: str) -> Number:
        """Return the number of a mark."""
        return self.numbers[int(mark[1:-1])]

    def own(self) -> tuple[Subject, ...]:
        """Return the subjects that stand in the clause, or those it inherits."""
        here = tuple(self.subjects[int(found[1])] for found in SUBJECT.finditer(self.text))
        return here or self.inherited

    def before(self, position: int) -> tuple[tuple[Subject, ...], int]:
        """Return the subjects that govern what stands at a position, and where the last of them ends.

        "A, B and C are 0" has three; "A exceeds B at 5" has one. An inherited subject ends at 0.
        """
        found = [each for each in SUBJECT.finditer(self.text) if each.end() <= position]
        if not found:
            return (self.inherited if not SUBJECT.search(self.text) else ()), 0
        group = [found[-1]]
        for left, right in zip(reversed(found[:-1]), reversed(found), strict=False):
            join = _LAST_JOIN if right is found[-1] else _JOIN
            if not join.fullmatch(self.text[left.end() : right.start()]):
                break
            group.append(left)
        return tuple(self.subjects[int(each[1])] for each in reversed(group)), found[-1].end()


_LAST_JOIN = re.compile(r"\s?,?\s?(?:and|or|&|/|\+|as well as)\s?(?:the\s)?")
_JOIN = re.compile(r"[\s,&/+]{0,4}(?:and|or|both|as well as)?[\s,]{0,3}(?:the\s)?")
