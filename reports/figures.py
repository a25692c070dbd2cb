"""Draws the figure of a finding. matplotlib is imported here and only when a figure is drawn."""

from __future__ import annotations

import contextlib
import io
import math
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from forensics.model.finding import Figure, Limit
from forensics.safety.text import clean
from reports.envelope import coarsen
from reports.palette import DASHES, LINES, sentinel
from reports.scales import Row, drawable, drawn_scale, fits
from reports.svg import fit
from reports.words import axis, number

WIDTH, HEIGHT = 6.4, 2.9  # inches of 72 points; the SVG scales with the page
POINTS = 900  # vertices of all lines of one figure: about 12 kB of path
MARKED = 60  # up to so many points, each is marked

# How far beyond the data a limit may stand on a linear scale before it is named at the edge instead of drawn.
_REACH = 3.0

# Share of the height above which the name of a limit goes below its line, to leave room for the onset's.
_CROWDED = 0.85

# Shares of the width and height that the name of a limit takes at the right end of its line.
_NAMED, _LETTERS = 0.3, 0.1


def svg(figure: Figure, id_prefix: str) -> str:
    """Return the figure as an inline SVG element, labelled by the element with the id `<id_prefix>-caption`.

    Both colour schemes and any width work, since colours are classes and no size is fixed. The same figure
    gives the same text.
    """
    with _matplotlib() as (canvas_type, figure_type):
        canvas = canvas_type(figure_type(figsize=(WIDTH, HEIGHT)))
        axes = canvas.figure.add_axes((0.115, 0.16, 0.83, 0.745))
        _draw(axes, figure)
        buffer = io.BytesIO()
        canvas.print_svg(buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return fit(buffer.getvalue(), f"{id_prefix}-", f"{id_prefix}-caption")


@contextlib.contextmanager
def _matplotlib() -> Iterator[tuple[Any, Any]]:
    """Give matplotlib's figure types under the library's own defaults.

    matplotlib reads a `matplotlibrc` of the working directory as it is imported, which may be the run's: so it
    is imported from its templates folder, and drawing starts from the defaults it ships.
    """
    with contextlib.ExitStack() as stack:
        if "matplotlib" not in sys.modules:
            stack.enter_context(contextlib.chdir(Path(__file__).parent / "templates"))
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure as Canvas
    defaults = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith("backend")}
    settings = defaults | {"svg.fonttype": "none", "svg.hashsalt": "forensics", "path.simplify": False}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the browser's fonts draw the text, not matplotlib's
        yield FigureCanvasSVG, Canvas


