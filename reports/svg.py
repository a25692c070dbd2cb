"""Making matplotlib's SVG fit for a page with a strict content security policy and two colour schemes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from reports.palette import classes

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+(?:e-?[0-9]+)?")
_KEPT_STYLES = frozenset(
    {"fill-opacity", "font-size", "opacity", "stroke-dasharray", "stroke-width", "text-anchor", "stroke-opacity"}
)


def fit(document: bytes, id_prefix: str, label_id: str) -> str:
    """Return matplotlib's document as an inline SVG element.

    Styles become presentation attributes (a policy without unsafe-inline blocks style=""), sentinel colours
    become classes, ids that nothing refers to are dropped and the others get `id_prefix`, coordinates keep
    one decimal (0.1 pt). `label_id` is the id of the element that describes the figure.
    """
    root = ET.fromstring(document)  # noqa: S314  see above
    referenced = {element.attrib[_HREF][1:] for element in root.iter() if _HREF in element.attrib}
    body = "".join(_write(child, id_prefix, referenced) for child in root)
    box = " ".join(_short(part) for part in root.attrib["viewBox"].split())
    return (
        f'<svg class="plot" viewBox="{box}" role="img" aria-labelledby="{label_id}" '
        f'stroke-linejoin="round">{body}</svg>'
    )


def _write(element: ET.Element, prefix: str, referenced: set[str]) -> str:
    name = element.tag.removeprefix(_SVG)
    if name in {"metadata", "style"}:
        return ""
    inner = "".join(_write(child, prefix, referenced) for child in element)
    if name == "text":
        inner = escape(element.text or "") + inner
    attributes = _attributes(element, name, prefix, referenced)
    if name in {"g", "defs"} and (not inner or (name == "g" and not attributes)):
        return inner  # a group that groups nothing
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def _attributes(element: ET.Element, name: str, prefix: str, referenced: set[str]) -> dict[str, str]:
    plain = {}
    for key, value in element.attrib.items():
        if key == "id":
            if value in referenced:
                plain["id"] = prefix + value
        elif key == _HREF:
            plain["href"] = "#" + prefix + value[1:]
        elif key == "d":
            plain["d"] = _path(value)
        elif key in {"x", "y", "transform"}:
            plain[key] = _NUMBER.sub(lambda found: _short(found.group()), value)
    styles = dict(part.split(": ", 1) for part in element.attrib.get("style", "").split("; ") if part)
    plain |= {key: value.removesuffix("px") for key, value in styles.items() if key in _KEPT_STYLES}
    names, known = [], classes()
    for property_name, letter in (("fill", "f"), ("stroke", "s")):
        colour = styles.get(property_name)
        if colour in known:
            names.append(f"{letter}-{known[colour]}")
        elif colour == "none":
            plain[property_name] = "none"
    if name == "text" and not names:
        names.append("f-ink")
    if names:
        plain["class"] = " ".join(names)
    return plain


def _path(value: str) -> str:
    """Shorten a path; a point that rounds to the one before it is left out."""
    kept: list[str] = []
    for step in value.replace("\n", "").replace("z", "z ").split(" L "):
        short = _NUMBER.sub(lambda found: _short(found.group()), step.strip())
        if not kept or short != kept[-1]:
            kept.append(short)
    return "L".join(kept)


def _short(value: str) -> str:
    return f"{float(value):.1f}".removesuffix(".0").replace("-0", "0") if float(value) else "0"


def escape(value: str) -> str:
    """Escape text for element content and for quoted attributes."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
