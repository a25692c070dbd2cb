"""Tables that loggers print (Stable-Baselines3, Spinning Up, baselines): `| rollout/ | |`, `|  ep_rew_mean | -1 |`."""

from __future__ import annotations

from forensics.readers.text.fields import number_of


def table_fields(rows: list[str], most: int) -> dict[str, float | str]:
    """Return the cells of a table of two columns; an empty cell beside `name/` opens a section of that name."""
    fields: dict[str, float | str] = {}
    section = ""
    for row in rows:
        cells = row.strip().strip("|").split("|")
        if len(cells) != 2 or len(fields) >= most:
            continue
        name, value = cells[0].strip(), cells[1].strip()
        if not name or set(name) <= set("-=+:"):
            continue
        if not value:
            section = name if name.endswith("/") else ""
            continue
        if not cells[0].startswith("  "):
            section = ""
        number = number_of(value)
        fields[section + name] = value[:200] if number is None else number
    return fields