def _draw(axes: Any, figure: Figure) -> None:
    lines = [drawable(line) for line in figure.lines[:LINES]]
    values = [value for rows in lines for _, low, high in rows for value in (low, high)]
    limits = [limit for limit in figure.limits if fits(limit.value)]
    scale = drawn_scale(figure)
    axes.figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    for index, rows in enumerate(lines):
        if rows:
            _line(axes, coarsen(rows, POINTS // (2 * len(lines))), index)
    reach = _set_scale(axes, scale, values, limits)
    _frame(axes, figure, scale, {*values, *(limit.value for limit in limits)})
    for limit in limits:
        _limit(axes, limit, reach)
    if figure.onset is not None:
        _onset(axes, figure.onset)
    if not values:
        words = {"transform": axes.transAxes, "ha": "center", "fontsize": 9, "color": sentinel("muted")}
        axes.text(0.5, 0.5, "no value can be drawn", **words)


def _line(axes: Any, rows: Sequence[Row], index: int) -> None:
    """Draw each column from its lowest to its highest value, so that a spike of one step stays."""
    steps: list[int] = []
    values: list[float] = []
    for step, low, high in rows:
        steps += [step] if low == high else [step, step]
        values += [low] if low == high else [low, high]
    dash = [float(part) for part in DASHES[index].split()]
    axes.plot(
        steps,
        values,
        color=sentinel(f"line{index + 1}"),
        linewidth=1.4,
        linestyle=(0, dash) if dash else "solid",
        marker="o" if len(steps) <= MARKED else None,
        markersize=3,
        clip_on=False,
    )


def _set_scale(axes: Any, scale: str, values: list[float], limits: list[Limit]) -> tuple[float, float]:
    """Set the scale and the range of the y axis; return the range, outside of which a limit is only named."""
    wanted = values + [limit.value for limit in limits]
    if not values:
        return (0.0, 1.0)
    if scale == "log":
        axes.set_yscale("log")
        low, high = math.log10(min(wanted)), math.log10(max(wanted))
        margin = max(0.06 * (high - low), 0.15)
        axes.set_ylim(10 ** (low - margin), 10 ** (high + margin))
    elif scale == "symlog":
        sizes = [abs(value) for value in wanted if value]
        axes.set_yscale("symlog", linthresh=max(min(sizes, default=1.0), max(sizes, default=1.0) * 1e-12))
        axes.autoscale_view()
        axes.set_ylim(*_around(min(wanted), max(wanted), 1.6))
    else:
        low, high = min(values), max(values)
        room = _REACH * ((high - low) or abs(high) or 1.0)
        near = [limit.value for limit in limits if low - room <= limit.value <= high + room]
        low, high = min([low, *near]), max([high, *near])
        margin = 0.08 * (high - low) or abs(high) or 1.0
        axes.set_ylim(low - margin, high + margin)
    bottom, top = axes.get_ylim()
    return float(bottom), float(top)


def _around(low: float, high: float, factor: float) -> tuple[float, float]:
    """Widen a range outwards by a factor, as a logarithmic scale shows it."""
    return (low * factor if low < 0 else 0.0), (high * factor if high > 0 else 0.0)


def _frame(axes: Any, figure: Figure, scale: str, levels: set[float]) -> None:
    """Set ranges, ticks and grid; the y axis of a single level has this level alone as a tick."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    steps = [step for line in figure.lines for step in line.steps] + (
        [figure.onset] if figure.onset is not None else []
    )
    if steps:
        spread = (max(steps) - min(steps)) or 1
        axes.set_xlim(min(steps) - 0.015 * spread, max(steps) + 0.015 * spread)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(sentinel("edge"))
    plain = FuncFormatter(lambda value, _: number(float(value)))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if scale == "linear":
        flat = len(levels) == 1
        axes.yaxis.set_major_locator(FixedLocator(list(levels)) if flat else MaxNLocator(5))
    elif scale == "symlog":
        axes.yaxis.set_major_locator(FixedLocator(_symlog_ticks(axes)))
    else:
        axes.yaxis.get_major_locator().set_params(numticks=6)
    axes.yaxis.set_minor_locator(NullLocator())
    for which in (axes.xaxis, axes.yaxis):
        which.set_major_formatter(plain)
        which.get_offset_text().set_visible(False)
    axes.tick_params(length=0, labelsize=9, labelcolor=sentinel("muted"), pad=4)
    axes.grid(axis="y", color=sentinel("rule"), linewidth=0.6)
    axes.set_axisbelow(True)
    axes.text(1, -0.2, axis(figure.axis), transform=axes.transAxes, ha="right", fontsize=9, color=sentinel("muted"))


def _symlog_ticks(axes: Any) -> list[float]:
    """Return 0 and about six powers of ten, evenly spaced on either side."""
    bottom, top = axes.get_ylim()
    linear = axes.yaxis.get_transform().linthresh
    first = math.ceil(math.log10(linear))
    powers = {sign: range(first, math.floor(math.log10(end)) + 1) for sign, end in ((-1, -bottom), (1, top)) if end > 0}
    stride = max(1, math.ceil(sum(len(each) for each in powers.values()) / 6))
    return sorted([0.0, *(sign * 10.0**power for sign, each in powers.items() for power in each[::-stride])])


def _limit(axes: Any, limit: Limit, reach: tuple[float, float]) -> None:
    """Draw a limit as a dashed line with its name, or name it at the edge it lies beyond."""
    label = f"{_foreign(limit.label)}: {number(limit.value)}"
    bottom, top = reach
    style = {"fontsize": 9, "color": sentinel("fault"), "parse_math": False}
    if bottom <= limit.value <= top:
        below = _free_below(axes, limit.value)
        axes.axhline(limit.value, color=sentinel("fault"), linewidth=1.1, linestyle=(0, (5, 3)))
        axes.annotate(
            label,
            (1, limit.value),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, -3 if below else 3),
            textcoords="offset points",
            ha="right",
            va="top" if below else "bottom",
            **style,
        )
    else:
        edge, words = (1, "above") if limit.value > top else (0, "below")
        axes.text(1, edge, f"{label} ({words} this range)", transform=axes.transAxes, ha="right", va="top", **style)


def _free_below(axes: Any, value: float) -> bool:
    """Whether the name of a limit goes below its line: the top is near, or curves run through its place above."""
    to_share = axes.transScale + axes.transLimits
    height = to_share.transform((axes.get_xlim()[1], value))[1]
    if not 1 - _CROWDED <= height <= _CROWDED:
        return bool(height > _CROWDED)
    curves = [line for line in axes.lines if line.get_transform() == axes.transData]
    shares = [share for line in curves for share in to_share.transform(line.get_xydata()) if share[0] > 1 - _NAMED]
    above, under = (sum(0 < sign * (y - height) < _LETTERS for _, y in shares) for sign in (1, -1))
    return bool(above > under)


def _onset(axes: Any, onset: int) -> None:
    left, right = axes.get_xlim()
    late = onset > (left + right) / 2
    axes.axvline(onset, color=sentinel("accent"), linewidth=1.1)
    axes.annotate(
        f"onset at {onset:,}",
        (onset, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(-4 if late else 4, 3),
        textcoords="offset points",
        ha="right" if late else "left",
        fontsize=9,
        color=sentinel("accent"),
    )


def _foreign(text: str) -> str:
    """Clean text that did not come from us; the two noncharacters are not allowed in XML."""
    return clean(text, 48).replace("\ufffe", "").replace("\uffff", "").replace("\n", " ").replace("\t", " ")
