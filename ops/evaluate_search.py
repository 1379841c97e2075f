"""Measure how well the search of the demo shop finds, and find the floors of relevance anew.

`python -m ops.evaluate_search --database-url sqlite:///var/shop.db` prints precision, recall and how often nothing is
found where there is nothing, on both parts of `data/evaluation/search.csv`; `--language zh` takes those of
`search_zh.csv`, which the glossary puts into the catalogue's words. With `--calibrate` it first looks for the
floors that do best on the validation part; the test part never has a say in them.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from tqdm import tqdm

from ops.launch import DEMO_DATABASE
from shop.db import Sessions, make_sessions, open_engine, reading
from shop.embedding import QueryCache, SentenceTransformerEmbedder, TextEmbedder
from shop.glossary import Glossary
from shop.models import Product
from shop.nearest_terms import NearestTerms
from shop.onnx_embedding import OnnxEmbedder
from shop.search import Floors, closeness, taken_for_term, word_matches
from shop.search_index import SearchIndex, build_index
from shop.search_relevance import Closeness, WordMatches, fused_scores, relevant_rows
from shop.search_text import words

PARTS = ("validation", "test")
QUERIES = Path("data/evaluation")
_GRID = {
    "text": (0.2, 0.25, 0.3, 0.35, 0.4),
    "some": (0.3, 0.35, 0.4, 0.45, 0.5),
    "meaning": (0.42, 0.43, 0.44, 0.45, 0.46, 0.47, 0.48),
    "head": (0.34, 0.36, 0.38, 0.4, 0.42, 0.44, 0.46),
    "margin": (0.1, 0.15, 0.2, 0.25),
}


@dataclass(frozen=True)
class LabelledQuery:
    """A query, the products that must be found, and those that may be: none of either where the shop has nothing."""

    part: str
    text: str
    right: frozenset[str]
    also_fine: frozenset[str]


@dataclass(frozen=True)
class Evidence:
    """What words and meaning say of every product for one query, before any floor."""

    query: LabelledQuery
    close: Closeness
    matches: WordMatches


@dataclass(frozen=True)
class Score:
    """How a set of queries went.

    Attributes:
        queries: how many there were.
        precision: share of the products found that are right or fine.
        recall: share of the right products that were found.
        first_right: share of the queries with an answer whose first hit is right or fine.
        nothing_right: share of the queries without an answer that found nothing.
    """

    queries: int
    precision: float
    recall: float
    first_right: float
    nothing_right: float

    @property
    def balance(self) -> float:
        """Weigh all into one number: nothing is gained by guessing where the shop has nothing."""
        both = self.precision + self.recall
        return self.nothing_right * (2 * self.precision * self.recall / both if both else 0.0)


def read_queries(path: Path) -> list[LabelledQuery]:
    """Read the labelled queries."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            LabelledQuery(
                row["part"], row["query"], frozenset(row["right"].split()), frozenset(row["also_fine"].split())
            )
            for row in csv.DictReader(file)
        ]


def gather(
    sessions: Sessions,
    index: SearchIndex,
    embedder: TextEmbedder,
    queries: Iterable[LabelledQuery],
    glossary: Glossary,
    nearest_terms: NearestTerms | None = None,
) -> list[Evidence]:
    """Ask words and meaning about every query once, in the catalogue's words."""
    evidence = []
    with reading(sessions) as session:
        for query in queries:
            text = taken_for_term(query.text, glossary, nearest_terms, index) or query.text
            understood = index.speller.read(words(glossary.translated(text, index.speller.knows)))
            close = closeness(index, QueryCache(embedder), understood)
            evidence.append(Evidence(query, close, word_matches(session, index, understood)))
    return evidence


def slugs_of(sessions: Sessions, index: SearchIndex) -> list[str]:
    """Give the slug of every row of an index."""
    with reading(sessions) as session:
        by_id = {key: slug for key, slug in session.execute(select(Product.id, Product.slug))}
    return [by_id[int(product_id)] for product_id in index.product_ids]


