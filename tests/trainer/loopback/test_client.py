"""The unmodified `carla.Client` on the loopback server: everything that the environment asks of CARLA."""

from __future__ import annotations

import queue
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.loopback.process import LoopbackServer
from trainer.loopback.roads import ROADS
from trainer.loopback.wire import CLIENT_VERSION

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT = 10.0
MODEL_3 = "vehicle.tesla.model3"
ROOF = {"x": 1.5, "z": 2.4}


@pytest.fixture(scope="module")
def carla() -> Any:
    pytest.importorskip("msgpack", reason="the loopback server needs msgpack (extra trainer)")
    return pytest.importorskip("carla", reason="carla has no wheel for this platform or Python")


@pytest.fixture(scope="module")
def server(carla: Any) -> Iterator[LoopbackServer]:
    with LoopbackServer(seed=1) as running:
        yield running


@pytest.fixture
def client(carla: Any, server: LoopbackServer) -> Any:
    connected = carla.Client(server.host, server.port)
    connected.set_timeout(TIMEOUT)
    return connected


@pytest.fixture
def world(client: Any) -> Any:
    """A fresh episode on the loop, which waits for ticks."""
    loaded = client.load_world("loop")
    settings = loaded.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    loaded.apply_settings(settings)
    return loaded


@pytest.fixture
def listen(world: Any) -> Iterator[Any]:
    """Spawns a sensor and gives its queue; sensors are stopped in the end, or the interpreter would abort."""
    sensors = []

    def start(blueprint: str, mount: Any, vehicle: Any, **attributes: str) -> queue.Queue[Any]:
        kind = world.get_blueprint_library().find(blueprint)
        for name, value in attributes.items():
            kind.set_attribute(name, value)
        sensor = world.spawn_actor(kind, mount, attach_to=vehicle)
        sensors.append(sensor)
        events: queue.Queue[Any] = queue.Queue()
        sensor.listen(events.put)
        return events

    yield start
    for sensor in sensors:
        sensor.stop()
        sensor.destroy()


def spawn(world: Any, point: int = 0, blueprint: str = MODEL_3) -> Any:
    where = world.get_map().get_spawn_points()[point]
    return world.spawn_actor(world.get_blueprint_library().find(blueprint), where)


