"""The actors of the loopback's world."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.loopback.camera import Lens
from trainer.loopback.geometry import Transform, Vector
from trainer.loopback.vehicle import Control, Motion


@dataclass(slots=True)
class Description:
    """What a client asked to be spawned: CARLA's uid and id of the blueprint, and (id, type, value) of attributes."""

    uid: int
    id: str
    attributes: list[tuple[str, int, str]] = field(default_factory=list)

    def get(self, attribute: str, default: str) -> str:
        """The value of an attribute, as text."""
        return next((value for name, _, value in self.attributes if name == attribute), default)


@dataclass(slots=True)
class Actor:
    """Anything in the world; `pose` is relative to the parent where there is one (id 0: none)."""

    id: int
    description: Description
    pose: Transform
    parent: int = 0
    extent: Vector = (0.0, 0.0, 0.0)
    stream: int = 0  # where its sensor data go; 0: it has none


@dataclass(slots=True)
class Vehicle(Actor):
    """A car: `held_speed` (m/s) overrides its pedals, without physics it stays where it is put."""

    motion: Motion = field(default_factory=Motion)
    control: Control = field(default_factory=Control)
    held_speed: float | None = None
    physics: bool = True
    rgb: tuple[int, int, int] = (128, 128, 128)


@dataclass(slots=True)
class Camera(Actor):
    """An RGB camera that takes a picture every `interval` simulated seconds (0: at every step)."""

    lens: Lens = field(default_factory=lambda: Lens(800, 600, 90.0))
    interval: float = 0.0
    due: float = 0.0


@dataclass(slots=True)
class CollisionSensor(Actor):
    """Reports what the vehicle it is mounted on touches."""
