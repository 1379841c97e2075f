"""Looks whether the ports of both servers are free, before anything is installed or started: `python3 -m ops.ports`.

Runs on the standard library of any Python from 3.8 on.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Port(NamedTuple):
    """A port that a server will listen on, and the setting by which another is chosen."""

    setting: str
    host: str
    number: int


class PortUnusable(Exception):
    """A port is taken, or no port at all; the message names it and its setting."""


def read_ports(environ: Mapping[str, str]) -> list[Port]:
    """Read the ports of both servers from the settings.

    Raises:
        PortUnusable: a setting is no port number, or both name the same.
    """
    host = environ.get("DAOGOU_HOST") or "127.0.0.1"
    ports = [_read(environ, "DAOGOU_PORT", host, 5005), _read(environ, "DAOGOU_ACTIONS_PORT", "127.0.0.1", 5055)]
    if ports[0].number == ports[1].number:
        raise PortUnusable(f"DAOGOU_PORT and DAOGOU_ACTIONS_PORT are both {ports[0].number}: give each server its own.")
    return ports


def check_free(ports: Sequence[Port]) -> None:
    """Bind each port for a moment, as the server will.

    Raises:
        PortUnusable: another program has it, or it may not be bound.
    """
    for port in ports:
        with socket.socket() as probe:
            # As servers do: a port that has just been given back may be taken again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((port.host, port.number))
            except OSError as error:
                raise PortUnusable(
                    f"Port {port.number} on {port.host} cannot be used ({error.strerror or error}). Stop the program "
                    f"that has it, perhaps another `make run`, or choose another: {port.setting}={port.number + 1}"
                ) from error


def free_ports(count: int) -> list[int]:
    """Ask the system for so many different free ports of this machine."""
    with contextlib.ExitStack() as probes:
        numbers = []
        for _ in range(count):
            probe = probes.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            numbers.append(int(probe.getsockname()[1]))
        return numbers


def _read(environ: Mapping[str, str], setting: str, host: str, default: int) -> Port:
    text = environ.get(setting) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise PortUnusable(f"{setting}={text} is no port: give a number from 1 to 65535.")
    return Port(setting, host, int(text))


def main() -> int:
    """Check the ports that the settings name; 1 and a message where one cannot be used."""
    try:
        check_free(read_ports(os.environ))
    except PortUnusable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
