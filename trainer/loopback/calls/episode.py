"""Calls about the episode: version, map, settings, weather, ticks."""

from __future__ import annotations

from typing import Any

from trainer.loopback import opendrive, values
from trainer.loopback.calls import Host
from trainer.loopback.roads import ROADS
from trainer.loopback.rpc import Handler, RpcError, Void
from trainer.loopback.settings import Settings, read_settings
from trainer.loopback.wire import CLIENT_VERSION
from trainer.loopback.world import DEFAULT_DELTA, WORLD_STREAM, World

_GENERATED = "OpenDriveMap"  # the name under which a client loads the text that it has just sent
_WEATHER_VALUES = 14


class EpisodeCalls:
    """Answers from, and changes to, the world as a whole."""

    def __init__(self, world: World, host: Host) -> None:
        self._world = world
        self._host = host
        self._sent: opendrive.Network | None = None
        self._weather: list[float] = [0.0] * _WEATHER_VALUES

    def handlers(self) -> dict[str, Handler]:
        """The calls by name."""
        return {
            "version": lambda: CLIENT_VERSION,
            "tick_cue": self._host.advance,
            "get_episode_info": lambda: [self._world.episode, [self._host.token(WORLD_STREAM)]],
            "get_sensor_token": self.sensor_token,
            "get_episode_settings": lambda: self._host.settings.wire(),
            "set_episode_settings": self.set_settings,
            "get_available_maps": lambda: [f"/Game/Carla/Maps/{name}" for name in ROADS],
            "get_map_info": self.map_info,
            "get_map_data": lambda: self._world.network.text,
            "get_required_files": lambda *_: [],
            "get_navigation_mesh": lambda: b"",
            "copy_opendrive_to_file": self.take_opendrive,
            "load_new_episode": self.load,
            "get_weather_parameters": lambda: self._weather,
            "set_weather_parameters": self.set_weather,
            "query_lights_state": lambda *_: [],
            "update_lights_state": lambda *_: Void,
        }

    def sensor_token(self, stream: int) -> list[bytes]:
        """Where a stream is; who asks is about to connect."""
        token = self._host.token(stream)
        if stream != WORLD_STREAM:
            self._host.expect(stream)
        return [token]

    def set_settings(self, wire: Any) -> int:
        """Take new settings; the client waits for the frame it is given, so it is one that was already sent."""
        self._take(read_settings(wire))
        return self._world.frame

    def map_info(self) -> list[Any]:
        """The map's name and where vehicles may start."""
        return [f"Carla/Maps/{self._world.name}", [values.transform(pose) for pose in self._world.spawn_points]]

    def take_opendrive(self, text: str, *_parameters: Any) -> type[Void]:
        """Keep a road for the `load` that follows; the parameters say how CARLA builds a mesh of it."""
        self._sent = opendrive.read(text)
        return Void

    def load(self, name: str, reset_settings: bool, *_layers: Any) -> type[Void]:
        """Begin a new episode: on the text just sent, on one of the loopback's roads, or ("") on the same map again."""
        name = name.rpartition("/")[2]
        if name == _GENERATED and self._sent is not None:
            network = self._sent
        elif name in ("", self._world.name):
            network, name = self._world.network, self._world.name
        elif name in ROADS:
            network = opendrive.read(ROADS[name]())
        else:
            raise RpcError(f"map not found: the loopback has no {name!r}; it has {', '.join(ROADS)}")
        self._world.load(network, name)
        if reset_settings:
            self._take(Settings())
        return Void

    def set_weather(self, parameters: list[float]) -> type[Void]:
        """Keep the weather for who asks; it changes nothing here."""
        if len(parameters) != _WEATHER_VALUES:
            raise ValueError(f"weather holds {len(parameters)} values; this server knows {_WEATHER_VALUES}")
        self._weather = [float(parameter) for parameter in parameters]
        return Void

    def _take(self, settings: Settings) -> None:
        self._world.delta = settings.fixed_delta or DEFAULT_DELTA
        self._host.apply(settings)
