"""The server as a process: it comes up, it goes down, and it never outlives the process that started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from trainer.loopback import process
from trainer.loopback.process import LoopbackError, LoopbackServer
from trainer.loopback.roads import ROADS

ROOT = Path(__file__).resolve().parents[3]
PARENT = """
import sys, time
from trainer.loopback.process import LoopbackServer
server = LoopbackServer()
server.start()
print(server.pid, server.port, flush=True)
{then}
"""


@pytest.fixture(autouse=True)
def msgpack() -> None:
    pytest.importorskip("msgpack", reason="the loopback server needs msgpack (extra trainer)")


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False
    return True


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def start_parent(then: str) -> tuple[subprocess.Popen[str], int]:
    """A process that starts a server and goes on with `then`; the server's port."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    _, port = parent.stdout.readline().split()
    return parent, int(port)


def end(parent: subprocess.Popen[str]) -> None:
    parent.kill()
    parent.wait(10)
    assert parent.stdout is not None
    parent.stdout.close()


def test_it_listens_from_start_to_the_end_of_the_with() -> None:
    with LoopbackServer(road="s-bend", seed=3) as server:
        assert listens(server.port)
        assert server.address == f"127.0.0.1:{server.port}"
    assert not listens(server.port)
    assert not server.alive
    server.stop()  # a second time does nothing


def test_several_run_at_once_on_ports_of_their_own() -> None:
    with LoopbackServer() as one, LoopbackServer() as two, LoopbackServer(road="intersection") as three:
        ports = {one.port, two.port, three.port}
        assert len(ports) == 3
        assert all(map(listens, ports))
        two.stop()
        assert listens(one.port)
        assert listens(three.port)


def test_it_may_be_started_again_but_not_twice() -> None:
    server = LoopbackServer()
    with server, pytest.raises(LoopbackError, match="started already"):
        server.start()
    with server:
        assert server.alive


def test_it_serves_a_road_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.xodr"
    file.write_text(ROADS["loop"](), encoding="utf-8")
    from tests.trainer.loopback.raw import RawClient

    with LoopbackServer(road=str(file)) as server, RawClient(server.port) as client:
        assert client.call("get_map_info")[0] == "Carla/Maps/mine"
        assert client.call("get_map_data") == ROADS["loop"]()


@pytest.mark.parametrize(
    ("road", "reason"), [("moon", "no road 'moon'"), ("no-such-file.xodr", "no-such-file.xodr"), ("", "no road ''")]
)
def test_a_road_that_cannot_be_had_is_an_error_in_words(road: str, reason: str) -> None:
    server = LoopbackServer(road=road)
    with pytest.raises(LoopbackError, match=reason):
        server.start()
    assert not server.alive


def test_a_server_that_does_not_come_up_in_time_is_an_error_and_is_gone() -> None:
    server = LoopbackServer(start_timeout=0.0)
    with pytest.raises(LoopbackError, match="did not start within 0 s"):
        server.start()
    assert not server.alive


def test_another_carla_than_the_pinned_one_is_refused_before_it_can_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.9.15")
    with pytest.raises(LoopbackError, match=r"speaks the protocol of carla 0\.9\.16, and carla 0\.9\.15 is installed"):
        LoopbackServer().start()


def test_no_carla_at_all_is_no_reason_not_to_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr("importlib.metadata.version", missing)
    process.check_installed()


def test_without_msgpack_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    with pytest.raises(LoopbackError, match=r"needs msgpack: pip install 'run-forensics\[trainer\]'"):
        LoopbackServer().start()


def test_it_logs_what_it_refused() -> None:
    from tests.trainer.loopback.raw import RawClient

    with LoopbackServer() as server, RawClient(server.port) as client:
        client.ask("copy_opendrive_to_file", "no road at all", [])
        assert "copy_opendrive_to_file refused: not OpenDRIVE" in server.log()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_it_dies_with_a_parent_that_is_killed() -> None:
    parent, port = start_parent("time.sleep(60)")
    try:
        assert listens(port)
        parent.send_signal(signal.SIGKILL)
        assert within(5.0, lambda: not listens(port))
    finally:
        end(parent)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")
def test_it_dies_with_its_parent_even_while_a_fork_of_the_parent_holds_the_pipe() -> None:
    parent, port = start_parent("import os\nif os.fork() == 0: sys.stdout.close(); time.sleep(3)\nelse: time.sleep(60)")
    try:
        parent.send_signal(signal.SIGKILL)
        assert within(2.5, lambda: not listens(port))
    finally:
        end(parent)


def test_it_outlives_the_thread_that_started_it_and_ends_when_its_parent_ends_in_good_order() -> None:
    parent, port = start_parent(
        "import threading\n"
        "other = LoopbackServer()\n"
        "thread = threading.Thread(target=other.start); thread.start(); thread.join()\n"
        "time.sleep(1.0)\n"
        "assert other.alive and server.alive\n"
    )
    try:
        assert parent.wait(20) == 0
        assert within(5.0, lambda: not listens(port))
    finally:
        end(parent)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_in_the_terminal_leaves_it_to_its_parent_and_sigterm_ends_it() -> None:
    with LoopbackServer() as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGINT)
        time.sleep(0.2)
        assert listens(server.port)
        os.kill(server.pid, signal.SIGTERM)
        assert within(5.0, lambda: not server.alive)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_on_its_own_it_serves_until_it_is_told_to_stop(sign: signal.Signals) -> None:
    alone = subprocess.Popen(
        [sys.executable, "-m", "trainer.loopback", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert alone.stdout is not None
    try:
        port = int(alone.stdout.readline().rpartition(":")[2])
        assert listens(port)
        alone.send_signal(sign)
        assert alone.wait(5) == 0
    finally:
        end(alone)


def test_a_port_that_is_taken_is_an_error_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "trainer.loopback", "--port", str(port)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=20,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith("loopback: error: ")
    assert str(port) in ended.stderr
