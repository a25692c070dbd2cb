"""A one-way loop of two lanes that forks into a chord and merges with it again.

 ,----------- 2 ----------.
|   ,-------- 3 --------.  |
|  |                     | |
 `-`-> (200) -- 1 -> (100)-'
"""

from __future__ import annotations

from trainer.loopback.roads.builder import Connection, Link, Pose, Road, Segment, document, one_way, turn

STRAIGHT = 120.0  # m, the stretch that both ways share
RADIUS = 40.0  # m, of the outer loop's two ends
FORK = 100
MERGE = 200
_LANES = ((-1, -1), (-2, -2))


def loop() -> str:
    """The OpenDRIVE text: roads 1 (shared), 2 (outer) and 3 (chord), junctions 100 (fork) and 200 (merge)."""
    two = one_way(2)
    # Only the straight way through a junction is marked: crossing paint would tell a camera nothing.
    bare = one_way(2, marked=False)
    shared = Road(1, Pose(0.0, 0.0, 0.0), (Segment(STRAIGHT),), two, Link(MERGE), Link(FORK))
    ahead = Road(10, shared.end, (Segment(20.0),), two, Link(1, "end"), Link(2, "start"), junction=FORK)
    left = Road(
        11, shared.end, (turn(20.0, 90),), bare, Link(1, "end"), Link(3, "start"), ("none", "white"), junction=FORK
    )
    outer = Road(
        2, ahead.end, (turn(RADIUS, 180), Segment(STRAIGHT + 60.0), turn(RADIUS, 180)), two, Link(FORK), Link(MERGE)
    )
    chord = Road(3, left.end, (turn(10.0, 90), Segment(STRAIGHT + 30.0), turn(10.0, 90)), two, Link(FORK), Link(MERGE))
    back = Road(20, outer.end, (Segment(40.0),), two, Link(2, "end"), Link(1, "start"), junction=MERGE)
    join = Road(
        21,
        chord.end,
        (turn(20.0, 90), Segment(10.0)),
        bare,
        Link(3, "end"),
        Link(1, "start"),
        ("none", "white"),
        junction=MERGE,
    )
    return document(
        "loop",
        (shared, ahead, left, outer, chord, back, join),
        {
            FORK: (Connection(1, 10, _LANES), Connection(1, 11, _LANES)),
            MERGE: (Connection(2, 20, _LANES), Connection(3, 21, _LANES)),
        },
    )
