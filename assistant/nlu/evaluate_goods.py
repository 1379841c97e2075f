"""Measure how well the goods in a message are told, and what is never wanted, beside the rules.

    python -m assistant.nlu.evaluate_goods --data data/nlu --json artifacts/figures/goods.json

The authors are dealt into parts; marked examples of each are read by a tagger that has learnt from the other parts
alone. Counted are tokens, and the messages of which exactly the marked ones were found, among messages of intents that
search for goods, and among those that tell what shall never be shown or may be shown again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.evaluation import write_figures
from assistant.nlu.goods_features import Features
from assistant.nlu.goods_tagger import GoodsTagger
from assistant.nlu.goods_training import Sequenced, learn, rules_files, rules_reader, sequences_of
from assistant.nlu.intents import AVOIDING, HAS_QUERY, INFORM
from assistant.nlu.marked_goods import GOODS, NEVER, MarkedExample, read_marked
from assistant.nlu.reader import MessageReader
from assistant.nlu.training_text import TrainingTextError


@dataclass(frozen=True)
class GoodsFigures:
    """What was found in some messages.

    Attributes:
        author: whose messages they are.
        what: "goods", or "never" for what is never wanted.
        way: "rules" or "tagger".
        messages: how many.
        exact: the share in which exactly the marked tokens were found.
        precision: the share of the found tokens that are marked.
        recall: the share of the marked tokens that were found.
    """

    author: str
    what: str
    way: str
    messages: int
    exact: float
    precision: float
    recall: float


@dataclass(frozen=True)
class _Read:
    """A message as the rules read it: what the tagger is told, the places that are marked, and those they find."""

    features: list[Features]
    marked: frozenset[int]
    kept: frozenset[int]


def evaluate(reader: MessageReader, examples: Sequence[MarkedExample], parts: int) -> list[GoodsFigures]:
    """Measure both ways on each author's messages, the authors dealt into so many parts."""
    authors = sorted({one.source for one in examples})
    by_author = {author: [one for one in examples if one.source == author] for author in authors}
    sequences = {author: sequences_of(rules_files(), own) for author, own in by_author.items()}
    figures = []
    for part in tqdm(range(parts), "learning from the others", unit=" parts", file=sys.stderr, leave=False):
        held_out = authors[part::parts]
        tagger = _learnt([each for other, theirs in sequences.items() if other not in held_out for each in theirs])
        for author in held_out:
            goods = [_goods_in(reader, one) for one in by_author[author] if one.intent in HAS_QUERY - {INFORM}]
            figures += _both_ways(author, GOODS, goods, [tagger.goods(one.features)[0] for one in goods])
            never = [_avoided_in(reader, one) for one in by_author[author] if one.intent in AVOIDING]
            figures += _both_ways(author, NEVER, never, [tagger.avoided(one.features) for one in never])
    return sorted(figures, key=lambda one: (one.what, one.author, one.way))


def _both_ways(author: str, what: str, read: Sequence[_Read], told: Sequence[Sequence[int]]) -> list[GoodsFigures]:
    """Give the figures of the rules and of the tagger, which has told these places of each message."""
    if not read:
        return []
    by_rules = [(one.marked, one.kept) for one in read]
    by_tagger = [(one.marked, frozenset(places)) for one, places in zip(read, told, strict=True)]
    return [_figures(author, what, "rules", by_rules), _figures(author, what, "tagger", by_tagger)]


def _goods_in(reader: MessageReader, example: MarkedExample) -> _Read:
    tokens, features, kept = reader.describe(example.text, example.intent)
    return _Read(features, frozenset(at for at, token in enumerate(tokens) if example.marks(token)), frozenset(kept))


def _avoided_in(reader: MessageReader, example: MarkedExample) -> _Read:
    tokens, features, _ = reader.describe(example.text, example.intent)
    found = [one for one in reader.read(example.text, example.intent) if one.entity == "wish_exclude"]
    kept = {at for at, token in enumerate(tokens) if any(one.start <= token.start < one.end for one in found)}
    return _Read(features, frozenset(at for at, token in enumerate(tokens) if example.avoids(token)), frozenset(kept))


def _learnt(sequences: Sequence[Sequenced]) -> GoodsTagger:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tagger"
        learn(sequences, path)
        return GoodsTagger(str(path))


def _figures(author: str, what: str, way: str, found: Sequence[tuple[frozenset[int], frozenset[int]]]) -> GoodsFigures:
    right = sum(len(marked & kept) for marked, kept in found)
    all_kept, all_marked = sum(len(kept) for _, kept in found), sum(len(marked) for marked, _ in found)
    exact = sum(marked == kept for marked, kept in found)
    return GoodsFigures(
        author,
        what,
        way,
        len(found),
        round(exact / max(len(found), 1), 3),
        round(right / max(all_kept, 1), 3),
        round(right / max(all_marked, 1), 3),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 1 when there is nothing to measure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.nlu.evaluate_goods", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("data/nlu"), help="training text (default: %(default)s)")
    parser.add_argument("--parts", type=int, default=5, help="into which authors are dealt (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args(arguments)
    try:
        figures = evaluate(rules_reader(), read_marked(asked.data), asked.parts)
    except (ArtifactError, TrainingTextError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    row = "{:44} {:6} {:8} {:>9} {:>7} {:>10} {:>7}\n"
    sys.stdout.write(row.format("author", "what", "way", "messages", "exact", "precision", "recall"))
    for one in figures:
        sys.stdout.write(
            row.format(
                *(one.author, one.what, one.way, one.messages),
                *(f"{one.exact:.3f}", f"{one.precision:.3f}", f"{one.recall:.3f}"),
            )
        )
    write_figures([asdict(one) for one in figures], asked.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
