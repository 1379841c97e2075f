"""Measures every model beside the served one on public data and on a shop's own, in one run.

    python -m recsys.evaluate --datasets ../shared/datasets --demo artifacts/recsys/data \
        --json artifacts/figures/recsys.json --plots artifacts/figures/recsys

Nothing is chosen by the test period: weights and settings come from the period before (`--period validation` shows
how they were chosen, one period earlier).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from recsys.benchmarks.benchmark import Benchmark
from recsys.benchmarks.complete_journey import complete_journey
from recsys.benchmarks.demo import demo
from recsys.benchmarks.uci import uci
from recsys.errors import RecsysError
from recsys.evaluation import Plan, evaluate
from recsys.evaluation_plots import draw
from recsys.report import report_of, show

PUBLIC: dict[str, Callable[[Path], Benchmark]] = {"uci": uci, "complete_journey": complete_journey}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives 0, or 1 where the data cannot be used."""
    asked = _checked(arguments)
    console = Console(file=sys.stdout, width=150 if not sys.stdout.isatty() else None)
    plan = Plan(asked.seed, not asked.no_refit, asked.quick, 200 if asked.quick else 1_000)
    try:
        benchmarks = list(chosen(asked))
        results = [evaluate(benchmark, plan) for benchmark in benchmarks]
    except RecsysError as error:
        Console(stderr=True).print(f"cannot evaluate: {error}", markup=False, soft_wrap=True)
        return 1
    report = report_of(results, plan)
    show(report, console)
    if asked.json is not None:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    if asked.plots is not None:
        draw(report, asked.plots)
    return 0


def chosen(asked: argparse.Namespace) -> Iterable[Benchmark]:
    """Read the benchmarks that were asked for.

    Raises:
        InvalidFrame: A file is missing or damaged.
    """
    readers: list[Callable[[], Benchmark]] = []
    if asked.datasets is not None:
        readers += [partial(PUBLIC[name], asked.datasets) for name in asked.only or PUBLIC]
    if asked.demo is not None:
        readers.append(partial(demo, asked.demo))
    for read in readers:
        benchmark = read()
        yield benchmark.earlier() if asked.period == "validation" else benchmark


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m recsys.evaluate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--datasets", type=Path, help="folder that holds uci_online_retail/ and complete_journey/")
    parser.add_argument("--demo", type=Path, help="folder that `python -m shop.export recsys` wrote")
    parser.add_argument("--only", nargs="+", choices=[*PUBLIC], help="not all of the public data sets")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--plots", type=Path, help="draw into this folder")
    parser.add_argument("--no-refit", action="store_true", help="test models that learnt before the validation period")
    parser.add_argument("--period", choices=("test", "validation"), default="test", help="which period is judged")
    parser.add_argument("--quick", action="store_true", help="look only whether all works: few epochs, no SASRec")
    parser.add_argument("--seed", type=int, default=17)
    return parser


def _checked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.datasets is None and asked.demo is None:
        parser.error("name a folder with --datasets, --demo or both")
    return asked


if __name__ == "__main__":
    sys.exit(main())