def measure(evidence: Sequence[Evidence], slugs: Sequence[str], floors: Floors) -> Score:
    """Apply floors to the evidence and count."""
    hits = [_hits(item, slugs, floors) for item in evidence]
    fine = [item.query.right | item.query.also_fine for item in evidence]
    answered = [(found, good) for found, good in zip(hits, fine, strict=True) if good]
    unanswerable = [found for found, good in zip(hits, fine, strict=True) if not good]
    recalled = sum(len(item.query.right.intersection(found)) for item, found in zip(evidence, hits, strict=True))
    return Score(
        queries=len(evidence),
        precision=sum(len(good.intersection(found)) for found, good in answered) / max(1, sum(map(len, hits))),
        recall=recalled / max(1, sum(len(item.query.right) for item in evidence)),
        first_right=sum(bool(good.intersection(found[:1])) for found, good in answered) / max(1, len(answered)),
        nothing_right=sum(not found for found in unanswerable) / max(1, len(unanswerable)),
    )


def calibrate(evidence: Sequence[Evidence], slugs: Sequence[str]) -> Floors:
    """Find the floors with the best balance; of equals, those in the middle, as they are the least chancy."""
    choices = [Floors(*values) for values in itertools.product(*_GRID.values())]
    balances = [measure(evidence, slugs, floors).balance for floors in tqdm(choices, desc="floors", delay=5)]
    best = [floors for floors, balance in zip(choices, balances, strict=True) if balance > max(balances) - 1e-9]
    middle = np.median([list(asdict(floors).values()) for floors in best], axis=0)
    return min(best, key=lambda floors: float(np.abs(np.array(list(asdict(floors).values())) - middle).sum()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    engine = open_engine(options.database_url)
    sessions = make_sessions(engine)
    embedder = SentenceTransformerEmbedder(options.model, options.threads)
    index = build_index(sessions, embedder, options.cache)
    file = options.queries or QUERIES / ("search.csv" if options.language == "en" else f"search_{options.language}.csv")
    glossary = Glossary.read(options.glossary)
    terms = NearestTerms(glossary, OnnxEmbedder(options.encoder, options.threads), options.cache / "terms")
    evidence = gather(sessions, index, embedder, read_queries(file), glossary, terms)
    slugs = slugs_of(sessions, index)
    by_part = {part: [item for item in evidence if item.query.part == part] for part in PARTS}
    floors = calibrate(by_part["validation"], slugs) if options.calibrate else Floors()
    scores = {part: measure(by_part[part], slugs, floors) for part in PARTS}
    _print(floors, scores)
    if options.json:
        content = {"model": embedder.model_name, "floors": asdict(floors), **{p: asdict(scores[p]) for p in PARTS}}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    engine.dispose()
    return 0


def _hits(item: Evidence, slugs: Sequence[str], floors: Floors) -> list[str]:
    rows = relevant_rows(item.close, item.matches, floors)
    return [slugs[row] for row in fused_scores(rows, item.close.text, item.matches)]


def _print(floors: Floors, scores: dict[str, Score]) -> None:
    table = Table(title=f"search of the demo shop, floors {asdict(floors)}")
    for column in ("part", "queries", "precision", "recall", "first hit right", "nothing found where nothing is"):
        table.add_column(column)
    for part, score in scores.items():
        shares = (score.precision, score.recall, score.first_right, score.nothing_right)
        table.add_row(part, str(score.queries), *(f"{share:.3f}" for share in shares))
    Console().print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.evaluate_search", description="Measure the search.")
    # Not left to the command line by `make evaluate`: an address may hold a password.
    named = os.environ.get("DAOGOU_DATABASE_URL") or DEMO_DATABASE
    parser.add_argument("--database-url", default=named, help="by default that of the setting DAOGOU_DATABASE_URL")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    parser.add_argument("--queries", type=Path, help="labelled ones (default: those of the language)")
    parser.add_argument("--glossary", type=Path, default=Path("data/lexicon/glossary_zh.csv"))
    parser.add_argument("--encoder", type=Path, default=Path("artifacts/encoder_multilingual"))
    parser.add_argument("--cache", type=Path, default=Path("artifacts/search"))
    parser.add_argument("--model", default="", help="a sentence-transformers folder or name; empty: all-MiniLM-L6-v2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--calibrate", action="store_true", help="look for the best floors on the validation part")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
