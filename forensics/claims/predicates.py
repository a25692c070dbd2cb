"""What a clause says of its subject: alerts, limits, the place relative to clipping, counts; values stand apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from forensics.claims import courses, values
from forensics.claims.claim import (
    AlertLimit,
    Alerts,
    NonFinite,
    Points,
    Stage,
    StageLogged,
    Subject,
    Total,
    Value,
    Word,
)
from forensics.claims.clause import NUMBER_MARK, SUBJECT, Clause, N, Read, S
from forensics.model.meaning import ClipStage, Quantity

_ALERT = r"(?:alerts?|alarms?)"
_FIRE = (
    r"(?:fire[sd]?|firing|trigger(?:s|ed)?|went off|go off|raised|set|sound(?:s|ed)?|activated?|appear(?:s|ed)?|"
    r"logged|recorded)"
)
_LEVEL = r"(?:critical|warning|severe|fatal|error|info)"
_NO_ALERT = re.compile(
    rf"\b(?:no|neither|none of the|zero|0|{N})\s(?:(?P<word>{_LEVEL})\s)?(?:[a-z-]+\s){{0,2}}{_ALERT}(?=\s?$|"
    rf"\s?[.,!]|\s(?:was|were|ever|has|have|had)?\s?(?:ever\s|been\s)?{_FIRE})"
    rf"|\b(?:(?P<word2>{_LEVEL})\s)?{_ALERT}\b[^.;]{{0,40}}?\b(?:never|not|did\snot|didn't|don't|haven't|hasn't|"
    rf"weren't|wasn't|failed\sto|they\sdidn't)\s(?:\w+\s)?{_FIRE}"
    rf"|\b(?:(?P<word3>{_LEVEL})\s)?{_ALERT}\s(?:all\s)?(?:was|were|stay(?:s|ed)?|remain(?:s|ed)?|is|are|"
    rf"kept)\s(?:all\s|completely\s)?(?:silent|quiet)"
)
_AN_ALERT = re.compile(
    rf"(?:^|\b(?:an?|the|some|one)\s)(?:(?P<word>{_LEVEL})\s)?(?:[a-z-]+\s){{0,2}}?{_ALERT}\s(?:was\s|were\s|has\s|"
    rf"have\s)?(?:fired|triggered|went off|raised)\b"
)
_ALERT_LIMIT = re.compile(
    rf"\b(?:(?P<word>{_LEVEL})\s)?(?:{_ALERT}\s)?(?:levels?\s)?thresholds?\b(?:\s(?:for|of)\s(?:the\s)?(?:{_LEVEL}|"
    rf"{_ALERT})\b)?\s?(?:is|are|was|were|=|:|of|at|set\s(?:to|at)|being){{0,2}}\s?(?P<n>{N})"
    rf"|\b{_ALERT}\s(?:is|are|was|were)?\s?set\s(?:to|at)\s(?P<n2>{N})"
)
_CLIP_LIMIT = re.compile(
    rf"\b(?:max_norm|max_grad_norm|max\s(?:grad(?:ient)?\s)?norm|clip(?:ping)?[\s_](?:limit|norm|threshold|"
    rf"value))\s?(?:is|was|=|:|of|at|set\s(?:to|at)){{0,2}}\s?(?P<n>{N})(?:\s(?:for|"
    rf"on)\s(?:the\s)?(?P<network>actor|critic)\b)?"
)
_STAGE = re.compile(
    r"(?P<not>\bnot\s(?:\w+\s)?)?\b(?P<when>before|after|pre|post|prior\sto)[\s-]?(?:the\s|any\s|gradient\s|grad\s|"
    r"norm\s){0,2}clip(?:ping|ped)?\b"
)
_COPULA = re.compile(
    r"\b(?:is|are|was|were|being|be|measured|logged|recorded|taken|computed|reported|come|comes)\b|:\s?$|=\s?$|"
    r"^\s?,?\s?$"
)
_NO_STAGE = re.compile(
    rf"\bno\s(?P<when>before|after|pre|post)[\s-]clip(?:ping|ped)?[\s-](?:metrics?|norms?|values?|data|{S})"
    rf"|\b(?P<when2>before|after|pre|post)[\s-]clip(?:ping|ped)?[\s-](?:metrics?|norms?|values?|{S})\s(?:(?:are|"
    rf"were|is|was)\s)?(?:not|never)\s(?:\w+\s)?(?:in\stensorboard|logged|recorded)"
)
_POINT = r"(?:logged\s|recorded\s|data\s)?(?:points|records|samples|entries|values|measurements|datapoints)"
_POINTS = re.compile(
    rf"(?<!last\s)(?<!first\s)(?<!final\s)(?<!every\s)(?<!over\s)(?<!all\s)(?<!each\s)(?P<n>{N})\s{_POINT}\b"
)
_POINTS_OF = re.compile(
    rf"^(?:there\s(?:are|were)\s)?(?:only\s|exactly\s)?(?P<n>{N})\s{_POINT}\s(?:of|for|in|under)\s(?:the\s)?{S}"
    r"(?=\s?[.,!]|\s?$|\s(?:are|were)\s(?:logged|recorded))"
)
_TIMES = re.compile(rf"\b(?:logged|recorded|reported)\s(?:only\s|exactly\s)?(?P<n>{N})\stimes\b")
_NOUN = (
    r"(?P<noun>(?:env(?:ironment)?|training|gradient|optimi[sz]er|time|network|total|global)?"
    r"\s?-?(?:steps?|updates?|timesteps?|iterations))"
)
_TOTAL = re.compile(
    rf"\b(?:ran|run|trained|training|lasted|lasts|stopped|stops|ended|ends|finished|completed|went\son|covers|made|"
    rf"did|performed|did\sonly|took|has|had|with|of|in|only|just|for|after|logged|are|were)\s(?:a\s|the\s)?(?:for\s|"
    rf"after\s|at\s|through\s)?(?:only\s|just\s|a\stotal\sof\s|exactly\s|total\sof\s)?(?P<n>{N})\s(?P<total>total\s|"
    rf"overall\s)?{_NOUN}\b(?=(?P<after>.{{0,30}}))"
    rf"|^(?P<n2>{N})\s(?P<total2>total\s)?{_NOUN.replace('noun', 'noun2')}(?=(?P<after2>.{{0,30}}))"
    rf"|\b(?P<total3>total\s|number\sof\s)?{_NOUN.replace('noun', 'noun3')}(?:\s(?:run|made|done|logged|"
    rf"completed))?\s?[:=]\s?(?P<n3>{N})(?=(?P<after3>.{{0,20}}))"
)
_OPENING = re.compile(r"(?:the\s|and\s|only\s|[,-]\s?){0,3}")
_TOTAL_SURE = re.compile(
    r"\b(?:ran|run|trained|training|lasted|stopped|ended|finished|completed|total|only|made|performed)\b"
)
_NAN = re.compile(
    r"\b(?P<no>no|never|not|without|free\sof)?\s?(?:any\s|a\s|single\s|become\s|becomes\s|went\s|"
    r"contains?\s){0,2}(?:nans?|infs?|non-finite(?:\svalues?)?)\b"
)
_CONTRASTED = re.compile(r"\b(?:neither|nor|none|unlike|hardly|barely|instead|nobody)\b")
_WORD = re.compile(rf"{S}\s?[=:]\s?(?P<word>[a-z][\w.-]{{1,40}})$")
_CLIP_FACT = "clip_limit"


def read(clause: Clause) -> Iterator[Read]:
    """Yield what the clause says, each with its place in the text."""
    found = [*_alerts(clause), *_limits(clause)]
    yield from found
    if found:
        return
    if _CONTRASTED.search(clause.text):
        return
    logged = _NO_STAGE.search(clause.text)
    if logged:
        yield logged.span(), None, StageLogged(_when(logged["when"] or logged["when2"]), logged=False)
        return
    yield from _stages(clause)
    bare = replace(clause, text=_STAGE.sub(" ", clause.text), subjects=_at_stage(clause))
    totals = list(_totals(bare))
    yield from totals
    if totals and not SUBJECT.search(clause.text):
        return
    if clause.own():
        yield from _settings(bare)
        yield from _non_finite(bare)
        yield from _points(bare)
        yield from values.read(bare)
        yield from courses.read(bare)


def holds_statement(text: str) -> bool:
    """Whether the text already says something of its subject: a number, or where it goes."""
    return bool(NUMBER_MARK.search(text) or courses.COURSE.search(text) or _STAGE.search(text))


def stage_of(intro: str) -> ClipStage | None:
    """Return the place relative to clipping that the line opening a list states: "Before clipping:"."""
    found = _STAGE.match(intro)
    return _when(found["when"]) if found and re.fullmatch(r"[^a-z]{0,3}", intro[found.end() :]) else None


def _when(word: str) -> ClipStage:
    return ClipStage.POST if word in ("after", "post") else ClipStage.PRE


def _alerts(clause: Clause) -> Iterator[Read]:
    for subject in clause.own():
        if subject.signals and all(each.meaning.quantity is Quantity.ALERT for each in subject.signals):
            silent = re.search(rf"\b(?:never|not|didn't|did not)\s{_FIRE}|\b(?:silent|quiet)\b", clause.text)
            fired = re.search(r"\b(?:fired|triggered|went off)\b", clause.text)
            if silent or fired:
                yield (0, len(clause.text)), subject, Alerts(fired=not silent)
                return
    no = _NO_ALERT.search(clause.text)
    if no:
        count = NUMBER_MARK.search(no.group())
        if count is None or clause.number(count.group()).value == 0:
            yield no.span(), None, Alerts(fired=False, words=_words(no["word"] or no["word2"] or no["word3"]))
        return
    an = _AN_ALERT.search(clause.text)
    if an and not re.search(r"\b(?:all|both|every|each)\b", clause.text) and not NUMBER_MARK.search(clause.text):
        yield an.span(), None, Alerts(fired=True, words=_words(an["word"]))


def _words(word: str | None) -> tuple[str, ...]:
    return (word,) if word else ()


def _limits(clause: Clause) -> Iterator[Read]:
    for found in _ALERT_LIMIT.finditer(clause.text):
        if not re.search(rf"\b(?:{_LEVEL}|{_ALERT})\b", clause.text):
            return
        number = clause.number(found["n"] or found["n2"])
        yield found.span(), None, AlertLimit(number, _words(found["word"]))
    for found in _CLIP_LIMIT.finditer(clause.text):
        network = found["network"] or next(iter(re.findall(r"\b(actor|critic)\b", clause.text)), "")
        fact = f"{_CLIP_FACT}.{network}" if network else _CLIP_FACT
        subject = Subject(said=f"clip limit of the {network}" if network else "clip limit", fact=fact)
        yield found.span(), subject, Value(clause.number(found["n"]))


def _stages(clause: Clause) -> Iterator[Read]:
    stages = []
    for found in _STAGE.finditer(clause.text):
        subjects, end = _all_before(clause, found.start())
        norms = [one for one in subjects if any(_is_norm(each.meaning.quantity) for each in one.signals)]
        gap = clause.text[end : found.start()]
        if not norms or not _COPULA.search(gap) or (not end and not re.search(r"[a-z]", gap)):
            continue
        stage = _when(found["when"])
        if found["not"]:
            stage = ClipStage.PRE if stage is ClipStage.POST else ClipStage.POST
        stages.append((found.span(), norms, stage))
    if len({stage for _, _, stage in stages}) != 1:
        return
    span, norms, stage = stages[0]
    named = [one for one in norms if one.named]
    attributive = clause.text[: span[0]].rstrip().endswith("\ue001")
    for subject in named or ([] if attributive else norms):
        yield span, subject, Stage(stage)


def _at_stage(clause: Clause) -> tuple[Subject, ...]:
    """Return the subjects, those that words describe as "the norm before clipping" narrowed to such series."""
    subjects = list(clause.subjects)
    for found in _STAGE.finditer(clause.text):
        mark = re.search("\ue000(\\d+)\ue001\\s?$", clause.text[: found.start()])
        subject = subjects[int(mark[1])] if mark else None
        if mark and subject is not None and not subject.named:
            stage = _when(found["when"])
            there = [each for each in subject.signals if each.meaning.clip_stage is stage]
            known = tuple(each for each in there if each.is_established("clip_stage"))
            subjects[int(mark[1])] = replace(subject, signals=known, settings=(), fact="", certain=len(known) == 1)
    return tuple(subjects)


def _all_before(clause: Clause, position: int) -> tuple[tuple[Subject, ...], int]:
    found = [each for each in SUBJECT.finditer(clause.text) if each.end() <= position]
    if not found:
        return clause.before(position)
    return tuple(clause.subjects[int(each[1])] for each in found), found[-1].end()


def _is_norm(quantity: Quantity) -> bool:
    return quantity is Quantity.GRADIENT_NORM


def _totals(clause: Clause) -> Iterator[Read]:
    for found in _TOTAL.finditer(clause.text):
        kind = next(each for each in ("", "2", "3") if found[f"n{each}"])
        number, noun, after = (found[f"{name}{kind}"] for name in ("n", "noun", "after"))
        words = clause.text[: found.end(f"noun{kind}")]
        if re.search(
            r"\b(?:every|per|each|last|first|next|over|within|all|at|step)\s\S{0,12}$",
            clause.text[: found.start(f"n{kind}")],
        ):
            continue
        if re.match(r"\s(?:per|each|apart|later|before|earlier|ago|between)\b|\s?/", after or ""):
            continue
        sure = (
            found[f"total{kind}"]
            or _TOTAL_SURE.search(words)
            or re.match(r"\s(?:in\stotal|overall|were\s(?:run|made))", after or "")
        )
        if (kind != "3" and not sure) or clause.number(number).whole is None:
            continue
        if SUBJECT.search(clause.text[: found.start()]):
            continue
        if kind == "3" and not _OPENING.fullmatch(clause.text[: found.start()]):
            continue
        kinds = (
            "update"
            if re.search(r"update|gradient|optimi", noun)
            else "env"
            if re.search(r"env|time", noun)
            else "step"
        )
        yield (found.start(), found.end(f"noun{kind}")), None, Total(clause.number(number), kinds)


def _points(clause: Clause) -> Iterator[Read]:
    of = _POINTS_OF.search(clause.text)
    mark = SUBJECT.search(of.group()) if of else None
    if of and mark and clause.number(of["n"]).whole is not None:
        yield of.span(), clause.subjects[int(mark[1])], Points(clause.number(of["n"]))
        return
    found = _POINTS.search(clause.text) or _TIMES.search(clause.text)
    others = list(NUMBER_MARK.finditer(clause.text))
    if found and len(others) == 1 and clause.number(found["n"]).whole is not None:
        subjects, _ = clause.before(found.start())
        for subject in subjects:
            yield found.span(), subject, Points(clause.number(found["n"]))


def _settings(clause: Clause) -> Iterator[Read]:
    found = _WORD.search(clause.text)
    if found and found["word"] not in ("none", "yes", "no", "see"):
        for subject in clause.before(found.start("word"))[0]:
            if subject.settings and not subject.signals:
                yield found.span(), subject, Word(found["word"])


def _non_finite(clause: Clause) -> Iterator[Read]:
    found = _NAN.search(clause.text)
    if found is None:
        return
    subjects, end = clause.before(found.start())
    gap = clause.text[end : found.start()]
    if subjects and re.fullmatch(
        r"\s?(?:is|was|are|were|becomes?|became|goes|went|turns|turned|hits|reaches|has|had|contains?|:|"
        r"=)?\s?(?:to\s)?",
        gap,
    ):
        for subject in subjects:
            yield found.span(), subject, NonFinite(present=not found["no"])
