"""Measure how long a search takes in a large catalogue, beside the obvious slow way.

`python -m ops.bench_search --products 50000 --json var/bench/search.json` invents a catalogue, indexes it and asks
queries of every kind, encoding included. The slow way scans names and descriptions with LIKE, reads all that is found
and applies the filters afterwards; it knows neither meaning nor misspellings.

Encoding 50,000 products takes many minutes on one processor thread, and how long a search takes does not depend on
it: unless `--encode-all` is given, products of the same material and kind share one real vector, each with noise of
its own.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from ops.bench_catalogue import QUALITIES, fill, promote
from ops.bench_queries import queries_by_kind
from shop.db import Sessions, make_sessions, open_engine, reading
from shop.embedding import SentenceTransformerEmbedder, TextEmbedder, Vectors
from shop.models import Base, Product, Variant
from shop.search import Filters, ProductSearch, SearchQuery

_NOISE = 0.1
_NOT_SHARED = re.compile(r"\d+|\b(?:" + "|".join(QUALITIES) + r")\b", re.IGNORECASE)


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one kind of query; processor time does not grow when others use the machine too."""

    kind: str
    queries: int
    p50_ms: float
    p95_ms: float
    processor_p50_ms: float
    slow_p50_ms: float


@dataclass(frozen=True)
class Took:
    """Milliseconds that one call took on the clock and on the processor."""

    clock_ms: float
    processor_ms: float


@dataclass(frozen=True)
class Report:
    """What was measured, and under which conditions.

    Attributes:
        vectors_shared: whether products of one material and kind share a real vector, with noise.
        index_s: seconds to index the catalogue, encoding included.
        refresh_s: seconds to find out that nothing changed.
    """

    products: int
    threads: int
    vectors_shared: bool
    index_s: float
    refresh_s: float
    timings: list[Timing]


