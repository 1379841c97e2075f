"""Times photo search: `python -m ops.bench_vision [--json FILE]`.

First the towers, in fp32 and int8; then one photo from its bytes to five products among ten thousand, a hundred
thousand and a million invented pictures; then the whole assistant, to which shoppers send photos one after the other.
All but the whole assistant runs on one thread.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from ops.bench.load import Load, run_load
from ops.bench_vision_search import SearchTimes, time_search
from ops.stack import DEMO_VISION, Stack
from vision.export import TowerFigures

SIZES = (10_000, 100_000, 1_000_000)
SHOPPERS = (1, 8)
IMAGES = Path("var/images")
PHOTOGRAPHERS = Path("ops/bench/photo_shoppers.py")
_CALIBRATED_ON = 24
_WARM_UP_SECONDS = 5
_NO_PHOTO_LIMITS = {"DAOGOU_PHOTO_RATE": "0"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and write JSON where asked."""
    options = _parser().parse_args(arguments)
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        towers = {} if options.without_towers else time_towers(folder / "towers")
        console.print(towers_table(towers)) if towers else None
        found = [_search(size, folder, options.rounds, console) for size in options.sizes]
        console.print(search_table(found))
        loads, actions_mib = ([], 0.0) if options.without_house else load_house(folder, options.seconds)
    if loads:
        console.print(loads_table(loads, actions_mib))
    if options.json:
        options.json.write_text(json.dumps(as_json(towers, found, loads, actions_mib), indent=2) + "\n")
    return 0


def time_towers(folder: Path) -> Mapping[str, TowerFigures]:
    """Write the embedded model's towers in both forms and time each picture by picture; needs torch."""
    from vision.export import export_onnx
    from vision.images import open_photo
    from vision.train_settings import TrainSettings
    from vision.training_task import embedded_start

    begun = embedded_start(TrainSettings())
    pictures = [open_photo(file) for file in sorted(IMAGES.glob("*.jpg"))[:_CALIBRATED_ON]]
    begun.model.eval()
    return export_onnx(begun.model, begun.tokenizer, begun.preprocess, folder, int8=True, pictures=pictures).towers


def load_house(folder: Path, seconds: int) -> tuple[list[Load], float]:
    """Let shoppers send photos to the whole assistant; also give the action server's memory afterwards, in MiB."""
    home = folder / "house"
    home.mkdir()
    with Stack(home, home, {**_NO_PHOTO_LIMITS, "DAOGOU_PHOTOS": str(home / "photos")}) as stack:
        run_load(stack.base_url, 1, _WARM_UP_SECONDS, PHOTOGRAPHERS)
        loads = [run_load(stack.base_url, shoppers, seconds, PHOTOGRAPHERS) for shoppers in SHOPPERS]
        memory = psutil.Process(stack.pids["actions"]).memory_info().rss / 2**20
    return loads, memory


def towers_table(towers: Mapping[str, TowerFigures]) -> Table:
    """Lay out what each form of a tower costs."""
    table = Table("tower", "one, ms", "a second", "size, MB", "agreement with fp32", title="Towers, one thread")
    for name, figures in towers.items():
        rate = f"{1_000 / figures.milliseconds:.0f}"
        size, agreement = f"{figures.bytes / 1e6:.1f}", f"{figures.cosine_mean:.4f}, at least {figures.cosine_min:.4f}"
        table.add_row(name, f"{figures.milliseconds:.1f}", rate, size, agreement)
    return table


def search_table(found: Sequence[SearchTimes]) -> Table:
    """Lay out what a photo takes among catalogues of several sizes."""
    table = Table("", *(f"{times.pictures:,} pictures" for times in found), title="One photo, one thread")
    for title, name, form in (
        ("decode, ms", "decode_ms", ".1f"),
        ("embed, ms", "embed_ms", ".1f"),
        ("match: products, classes, certainty, ms", "match_ms", ".2f"),
        ("all of it, ms", "whole_ms", ".1f"),
        ("exact search alone, ms", "exact_ms", ".2f"),
        ("approximate search alone, ms", "approximate_ms", ".2f"),
        ("of the true best 10 it finds", "recall", ".1%"),
        ("clustering, s", "index_s", ".1f"),
        ("stored, MB", "stored_mb", ".0f"),
        ("load, s", "load_s", ".1f"),
        ("peak memory, MiB", "peak_mib", ".0f"),
    ):
        values = (getattr(times, name) for times in found)
        table.add_row(title, *("-" if value is None else format(value, form) for value in values))
    return table


def loads_table(loads: Sequence[Load], actions_mib: float) -> Table:
    """Lay out what shoppers wait for in the whole assistant."""
    title = f"Photo sent, read and answered; the action server then holds {actions_mib:.0f} MiB"
    table = Table("shoppers at once", "photos", "p50, ms", "p95, ms", "photos a second", title=title)
    for load in loads:
        times = (f"{load.p50_ms:.0f}", f"{load.p95_ms:.0f}", f"{load.turns_per_s:.1f}")
        table.add_row(str(load.shoppers), str(load.turns), *times)
    return table


def as_json(
    towers: Mapping[str, TowerFigures], found: Sequence[SearchTimes], loads: Sequence[Load], actions_mib: float
) -> dict[str, object]:
    """Give all figures as plain values."""
    return {
        "towers": {name: asdict(figures) for name, figures in towers.items()},
        "search": [{**asdict(times), "whole_ms": times.whole_ms} for times in found],
        "house": {"actions_mib": actions_mib, "loads": [asdict(load) for load in loads]},
    }


def _search(size: int, folder: Path, rounds: int, console: Console) -> SearchTimes:
    console.print(f"{size:,} pictures ...")
    photo = max(IMAGES.glob("*.jpg"), key=lambda file: file.stat().st_size)
    return time_search(size, DEMO_VISION / "model", photo, folder / str(size), rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.bench_vision", description="Time photo search.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="pictures of the invented galleries")
    parser.add_argument("--rounds", type=int, default=50, help="how often each step is timed (%(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="how long one load lasts (%(default)s)")
    parser.add_argument("--without-towers", action="store_true", help="leave the towers out, which needs torch")
    parser.add_argument("--without-house", action="store_true", help="leave the whole assistant out")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
