"""Tunes the photo model on a shop's own pictures and texts.

`python -m vision.train --data artifacts/vision/demo/data --images var/images --out artifacts/vision/demo/model`
`python -m vision.train --data FOLDER --images FOLDER --out FOLDER --minutes 10`

The folder of data holds items.jsonl and photos.jsonl (`python -m shop.export photos` writes them). The model's folder
gets the served towers, open_clip's own form, matcher.json, metrics.json, MODEL_CARD.md and curves.png; what was there
stays whole until the new model is, however training ends. Gives 0 when a model was published, which is the frozen tower
where tuning helped nothing and no model was there; 3 when tuning helped nothing and the model that was there stays; 1
when nothing could be trained; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from vision.catalogue import Catalogue
from vision.errors import VisionError
from vision.freed_memory import keep_freed_memory
from vision.towers import TOWERS
from vision.train_settings import TrainSettings
from vision.training_task import Outcome, train_model

UNTRAINED, UNPUBLISHED, STOPPED = 1, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    console = Console()
    keep_freed_memory()
    try:
        settings = TrainSettings(
            tower=options.tower,
            tail_epochs=options.passes,
            minutes=options.minutes,
            seed=options.seed,
            threads=options.threads,
        )
        outcome = train_model(Catalogue.read(options.data, options.images), options.out, settings)
    except (VisionError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return UNTRAINED
    except KeyboardInterrupt:
        sys.stderr.write("Stopped: nothing was published, and the model that was there is whole.\n")
        return STOPPED
    for path, reason in outcome.data.refused.items():
        sys.stderr.write(f"{path}: left out: {reason}\n")
    console.print(told(outcome), highlight=False, soft_wrap=True)
    return 0 if outcome.folder is not None else UNPUBLISHED


def told(outcome: Outcome) -> str:
    """Say in a few lines what came of a training."""
    frozen, tuned = outcome.record.frozen, outcome.record.tuned
    figures = "; ".join(
        f"{kind}: Recall@1 {frozen.at_1[kind]:.3f} -> {tuned.at_1[kind]:.3f}, @5 {tuned.at_5[kind]:.3f}"
        for kind in tuned.at_1
    )
    learnt = f"{len(outcome.data.item_ids):,} products, {len(outcome.data.photos):,} photos, {outcome.seconds:.0f} s"
    if outcome.folder is None:
        return (
            f"Not published: the tuned model is no better than the frozen tower ({figures}). What was there stays."
            f"\n{learnt}"
        )
    if not outcome.record.is_better:
        return f"Published {outcome.folder}, the frozen tower: tuning is no better ({figures}).\n{learnt}"
    return f"Published {outcome.folder}: {learnt}.\nHeld out ({outcome.kind}), frozen -> tuned: {figures}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vision.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = TrainSettings()
    parser.add_argument("--data", type=Path, required=True, help="the folder with items.jsonl and photos.jsonl")
    parser.add_argument("--images", type=Path, required=True, help="the folder to which the photos' paths are relative")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--tower", choices=tuple(TOWERS), default=usual.tower, help="image tower (%(default)s)")
    parser.add_argument(
        "--passes", type=int, default=usual.tail_epochs, help="most passes of the last stages (%(default)s)"
    )
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="no pass begins later (%(default)g)")
    parser.add_argument("--seed", type=int, default=usual.seed, help="of all that is drawn (%(default)s)")
    parser.add_argument("--threads", type=int, default=usual.threads, help="processor threads (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
