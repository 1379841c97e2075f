"""One load on one server: Locust in a process of its own, its percentiles and throughput read back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHOPPERS = Path(__file__).with_name("shoppers.py")


class LoadFailed(Exception):
    """The load generator ended without figures, or turns failed."""

    def __init__(self, host: str, detail: str) -> None:
        super().__init__(f"the load on {host} gave no figures: {detail}")
        self.host, self.detail = host, detail


@dataclass(frozen=True)
class Load:
    """What one load showed. Times in milliseconds, throughput in turns a second."""

    shoppers: int
    turns: int
    p50_ms: float
    p95_ms: float
    turns_per_s: float


def run_load(host: str, shoppers: int, seconds: int, script: Path = SHOPPERS) -> Load:
    """Let so many shoppers chat for so many seconds, each waiting for its answer before it types again.

    Args:
        host: the assistant's address.
        shoppers: how many at once.
        seconds: how long.
        script: what they do, as Locust reads it; what counts is named "turn".

    Raises:
        LoadFailed: no report came back, or any turn failed; figures of a broken run would mislead.
    """
    command = [sys.executable, "-m", "locust", "-f", str(script), "--headless", "--json", "--host", host]
    command += ["-u", str(shoppers), "-r", str(shoppers), "-t", f"{seconds}s", "--loglevel", "ERROR"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    try:
        entries = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise LoadFailed(host, done.stderr[-500:] or "no report") from error
    return _read_turns(host, shoppers, entries)


def _read_turns(host: str, shoppers: int, entries: list[dict[str, Any]]) -> Load:
    turns = next((entry for entry in entries if entry["name"] == "turn"), None)
    if turns is None or not turns["num_requests"]:
        raise LoadFailed(host, "no turn was finished")
    if turns["num_failures"]:
        raise LoadFailed(host, f"{turns['num_failures']} of {turns['num_requests']} turns failed")
    times = Counter({float(ms): count for ms, count in turns["response_times"].items()})
    spent = turns["last_request_timestamp"] - turns["start_time"]
    return Load(
        shoppers=shoppers,
        turns=turns["num_requests"],
        p50_ms=percentile(times, 0.50),
        p95_ms=percentile(times, 0.95),
        turns_per_s=turns["num_requests"] / spent,
    )


def percentile(times: Counter[float], share: float) -> float:
    """Give the time that `share` of the requests stayed within (nearest rank).

    >>> percentile(Counter({10.0: 9, 90.0: 1}), 0.5)
    10.0
    """
    needed = share * times.total()
    seen = 0
    for ms in sorted(times):
        seen += times[ms]
        if seen >= needed:
            return ms
    raise ValueError("no request was timed")
