"""What is read of OpenDRIVE, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trainer.loopback import opendrive
from trainer.loopback.alignment import Cubic, Curve, Polynomial, evaluate, locate
from trainer.loopback.roads import ROADS

ROAD = """<OpenDRIVE><road id="7" length="{length}" junction="-1"><planView>
<geometry s="0" x="0" y="0" hdg="0" length="{length}">{shape}</geometry></planView>
<lanes><laneSection s="0"><center><lane id="0" type="none"/></center>
<right><lane id="-1" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right>
</laneSection></lanes></road></OpenDRIVE>"""


@pytest.mark.parametrize("name", ROADS)
def test_a_generated_road_closes_on_itself(name: str) -> None:
    """Each piece of a reference line begins where the one before it ends, looking the same way."""
    for road in opendrive.read(ROADS[name]()).roads:
        for piece, following in zip(road.line, road.line[1:], strict=False):
            s = np.array([piece.length])
            x, y, heading = locate([piece._replace(s=0.0)], s)
            assert (x[0], y[0]) == pytest.approx((following.x, following.y), abs=1e-6)
            assert math.cos(heading[0] - following.heading) == pytest.approx(1.0)


def test_a_line_an_arc_and_a_spiral_without_change_agree_with_geometry() -> None:
    s = np.array([0.0, 10.0, math.pi * 20.0])
    x, y, heading = locate([Curve(0.0, 1.0, 2.0, 0.0, 100.0, 0.05, 0.05)], s)
    assert (x[-1], y[-1], heading[-1]) == pytest.approx((1.0, 42.0, math.pi))  # half a circle of radius 20
    x, y, _ = locate([Curve(0.0, 0.0, 0.0, math.pi / 2, 100.0)], s)
    assert (x[1], y[1]) == pytest.approx((0.0, 10.0))


def test_a_spiral_follows_the_clothoid() -> None:
    """End of the unit clothoid, x = C(1)·sqrt(pi), y = S(1)·sqrt(pi): Abramowitz and Stegun, table 7.7."""
    length = math.sqrt(math.pi)
    x, y, heading = locate([Curve(0.0, 0.0, 0.0, 0.0, length, 0.0, length)], np.array([length]))
    assert (x[0], y[0]) == pytest.approx((0.7798934 * length, 0.4382591 * length), abs=1e-6)
    assert heading[0] == pytest.approx(math.pi / 2)


def test_a_parametric_cubic_is_followed_with_its_heading() -> None:
    cubic = Cubic(0.0, 0.0, 0.0, 0.0, 2.0, (0.0, 2.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), 1.0)
    x, y, heading = locate([cubic], np.array([1.0, 2.0]))
    assert x == pytest.approx([1.0, 2.0])
    assert y == pytest.approx([0.25, 1.0])
    assert heading == pytest.approx([math.atan2(1.0, 2.0), math.atan2(2.0, 2.0)])


def test_pieces_of_a_polynomial_count_from_their_own_start() -> None:
    pieces = [Polynomial(0.0, (1.0, 0.0, 0.0, 0.0)), Polynomial(10.0, (1.0, 0.5, 0.0, 0.25))]
    assert evaluate(pieces, np.array([5.0, 12.0])) == pytest.approx([1.0, 1.0 + 1.0 + 2.0])


@pytest.mark.parametrize(
    "shape",
    [
        "<line/>",
        '<arc curvature="0.01"/>',
        '<spiral curvStart="0" curvEnd="0.01"/>',
        '<poly3 a="0" b="0" c="0.001" d="0"/>',
        '<paramPoly3 aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="0.1" dV="0" pRange="normalized"/>',
        '<paramPoly3 aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="0.1" dV="0" pRange="arcLength"/>',
    ],
)
def test_every_shape_of_the_standard_is_read(shape: str) -> None:
    (road,) = opendrive.read(ROAD.format(length=50, shape=shape)).roads
    assert road.length == 50.0
    assert [lane.id for lane in road.sections[0].lanes] == [0, -1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not OpenDRIVE"),
        ("<OpenDRIVE/>", "holds no road"),
        ("<OpenDRIVE><road id='1'/></OpenDRIVE>", "not OpenDRIVE: .*length"),
        (ROAD.format(length="nan", shape="<line/>"), "length of <road> is nan"),
        (ROAD.format(length="1e300", shape="<line/>"), "the loopback draws up to"),
        (ROAD.format(length=10, shape="<mystery/>"), "geometry mystery is not known"),
        (ROAD.format(length=10, shape=""), "geometry nothing is not known"),
        ('<!DOCTYPE x [<!ENTITY a "aa">]><OpenDRIVE/>', "document type"),
        ("<OpenDRIVE><road id='1' length='5'/></OpenDRIVE>", "no lanes"),
    ],
)
def test_what_is_not_a_network_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(opendrive.OpenDriveError, match=reason):
        opendrive.read(text)
