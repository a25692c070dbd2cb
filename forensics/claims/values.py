"""Reads values: which one of the series, of which points, exact or as a bound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from forensics.claims.claim import Between, Elsewhere, Relation, Stat, Subject, Travel, Value
from forensics.claims.clause import NUMBER_MARK, SUBJECT, Clause, N, Read, S
from forensics.claims.courses import course_of
from forensics.claims.number import Number

STATS = {
    Stat.FIRST: "starts started start starting begins began beginning initial initially first opens opened",
    Stat.LAST: "ends ended end ending final finally last finishes finished finish closes closed latest",
    Stat.MAX: "max maximum peak peaks peaked highest largest biggest tops maximal",
    Stat.MIN: "min minimum lowest smallest bottoms minimal",
    Stat.MEAN: "mean average averages averaged averaging avg",
    Stat.MEDIAN: "median",
}
_STAT_OF = {word: stat for stat, words in STATS.items() for word in words.split()}
_REACHED = frozenset(
    "reaches reached reach reaching hits hit exploded explodes exploding rises rose risen grows grew grown climbs "
    "climbed falls fell drops dropped decreases decreased increases increased diverges diverged shrinks shrank "
    "sinks sank collapses collapsed".split()
)
_EVERY = frozenset(
    "always constantly throughout stays stayed remains remained stuck constant every each all everywhere pinned".split()
)
_NEVER = frozenset("not never doesn't didn't isn't wasn't don't cannot nor aren't weren't".split())
_BOUNDS = {
    Relation.BELOW: "below under < less smaller lower",
    Relation.AT_MOST: "≤ <= most",
    Relation.ABOVE: "above over > exceeds exceeded exceed greater more larger higher surpasses surpassed",
    Relation.AT_LEAST: "≥ >= least",
}
_BOUND_OF = {word: bound for bound, words in _BOUNDS.items() for word in words.split()}
_JOINING = frozenset(
    "is was are were be been being of at to = : the a an its value values exactly only just still even already "
    "now has had have with by stands stood sits sat equals equal reads shows showed show , - | than for it they "
    "both does did do reports reported logged measured recorded up down as == in that this run raw number numbers "
    "norm norms also then overall precisely consistently identical identically receives received gets got go goes "
    "went no longer levels training – — come comes came out = → -> =>".split()
)
_FACTOR_AFTER = re.compile(
    r"^\s?(?:higher|lower|larger|smaller|greater|bigger|more|less|orders?|standard|std|sigma|decades?|percentage|"
    r"times|fold|"
    r"points|steps?|updates?|episodes?|epochs?|iterations?|per|of|out|/|and\s\d|runs?|seeds?|layers?|units?|tensors?|"
    r"timesteps?|samples|records|entries|parameters?|logged|×|x\b)"
)
PART = re.compile(
    rf"\b(?:last|first|final|initial)\s(?:few\s|{N}\s(?:points|steps|updates|episodes|epochs|values|records|k)\b|"
    rf"half|third|quarter|part|phase|couple)|\b(?:before|until|till|"
    rf"since|during|between|within|"
    rf"early|late|later|mid|middle|halfway|midway|thereafter|afterwards|sometimes|occasionally|mostly|often|rarely|"
    rf"from\s(?:about\s)?(?:step|update|episode)|after\s(?:step|update|episode|the|that|a|an|about)|"
    rf"over\s(?:the\s)?{N}|most\s(?:of|points)|some\s(?:of|points)|"
    rf"second\shalf|first\shalf)\b(?!\s(?:clip|{N}\s(?:and|–|to)\s{N}))"
)
_STEP = re.compile(
    rf"(?:\b(?:at|by|on|in)\s|@\s?)?(?:the\s)?(?:global[\s_]|env(?:ironment)?[\s_]|training[\s_]|"
    rf"logged\s)?\b(?P<noun>step|timestep|update|iteration|episode|epoch)\s?[:#=]?\s?(?P<n>{N})(?:\s?:)?"
    rf"|\b(?:at|after|by)\s(?P<n2>{N})\s(?:env(?:ironment)?\s|training\s|gradient\s)?(?P<noun2>steps|timesteps|"
    rf"updates|iterations|episodes|epochs)\b"
)
_BEFORE_STEP = re.compile(r"(?:after|until|since|before|from|beyond|past|around|near|than|every|between|and|to)\s$")
_ALL = re.compile(
    rf"(?:\b(?:in|at|over|across|for|on)\s)?\b(?:all|every\sone\sof|each\sof|every)(?:\sof)?(?:\sthe|"
    rf"\sits)?\s(?P<n>{N})\s(?:logged\s|recorded\s|data\s|training\s)?"
    rf"(?P<noun>points|updates|steps|records|values|entries|samples|measurements|iterations|evaluations|datapoints)\b"
    rf"|(?:\b(?:in|at|over|across|for|on)\s)\b(?:all|every|each)(?:\sof)?(?:\sthe|\sits)?\s(?:logged\s|recorded\s|"
    rf"data\s|training\s|single\s)?(?:points?|updates?|steps?|records?|values?|entries|samples?|measurements?|"
    rf"iterations?)\b|\bevery\s(?:logged\s|single\s)?(?:point|update|step|record|value)\b"
)
_OF_RUN = r"\b(?:\sof\s(?:the\s)?(?:training|run))?"
_END = r"\b(?:at|by|in|towards)\s(?:the\s)?(?:very\s)?(?:end|finish|last\s(?:logged\s)?(?:point|step))"
_OUTSET = r"\b(?:at|in)\s(?:the\s)?(?:very\s)?(?:start|beginning|outset|first\s(?:logged\s)?(?:point|step))"
_AT_END = ((re.compile(_END + _OF_RUN), "last"),
           (re.compile(_OUTSET + _OF_RUN), "first"),
           (re.compile(r"\bat\s(?:its|the|their)\s(?:peak|maximum|highest)\b"), "max"),
           (re.compile(r"\bat\s(?:its|the|their)\s(?:minimum|lowest)\b"), "min"),
           (re.compile(r"\bon\saverage\b"), "mean"))  # fmt: skip
_BETWEEN = re.compile(
    rf"(?:\b(?:between|from|in|within|range|varies|ranges|ranging|spans?)\s{{0,2}})?(?P<a>{N})\s?(?P<join>and|to|"
    rf"–)\s?(?P<b>{N})"
)
_RANGING = re.compile(
    r"\b(?:between|ranges?|ranged|ranging|varies|varied|within|spans?|spanned|lies|lay|stays|stayed|oscillat\w+|"
    r"fluctuat\w+|bounded)\b"
)
_TO_ENDS = re.compile(r"\b(?:rang\w+|range|vari\w+|spans?|spanned|oscillat\w+|fluctuat\w+)\b")
_TRAVEL = re.compile(
    rf"(?:\bfrom\s)?(?P<a>{N})\s?(?P<sa>\ue004\d+\ue005)?(?:\s?{_OUTSET}\b)?\s?,?\s?(?P<join>to|→|->|=>|⇒|up to|"
    rf"down to|"
    rf"–>)\s?(?P<b>{N})\s?(?P<sb>\ue004\d+\ue005)?"
)
_WHOLE_RUN = re.compile(
    r"\b(?:over|during|across|throughout|in|of)\s(?:the\s)?(?:(?:whole|entire|full|"
    r"complete)\s)?(?:course\sof\s(?:the\s)?)?"
    r"(?:run|training|experiment)\b(?!\s\d)"
)
_WORDS = re.compile(r"[a-z'-]+|[<>=≤≥]{1,2}|[:,|→\-]|\S")
LEAD = re.compile(
    rf"^(?:{re.sub(r'[?]P<[a-z0-9]+>', '?:', _STEP.pattern)}"
    r"|(?:the\s)?(?:final|last|initial|first|mean|average|max|maximum|min|minimum|peak|median)\s(?:values?|numbers?|"
    r"metrics|statistics|readings?))\s?[:,]?\s?"
)


def read(clause: Clause) -> Iterator[Read]:
    """Yield the values that a clause states of its subjects."""
    if re.search(rf"\b(?:than|versus|vs\.?|compared\sto|compared\swith)\s(?:the\s)?{S}", clause.text):
        return
    text, steps = _marked(clause)
    text, alls = _alls(_WHOLE_RUN.sub(" ", text))
    if PART.search(text):
        yield from _part(clause, text)
        return
    yield from _travels(clause, text, steps)
    yield from _betweens(clause, text)
    taken = [found.span() for pattern in (_TRAVEL, _BETWEEN) for found in pattern.finditer(text)]
    marks = list(NUMBER_MARK.finditer(text))
    for position, found in enumerate(marks):
        if any(start <= found.start() < stop for start, stop in taken):
            continue
        start = marks[position - 1].end() if position else 0
        stop = marks[position + 1].start() if position + 1 < len(marks) else len(text)
        fresh = any(begin < start <= end for begin, end in taken)
        room = (text[start : found.start()], text[found.end() : stop])
        place = _Place(text, found, *room, alone=len(marks) == 1, fresh=fresh)
        yield from _value(clause, place, steps, alls)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number stands: the text up to the number before it, and up to the one after it.

    `alone` is the only number of its clause; before a `fresh` one stands a range, which has taken its labels.
    """

    text: str
    found: re.Match[str]
    before: str
    after: str
    alone: bool
    fresh: bool


