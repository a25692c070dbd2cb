"""Texts that are known in part: `train/*` for an f-string with one unknown."""

from __future__ import annotations

from forensics.source.join import join, merge
from forensics.source.values import Choice, Const, Data, Site, Value

_MARK = "pattern:"
MOST_TEXT = 500


def pattern(text: str, site: Site | None) -> Data:
    """Return data that is a text with `*` for its unknown parts."""
    return Data(name=_MARK + text, site=site)


def pattern_of(value: Value) -> str | None:
    """Return the text of such data, None for any other value."""
    return value.name[len(_MARK) :] if isinstance(value, Data) and value.name.startswith(_MARK) else None


def text_of(value: Value) -> tuple[str, bool] | None:
    """Return a text and whether all of it is known."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value, True
    if (found := pattern_of(value)) is not None:
        return found, False
    return None


def join_parts(parts: list[Value], site: Site | None) -> Value:
    """Return the concatenation of all parts. A choice of a few texts gives a choice of results."""
    for place, part in enumerate(parts):
        if isinstance(part, Choice) and all(isinstance(option, Const) for option in part.options):
            results = [join_parts([*parts[:place], option, *parts[place + 1 :]], site) for option in part.options]
            result = results[0]
            for other in results[1:]:
                result = join(result, other)
            return result
    text, known = "", True
    for part in parts:
        if isinstance(part, Const):
            text += str(part.value)[:MOST_TEXT]
        elif (found := pattern_of(part)) is not None:
            text, known = text + found, False
        else:
            text, known = text + "*", False
    while "**" in text:
        text = text.replace("**", "*")
    text = text[:MOST_TEXT]
    return Const(text) if known else pattern(text, site)


def percent(template: str, values: Value, site: Site | None) -> Value:
    """Return `template % values`."""
    if isinstance(values, Const) and template.count("%") == 1:
        try:
            return Const(template % values.value)
        except (TypeError, ValueError):
            return Data(site=site)
    pieces: list[Value] = []
    for place, piece in enumerate(template.split("%")):
        if place:
            pieces.append(merge([values]).but(name=""))
            piece = piece.lstrip("0123456789.")[1:]
        pieces.append(Const(piece))
    return join_parts(pieces, site)


def format_call(template: str, arguments: list[Value], named: dict[str, Value], site: Site | None) -> Value:
    """Return `template.format(...)`."""
    pieces: list[Value] = []
    rest, count = template, 0
    while "{" in rest:
        head, _, tail = rest.partition("{")
        inside, _, rest = tail.partition("}")
        pieces.append(Const(head))
        key = inside.partition(":")[0]
        if not key and count < len(arguments):
            pieces.append(arguments[count])
            count += 1
        elif key.isdigit() and int(key) < len(arguments):
            pieces.append(arguments[int(key)])
        else:
            pieces.append(named.get(key, Data()))
    return join_parts([*pieces, Const(rest)], site)
