"""The world without a network: who is in it, how they move, what they touch."""

from __future__ import annotations

import math

import pytest

from trainer.loopback import opendrive
from trainer.loopback.actors import Camera, Description, Vehicle
from trainer.loopback.geometry import Transform
from trainer.loopback.roads import ROADS
from trainer.loopback.spawn import SpawnError
from trainer.loopback.vehicle import Control, Motion
from trainer.loopback.world import MASS, SPECTATOR_ID, World

CAR = Description(1, "vehicle.tesla.model3")


@pytest.fixture
def world() -> World:
    return World(opendrive.read(ROADS["loop"]()), "loop", 0)


def car(world: World, x: float, y: float = 1.75, speed: float = 0.0) -> Vehicle:
    actor = world.spawn(CAR, Transform(x, y, 0.3))
    assert isinstance(actor, Vehicle)
    actor.motion = Motion(speed)
    return actor


def test_a_new_world_holds_the_spectator_alone(world: World) -> None:
    assert list(world.actors) == [SPECTATOR_ID]


def test_a_step_moves_the_clock_and_the_vehicles(world: World) -> None:
    ego = car(world, 10.0)
    ego.control = Control(throttle=1.0)
    for _ in range(20):
        world.step()
    assert world.frame == 20
    assert world.elapsed == pytest.approx(1.0)
    assert ego.pose.x == pytest.approx(12.0, abs=0.1)  # half of 4 m/s² for a second, less the drag
    assert ego.pose.z == 0.0


def test_a_vehicle_without_physics_stays(world: World) -> None:
    ego = car(world, 10.0, speed=5.0)
    ego.physics = False
    world.step()
    assert ego.pose == Transform(10.0, 1.75, 0.3)


def test_a_place_that_is_taken_is_refused_as_in_carla(world: World) -> None:
    car(world, 10.0)
    with pytest.raises(SpawnError, match="Spawn failed because of collision at spawn position"):
        car(world, 12.0)
    car(world, 20.0)


def test_driving_into_another_stops_and_is_a_contact_of_both(world: World) -> None:
    ego, other = car(world, 10.0, speed=10.0), car(world, 16.0)
    while not world.contacts:
        world.step()
    (contact,) = world.contacts
    assert (contact.actor, contact.other) == (ego.id, other.id)
    assert contact.impulse[0] == pytest.approx(-MASS * 10.0, rel=0.05)
    assert ego.motion.speed == 0.0
    assert ego.pose.x < 16.0 - 2 * 2.4 + 0.01
    assert other.pose.x == 16.0
    world.step()
    assert world.contacts == []


def test_pushing_on_is_a_contact_at_every_step(world: World) -> None:
    ego, _ = car(world, 10.0, speed=10.0), car(world, 16.0)
    ego.control = Control(throttle=1.0)
    counts = []
    for _ in range(200):
        world.step()
        counts.append(len(world.contacts))
    assert counts[-3:] == [1, 1, 1]


def test_two_that_were_put_into_each_other_can_drive_apart(world: World) -> None:
    ego, other = car(world, 10.0), car(world, 20.0)
    other.pose = Transform(11.0, 1.75)
    other.control = Control(throttle=1.0)
    world.step()
    assert len(world.contacts) == 1
    for _ in range(100):
        world.step()
    assert world.contacts == []
    assert other.pose.x > ego.pose.x + 4.8


def test_a_sensor_goes_with_its_vehicle_and_ends_with_it(world: World) -> None:
    ego = car(world, 10.0)
    camera = world.spawn(Description(10, "sensor.camera.rgb"), Transform(1.5, 0.0, 2.4, -12.0, 0.0, 0.0), ego.id)
    ego.pose = Transform(50.0, 1.75, 0.0, 0.0, 90.0, 0.0)
    assert world.pose(camera) == pytest.approx((50.0, 3.25, 2.4, -12.0, 90.0, 0.0))
    assert world.destroy(ego.id)
    assert list(world.actors) == [SPECTATOR_ID]


def test_destroying_nobody_or_the_spectator_does_nothing(world: World) -> None:
    assert not world.destroy(99)
    assert not world.destroy(SPECTATOR_ID)
    assert SPECTATOR_ID in world.actors


@pytest.mark.parametrize(
    ("blueprint", "attributes", "reason"),
    [
        ("sensor.lidar.ray_cast", [], "no blueprint 'sensor.lidar.ray_cast'"),
        ("sensor.camera.rgb", [("image_size_x", 2, "0")], "0 x 600 pixels"),
        ("sensor.camera.rgb", [("image_size_y", 2, "100000")], "800 x 100000 pixels"),
        ("sensor.camera.rgb", [("fov", 3, "180")], "180 degrees"),
        ("sensor.camera.rgb", [("fov", 3, "wide")], "fov = 'wide' is not a number"),
        ("sensor.camera.rgb", [("sensor_tick", 3, "nan")], "sensor_tick = 'nan' is not a number"),
        ("vehicle.audi.tt", [("color", 5, "red")], "color = 'red' is not R,G,B"),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(
    world: World, blueprint: str, attributes: list[tuple[str, int, str]], reason: str
) -> None:
    with pytest.raises(SpawnError, match=reason):
        world.spawn(Description(0, blueprint, attributes), Transform())
    assert list(world.actors) == [SPECTATOR_ID]


def test_sensors_are_mounted_on_vehicles_only(world: World) -> None:
    with pytest.raises(SpawnError, match="actor 77 is no vehicle"):
        world.spawn(Description(10, "sensor.camera.rgb"), Transform(), 77)
    ego = car(world, 10.0)
    with pytest.raises(SpawnError, match="cannot be mounted"):
        world.spawn(CAR, Transform(50.0), ego.id)


def test_a_camera_takes_its_lens_from_its_attributes(world: World) -> None:
    attributes = [("image_size_x", 2, "84"), ("image_size_y", 2, "48"), ("fov", 3, "100"), ("sensor_tick", 3, "0.1")]
    camera = world.spawn(Description(10, "sensor.camera.rgb", attributes), Transform(z=5.0))
    assert isinstance(camera, Camera)
    assert camera.lens == (84, 48, 100.0)
    assert camera.interval == 0.1
    assert camera.lens.focal == pytest.approx(42 / math.tan(math.radians(50)))


def test_a_camera_sees_all_vehicles_but_its_own(world: World) -> None:
    ego, other = car(world, 10.0), car(world, 20.0)
    (box,) = world.boxes(without=ego.id)
    assert box.pose[:2] == other.pose[:2]
    assert len(world.boxes(without=0)) == 2


def test_loading_another_map_begins_a_new_episode(world: World) -> None:
    car(world, 10.0)
    first = (world.ground.surface.shape, len(world.spawn_points))
    world.map_changed = False
    world.load(opendrive.read(ROADS["intersection"]()), "intersection")
    assert (world.episode, world.name, world.map_changed) == (2, "intersection", True)
    assert list(world.actors) == [SPECTATOR_ID]
    assert (world.ground.surface.shape, len(world.spawn_points)) != first


def test_the_same_orders_give_the_same_world() -> None:
    def run() -> list[tuple[float, ...]]:
        made = World(opendrive.read(ROADS["s-bend"]()), "s-bend", 3)
        cars = [car(made, 10.0), car(made, 40.0, 5.25)]
        seen: list[tuple[float, ...]] = []
        for step in range(200):
            for number, vehicle in enumerate(cars):
                vehicle.control = Control(throttle=0.7, steer=0.3 * math.sin(step / 10 + number))
            made.step()
            seen.extend((*vehicle.pose, *vehicle.motion) for vehicle in cars)
        return seen

    assert run() == run()