def _part(clause: Clause, text: str) -> Iterator[Read]:
    """A statement about a part of the run is found, and not checked."""
    for found in NUMBER_MARK.finditer(text):
        subjects, end = clause_before(clause, text, found.start())
        if subjects and len(text[end : found.start()].split()) <= 6:
            for subject in subjects:
                yield found.span(), subject, Elsewhere("it speaks of a part of the run only")
            return


def clause_before(clause: Clause, text: str, position: int) -> tuple[tuple[Subject, ...], int]:
    """As Clause.before, in a text in which steps are marked."""
    return replace(clause, text=text).before(position)


def _marked(clause: Clause) -> tuple[str, list[tuple[Number, str]]]:
    """Return the text with each "at step N" as one mark."""
    steps: list[tuple[Number, str]] = []

    def mark(found: re.Match[str]) -> str:
        if _BEFORE_STEP.search(clause.text[: found.start()]) and not found["n2"]:
            return found.group()
        steps.append((clause.number(found["n"] or found["n2"]), (found["noun"] or found["noun2"]).rstrip("s")))
        return f"\ue004{len(steps) - 1}\ue005"

    return _STEP.sub(mark, clause.text), steps


def _alls(text: str) -> tuple[str, list[re.Match[str]]]:
    found: list[re.Match[str]] = []

    def mark(match: re.Match[str]) -> str:
        found.append(match)
        return f" \ue006{len(found) - 1}\ue007 "

    return _ALL.sub(mark, text), found