class SharingEmbedder:
    """Encodes texts that differ in numbers and qualities only once, and adds noise, so that no two rows are equal."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._rows: dict[str, Vectors] = {}
        self._noise = np.random.default_rng(3)

    @property
    def model_name(self) -> str:
        """Name the model so that its index is never taken for a real one."""
        return f"{self._embedder.model_name} shared for a benchmark"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text; a single text is a query, and encoded as it is."""
        if len(texts) == 1:
            return self._embedder.encode(texts)
        keys = [" ".join(_NOT_SHARED.sub("", text).split()) for text in texts]
        missing = sorted(set(keys) - self._rows.keys())
        if missing:
            self._rows |= dict(zip(missing, self._embedder.encode(missing), strict=True))
        rows = np.stack([self._rows[key] for key in keys])
        rows += _NOISE / np.sqrt(rows.shape[1]) * self._noise.standard_normal(rows.shape, dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def slow_search(session: Session, query: SearchQuery) -> list[str]:
    """Search the obvious way: LIKE over all texts, everything read, filters and order afterwards."""
    found = select(Product).options(
        selectinload(Product.variants).selectinload(Variant.options),
        selectinload(Product.categories),
        selectinload(Product.attributes),
    )
    for word in query.text.split():
        found = found.where(or_(Product.name.ilike(f"%{word}%"), Product.description.ilike(f"%{word}%")))
    priced = [(prices, product) for product in session.scalars(found) if (prices := _passing(product, query.filters))]
    priced.sort(key=lambda pair: (min(pair[0]), pair[1].id))
    return [product.slug for _, product in priced[query.offset : query.offset + query.limit]]


def measure(search: ProductSearch, sessions: Sessions, queries: int, slow_queries: int) -> list[Timing]:
    """Time every kind of query in both ways; the last line is all kinds together."""
    fast: dict[str, list[Took]] = {}
    slow: dict[str, list[Took]] = {}
    for kind, asked in queries_by_kind(queries).items():
        fast[kind] = [_timed(search.search, query) for query in asked]
        slow[kind] = [_timed(_slow_once, sessions, query) for query in asked[:slow_queries]]
    timings = [_summed_up(kind, fast[kind], slow[kind]) for kind in fast]
    every = _summed_up("all kinds", *([took for times in ways.values() for took in times] for ways in (fast, slow)))
    return [*timings, every]


def _summed_up(kind: str, fast: Sequence[Took], slow: Sequence[Took]) -> Timing:
    clock = [took.clock_ms for took in fast]
    return Timing(
        kind=kind,
        queries=len(fast),
        p50_ms=float(np.percentile(clock, 50)),
        p95_ms=float(np.percentile(clock, 95)),
        processor_p50_ms=float(np.median([took.processor_ms for took in fast])),
        slow_p50_ms=float(np.median([took.clock_ms for took in slow])),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        report = _run(options, Path(folder))
    _print(report)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    return 0


def _run(options: argparse.Namespace, folder: Path) -> Report:
    engine = open_engine(options.database_url or f"sqlite:///{folder / 'shop.db'}", timeout_s=60)
    Base.metadata.create_all(engine)
    sessions = make_sessions(engine)
    fill(sessions, options.products)
    if options.promotions:
        promote(sessions)
    real = SentenceTransformerEmbedder(options.model, options.threads)
    search = ProductSearch(sessions, real if options.encode_all else SharingEmbedder(real), folder / "index")
    index_s = _timed(search.refresh).clock_ms / 1000
    refresh_s = _timed(search.refresh).clock_ms / 1000
    search.search(SearchQuery("warm"))
    timings = measure(search, sessions, options.queries, options.slow_queries)
    engine.dispose()
    return Report(options.products, options.threads, not options.encode_all, index_s, refresh_s, timings)


def _slow_once(sessions: Sessions, query: SearchQuery) -> None:
    with reading(sessions) as session:
        slow_search(session, query)


def _timed(call: Callable[..., object], *arguments: object) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    call(*arguments)
    return Took((time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000)


def _passing(product: Product, filters: Filters) -> list[Decimal]:
    """List the prices of the variants that satisfy the filters."""
    colours = {fact.value.casefold() for fact in product.attributes if fact.name == "color"}
    nodes = {node.name.casefold() for node in product.categories}
    if filters.brands and product.brand not in filters.brands:
        return []
    if filters.colours and colours.isdisjoint(filters.colours):
        return []
    if filters.categories and nodes.isdisjoint(name.casefold() for name in filters.categories):
        return []
    return [variant.price for variant in product.variants if _variant_passes(variant, filters)]


def _variant_passes(variant: Variant, filters: Filters) -> bool:
    options = {option.name: option.value for option in variant.options}
    return (
        (filters.price_min is None or variant.price >= filters.price_min)
        and (filters.price_max is None or variant.price <= filters.price_max)
        and (not filters.in_stock or variant.stock > 0)
        and all(options.get(name) == value for name, value in filters.options.items())
    )


def _print(report: Report) -> None:
    vectors = "vectors shared by material and kind" if report.vectors_shared else "every product encoded"
    title = f"search in {report.products} products, {report.threads} thread(s), {vectors}"
    table = Table(title=title, caption=f"indexed in {report.index_s:.0f} s, found fresh in {report.refresh_s:.1f} s")
    for column in ("kind of query", "queries", "p50 ms", "p95 ms", "processor p50", "slow way p50", "times faster"):
        table.add_column(column, justify="left" if column == "kind of query" else "right")
    for timing in report.timings:
        ratio = timing.slow_p50_ms / timing.p50_ms
        numbers = (timing.p50_ms, timing.p95_ms, timing.processor_p50_ms, timing.slow_p50_ms, ratio)
        table.add_row(timing.kind, str(timing.queries), *(f"{number:.1f}" for number in numbers))
    Console().print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.bench_search", description="Time the search.")
    parser.add_argument("--products", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=30, help="queries of each kind")
    parser.add_argument("--slow-queries", type=int, default=3, help="how many of each kind the slow way answers")
    parser.add_argument("--database-url", help="an empty database to fill; a SQLite file by default")
    parser.add_argument("--model", default="", help="a sentence-transformers folder or name; empty: all-MiniLM-L6-v2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--promotions", action="store_true", help="time it while prices are cut")
    parser.add_argument("--encode-all", action="store_true", help="encode every product on its own")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
