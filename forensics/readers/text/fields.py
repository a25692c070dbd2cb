"""Named values in log text: `name=value`, `name: value`, `name value`, with units glued to the numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from forensics.readers.steps import is_counter

Fields = dict[str, float | str]

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d{1,40})"
_UNIT = re.compile(
    rf"[÷×≈~±$]?([+-]?(?:{_DIGITS}(?:\.\d{{0,40}})?|\.\d{{1,40}})(?:[eE][+-]?\d{{1,4}})?)"
    r"(?!x\d)(?:[A-Za-zµ°%][A-Za-z0-9µ°%²³/·^]{0,11})?"
)
_VALUE = rf"([+-]?{_DIGITS}(?:\.\d{{0,40}})?(?:[eE][+-]?\d{{1,4}})?(?=[\s,;|)\]]|$)|[^\s,;|()\[\]{{}}]{{1,100}})"
_ALONE = r"(?:\[(?=[^\s,\[\]]{1,40}\]))?"  # a list of one number is that number
_AFTER_EQUALS = re.compile(rf"\s{{0,4}}{_ALONE}{_VALUE}")
_AFTER_COLON = re.compile(rf"\s{{0,12}}{_ALONE}['\"]?(?=[\d+\-.÷×≈~±$niNI]){_VALUE}")
_WORD = re.compile(r"[A-Za-z_(][\w./%()\-]*")
_NO_WORD = re.compile(r"[^\w./%()\-]")
_WORDS = re.compile(rf"((?:[A-Za-z_][\w./@\-]{{0,60}}[ \t]{{1,8}}){{1,3}}){_VALUE}")
_PART = re.compile(
    rf"\s{{0,80}}{_WORDS.pattern}(?:\s{{0,4}}\([^()]{{0,40}}\))?\s{{0,8}}"
)  # and a running mean: 0.5 (0.6)
_PARTS = re.compile(r"[,;|]\s|\s[-/]\s|\]\s{0,4}|\t")
_LEADS_WITH_STEP = re.compile(
    r"\W{0,4}(?:train(?:ing)?\s|global[ _])?(?:step|iter|iteration|epoch|it|updates?|episode|ep|frame|timestep)\b"
    r"|\W{0,4}(?:train|test)(?:ing)?:?\s{1,4}\d|\[\d{1,12}\]\s",
    re.IGNORECASE,
)
_ENOUGH = 3  # parts of "name number" alone that make a line one of values, as do all of fewer
# "mean/median reward 12.3/11.0" names two values.
_SIGNED = r"[+-]?\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,4})?"
_PAIR = re.compile(
    rf"([A-Za-z]\w{{0,30}})/([A-Za-z]\w{{0,30}})((?:[ _][A-Za-z]\w{{0,30}}){{0,2}})[ :=]{{1,4}}({_SIGNED})/({_SIGNED})"
)
_IS = re.compile(
    rf"((?:[A-Za-z_]\w{{0,40}} ){{0,3}}(?:rewards?|returns?|scores?|loss|accuracy)) is:? ({_SIGNED})(?![\w.]*\w)",
    re.IGNORECASE,
)
# "Evaluation over 10 episodes: 12.3": the number is no part of the name.
_OVER = re.compile(r"\bover (?:the )?(?:last )?\d{1,9} (episodes|trials|runs|games|rollouts)(?=\s?[:=])", re.IGNORECASE)
_LETTER = re.compile(r"[\-*• ]{0,8}[^\W\d_]")
RULES = frozenset("-=─═*_#~+")
_PARENTHESES = re.compile(r"\([^()]{0,200}\)")
_SHORTENED = frozenset(
    {"avg.", "ave.", "ep.", "num.", "no.", "std.", "max.", "min.", "cum.", "acc.", "val.", "approx."}
)
_SCAN = 4096
_BEFORE = 100
_TEXT = 200
_NAME = 120


def number_of(token: str) -> float | None:
    """Return the number a token is, its unit dropped (3.5km/h, 172m, ÷30.0, 10%, 1,000); None where it is none."""
    try:
        return float(token)
    except ValueError:
        pass
    found = _UNIT.fullmatch(token)
    try:
        return float(found[1].replace(",", "")) if found else None
    except ValueError:
        return None


def message_fields(text: str) -> Fields:
    """Return the named values of one line of prose."""
    text = text[:_SCAN]
    if " over " in text:
        text = _OVER.sub(r"over_\1", text)
    fields: Fields = dict(_pairs(text))
    place = text.find(":")
    while place >= 0:
        found = _AFTER_COLON.match(text, place + 1)
        number = number_of(found[1].rstrip("'\".")) if found else None
        if number is not None:
            name = _words_before(text, place)
            if name and not name.endswith(".py"):  # file.py:12
                fields[name] = number
        place = text.find(":", place + 1)
    place = text.find("=")
    while place >= 0:
        found = _AFTER_EQUALS.match(text, place + 1)
        # "Mean Reward = 1": the blank shows that the name may be of several words
        before = _words_before if text[place - 1 : place] == " " else _word_before
        name = before(text, place) if found else ""
        if found and name and found[1][0] != "=":
            number = number_of(found[1])
            fields[name] = found[1][:_TEXT] if number is None else number
        place = text.find("=", place + 1)
    if " is" in text:
        for found in _IS.finditer(text):
            fields[found[1]] = float(found[2])
    parts = _PARTS.split(text)
    if _LEADS_WITH_STEP.match(text) or _are_values(parts):
        for part in parts:
            for found in _WORDS.finditer(part):
                number = number_of(found[2].rstrip(":"))
                name = found[1].strip()
                if number is not None and name not in fields and not is_counter(name.rpartition(" ")[2]):
                    fields[name] = number
    return fields


def _are_values(parts: list[str]) -> bool:
    """Tell whether enough parts of a line are a name and a number and nothing else."""
    return sum(_PART.fullmatch(part) is not None for part in parts) >= min(_ENOUGH, len(parts))


def _pairs(text: str) -> Iterator[tuple[str, float]]:
    """Yield what "mean/median reward 12.3/11.0" names: mean reward and median reward."""
    if "/" in text:
        for found in _PAIR.finditer(text):
            yield found[1] + found[3], float(found[4])
            yield found[2] + found[3], float(found[5])


def _words_before(text: str, place: int) -> str:
    """Return up to four words that end at `place`: the name before a colon ("Lateral deviation:")."""
    words: list[str] = []
    for word in reversed(text[max(0, place - _BEFORE) : place].rstrip(" '\"").split(" ")[-4:]):
        ends = bool(words) and word.endswith(".") and word.lower() not in _SHORTENED  # of a sentence
        if _WORD.fullmatch(word) and not ends:
            words.append(word)
            continue
        if ends:
            break
        last = _NO_WORD.split(word)[-1]
        if _WORD.fullmatch(last):
            words.append(last)
        break
    return " ".join(reversed(words)).lstrip("(")


def _word_before(text: str, place: int) -> str:
    """Return the one word that ends at `place`: the name before an equals sign."""
    words = text[max(0, place - _BEFORE) : place].split()
    last = _NO_WORD.split(words[-1])[-1] if words else ""
    if "(" in last and not last.endswith(")"):  # Namespace(lr=0.1
        last = last.rpartition("(")[2]
    return last if _WORD.fullmatch(last) else ""


def block_fields(body: list[str], most: int) -> Fields:
    """Return the named values of indented lines below a message; titles nest by indentation into "Title/name".

    A line of rules (----, ====) closes the sections at its own indentation.
    """
    fields: Fields = {}
    titles: list[tuple[int, str]] = []
    prefix = ""
    for line in body:
        stripped = line.strip()
        if not stripped or len(fields) >= most:
            continue
        if titles:
            indent = len(line) - len(line.lstrip())
            if titles[-1][0] >= indent:
                while titles and titles[-1][0] >= indent:
                    titles.pop()
                prefix = _joined(titles)
        if stripped[0] in RULES and is_rule(stripped):
            continue
        name, colon, value = stripped.partition(":")
        if colon and not value:
            title = title_of(name)
            if title:
                titles.append((len(line) - len(line.lstrip()), title))
                prefix = _joined(titles)
            continue
        if value and name[0].isalpha() and len(name) <= _NAME and "=" not in stripped and ":" not in value:
            fields[prefix + name.rstrip()] = first = _first(value)  # by far the most lines
            if isinstance(first, str) and "/" in first:
                fields |= {prefix + key: item for key, item in _pairs(first)}
            continue
        for key, item in _line_fields(stripped, name, value.strip()):
            fields[prefix + key] = item
    return fields


def title_of(text: str) -> str:
    """Return a heading without its colon and what stands in parentheses."""
    return " ".join(_PARENTHESES.sub(" ", text).rstrip(" :").split())[:_NAME]


def is_rule(text: str) -> bool:
    """Tell whether a line only draws a line."""
    return text[0] in RULES and len(text) > 2 and len(set(text.strip())) == 1


def _joined(titles: list[tuple[int, str]]) -> str:
    return "".join(f"{title}/" for _, title in titles[-4:])


def _line_fields(line: str, name: str, value: str) -> Iterable[tuple[str, float | str]]:
    """Return what one line of a block names; `name` and `value` are what its first colon parts."""
    if not value or "=" in name or len(name) > _NAME or not _LETTER.match(name):
        return message_fields(line).items() if "=" in line else ()
    name = name.lstrip("-*• ").rstrip()
    if "=" in value or ":" in value:
        pairs = message_fields(value)
        if "\t" in value or isinstance(_first(value), float):  # a row of values: "Return: 3.5 Length: 200"
            return [(name, _first(value)), *pairs.items()]
        head = value.partition(",")[0]
        if "=" not in head and ":" not in head:  # a row of values: "Hand Brake: False, Gear: 0"
            return [(name, _first(head)), *pairs.items()]
        numbers = [(f"{name}/{key}", item) for key, item in pairs.items() if isinstance(item, float)]
        if numbers:
            return numbers
    return ((name, _first(value)),)


def _first(value: str) -> float | str:
    """Return the number that a value begins with, else its text."""
    words = value.split(None, 1)
    number = number_of(words[0].rstrip(",;")) if words else None
    return value.strip()[:_TEXT] if number is None else number
