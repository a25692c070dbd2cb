"""The map as drawn from above."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from trainer.loopback import ground, opendrive
from trainer.loopback.ground import GROUND_SHADES, Ground, Surface
from trainer.loopback.roads import ROADS


@pytest.fixture(scope="module")
def drawn() -> Callable[[str], Ground]:
    cache: dict[str, Ground] = {}

    def draw(name: str) -> Ground:
        if name not in cache:
            cache[name] = ground.draw(opendrive.read(ROADS[name]()), 0)
        return cache[name]

    return draw


def test_the_loop_is_asphalt_between_its_marks(drawn: Callable[[str], Ground]) -> None:
    loop = drawn("loop")
    assert loop.at(52.0, 1.75) == Surface.ASPHALT
    assert loop.at(52.0, 0.05) == Surface.YELLOW  # the left edge
    assert loop.at(52.0, 6.9) == Surface.WHITE  # the right edge, solid
    assert loop.at(52.0, -2.0) < GROUND_SHADES
    assert loop.at(-1000.0, -1000.0) < GROUND_SHADES


def test_a_broken_mark_has_gaps(drawn: Callable[[str], Ground]) -> None:
    along = [drawn("loop").at(x, 3.45) for x in np.arange(0.05, 100.0, 0.1)]
    assert along.count(Surface.WHITE) == pytest.approx(400, abs=20)
    assert along.count(Surface.ASPHALT) == pytest.approx(600, abs=20)


def test_no_paint_crosses_the_middle_of_the_intersection(drawn: Callable[[str], Ground]) -> None:
    crossing = drawn("intersection")
    assert {crossing.at(x, y) for x in range(-3, 4) for y in range(-3, 4)} == {Surface.ASPHALT}


@pytest.mark.parametrize("name", ROADS)
def test_no_cell_within_a_lane_is_left_uncovered(name: str, drawn: Callable[[str], Ground]) -> None:
    """An uncovered cell inside a road shows as a speck of ground with road on all four sides."""
    road = drawn(name).surface >= GROUND_SHADES
    inside = road[:-2, 1:-1] & road[2:, 1:-1] & road[1:-1, :-2] & road[1:-1, 2:]
    assert not (inside & ~road[1:-1, 1:-1]).any()


def test_the_seed_decides_the_ground_and_leaves_the_road() -> None:
    network = opendrive.read(ROADS["s-bend"]())
    one, same, other = (ground.draw(network, seed).surface for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
    assert (one[one >= GROUND_SHADES] == other[one >= GROUND_SHADES]).all()


def test_a_wide_map_gets_larger_cells_and_an_absurd_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = opendrive.read(ROADS["loop"]())
    monkeypatch.setattr(ground, "MAX_CELLS", 100_000)
    coarse = ground.draw(network, 0)
    assert coarse.surface.size == pytest.approx(100_000, rel=0.02)
    assert coarse.at(52.0, 1.75) == Surface.ASPHALT
    far = opendrive.read(ROADS["loop"]().replace('x="0" y="0"', 'x="90000" y="0"'))
    with pytest.raises(opendrive.OpenDriveError, match="the loopback draws up to 50000 m"):
        ground.draw(far, 0)
