"""Measure how fast the recommender searches, folds in, loads and answers, and how it trains beside implicit's ALS.

`python -m ops.bench_recsys --sizes 100000 1000000 --json var/bench/recsys.json` trains LightFM and ALS on an invented
market, then makes catalogues of the given sizes whose vectors are put together from the trained ones as LightFM does
it, and times in turns: `LightFM.predict` over all items, our exact top 10, and our approximate one with its recall.
Ratios compare medians of one run; set OMP_NUM_THREADS=1 to have one thread everywhere.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from ops.bench_market import Trained, enlarge
from ops.bench_recsys_search import SearchTimes, build_index, time_search
from ops.bench_recsys_serving import ServingTimes, time_serving
from ops.bench_recsys_training import MarketSize, Training, train_both

SHOPPERS = 200
"""Shoppers whose lists are compared and whose questions are timed."""


@dataclass(frozen=True)
class Report:
    """All that was measured."""

    market: MarketSize
    training: list[Training]
    search: list[SearchTimes]
    serving: list[ServingTimes]


def measure(market: MarketSize, sizes: Sequence[int], rounds: int) -> Report:
    """Train, and time search and serving at each size.

    Args:
        market: What is trained on.
        sizes: Numbers of items.
        rounds: How often each way is taken.
    """
    with tempfile.TemporaryDirectory() as folder:
        training, trained = train_both(market, Path(folder))
        search, serving = [], []
        for size in sizes:
            found, served = _at_size(trained, size, rounds, Path(folder) / str(size))
            search.append(found)
            serving.append(served)
    return Report(market, training, search, serving)


def _at_size(trained: Trained, size: int, rounds: int, folder: Path) -> tuple[SearchTimes, ServingTimes]:
    chosen = np.random.default_rng(0).choice(len(trained.users), min(SHOPPERS, len(trained.users)), replace=False)
    shoppers = np.ascontiguousarray(trained.users[chosen])
    catalogue = enlarge(trained, size, seed=1)
    index, build_s = build_index(catalogue)
    search = time_search(catalogue, index, build_s, shoppers, rounds)
    return search, time_serving(catalogue, index, shoppers, folder, rounds)


def show(report: Report, console: Console) -> None:
    """Print tables of what was measured."""
    console.print(_table("Training, one thread", report.training))
    console.print(_table("Top 10 of all items: processor milliseconds on one thread, and ratios", report.search))
    console.print(_table("Serving: milliseconds on the clock", report.serving))


def _table(title: str, records: Sequence[Training] | Sequence[SearchTimes] | Sequence[ServingTimes]) -> Table:
    rows = [asdict(record) for record in records]
    table = Table("", *(_text(next(iter(row.values()))) for row in rows), title=title, title_justify="left")
    for name in list(rows[0])[1:] if rows else ():
        table.add_row(name.replace("_", " "), *(_text(row[name]) for row in rows))
    return table


def _text(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the figures where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="items to search")
    parser.add_argument("--users", type=int, default=50_000, help="shoppers to train on")
    parser.add_argument("--items", type=int, default=100_000, help="items to train on")
    parser.add_argument("--events", type=int, default=1_500_000, help="events to train on")
    parser.add_argument("--components", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=5, help="epochs of LightFM, iterations of ALS")
    parser.add_argument("--rounds", type=int, default=50, help="how often each way is taken")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    given = parser.parse_args(arguments)
    market = MarketSize(given.users, given.items, given.events, given.components, given.epochs)
    report = measure(market, given.sizes, given.rounds)
    show(report, Console())
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
