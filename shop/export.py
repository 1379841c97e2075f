"""What other programs read of the shop, written as files.

`python -m shop.export lexicon --database-url sqlite:///var/shop.db --out artifacts/lexicon.json`
`python -m shop.export recsys --database-url sqlite:///var/shop.db --out artifacts/recsys/data`
`python -m shop.export slates --database-url sqlite:///var/shop.db --out artifacts/recsys/slates.parquet`
`python -m shop.export photos --database-url sqlite:///var/shop.db --out artifacts/vision/data`
`python -m shop.export photo-clicks --database-url sqlite:///var/shop.db --out artifacts/vision/clicks.npz`
`python -m shop.export feedback --database-url sqlite:///var/shop.db --out artifacts/replies/feedback.jsonl`
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.db import make_sessions, open_engine, reading
from shop.errors import ShopError
from shop.feedback_export import write_feedback
from shop.files import replacing
from shop.models import Attribute, Category, Product, ProductCategory, Variant, VariantOption

COLOUR_NAMES = ("color", "colour")
# A whole history is read in one statement.
_TIMEOUT_S = 600.0
Lexicon = dict[str, object]


def lexicon(session: Session) -> Lexicon:
    """Collect the words by which the catalogue on sale can be asked for, in an order that never varies."""
    options = _options(session)
    return {
        "brands": _distinct(session.scalars(select(Product.brand).where(Product.active))),
        "categories": _categories(session),
        "colours": _colours(session, options),
        "options": options,
        "products": [{"name": name, "slug": slug} for name, slug in _products(session)],
        "skus": sorted(session.scalars(select(Variant.sku).join(Product).where(Product.active, Variant.active))),
    }


def write_if_changed(content: Lexicon, path: Path) -> bool:
    """Write the file as a whole or not at all; leave it and its time alone where nothing changed."""
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give 0, or 1 where the database does not answer."""
    options = _parser().parse_args(arguments)
    engine = open_engine(options.database_url, timeout_s=_TIMEOUT_S)
    try:
        with reading(make_sessions(engine)) as session:
            told = _WRITERS[options.what](session, options)
    except ShopError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        engine.dispose()
    sys.stdout.write(f"{options.out} {told}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shop.export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=sorted(_WRITERS))
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--out", required=True, type=Path, help="a file; for recsys and photos a folder")
    parser.add_argument("--since", type=_moment, help="recsys: leave out what happened before, as 2026-01-31 (UTC)")
    parser.add_argument("--days", type=float, default=14, help="slates: how long a reward counts (%(default)s)")
    return parser


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


def _write_lexicon(session: Session, options: argparse.Namespace) -> str:
    return "written" if write_if_changed(lexicon(session), options.out) else "unchanged"


# pandas and pyarrow take a second to load, which the lexicon need not pay: it is written at every start.
def _write_recsys(session: Session, options: argparse.Namespace) -> str:
    from shop.recsys_export import write_recsys

    written = write_recsys(session, options.out, options.since)
    return (
        f"written: {written.interactions:,} interactions ({written.simulated:,} simulated), "
        f"{written.user_features:,} features of customers, {written.item_features:,} of products"
    )


def _write_slates(session: Session, options: argparse.Namespace) -> str:
    from shop.slate_export import write_slates

    return f"written: {write_slates(session, options.out, options.days):,} shown products"


def _write_photos(session: Session, options: argparse.Namespace) -> str:
    from shop.photo_export import write_photos

    written = write_photos(session, options.out)
    left_out = (
        f"; {written.elsewhere:,} that do not lie in the folder of images are left out" if written.elsewhere else ""
    )
    return f"written: {len(written.items):,} products, {len(written.photos):,} pictures{left_out}"


def _write_photo_clicks(session: Session, options: argparse.Namespace) -> str:
    from shop.photo_queries import write_photo_clicks

    return f"written: {write_photo_clicks(session, options.out):,} chosen products"


def _write_feedback(session: Session, options: argparse.Namespace) -> str:
    return f"written: {write_feedback(session, options.out):,} judged replies"


_WRITERS: dict[str, Callable[[Session, argparse.Namespace], str]] = {
    "feedback": _write_feedback,
    "lexicon": _write_lexicon,
    "photo-clicks": _write_photo_clicks,
    "photos": _write_photos,
    "recsys": _write_recsys,
    "slates": _write_slates,
}


def _products(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(Product.name, Product.slug).where(Product.active).order_by(Product.slug))
    return [(name, slug) for name, slug in rows]


def _categories(session: Session) -> list[str]:
    query = select(Category.name).join(ProductCategory).join(Product).where(Product.active)
    return _distinct(session.scalars(query))


def _options(session: Session) -> dict[str, list[str]]:
    query = (
        select(VariantOption.name, VariantOption.value)
        .join(Variant, Variant.id == VariantOption.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.active, Variant.active)
        .distinct()
    )
    rows = sorted((str(name), str(value)) for name, value in session.execute(query))
    spelling = {name.casefold(): name for name, _ in reversed(rows)}
    values: dict[str, list[str]] = {spelling[key]: [] for key in sorted(spelling)}
    for name, value in rows:
        values[spelling[name.casefold()]].append(value)
    return {name: _distinct(found) for name, found in values.items()}


def _colours(session: Session, options: dict[str, list[str]]) -> list[str]:
    from_options = (value for name, values in options.items() if name.casefold() in COLOUR_NAMES for value in values)
    query = (
        select(Attribute.name, Attribute.value)
        .join(Product, Product.id == Attribute.product_id)
        .outerjoin(Variant, Variant.id == Attribute.variant_id)
        .where(Product.active, Attribute.variant_id.is_(None) | Variant.active)
        .distinct()
    )
    from_attributes = (value for name, value in session.execute(query) if name.casefold() in COLOUR_NAMES)
    return _distinct(value.casefold() for value in (*from_options, *from_attributes))


def _distinct(values: Iterable[str | None]) -> list[str]:
    first: dict[str, str] = {}
    for value in sorted({value.strip() for value in values if value and value.strip()}):
        first.setdefault(value.casefold(), value)
    return sorted(first.values(), key=_natural)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Order "9 inch" before "13 inch": digits count as numbers."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


if __name__ == "__main__":
    raise SystemExit(main())