def _travels(clause: Clause, text: str, steps: list[tuple[Number, str]]) -> Iterator[Read]:
    for found in _TRAVEL.finditer(text):
        subjects, end = clause_before(clause, text, found.start())
        gap = text[end : found.start()]
        moving = found.group().startswith("from") or found["join"] not in ("to",)
        if not subjects or not moving or _RANGING.search(gap) or _BOUNDED.search(gap) or _never(gap):
            continue
        start, stop = clause.number(found["a"]), clause.number(found["b"])
        if start.factor or stop.factor or len(gap.split()) > 6:
            continue
        for subject in subjects:
            if found["sa"] and found["sb"]:
                for number, mark in ((start, found["sa"]), (stop, found["sb"])):
                    step, noun = steps[int(mark[1:-1])]
                    yield found.span(), subject, Value(number, step=step, step_noun=noun)
            elif not found["sa"] and not found["sb"]:
                yield found.span(), subject, Travel(start, stop, course_of(gap))


_BOUNDED = re.compile(r"\b(?:below|above|under|over|than)\b")


def _never(gap: str) -> bool:
    return bool(set(_WORDS.findall(gap)) & _NEVER)


def _betweens(clause: Clause, text: str) -> Iterator[Read]:
    for found in _BETWEEN.finditer(text):
        subjects, end = clause_before(clause, text, found.start())
        gap = text[end : found.end("a")]
        ranging = _RANGING.search(gap) or found["join"] == "–"
        if not subjects or not ranging or _never(gap) or _unknown(_RANGING.sub(" ", gap)):
            continue
        if re.search(r"\bfrom\b", gap) and not _RANGING.search(gap):
            continue
        low, high = clause.number(found["a"]), clause.number(found["b"])
        if low.value > high.value and low.value > 0 and high.value > 0:
            continue
        if _FACTOR_AFTER.match(text[found.end() :]):
            continue
        low, high = sorted((low, high), key=lambda each: each.value)
        for subject in subjects:
            yield found.span(), subject, Between(low, high, ends=bool(_TO_ENDS.search(gap)))


_AROUND = frozenset("between from and within flat roughly mostly ∈ interval".split())


def _unknown(gap: str) -> bool:
    words = _WORDS.findall(NUMBER_MARK.sub(" ", gap))
    return any(word not in _KNOWN and word not in _AROUND for word in words)


_KNOWN = _JOINING | set(_STAT_OF) | _REACHED | _EVERY | _NEVER | set(_BOUND_OF)


