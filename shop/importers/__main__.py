"""Bring a catalogue in.

    python -m shop.importers vendure products.csv --images var/images

Exit code 0: everything landed; 1: some rows did not; 2: a file could not be read, or the database does not answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from sqlalchemy.exc import DBAPIError

from shop.db import make_sessions, open_engine
from shop.errors import ShopUnavailable
from shop.importers.catalogue_rows import parse_currency, parse_stock
from shop.importers.errors import BadRow
from shop.importers.importing import FORMATS, import_file
from shop.importers.reading import ReadingSettings
from shop.importers.report import ImportReport, write_json
from shop.migrate import upgrade

# A long import waits for a shop in use rather than give up.
_TIMEOUT_S = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Import the files that the command line names."""
    options = _parser().parse_args(arguments)
    console = Console()
    try:
        reports = _import(options)
    except (ShopUnavailable, DBAPIError) as error:
        # The migration before the import speaks to the driver itself.
        unavailable = error if isinstance(error, ShopUnavailable) else ShopUnavailable(str(error.orig))
        Console(stderr=True).print(f"error: {unavailable}", style="red", markup=False, soft_wrap=True)
        return 2
    for report in reports:
        report.print_to(console)
    if options.json:
        write_json(reports, options.json)
    return max(report.exit_code for report in reports)


def _import(options: argparse.Namespace) -> list[ImportReport]:
    upgrade(options.database_url)
    engine = open_engine(options.database_url, timeout_s=_TIMEOUT_S)
    settings = ReadingSettings(options.currency, options.assumed_stock)
    try:
        sessions = make_sessions(engine)
        return [import_file(sessions, options.format, path, settings, options.images) for path in options.files]
    finally:
        engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shop.importers", description="Bring a catalogue into the shop.")
    parser.add_argument("format", choices=sorted(FORMATS))
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--database-url", default="sqlite:///var/shop.db", help="default: %(default)s")
    parser.add_argument("--images", type=Path, metavar="DIR", help="copy photos that lie beside the file to DIR")
    parser.add_argument("--currency", type=_currency, default="USD", help="of prices that carry none (%(default)s)")
    parser.add_argument(
        "--assumed-stock",
        type=_stock,
        default=1,
        metavar="N",
        help="pieces to store where a file only says that there are some (%(default)s)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there too")
    return parser


def _currency(text: str) -> str:
    try:
        return parse_currency(text)
    except BadRow as error:
        raise argparse.ArgumentTypeError(error.reason) from error


def _stock(text: str) -> int:
    try:
        return parse_stock(text, "stock")
    except BadRow as error:
        raise argparse.ArgumentTypeError(error.reason) from error


if __name__ == "__main__":
    sys.exit(main())
