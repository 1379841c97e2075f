import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ops.ports import Port, PortUnusable, check_free, free_ports, read_ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_the_ports_come_from_the_settings() -> None:
    assert read_ports({}) == [
        Port("DAOGOU_PORT", "127.0.0.1", 5005),
        Port("DAOGOU_ACTIONS_PORT", "127.0.0.1", 5055),
    ]
    own = read_ports({"DAOGOU_PORT": "8000", "DAOGOU_ACTIONS_PORT": "8001", "DAOGOU_HOST": "0.0.0.0"})
    assert [(port.host, port.number) for port in own] == [("0.0.0.0", 8000), ("127.0.0.1", 8001)]


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1"])
def test_what_is_no_port_is_refused_by_name(text: str) -> None:
    with pytest.raises(PortUnusable, match=f"DAOGOU_PORT={text} is no port"):
        read_ports({"DAOGOU_PORT": text})


def test_one_port_for_both_servers_is_refused() -> None:
    with pytest.raises(PortUnusable, match="both 5055"):
        read_ports({"DAOGOU_PORT": "5055"})


def test_a_taken_port_is_told_with_its_setting(taken: int) -> None:
    with pytest.raises(PortUnusable, match=rf"Port {taken} .* choose another: DAOGOU_PORT="):
        check_free([Port("DAOGOU_PORT", "127.0.0.1", taken)])


def test_free_ports_are_free_and_differ() -> None:
    first, second = free_ports(2)
    assert first != second
    check_free([Port("A", "127.0.0.1", first), Port("B", "127.0.0.1", second)])


@pytest.mark.parametrize("module", ["ops.ports", "ops.serve", "ops.shell"])
def test_every_command_that_starts_a_server_ends_with_1_on_a_taken_port(module: str, taken: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module],
        env={"DAOGOU_ACTIONS_PORT": str(taken), "DAOGOU_SECRET": "s" * 32, "DAOGOU_PORT": str(free_ports(1)[0])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {taken}" in done.stderr
    assert "DAOGOU_ACTIONS_PORT" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
