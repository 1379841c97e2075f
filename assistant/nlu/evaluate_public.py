"""Measures how the pipeline tells intents apart on public sets, beside Rasa's stock pipeline and a bag of words.

    python -m assistant.nlu.evaluate_public --datasets ../shared/datasets --json artifacts/figures/nlu_public.json

Each pipeline learns a set's own training part. A threshold is chosen on its validation part; where it has none, on
whole families of paraphrases held out of training, beside the out-of-scope validation messages of CLINC150. The test
part is only reported.
Rasa's stock pipeline would need hours for all examples of the two large sets, so there all three also learn a cut of
them, and it learns nothing else.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.nlu.evaluation import write_figures
from assistant.nlu.intent_metrics import IntentFigures, choose_threshold, figures_of
from assistant.nlu.peers import BagOfWords, Peer, RasaPeer
from assistant.nlu.public_sets import Example, PublicSet, UnreadableSet, read_sets, strangers_in

OURS, STOCK = "daogou", "stock Rasa (DIET)"
_SEED = 20261129
# Sets with more training examples than this are learnt by the stock pipeline in a cut.
_SLOW_FROM = 2000
_COLUMNS = ("set", "pipeline", "in scope", "macro F1", "at threshold", "out of scope", "MCC", "ECE", "ms", "train s")


@dataclass(frozen=True)
class Row:
    """The figures of a pipeline on a set; training time in seconds."""

    set: str
    pipeline: str
    examples: int
    train_s: float
    figures: IntentFigures


def measure(data: PublicSet, peer: Peer, strangers: Sequence[Example]) -> Row:
    """Train and ask one pipeline on one set."""
    held = data.with_validation(strangers, _SEED)
    train_s = _learn(peer, held)
    threshold = choose_threshold(held.validation, peer.answer([one.text for one in held.validation]))
    if held is not data:
        train_s = _learn(peer, data)
    answers = peer.answer([one.text for one in data.test])
    return Row(data.name, peer.name, len(data.train), train_s, figures_of(data.test, answers, threshold))


def _learn(peer: Peer, data: PublicSet) -> float:
    start = time.perf_counter()
    peer.learn(data.train)
    return time.perf_counter() - start


def measure_all(
    sets: Sequence[PublicSet], strangers: Sequence[Example], cut_to: int, configs: dict[str, Path]
) -> Iterator[Row]:
    """Measure every pipeline on every set, the slow one where it ends in minutes."""
    for data in sets:
        is_large = len(data.train) > _SLOW_FROM
        for part in (data, data.cut(cut_to, _SEED)) if is_large else (data,):
            for peer in _peers(configs, with_stock=part is not data or not is_large):
                sys.stderr.write(f"{part.name}: {peer.name}, {len(part.train)} examples ...\n")
                yield measure(part, peer, strangers)


def _peers(configs: dict[str, Path], *, with_stock: bool) -> list[Peer]:
    rasa = [RasaPeer(name, path) for name, path in configs.items() if with_stock or name != STOCK]
    return [*rasa, BagOfWords()]


def table(rows: Sequence[Row]) -> str:
    """Write the figures for people."""
    cells = [_COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(_COLUMNS))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells)


def _cells(row: Row) -> tuple[str, ...]:
    found = row.figures
    strange = "-" if found.strange_recall is None else f"{found.strange_recall:.3f}"
    shares = [f"{found.accuracy:.3f}", f"{found.macro_f1:.3f}", f"{found.accuracy_at:.3f}", strange]
    return (
        row.set,
        row.pipeline,
        *shares,
        f"{found.mcc:.3f}",
        f"{found.ece:.3f}",
        f"{found.parse_ms:.1f}",
        f"{row.train_s:.0f}",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m assistant.nlu.evaluate_public", description=__doc__)
    parser.add_argument("--datasets", type=Path, required=True, help="the folder of the public sets")
    parser.add_argument("--sets", nargs="*", help="only these, such as hint3_curekart (default: all)")
    parser.add_argument("--config", type=Path, default=Path("config.yml"), help="of this house (default: config.yml)")
    parser.add_argument("--stock", type=Path, default=Path("ops/bench/stock_config.yml"), help="Rasa's stock pipeline")
    parser.add_argument("--cut", type=int, default=10, help="examples an intent for the stock pipeline (default: 10)")
    parser.add_argument("--without-stock", action="store_true", help="leave Rasa's stock pipeline out")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    logging.getLogger("rasa").setLevel(logging.WARNING)
    try:
        every = read_sets(options.datasets)
    except UnreadableSet as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sets = [one for one in every if not options.sets or one.name in options.sets]
    configs = {OURS: options.config} | ({} if options.without_stock else {STOCK: options.stock})
    rows = []
    for row in measure_all(sets, strangers_in(every), options.cut, configs):
        sys.stderr.write("  ".join(_cells(row)) + "\n")
        rows.append(row)
    sys.stdout.write(table(rows) + "\n")
    write_figures([asdict(row) for row in rows], options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
