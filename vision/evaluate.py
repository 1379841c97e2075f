"""Measures what photos find, on public data and on a shop's own pictures, each model beside the frozen tower.

    python -m vision.evaluate --datasets ../shared/datasets --demo artifacts/vision/demo --images var/images \
        --json artifacts/figures/vision.json

Models are trained here, from the photos that a table names and from no others; they and all vectors are kept in
`--cache` by their content, so a second run takes a minute. Nothing is chosen by the photos that are measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from vision.errors import VisionError
from vision.evaluation import Section
from vision.evaluation_models import Models
from vision.evaluation_sections import Minutes, demo_sections, grocery_sections, magento_sections
from vision.report import report_of, show
from vision.train_settings import TrainSettings

PUBLIC = {"grocery": grocery_sections, "magento": magento_sections}
CACHE = Path("artifacts/vision/evaluation")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives 0, or 1 where the data cannot be used."""
    asked = _checked(arguments)
    console = Console(file=sys.stdout, width=150 if not sys.stdout.isatty() else None)
    started, sections = time.monotonic(), list[Section]()
    try:
        for section in _sections(asked):
            show(section, console)
            sections.append(section)
    except (VisionError, OSError) as error:
        Console(stderr=True).print(f"cannot evaluate: {error}", markup=False, soft_wrap=True)
        return 1
    if asked.json is not None:
        report = report_of(sections, time.monotonic() - started)
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return 0


def _sections(asked: argparse.Namespace) -> Iterator[Section]:
    models = Models(asked.cache, TrainSettings(threads=asked.threads, seed=asked.seed), not asked.quiet)
    share = asked.minutes / sum(vars(Minutes()).values())
    minutes = Minutes(**{name: value * share for name, value in vars(Minutes()).items()})
    if asked.datasets is not None:
        for name in asked.only or PUBLIC:
            yield from PUBLIC[name](models, asked.datasets, minutes)
    if asked.demo is not None:
        yield from demo_sections(models, asked.demo, asked.images)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vision.evaluate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--datasets", type=Path, help="folder of grocery_store/, magento_luma/ and clothing_small/")
    parser.add_argument("--demo", type=Path, help="folder of a shop: data/ and, if it has one, model/")
    parser.add_argument("--images", type=Path, default=Path("var/images"), help="the shop's pictures (%(default)s)")
    parser.add_argument("--only", nargs="+", choices=[*PUBLIC], help="not all of the public data sets")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--cache", type=Path, default=CACHE, help="models and vectors, by content (%(default)s)")
    parser.add_argument("--minutes", type=float, default=30.0, help="for the trainings on groceries (%(default)g)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of every training (%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    return parser


def _checked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.datasets is None and asked.demo is None:
        parser.error("name a folder with --datasets, --demo or both")
    if not asked.minutes > 0:
        parser.error("--minutes must be above 0")
    return asked


if __name__ == "__main__":
    sys.exit(main())
