"""Waits until servers answer, and says so: `python -m ops.ready --page URL NAME=URL ...`.

The supervisor runs it beside the servers. It prints the page's address when all answer and then stays, because the
supervisor stops everything when one of its processes ends; it ends with 1 where they do not answer in time.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

LIMIT_SECONDS = 180.0
_LOOK_SECONDS = 0.25
_TELL_SECONDS = 5.0


class NotReady(Exception):
    """A server did not answer in time, or ended before it did."""


def answers(url: str) -> bool:
    """Tell whether an address answers with success."""
    try:
        # Only http addresses of this machine come here, from our own command line.
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bool(response.status < 400)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def wait_until_ready(
    health: Mapping[str, str],
    tell: Callable[[str], None],
    limit_s: float = LIMIT_SECONDS,
    check_alive: Callable[[], None] = lambda: None,
) -> float:
    """Wait until every address answers.

    Args:
        health: a server's name -> the address that answers once it is ready.
        tell: is given a line every few seconds, so that whoever waits sees who is waited for.
        limit_s: when to give up, in seconds.
        check_alive: called on each look; raises where waiting on makes no sense.

    Returns:
        How long it took, in seconds.

    Raises:
        NotReady: one did not answer within the limit.
    """
    started, told, missing = time.monotonic(), 0.0, dict(health)
    while True:
        missing = {name: url for name, url in missing.items() if not answers(url)}
        waited = time.monotonic() - started
        if not missing:
            return waited
        check_alive()
        if waited > limit_s:
            raise NotReady(f"No answer after {waited:.0f} s from: {', '.join(missing)}")
        if waited - told >= _TELL_SECONDS:
            told = waited
            tell(f"Waiting for {' and '.join(missing)} ... {waited:.0f} s")
        time.sleep(_LOOK_SECONDS)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Wait, print the page's address, and stay until the supervisor ends this process."""
    parser = argparse.ArgumentParser(prog="python -m ops.ready")
    parser.add_argument("servers", nargs="+", metavar="NAME=URL")
    parser.add_argument("--page", required=True, help="the address to print once all answer")
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS, help="when to give up, in seconds")
    options = parser.parse_args()
    health = {name: url for name, _, url in (server.partition("=") for server in options.servers)}
    try:
        waited = wait_until_ready(health, _say, options.limit)
    except NotReady as error:
        _say(str(error))
        return 1
    _say(f"Ready after {waited:.1f} s. Open {options.page}   (Ctrl-C stops)")
    signal.pause()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
