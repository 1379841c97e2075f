"""Build the demo shop, unless it is there already.

python -m shop.demo --database-url sqlite:///var/shop.db --vendure artifacts/npm/vendure-create --images var/images
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from sqlalchemy.exc import DBAPIError

from shop.db import Sessions, make_sessions, open_engine
from shop.demo.freshness import fingerprint, is_fresh, write_stamp
from shop.errors import ShopUnavailable

# Half a year is written in one transaction.
_TIMEOUT_S = 120.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line; exit code 1 where the demo cannot be built."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True)
    catalogue = options.vendure / "assets" / "products.csv"
    if not catalogue.is_file():
        console.print(f"error: {catalogue} is missing; run python -m ops.npm first", style="red", markup=False)
        return 1
    engine = open_engine(options.database_url, timeout_s=_TIMEOUT_S)
    try:
        return _build_if_stale(options, make_sessions(engine), console)
    except (ShopUnavailable, DBAPIError) as error:
        # The migration speaks to the driver itself.
        unavailable = error if isinstance(error, ShopUnavailable) else ShopUnavailable(str(error.orig))
        console.print(f"error: {unavailable}", style="red", markup=False, soft_wrap=True)
        return 1
    finally:
        engine.dispose()


def _build_if_stale(options: argparse.Namespace, sessions: Sessions, console: Console) -> int:
    chosen = [options.seed, options.customers, str(options.end)]
    wanted = fingerprint(options.vendure, options.database_url, chosen)
    if not options.force and is_fresh(options.stamp, wanted, sessions, options.images):
        console.print("the demo shop is up to date")
        return 0
    # Alembic, NumPy and Faker take over a second to load, which a start that finds everything fresh need not pay.
    from shop.demo.building import DemoSources, build_demo
    from shop.simulator import SimulationSettings

    started = time.perf_counter()
    simulation = SimulationSettings(_end(options.end), options.seed, options.customers)
    sources = DemoSources(options.vendure, options.images, simulation)
    counts = build_demo(sessions, options.database_url, sources, console)
    if counts is None:
        console.print("error: the sample catalogue did not land as a whole", style="red")
        return 1
    write_stamp(options.stamp, wanted, asdict(counts))
    console.print(
        f"simulated: {counts.customers:,} customers, {counts.interactions:,} interactions, {counts.orders:,} orders"
        f" in {time.perf_counter() - started:.1f} s"
    )
    return 0


def _end(day: dt.date | None) -> dt.datetime:
    """End at the beginning of a day, today without one: nothing simulated lies in the future."""
    day = day or dt.datetime.now(dt.timezone.utc).date()
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.timezone.utc)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shop.demo", description="Build the demo shop.")
    parser.add_argument("--database-url", default="sqlite:///var/shop.db", help="default: %(default)s")
    parser.add_argument(
        "--vendure",
        type=Path,
        default=Path("artifacts/npm/vendure-create"),
        help="the unpacked npm package @vendure/create (default: %(default)s)",
    )
    parser.add_argument("--images", type=Path, default=Path("var/images"), help="photos go there (%(default)s)")
    parser.add_argument("--stamp", type=Path, default=Path("var/shop.demo.json"), help="what was built (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="of the simulator (%(default)s)")
    parser.add_argument("--customers", type=int, default=2000, help="how many are simulated (%(default)s)")
    parser.add_argument("--end", type=dt.date.fromisoformat, help="last day of behaviour, exclusive (today)")
    parser.add_argument("--force", action="store_true", help="build it even when it is up to date")
    return parser


if __name__ == "__main__":
    sys.exit(main())
