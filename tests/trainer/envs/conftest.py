"""Environments on a loopback server of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from trainer.envs.env import CarlaEnv


@pytest.fixture(scope="module")
def make_env() -> Iterator[Callable[..., CarlaEnv]]:
    """Makes environments, and closes them in the end: a sensor that still listens would abort the interpreter."""
    for module in ("msgpack", "gymnasium", "carla"):
        pytest.importorskip(module, reason=f"the environment needs {module} (extra trainer)")
    from trainer.envs.env import CarlaEnv

    with ExitStack() as stack:

        def make(**arguments: Any) -> CarlaEnv:
            return stack.enter_context(closing(CarlaEnv(**arguments)))

        yield make
