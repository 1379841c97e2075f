"""Makes the shop's tables the newest and writes its words for training: `python -m ops.shop_set_up LEXICON`.

The database is the one of DAOGOU_DATABASE_URL. Its address may hold a password, so it stands on no command line, where
every user of the machine can read it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ops.database_copy import copy_database
from ops.launch import DEMO_DATABASE
from ops.stack import DEMO_SHOP
from ops.steps import say
from shop.db import make_sessions, open_engine, reading
from shop.errors import ShopError
from shop.export import lexicon, write_if_changed
from shop.migrate import upgrade


def set_up(environ: Mapping[str, str], lexicon_file: Path) -> bool:
    """Bring the shop's tables up to date and write its lexicon.

    Where no database is named, it is the demo's: a copy of the demo shop is made once.

    Returns:
        Whether the lexicon has changed.
    """
    named = environ.get("DAOGOU_DATABASE_URL")
    copied = Path(DEMO_DATABASE.removeprefix("sqlite:///"))
    if not named and not copied.exists():
        copy_database(DEMO_SHOP, copied)
    url = named or DEMO_DATABASE
    upgrade(url)
    engine = open_engine(url)
    try:
        with reading(make_sessions(engine)) as session:
            return write_if_changed(lexicon(session), lexicon_file)
    finally:
        engine.dispose()


def main() -> int:
    """Set up the shop of the settings; 1 and a message where its database does not answer."""
    lexicon_file = Path(sys.argv[1])
    try:
        written = set_up(os.environ, lexicon_file)
    except (ShopError, DBAPIError) as error:
        sys.stderr.write(f"{error.orig if isinstance(error, DBAPIError) else error}\n")
        return 1
    say(f"{lexicon_file}: {'written' if written else 'unchanged'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
