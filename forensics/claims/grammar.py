"""Sentences to claims. Each clause has one subject or none; what cannot be read with certainty is no claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.claims import predicates
from forensics.claims.claim import Claim, Elsewhere, Says, Stage, Subject, Total, Value
from forensics.claims.clause import NUMBER_MARK, SUBJECT, Clause, N
from forensics.claims.document import Passage
from forensics.claims.number import NUMBER, Number, number_of
from forensics.claims.subject import Index
from forensics.claims.values import LEAD
from forensics.safety.text import clean

# Not about what this run did: conditions, wishes, doubts. They strike the sentence, or only the clause they stand in.
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|assuming|suppose|supposing|hypothes[ie]\w*|imagine|todo|example|for instance|e\.g\.)(?!\w)"
    r"|\?\s*$|\bnot verified\b|\bunverified\b|\bexpected\b|\bshould have been\b"
)
_DOUBT = re.compile(
    r"\b(?:should|shouldn't|would|wouldn't|could|couldn't|may|might|must|can|can't|cannot|will|won't|shall|needs?|want|"
    r"expect\w*|probably|perhaps|maybe|possibl[ey]|presumably|apparently|likely|unlikely|suspect\w*|assum\w+|seems?|"
    r"suggests?|suggesting|hopefully|ideally|normally|typically|usually|target(?:ed)?\sof|goal|aim|recommend\w*|"
    r"plan\w*|let's|"
    r"instead\sof|rather\sthan|supposed\sto|healthy|desired|ideal)\b"
)
_IMPERATIVE = re.compile(
    r"(?:please |then |next,? |also |first,? )?(?:set|run|rerun|re-run|lower|raise|reduce|increase|decrease|check|"
    r"add|use|try|"
    r"stop|clip|log|verify|monitor|inspect|compare|restart|consider|change|fix|enable|disable|debug|rebuild|modify|"
    r"make|"
    r"keep|ensure|confirm|investigate|replace|remove|move|detect|alert when|print|plot|watch|look|wait|repeat|"
    r"resume|switch|"
    r"calculate|compute|measure)(?!ged|ging|[\w-])\s(?!of\b|is\b|was\b|at\b)"
)
_OTHER_RUN = re.compile(
    r"\b(?:previous|earlier|prior|other|another|old|older|baseline|reference|healthy|next|future|former|second|"
    r"first|last)"
    r"[\s-](?:\w{1,15}\s)?(?:runs?|experiments?|trainings?|attempts?|trials?)\b|\bbaseline\b|\bin the paper\b|"
    r"\bpapers?\b|"
    r"\b(?:yesterday|last (?:week|night|time))\b"
)
_NUMBERED_RUN = re.compile(
    r"\b(?:run|day|seed|experiment|exp|trial|attempt|version)[\s#_-]{0,2}(\d{1,6})\b(?!\s?steps)"
)
_WISH_SECTION = re.compile(
    r"\b(?:expected|expectations?|targets?|goals?|acceptance|success criteria|hypothes[ie]s|proposed|proposals?|"
    r"baseline|"
    r"previous run|reference run|other runs?|planned|what healthy|healthy run|ideal|desired)\b"
)
_WISH_COLUMN = re.compile(
    r"\b(?:expected|target|goal|desired|ideal|healthy|typical|proposed|baseline|reference|previous|before fix|"
    r"after fix|"
    r"recommended|should|threshold|limit|range ok|note|notes|comment)\b"
)
_SPLIT = re.compile(
    r"\s?;\s|\s(?:while|whereas|although|though|but|because|yet|which)\s|\s[—–-]{1,2}\s(?!\ue002)|,\s(?:and|so|with)\s"
    r"|(?:,|\sand)\s(?=(?:then\s|it\s)?(?:end|start|finish|peak|fall|fell|drop|rise|rose|stay|remain|reach|climb|"
    r"grow|grew|ha[sd]|with|is|was|never|at step))"
    r"|\s[→⇒]\s(?=[^\ue002])"
)
_NOISE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S{0,12})?|\b\d{1,2}:\d{2}(?::\d{2})?\b|\blines?\s\d+(?:\s?[-–]\s?\d+)?|"
    r"\b[\w/.-]{1,80}\.(?:py|log|md|yaml|yml|json|txt|sh)(?::\d+)?\b|"
    r"\b(?:figure|fig\.?|table|section|issue|fix|bug|pr|commit|step)\s?#\d+|"
    r"\b(?:figure|fig\.|table|section|issue|fix|bug|page|appendix|equation)\s\d+\b|\bv?\d+\.\d+\.\d+\S{0,20}|#\d+\b|"
    r"(?<!\w)--[a-z][\w-]{0,40}(?:[ =]\S{1,80})?"
)
_LEAD = re.compile(
    r"^(?:step|phase|part|section|fix|problem|hypothesis|evidence|claim|finding|cause|priority)\s#?\d{1,3}\s?[:.)-]\s?",
    re.I,
)
_RANGE = re.compile(r"(?<=[\d%kKMBT])\s?[–—-]\s?(?=[~-]?\d)|(?<=\d)\s?(?:\.\.\.?)\s?(?=-?\d)")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,300})[)\]]")
_INTERVAL = re.compile(rf"{N}\s?,\s?{N}")
_INLINE = re.compile(r"^(?:all|every|each|at|@|step|always|across|throughout|n\s?=)\b")


def claims_of(passage: Passage, index: Index) -> Iterator[Claim]:
    """Yield the claims that one passage makes."""
    text = _LEAD.sub("", passage.text) if passage.heading else passage.text
    section = passage.section.lower()
    if _WISH_SECTION.search(section) or _WISH_COLUMN.search(passage.column.lower()) or _doubtful(passage.intro):
        return
    encoded, subjects = index.encode(_NOISE.sub(" ", text))
    encoded, numbers = _numbers(encoded)
    if _CONDITION.search(encoded) or _IMPERATIVE.match(encoded.lstrip("\"'([ ")):
        return
    quote = clean(passage.text, 300)
    other = _other_run(text.lower(), index)
    stage = predicates.stage_of(passage.intro.lower())
    seen: set[tuple[str, Says]] = set()
    before = _parents(passage, index)
    for position, part in enumerate(_clauses(_led(encoded, passage))):
        continues = position > 0 and not SUBJECT.search(part)
        clause = Clause(part, tuple(subjects), tuple(numbers), before, continues)
        before = clause.own()
        for span, subject, says in predicates.read(clause):
            if _doubted(clause.text, span):
                continue
            if stage is not None and isinstance(says, Value) and subject is not None and subject.named:
                yield from _once(seen, Claim(passage.line, quote, Stage(stage), subject))
            if other and not isinstance(says, Total):
                says = Elsewhere(f"the sentence speaks of {other}")
            yield from _once(seen, Claim(passage.line, quote, says, subject))


def _parents(passage: Passage, index: Index) -> tuple[Subject, ...]:
    """Return the one subject of the item or heading above, of which an item without its own speaks."""
    _, subjects = index.encode(passage.parent)
    return tuple(subjects) if len(subjects) == 1 else ()


def _led(text: str, passage: Passage) -> str:
    """Put "Final values:" above a list in front of each of its items."""
    found = LEAD.match(passage.intro.lower())
    return (
        f"{found.group()} {text}" if found and found.end() >= len(passage.intro) - 1 and SUBJECT.search(text) else text
    )


def _once(seen: set[tuple[str, Says]], claim: Claim) -> Iterator[Claim]:
    key = (claim.subject.said.lower() if claim.subject else "", claim.says)
    if key not in seen:
        seen.add(key)
        yield claim


def _doubted(text: str, span: tuple[int, int]) -> bool:
    """Whether a word of doubt stands in the part between commas that holds the claim."""
    start = max(text.rfind(", ", 0, span[0]), -1) + 1
    stop = text.find(", ", span[1])
    return bool(_DOUBT.search(text[start : len(text) if stop < 0 else stop]))


def _doubtful(intro: str) -> bool:
    return bool(_DOUBT.search(intro.lower()) or _CONDITION.search(intro.lower()) or _WISH_SECTION.search(intro.lower()))


def _other_run(text: str, index: Index) -> str:
    """Return the words of a lower-case text that name another run than this one."""
    if found := _OTHER_RUN.search(text):
        return f"another run ({found.group()})"
    own = set(re.findall(r"\d+", index.signals.run.name)) | {
        str(row.value) for row in index.signals.run.config if row.key.endswith("seed")
    }
    numbered = [
        found
        for found in _NUMBERED_RUN.finditer(text)
        if found[1].lstrip("0") not in {each.lstrip("0") for each in own}
    ]
    return f"another run ({numbered[0].group()})" if numbered else ""


def _numbers(text: str) -> tuple[str, list[Number]]:
    """Return the text in lower case with a mark for each number, and the numbers."""
    numbers: list[Number] = []
    # The digits of a subject's mark are no number: they are moved out of the way and back.
    text = re.sub("\ue000(\\d+)\ue001", lambda found: f"\ue000{chr(_ASIDE + int(found[1]))}\ue001", text)
    text = _ZERO.sub("0", _RANGE.sub(" – ", text))

    def mark(found: re.Match[str]) -> str:
        numbers.append(number_of(found))
        return f" {'at least ' if numbers[-1].open_ended else ''}\ue002{len(numbers) - 1}\ue003 "

    text = _SPREAD.sub(" ", NUMBER.sub(mark, text))
    text = re.sub("\ue000(.)\ue001", lambda found: f"\ue000{ord(found[1]) - _ASIDE}\ue001", text)
    return " ".join(text.lower().split()), numbers


_ASIDE = 0xE100
_ZERO = re.compile(r"(?<![\w-])zero(?:e?s)?(?![\w-])", re.IGNORECASE)
_SPREAD = re.compile("\\s?(?:±|\\+/-|\\+-)\\s{0,3}\ue002\\d+\ue003")


def _clauses(text: str) -> Iterator[str]:
    """Part a sentence into clauses, what stands in brackets last."""
    asides: list[str] = []

    def aside(found: re.Match[str]) -> str:
        inner = found[1].strip()
        if SUBJECT.search(inner) and not NUMBER_MARK.search(inner):
            return f" , {inner} ,"
        if found.group().startswith("[") and _INTERVAL.fullmatch(inner):
            return f" between {inner.replace(',', ' and ')} "
        if _INLINE.match(inner):
            return f" {inner} "
        owner = SUBJECT.findall(text[: found.start()])
        asides.append(f"\ue000{owner[-1]}\ue001 : {inner}" if owner and not SUBJECT.search(inner) else inner)
        return " "

    text = " ".join(_BRACKETS.sub(aside, text).split())
    lead = LEAD.match(text)
    pieces = [piece.strip() for part in _SPLIT.split(text) for piece in _by_subject(part)]
    for position, piece in enumerate([*pieces, *asides]):
        again = lead is not None and position > 0 and SUBJECT.search(piece) and not LEAD.search(piece)
        yield f"{lead.group().strip()} {piece}" if again and lead is not None else piece


def _by_subject(text: str) -> Iterator[str]:
    """Part "A is 1, B is 2 and C is 3" before each subject that follows a finished statement."""
    begin = 0
    for found in SUBJECT.finditer(text):
        left = text[begin : found.start()]
        cut = re.search(r"(?:,|\sand)\s[^,\ue000-\ue003]{0,40}$", left)
        if cut and SUBJECT.search(left) and predicates.holds_statement(left[: cut.start()]):
            yield left[: cut.start()]
            begin += cut.start() + 1
    yield text[begin:].removeprefix("and ")
