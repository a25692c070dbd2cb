"""A figure keeps every spike, fits both colour schemes and trusts no text."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from forensics.model.finding import Figure, Limit, Line
from reports import palette
from reports.envelope import coarsen
from reports.figures import svg
from reports.scales import drawn_scale
from tests.reports.diagnoses import PAYLOADS
from tests.reports.findings import findings
from tests.reports.parts import curve

FIGURES = [finding.figure for finding in findings() if finding.figure is not None]
BUDGET = 30_000


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def texts(text: str) -> list[str]:
    return ["".join(element.itertext()) for element in parsed(text).iter("text")]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.title)
def test_a_figure_is_small_well_formed_and_without_inline_style(figure: Figure) -> None:
    text = svg(figure, "fig-X")
    assert len(text.encode()) <= BUDGET
    root = parsed(text)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "fig-X-caption"
    assert not [element for element in root.iter() if "style" in element.attrib or element.tag == "style"]
    assert not re.search(r"#[0-9a-f]{6}|xlink|metadata", text)


def test_the_same_figure_gives_the_same_text_and_another_prefix_other_ids() -> None:
    first, again, other = svg(FIGURES[0], "a"), svg(FIGURES[0], "a"), svg(FIGURES[0], "b")
    assert first == again
    ids = [{e.attrib["id"] for e in parsed(text).iter() if "id" in e.attrib} for text in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for element in parsed(first).iter("use"):
        assert element.attrib["href"].removeprefix("#") in ids[0]


def test_every_class_of_a_figure_is_a_colour_of_both_schemes() -> None:
    names = {
        name
        for figure in FIGURES
        for words in re.findall(r'class="([^"]*)"', svg(figure, "x"))
        for name in words.split()
    }
    assert names - {"plot"} <= {f"{letter}-{name}" for letter in "fs" for name in palette.LIGHT}
    assert palette.LIGHT.keys() == palette.DARK.keys()


def test_a_spike_of_one_column_stays_visible_when_columns_are_joined() -> None:
    rows = [(step, 0.0, 1.0) for step in range(4000)]
    rows[2345], rows[17] = (2345, 0.0, 50.0), (17, -3.0, 1.0)
    joined = coarsen(rows, 100)
    assert len(joined) == 100
    assert max(high for _, _, high in joined) == 50.0
    assert min(low for _, low, _ in joined) == -3.0


@pytest.mark.parametrize("lines", [1, 3, 6, 9])
def test_many_points_and_lines_stay_within_the_budget(lines: int) -> None:
    steps = list(range(5000))
    wave = [math.sin(step * 1.7) * step for step in steps]
    figure = Figure(
        title="x",
        axis="update",
        lines=[
            Line(label=f"l{n}", steps=steps, low=[w - n for w in wave], high=[w + n for w in wave])
            for n in range(lines)
        ],
    )
    assert len(svg(figure, "f").encode()) <= BUDGET


def test_onset_and_limits_are_drawn_with_their_names() -> None:
    figure = Figure(
        title="x",
        axis="env_step",
        lines=[curve("l", [1.0, 2.0, 3.0])],
        limits=[Limit(label="clip", value=2.5)],
        onset=1200,
    )
    assert {"onset at 1,200", "clip: 2.5", "environment step"} <= set(texts(svg(figure, "f")))


def test_a_limit_far_outside_linear_data_is_named_at_the_edge_instead_of_flattening_the_data() -> None:
    figure = Figure(
        title="x", axis="update", lines=[curve("l", [-1.0, 0.0, 1.0])], limits=[Limit(label="bound", value=9e6)]
    )
    assert "bound: 9e6 (above this range)" in texts(svg(figure, "f"))


@pytest.mark.parametrize(
    ("wanted", "values", "limits", "drawn"),
    [
        ("log", [1.0, 1000.0], [], "log"),
        ("log", [1.0, 2.0], [], "linear"),
        ("log", [-1.0, 1000.0], [], "symlog"),
        ("symlog", [-1.0, -1e9], [], "symlog"),
        ("symlog", [0.0, 1.93], [], "linear"),
        ("linear", [1.0, 1000.0], [], "linear"),
        ("linear", [1.9, 2.0], [10_000.0], "log"),
        ("log", [], [], "linear"),
        ("nonsense", [1.0, 1000.0], [], "log"),
    ],
)
def test_the_scale_is_one_that_the_values_can_be_drawn_on(
    wanted: str, values: list[float], limits: list[float], drawn: str
) -> None:
    figure = Figure(
        title="x",
        axis="update",
        scale=wanted,
        lines=[curve("l", values)],
        limits=[Limit(label="l", value=value) for value in limits],
    )
    assert drawn_scale(figure) == drawn
    assert parsed(svg(figure, "f")).tag == "svg"


@pytest.mark.parametrize(
    "values",
    [
        [],
        [float("nan")] * 3,
        [float("inf"), 1.0, float("-inf")],
        [0.0],
        [0.0, 0.0],
        [5e-324, 1.7e308],
        [-1.7e308, 1.7e308],
        [1e199, 1e-199],
        [-1e199, 1e199],
        [1e-300, 1.0],
        [1.0, 1.0 + 1e-16],
        [3.4e38, 3.4e38],
    ],
    ids=str,
)
@pytest.mark.parametrize("scale", ["linear", "log", "symlog"])
def test_odd_numbers_are_drawn_or_left_out_without_a_word(values: list[float], scale: str) -> None:
    figure = Figure(
        title="x", axis="update", scale=scale, lines=[curve("l", values)], limits=[Limit(label="nan", value=math.nan)]
    )
    text = svg(figure, "f")
    assert parsed(text).tag == "svg"
    assert not re.search(r'd="[^"]*(?:nan|inf)', text)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_in_every_text_of_a_figure_stays_text(payload: str) -> None:
    def figure(extra: str) -> Figure:
        return Figure(
            title="t" + extra,
            axis="update",
            unit="u" + extra,
            lines=[curve("l" + extra, [1.0, 2.0])],
            limits=[Limit(label="limit" + extra, value=1.5)],
        )

    hit, plain = parsed(svg(figure(payload), "f")), parsed(svg(figure(""), "f"))
    shapes = [[(element.tag, sorted(element.attrib)) for element in root.iter()] for root in (hit, plain)]
    assert shapes[0] == shapes[1]


def test_a_settings_file_in_the_working_directory_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"figure.figsize: 90, 90\nlines.linewidth: 77\ntext.usetex: True\n\xff\xfe")
    code = (
        "from tests.reports.findings import findings; from reports.figures import svg;"
        "print(svg(findings()[0].figure, 'f'))"
    )
    root = Path(__file__).resolve().parents[2]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {code}"],
            cwd=folder,
            capture_output=True,
            check=True,
        ).stdout
        for folder in (tmp_path, root)
    ]
    assert outputs[0] == outputs[1]
