"""`python -m trainer.loopback`: a stand-in CARLA server in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from trainer.loopback import lifeline, opendrive
from trainer.loopback.roads import ROADS
from trainer.loopback.server import HOST, Server
from trainer.loopback.wire import CLIENT_VERSION
from trainer.loopback.world import World


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; 2 where the arguments do not say what to serve."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING - 10 * min(options.verbose, 2), format="loopback: %(levelname)s: %(message)s"
    )
    try:
        network, name = _network(options.road)
        asyncio.run(_serve(World(network, name, options.seed), options.port, options.parent))
    except (opendrive.OpenDriveError, OSError) as error:
        sys.stderr.write(f"loopback: error: {error}\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer.loopback",
        description=f"A stand-in for a CARLA {CLIENT_VERSION} server, for carla.Client on this machine. It proves that "
        "code talks to CARLA rightly; it says nothing about driving quality in CARLA.",
    )
    parser.add_argument(
        "--port", type=int, default=2000, help="port for calls; 0 lets the system choose (default 2000)"
    )
    parser.add_argument("--road", default="loop", help=f"{', '.join(ROADS)}, or an OpenDRIVE file (default loop)")
    parser.add_argument("--seed", type=int, default=0, help="decides the pattern of the ground (default 0)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log unknown calls; twice: every call")
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)  # end with this process or with standard input
    return parser


def _network(road: str) -> tuple[opendrive.Network, str]:
    if road in ROADS:
        return opendrive.read(ROADS[road]()), road
    if not road.endswith(".xodr"):
        raise opendrive.OpenDriveError(f"no road {road!r}: take {', '.join(ROADS)} or a file that ends in .xodr")
    return opendrive.read(Path(road).read_text(encoding="utf-8")), Path(road).stem


async def _serve(world: World, port: int, parent: int | None) -> None:
    server = Server(world)
    await server.start(port)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    if parent is not None:
        # Ctrl-C reaches every process of the terminal; the parent still needs the server to take leave of it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        lifeline.watch(parent, lambda: loop.call_soon_threadsafe(stopped.set))
    with contextlib.suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGTERM, stopped.set)
    sys.stdout.write(f"listening on {HOST}:{server.port}\n")
    sys.stdout.flush()
    try:
        await stopped.wait()
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
