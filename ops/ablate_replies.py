"""Learn a part of the examples by the recipe of the packaged model, with one choice of it changed at a time.

`python -m ops.ablate_replies --json artifacts/figures/ablation.json --plot artifacts/figures/ablation.png`

Every run begins with the same weights, reads the same families the same number of times, and is judged on all families
of the validation part: the share of tokens that were the likeliest, and nats a token. What is measured by a short
training tells which choices pay early, not how good a finished model is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from replies.errors import RepliesError
from replies.examples import Example, read_folder
from replies.lora import LoraSettings, add_lora
from replies.network import new_network
from replies.tokens import Tokens
from replies.train import best_rate
from replies.train_settings import TrainSettings
from replies.trainer import Trainer
from replies.training_task import Learnable, learnable, learnt_tokens

BASE: Final = "base"
SEARCH: Final = "rate from the search"
LORA: Final = "LoRA on the base"
CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    BASE: {},
    SEARCH: {},
    "no weight decay": {"decay": 0.0},
    "no dropout": {"dropout": 0.0},
    "no word drop": {"word_drop": 0.0},
    "facts in one order": {"shuffle_facts": False},
    "products and names as they are": {"vary": 0.0},
    "no copying practice": {"copying": 0.0},
    "label smoothing 0.1": {"smoothing": 0.1},
    "FGM 0.1": {"adversarial": 0.1},
    "lower half frozen": {"frozen": 2},
    LORA: {},
}
"""What each run changes; the search takes the best of `RATES`, and the adapter goes on where the base ended."""

RATES: Final = (7.5e-4, 1.5e-3, 3e-3)
LORA_RATE: Final = 1e-3


@dataclass(frozen=True)
class Line:
    """How one run ended."""

    name: str
    right: float
    nats: float
    minutes: float
    rate: float


def part_of(examples: Sequence[Example], parts: int) -> list[Example]:
    """Give all held-out examples, and those of one family in so many of the others: the same ones each time."""

    def stays(example: Example) -> bool:
        digest = hashlib.sha256(f"part {example.family}".encode()).hexdigest()
        return example.split != "train" or int(digest, 16) % parts == 0

    return [example for example in examples if stays(example)]


def lines_of(examples: Sequence[Example], settings: TrainSettings, names: Sequence[str]) -> Iterator[Line]:
    """Run the named changes, each with all else as it is; gives each line when its run has ended."""
    found = learnable(examples)
    tokens = learnt_tokens(found.train, settings.sizes.vocabulary)
    settings = replace(settings, sizes=replace(settings.sizes, vocabulary=tokens.size))
    for name in names:
        begun = time.perf_counter()
        changed = replace(settings, **CHANGES[name])
        if name == SEARCH:
            changed = replace(changed, rate=best_rate(found, settings, RATES))
        network = new_network(changed.sizes, tokens.pad, tokens.end, changed.seed)
        if name == LORA:
            _fit(network, found, tokens, changed)
            begun = time.perf_counter()
            add_lora(network, LoraSettings(), changed.seed)
            changed = replace(changed, rate=LORA_RATE, copying=0.0)
        right, nats = _fit(network, found, tokens, changed)
        yield Line(name, right, nats, (time.perf_counter() - begun) / 60, changed.rate)


def _fit(network: Any, found: Learnable, tokens: Tokens, settings: TrainSettings) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        best = Trainer(network, tokens, settings, Path(folder)).fit(found.train, found.validation)
    return best.accuracy, best.validation


def plot_lines(lines: Sequence[Line], path: Path) -> None:
    """Draw how often each run was right, beside the base."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 0.6 + 0.36 * len(lines)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    names = [line.name for line in lines]
    shares = [100 * line.right for line in lines]
    axes.barh(names, shares, color=["tab:blue" if name == BASE else "tab:grey" for name in names])
    for place, share in enumerate(shares):
        axes.text(share, place, f" {share:.1f}", va="center", fontsize="small")
    base = next((line.right for line in lines if line.name == BASE), None)
    if base is not None:
        axes.axvline(100 * base, linestyle="--", color="tab:blue")
    axes.invert_yaxis()
    axes.set_xlabel("held-out tokens right, %")
    axes.set_title("Replies: one choice of the recipe changed")
    figure.savefig(path)


def table_of(lines: Sequence[Line]) -> Table:
    """Lay the runs out."""
    table = Table("change", "tokens right", "nats a token", "rate", "minutes", title="One choice of the recipe changed")
    for line in lines:
        table.add_row(line.name, f"{line.right:.1%}", f"{line.nats:.3f}", f"{line.rate:g}", f"{line.minutes:.1f}")
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 and a message where nothing can be learnt."""
    options = _parser().parse_args(arguments)
    settings = TrainSettings(
        epochs=options.epochs, batch=options.batch, rate=options.rate, copying=options.copying, minutes=options.minutes
    )
    lines: list[Line] = []
    try:
        for line in lines_of(part_of(read_folder(options.data), options.parts), settings, options.only):
            lines.append(line)
            sys.stdout.write(f"{line.name}: {line.right:.4f} right, {line.nats:.3f} nats, {line.minutes:.1f} min\n")
            sys.stdout.flush()
            _write(lines, settings, options)
    except (RepliesError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    Console().print(table_of(lines))
    return 0


def _write(lines: Sequence[Line], settings: TrainSettings, options: argparse.Namespace) -> None:
    """Write what has been measured so far: a run that is stopped leaves the lines before it."""
    if options.json is not None:
        found = {"settings": settings.as_json(), "parts": options.parts, "lines": [asdict(line) for line in lines]}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if options.plot is not None:
        plot_lines(lines, options.plot)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops.ablate_replies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("data/replies"), help="the folder of examples (%(default)s)")
    add("--parts", type=int, default=3, help="one family in so many is learnt (%(default)s)")
    add("--epochs", type=int, default=2, help="passes of each run (%(default)s)")
    add("--batch", type=int, default=16, help="examples a step (%(default)s)")
    add("--rate", type=float, default=1.5e-3, help="highest step size of the base (%(default)g)")
    add("--copying", type=float, default=0.25, help="practice in repeating passages (%(default)g)")
    add("--minutes", type=float, default=600.0, help="the longest run (%(default)g)")
    add("--only", nargs="+", choices=tuple(CHANGES), default=tuple(CHANGES), help="these runs; all by default")
    add("--json", type=Path, default=None, metavar="FILE", help="write the figures there")
    add("--plot", type=Path, default=None, metavar="FILE", help="draw them there, as PNG")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