def picture(image: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(image.raw_data, np.uint8).reshape(image.height, image.width, 4)


def test_client_and_server_agree_on_the_version(client: Any) -> None:
    assert client.get_server_version() == client.get_client_version() == CLIENT_VERSION


@pytest.mark.parametrize("road", ROADS)
def test_a_road_is_loaded_by_name_and_reaches_the_client_as_it_was_written(client: Any, road: str) -> None:
    world = client.load_world(road)
    assert world.get_map().name == f"Carla/Maps/{road}"
    assert world.get_map().to_opendrive() == ROADS[road]()
    assert len(world.get_map().get_spawn_points()) > 50
    assert f"/Game/Carla/Maps/{road}" in client.get_available_maps()


def test_a_road_of_ones_own_is_loaded_from_its_text(carla: Any, client: Any) -> None:
    before = client.get_world().id
    text = ROADS["intersection"]().replace('name="intersection"', 'name="mine"')
    world = client.generate_opendrive_world(text, carla.OpendriveGenerationParameters(vertex_distance=2.0))
    assert world.id != before
    assert world.get_map().to_opendrive() == text
    again = client.reload_world()
    assert again.id != world.id
    assert again.get_map().to_opendrive() == text


def test_a_road_that_is_none_and_an_unknown_map_are_errors_in_words(client: Any) -> None:
    with pytest.raises(RuntimeError, match="not OpenDRIVE"):
        client.generate_opendrive_world("<OpenDRIVE><road/></OpenDRIVE>")
    with pytest.raises(RuntimeError, match="map not found: the loopback has no 'Town01'"):
        client.load_world("Town01")


def test_another_map_is_loaded_while_the_world_waits_for_ticks(client: Any, world: Any) -> None:
    assert world.get_settings().synchronous_mode
    other = client.load_world("s-bend", False)
    assert other.get_settings().synchronous_mode
    frame = other.tick()
    assert other.get_snapshot().frame == frame


def test_settings_are_kept_and_the_clock_moves_by_the_fixed_step(world: Any) -> None:
    settings = world.get_settings()
    assert (settings.synchronous_mode, settings.fixed_delta_seconds) == (True, 0.05)
    first, second = world.tick(), world.tick()
    assert second == first + 1
    stamp = world.get_snapshot().timestamp
    assert (stamp.frame, stamp.delta_seconds) == (second, pytest.approx(0.05))


def test_without_synchronous_mode_the_world_goes_on_by_itself(world: Any) -> None:
    settings = world.get_settings()
    settings.synchronous_mode = False
    world.apply_settings(settings)
    first = world.wait_for_tick(TIMEOUT).frame
    assert world.wait_for_tick(TIMEOUT).frame > first


def test_a_vehicle_drives_as_it_is_told_and_reports_it(carla: Any, world: Any) -> None:
    ego = spawn(world)
    start = world.get_map().get_spawn_points()[0].location
    for _ in range(20):
        ego.apply_control(carla.VehicleControl(throttle=0.8, steer=0.1))
        world.tick()
    control, velocity, transform = ego.get_control(), ego.get_velocity(), ego.get_transform()
    assert (control.throttle, control.steer) == (pytest.approx(0.8), pytest.approx(0.1))
    assert velocity.x == pytest.approx(3.0, abs=0.3)
    assert ego.get_acceleration().length() > 1.0
    assert transform.location.x > start.x + 1.0
    assert transform.location.y > start.y  # to the right
    assert transform.rotation.yaw > 0
    assert ego.get_angular_velocity().z > 0
    assert ego.bounding_box.extent.x == pytest.approx(2.4)
    assert ego.get_speed_limit() == pytest.approx(50.0)
    assert world.get_snapshot().find(ego.id).get_transform() == transform


def test_a_vehicle_is_put_somewhere_at_a_speed(carla: Any, world: Any) -> None:
    ego = spawn(world)
    goal = world.get_map().get_spawn_points()[25]
    ego.set_transform(goal)
    forward = goal.get_forward_vector()
    ego.set_target_velocity(carla.Vector3D(6 * forward.x, 6 * forward.y, 0))
    ego.apply_control(carla.VehicleControl())
    world.tick()
    assert ego.get_location().distance(goal.location) < 0.5
    assert ego.get_velocity().length() == pytest.approx(6.0, rel=0.02)


def test_a_taken_place_gives_none_and_the_other_way_an_error(world: Any) -> None:
    spawn(world)
    kind = world.get_blueprint_library().find(MODEL_3)
    where = world.get_map().get_spawn_points()[0]
    assert world.try_spawn_actor(kind, where) is None
    with pytest.raises(RuntimeError, match="collision at spawn position"):
        world.spawn_actor(kind, where)


def test_a_camera_sees_the_road_and_the_car_ahead(carla: Any, world: Any, listen: Any) -> None:
    ego = spawn(world)
    mount = carla.Transform(carla.Location(**ROOF), carla.Rotation(pitch=-12))
    images = listen("sensor.camera.rgb", mount, ego, image_size_x="84", image_size_y="64", fov="100")
    frame = world.tick()
    image = images.get(timeout=TIMEOUT)
    assert (image.frame, image.width, image.height, image.fov) == (frame, 84, 64, 100.0)
    assert image.transform.location.z == pytest.approx(2.4)
    assert image.transform.rotation.pitch == pytest.approx(-12)
    empty = picture(image)
    assert (empty[:, :, 3] == 255).all()
    assert empty[0, 42, 0] > empty[0, 42, 2]  # sky: more blue than red
    blue, green, red, _ = empty[50].astype(int).T
    assert ((red > 200) & (blue < 100)).any()  # the yellow left edge
    assert ((abs(red - green) < 10) & (red < 120)).any()  # asphalt
    other = spawn(world, 1)
    world.tick()
    difference = (picture(images.get(timeout=TIMEOUT)) != empty).any(axis=2)
    assert difference.sum() > 10  # at 20 m a car is five pixels wide
    other.set_transform(world.get_map().get_spawn_points()[40])
    world.tick()
    assert (picture(images.get(timeout=TIMEOUT)) == empty).all()


def test_every_tick_brings_its_image_from_the_first_after_listen(carla: Any, world: Any, listen: Any) -> None:
    ego = spawn(world)
    for _ in range(20):
        mount = carla.Transform(carla.Location(**ROOF))
        images = listen("sensor.camera.rgb", mount, ego, image_size_x="8", image_size_y="8")
        frames = [world.tick() for _ in range(3)]
        assert [images.get(timeout=TIMEOUT).frame for _ in range(3)] == frames


def test_a_crash_is_reported_with_both_actors_and_the_impulse(carla: Any, world: Any, listen: Any) -> None:
    ego, other = spawn(world, 0), spawn(world, 1)
    crashes = listen("sensor.other.collision", carla.Transform(), ego)
    ego.set_target_velocity(carla.Vector3D(x=15.0))
    for _ in range(60):
        frame = world.tick()
        if ego.get_velocity().length() == 0.0:
            break
    crash = crashes.get(timeout=TIMEOUT)
    assert crash.frame == frame
    assert (crash.actor.id, crash.other_actor.id) == (ego.id, other.id)
    assert crash.normal_impulse.x < -1000.0


def test_crossing_a_mark_is_reported_by_its_kind(carla: Any, world: Any, listen: Any) -> None:
    ego = spawn(world)
    crossings = listen("sensor.other.lane_invasion", carla.Transform(), ego)
    ego.set_target_velocity(carla.Vector3D(x=8.0))
    world.tick()
    for _ in range(30):
        ego.apply_control(carla.VehicleControl(throttle=0.3, steer=0.1))
        world.tick()
    marks = [str(mark.type) for mark in crossings.get(timeout=TIMEOUT).crossed_lane_markings]
    assert "Broken" in marks


def test_a_batch_spawns_orders_and_destroys(carla: Any, client: Any, world: Any) -> None:
    command, kind = carla.command, world.get_blueprint_library().find(MODEL_3)
    first, second, third = world.get_map().get_spawn_points()[:3]
    throttle = command.ApplyVehicleControl(command.FutureActor, carla.VehicleControl(throttle=1.0))
    fast = command.ApplyTargetVelocity(command.FutureActor, carla.Vector3D(x=5.0))
    batch = [
        command.SpawnActor(kind, first).then(throttle),
        command.SpawnActor(kind, second).then(fast),
        command.SpawnActor(kind, second),
    ]
    one, two, refused = client.apply_batch_sync(batch, True)
    assert "collision at spawn position" in refused.error
    world.tick()
    speeds = [world.get_actor(made.actor_id).get_velocity().x for made in (one, two)]
    assert speeds == [pytest.approx(0.4, abs=0.05), pytest.approx(5.0, abs=0.1)]
    moved, still, unknown = client.apply_batch_sync(
        [
            command.ApplyTransform(two.actor_id, third),
            command.SetSimulatePhysics(two.actor_id, False),
            command.ApplyImpulse(two.actor_id, carla.Vector3D()),
        ],
        True,
    )
    assert not moved.error
    assert not still.error
    assert "batch command 10" in unknown.error
    world.tick()
    assert world.get_actor(two.actor_id).get_location().distance(third.location) < 0.01
    gone = client.apply_batch_sync([command.DestroyActor(made.actor_id) for made in (one, two)], True)
    assert [response.error for response in gone] == ["", ""]
    assert [actor.type_id for actor in world.get_actors()] == ["spectator"]


def test_a_speed_is_held_until_it_is_released(carla: Any, world: Any) -> None:
    ego = spawn(world)
    ego.enable_constant_velocity(carla.Vector3D(x=7.0))
    for _ in range(5):
        ego.apply_control(carla.VehicleControl(brake=1.0))
        world.tick()
    assert ego.get_velocity().length() == pytest.approx(7.0)
    ego.disable_constant_velocity()
    world.tick()
    assert ego.get_velocity().length() < 7.0


def test_weather_and_spectator_are_kept(carla: Any, world: Any) -> None:
    world.set_weather(carla.WeatherParameters.WetSunset)
    where = world.get_map().get_spawn_points()[3]
    world.get_spectator().set_transform(where)
    world.tick()
    assert world.get_weather() == carla.WeatherParameters.WetSunset
    assert world.get_spectator().get_location() == where.location


def test_what_the_loopback_lacks_is_an_error_that_names_it(world: Any) -> None:
    ego = spawn(world)
    with pytest.raises(RuntimeError, match="does not know the call is_traffic_manager_running"):
        ego.set_autopilot(True)
    with pytest.raises(RuntimeError, match="does not know the call get_physics_control"):
        ego.get_physics_control()


def test_two_clients_share_one_world(carla: Any, server: LoopbackServer, world: Any) -> None:
    ego = spawn(world)
    other = carla.Client(server.host, server.port)
    other.set_timeout(TIMEOUT)
    seen = other.get_world()  # of a world that waits for ticks, too
    assert seen.id == world.id
    frame = seen.tick()
    assert world.tick() == frame + 1
    assert seen.get_actor(ego.id).type_id == MODEL_3


def test_each_of_several_servers_has_a_world_of_its_own(carla: Any, world: Any) -> None:
    with LoopbackServer(road="s-bend") as another:
        client = carla.Client(another.host, another.port)
        client.set_timeout(TIMEOUT)
        theirs = client.get_world()
        assert theirs.get_map().name == "Carla/Maps/s-bend"
        spawn(world)
        theirs.wait_for_tick(TIMEOUT)
        assert [actor.type_id for actor in theirs.get_actors()] == ["spectator"]


def test_the_same_seed_and_orders_show_the_same_pictures(carla: Any) -> None:
    def run(seed: int) -> list[bytes]:
        with LoopbackServer(seed=seed) as server:
            client = carla.Client(server.host, server.port)
            client.set_timeout(TIMEOUT)
            world = client.get_world()
            settings = world.get_settings()
            settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
            world.apply_settings(settings)
            ego = spawn(world)
            spawn(world, 1)
            kind = world.get_blueprint_library().find("sensor.camera.rgb")
            kind.set_attribute("image_size_x", "32")
            kind.set_attribute("image_size_y", "32")
            camera = world.spawn_actor(kind, carla.Transform(carla.Location(**ROOF)), attach_to=ego)
            images: queue.Queue[Any] = queue.Queue()
            camera.listen(images.put)
            seen = []
            for step in range(40):
                ego.apply_control(carla.VehicleControl(throttle=1.0, steer=0.2 * np.sin(step / 5)))
                world.tick()
                seen.append(bytes(images.get(timeout=TIMEOUT).raw_data))
            camera.stop()
            camera.destroy()
            return seen

    assert run(5) == run(5)
    assert run(5) != run(6)


def test_a_client_that_is_killed_leaves_the_server_to_the_next_one(carla: Any, server: LoopbackServer) -> None:
    program = (
        "import sys, carla\n"
        "client = carla.Client('127.0.0.1', int(sys.argv[1])); client.set_timeout(10.0)\n"
        "world = client.get_world(); settings = world.get_settings()\n"
        "settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05\n"
        "world.apply_settings(settings); library = world.get_blueprint_library()\n"
        "car = world.spawn_actor(library.find('vehicle.audi.tt'), world.get_map().get_spawn_points()[9])\n"
        "camera = world.spawn_actor(library.find('sensor.camera.rgb'), carla.Transform(), attach_to=car)\n"
        "camera.listen(lambda image: None); print('up', flush=True)\n"
        "while True: world.tick()\n"
    )
    victim = subprocess.Popen([sys.executable, "-c", program, str(server.port)], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    with victim.stdout:
        assert victim.stdout.readline() == "up\n"
        time.sleep(0.2)
        victim.kill()
        victim.wait(TIMEOUT)
    following = carla.Client(server.host, server.port)
    following.set_timeout(TIMEOUT)
    world = following.get_world()
    assert world.tick() > 0
    left = [actor.type_id for actor in world.get_actors()]
    assert "vehicle.audi.tt" in left  # as in CARLA, actors stay when their client goes
    following.load_world("loop")


def test_a_server_that_is_gone_is_a_time_out_that_names_its_address(carla: Any) -> None:
    with LoopbackServer() as server:
        client = carla.Client(server.host, server.port)
        client.set_timeout(TIMEOUT)
        client.get_server_version()
        client.set_timeout(0.5)
    began = time.monotonic()
    with pytest.raises(RuntimeError, match=f"time-out.*{server.port}"):
        client.get_server_version()
    assert time.monotonic() - began < 3.0


def test_the_server_logged_no_failure_of_its_own(server: LoopbackServer) -> None:
    """Last in this file: what went before must not have met a defect."""
    assert "Traceback" not in server.log()
