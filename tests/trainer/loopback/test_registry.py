"""The sensor numbers are positions in a list that is compiled into the client: the installed one is asked."""

from __future__ import annotations

import importlib.util
import mmap
import re
from importlib import metadata
from pathlib import Path

import pytest

from trainer.loopback.wire import CLIENT_VERSION, SensorType

CLASSES = {
    SensorType.COLLISION: "ACollisionSensor",
    SensorType.RGB_CAMERA: "ASceneCaptureCamera",
    SensorType.WORLD_OBSERVER: "FWorldObserver",
}


def registry() -> list[str]:
    """The sensor classes in the order of the client's registry, from the mangled name of its serializer's type."""
    spec = importlib.util.find_spec("carla")
    if spec is None or spec.origin is None:
        pytest.skip("carla is not installed (it has no wheel for this platform or Python)")
    (library,) = Path(spec.origin).parent.glob("libcarla*.so")
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(b"19CompositeSerializerIJ")
        assert start >= 0, "the client holds no sensor registry by the name that is known"
        mangled = data[start : data.find(b"\0", start)].decode("ascii")
    names = []
    for match in re.finditer(r"IP(\d+)", mangled):
        length = int(match[1])
        names.append(mangled[match.end() : match.end() + length])
    return names


@pytest.mark.parametrize("kind", list(SensorType))
def test_the_client_has_each_sensor_where_it_is_pinned(kind: SensorType) -> None:
    assert registry()[kind] == CLASSES[kind]


def test_the_pinned_version_is_the_installed_one() -> None:
    try:
        installed = metadata.version("carla")
    except metadata.PackageNotFoundError:
        pytest.skip("carla is not installed (it has no wheel for this platform or Python)")
    assert installed == CLIENT_VERSION
