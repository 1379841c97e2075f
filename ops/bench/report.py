"""The benchmark's figures as a table and as JSON: medians over the rounds, and ratios taken round by round."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rich.table import Table

from ops.bench.load import Load
from ops.bench.training import Training

OURS, STOCK = "daogou", "stock"


@dataclass
class Figures:
    """Everything that was measured of one pipeline.

    Attributes:
        training: from nothing, with an empty cache.
        start_s: seconds until the assistant and the action server both answered.
        assistant_mib: resident memory of the Rasa server after the load.
        actions_mib: resident memory of the action server after the load.
        loads: by number of shoppers, one a round.
    """

    training: Training
    start_s: float = 0.0
    assistant_mib: float = 0.0
    actions_mib: float = 0.0
    loads: dict[int, list[Load]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of the table; the ratio says how many times better ours is."""

    name: str
    unit: str
    ours: float
    stock: float | None
    ratio: float | None


_ONCE: tuple[tuple[str, str, Callable[[Figures], float]], ...] = (
    ("training, wall time", "s", lambda figures: figures.training.wall_s),
    ("training, processor time", "s", lambda figures: figures.training.cpu_s),
    ("training, peak memory", "MiB", lambda figures: figures.training.peak_mib),
    ("start of both servers", "s", lambda figures: figures.start_s),
    ("memory, assistant", "MiB", lambda figures: figures.assistant_mib),
    ("memory, action server", "MiB", lambda figures: figures.actions_mib),
)


def rows(ours: Figures, stock: Figures | None) -> list[Row]:
    """Lay out all figures, the ratio always with the better one on top."""
    found = [_once(name, unit, read(ours), read(stock) if stock else None) for name, unit, read in _ONCE]
    for shoppers, loads in ours.loads.items():
        theirs = stock.loads[shoppers] if stock else None
        who = "1 shopper" if shoppers == 1 else f"{shoppers} shoppers"
        found.append(_paired(f"turn, {who}, p50", "ms", "p50_ms", loads, theirs))
        found.append(_paired(f"turn, {who}, p95", "ms", "p95_ms", loads, theirs))
        found.append(_paired(f"throughput, {who}", "turns/s", "turns_per_s", loads, theirs))
    return found


def _once(name: str, unit: str, ours: float, stock: float | None) -> Row:
    return Row(name, unit, ours, stock, stock / ours if stock else None)


def _paired(name: str, unit: str, figure: str, ours: Sequence[Load], stock: Sequence[Load] | None) -> Row:
    mine = [getattr(load, figure) for load in ours]
    if stock is None:
        return Row(name, unit, median(mine), None, None)
    theirs = [getattr(load, figure) for load in stock]
    pairs = zip(mine, theirs, strict=True)
    more_is_better = unit == "turns/s"
    ratio = median(a / b if more_is_better else b / a for a, b in pairs)
    return Row(name, unit, median(mine), median(theirs), ratio)


def as_table(found: Sequence[Row], rounds: int) -> Table:
    """Draw the rows for a terminal."""
    table = Table(title=f"Medians of {rounds} interleaved rounds; the ratio says how many times better ours is")
    table.add_column("figure")
    for heading in ("daogou", "stock Rasa", "ratio"):
        table.add_column(heading, justify="right")
    for row in found:
        stock = "" if row.stock is None else f"{row.stock:,.1f} {row.unit}"
        table.add_row(row.name, f"{row.ours:,.1f} {row.unit}", stock, "" if row.ratio is None else f"{row.ratio:.1f}x")
    return table


def as_json(found: Sequence[Row], rounds: int, seconds: int) -> dict[str, Any]:
    """Give the rows with what they were measured on."""
    return {
        "machine": {"platform": platform.platform(), "python": platform.python_version()},
        "rounds": rounds,
        "seconds_per_load": seconds,
        "figures": [asdict(row) for row in found],
    }