def _value(clause: Clause, place: _Place, steps: list[tuple[Number, str]], alls: list[re.Match[str]]) -> Iterator[Read]:
    number = clause.number(place.found.group())
    if zero := re.match(rf"\s{S}", place.after):
        yield from _zero_of(clause, place.text, place.found, zero)
        return
    subjects, end = clause_before(clause, place.text, place.found.start())
    if not subjects or number.factor or _FACTOR_AFTER.match(place.after) or (len(subjects) > 1 and not place.alone):
        return
    first = place.found.start() - len(place.before) <= end
    gap = place.text[end : place.found.start()] if first else place.before
    after = place.after if place.alone else re.split(r"[,;]|\sand\s", place.after)[0]
    lead = _lead(place.text) if first else ""
    if not first and not _labelled_before(place.text, end):
        gap = re.split(r"[,;]|\sand\s", gap)[-1]  # "2 (min), 5 (max)": what stands before belongs to the other number
        if _labelled(gap) and not place.fresh:
            return
    elif not place.alone and _labelled_before(place.text, end):
        after = ""
    gap, after, lead = _placed(gap), _placed(after), _placed(lead)
    words = [word for word in _words(gap) if word != "and"]
    outset = place.text[: place.text.find("\ue000")] if end else ""
    if words[-1:] == ["by"]:
        return  # "increased by 5" is a difference
    if any(word not in _KNOWN for word in words) or set(_words(outset)) & _DENYING:
        return
    stats = _stats([*_words(lead), *words]) or _stats(_words(after)[:2])
    near = _MARKED_STEP.findall(gap) or _MARKED_STEP.findall(after) or _MARKED_STEP.findall(outset)
    whole = _MARKED_ALL.findall(place.text if place.alone else after)
    if len(stats) > 1 or len(set(near)) > 1 or len(set(whole)) > 1 or (stats and near):
        return
    if not place.alone and not stats and not near and _labelled(place.text):
        return  # one of several numbers, of which only the others say what they are
    relation, negated, every = _relation(words, after)
    quantified = alls[int(whole[0])] if whole else None
    value = Value(
        number=number,
        stat=next(iter(stats), None),
        step=steps[int(near[0])][0] if near else None,
        step_noun=steps[int(near[0])][1] if near else "step",
        relation=relation,
        every=every or quantified is not None,
        points=clause.number(quantified["n"]) if quantified is not None and quantified["n"] else None,
        points_noun=(quantified["noun"] or "points") if quantified is not None else "points",
        reached=bool(set(words) & _REACHED),
        negated=negated,
    )
    for subject in subjects:
        yield (end, place.found.end()), subject, value


_DENYING = _NEVER | {"no", "without", "than"}


def _words(text: str) -> list[str]:
    return _WORDS.findall(_MARK.sub(" ", text))


def _stats(words: list[str]) -> set[Stat]:
    return {_STAT_OF[word] for word in words if word in _STAT_OF}


def _placed(text: str) -> str:
    """Return the text with "at the end" and its like as the one word for the value meant."""
    for pattern, word in _AT_END:
        text = pattern.sub(f" {word} ", text)
    return text


def _labelled(text: str) -> bool:
    return bool(_MARKED_STEP.search(text) or _stats(_words(_placed(text))))


def _labelled_before(text: str, end: int) -> bool:
    """Whether labels stand before their numbers ("min 2, max 5"), as the first one shows."""
    first = NUMBER_MARK.search(text, end)
    return first is not None and _labelled(_lead(text) + " " + text[end : first.start()])


_MARK = re.compile("[\ue004\ue006]\\d+[\ue005\ue007]")
_MARKED_STEP = re.compile("\ue004(\\d+)\ue005")
_MARKED_ALL = re.compile("\ue006(\\d+)\ue007")


def _lead(text: str) -> str:
    """Return the last words before the first subject: "the final", "the maximum of"."""
    taken: list[str] = []
    for word in reversed(text[: max(0, text.find("\ue000"))].split()[-5:]):
        if word.strip(",:") not in _STAT_OF and word.strip(",:") not in _LEADING:
            break
        taken.insert(0, word.strip(",:"))
    return " ".join(taken)


_LEADING = frozenset("the of value values a an its for in logged".split())


def _relation(words: list[str], after: str) -> tuple[Relation, bool, bool]:
    """Return the relation, whether it is denied, and whether it is said of every point."""
    bounds = [_BOUND_OF[word] for word in words if word in _BOUND_OF]
    bound = bounds[0] if bounds else Relation.EQUAL
    never = bool(set(words) & _NEVER)
    every = bool((set(words) | set(_WORDS.findall(after)[:2])) & _EVERY)
    reached = bool(set(words) & _REACHED)
    if never and bound is Relation.ABOVE:
        return Relation.AT_MOST, False, True
    if never and bound is Relation.BELOW:
        return Relation.AT_LEAST, False, True
    if never and reached and bound is Relation.EQUAL:
        return Relation.BELOW, False, True
    return bound, never, every


def _zero_of(clause: Clause, text: str, found: re.Match[str], zero: re.Match[str]) -> Iterator[Read]:
    """Read "zero gradient norm of the actor": a number right before its subject is only ever zero."""
    number = clause.number(found.group())
    mark = SUBJECT.search(zero.group())
    if number.value == 0 and mark and not set(_WORDS.findall(text[: found.start()])) & (_NEVER | {"no", "non-"}):
        yield (found.start(), found.end() + zero.end()), clause.subjects[int(mark[1])], Value(number)
