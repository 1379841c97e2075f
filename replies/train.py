"""Trains the model of replies from examples and publishes it, unless it is not good enough.

`python -m replies.train --data data/replies --out artifacts/replies/demo`
`python -m replies.train --data FOLDER --out ROOT --rates 1e-3 2e-3 4e-3`    tries step sizes first, one pass each

A folder of data holds LANGUAGE/ACT.jsonl; several may be named, that of the claims first. Families are split by their
names, 80, 10 and 10 of a hundred. A version below ROOT/versions holds the served files, config.json, metrics.json,
MODEL_CARD.md and curves.png. A training that was killed goes on where it was when the same command is run again. Runs
are logged to MLflow, see `replies.tracking`. Gives 0 when the model is in service, 3 when it was trained and is not
good enough, 1 when it could not be trained, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from replies.errors import RepliesError
from replies.feedback import read_data
from replies.guarding import house_guard
from replies.judging import model_judge, read_checkers
from replies.network import new_network
from replies.sizes import Sizes
from replies.train_settings import TrainSettings
from replies.trainer import Progress, Trainer
from replies.training_task import Learnable, learnable, learnt_tokens, train_model

UNTRAINED, UNPUBLISHED, STOPPED = 1, 3, 130
_TEXTS = (".md", ".yml", ".jsonl", ".txt")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
        examples = read_data(options.data)
        texts = [text for folder in options.texts for text in _read(folder)]
        if options.rates:
            settings = replace(settings, rate=best_rate(learnable(examples), settings, options.rates, _tell))
        judge = model_judge(examples, read_checkers(options.data[0]), house_guard(options.data[0]))
        outcome = train_model(
            examples, options.out, settings, judge, texts, options.tracking, _tell, options.start, options.floor
        )
    except (RepliesError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return UNTRAINED
    except KeyboardInterrupt:
        sys.stderr.write("Stopped: run the same command to go on; what was in service still is.\n")
        return STOPPED
    figure = f"right on held-out families {outcome.best.accuracy:.4f} after pass {outcome.best.number}"
    if outcome.in_service is None:
        _tell(f"Not published: {outcome.refused}; {figure}. What was there stays; the draft is {outcome.folder}.")
        return UNPUBLISHED
    _tell(f"Published {outcome.folder}: {figure}.")
    return 0


def best_rate(
    found: Learnable, settings: TrainSettings, rates: Sequence[float], say: Progress = lambda _: None
) -> float:
    """Learn one pass with each step size from the same weights, and give the one that told held-out families best.

    Args:
        found: the examples.
        settings: all else.
        rates: step sizes to try.
        say: told of each.
    """
    tokens = learnt_tokens(found.train, settings.sizes.vocabulary)
    right: dict[float, float] = {}
    for rate in rates:
        tried = replace(settings, rate=rate, epochs=1, sizes=replace(settings.sizes, vocabulary=tokens.size))
        network = new_network(tried.sizes, tokens.pad, tokens.end, settings.seed)
        with tempfile.TemporaryDirectory() as folder:
            right[rate] = Trainer(network, tokens, tried, Path(folder)).fit(found.train, found.validation).accuracy
        say(f"rate {rate:g}: right on held-out families {right[rate]:.4f}")
    return max(right, key=lambda rate: right[rate])


def _read(folder: Path) -> list[str]:
    files = [folder] if folder.is_file() else sorted(folder.rglob("*"))
    return [file.read_text(encoding="utf-8") for file in files if file.suffix in _TEXTS and file.is_file()]


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _settings(options: argparse.Namespace) -> TrainSettings:
    return TrainSettings(
        sizes=Sizes(width=options.width, inner=options.inner, layers=options.layers, heads=options.heads),
        epochs=options.epochs,
        schedule=options.schedule,
        patience=options.patience,
        minutes=options.minutes,
        batch=options.batch,
        rate=options.rate,
        decay=options.decay,
        dropout=options.dropout,
        smoothing=options.smoothing,
        frozen=options.frozen,
        word_drop=options.word_drop,
        vary=options.vary,
        copying=options.copying,
        adversarial=options.adversarial,
        seed=options.seed,
        threads=options.threads,
    )


def _parser() -> argparse.ArgumentParser:
    usual, sizes = TrainSettings(), Sizes()
    parser = argparse.ArgumentParser(
        prog="python -m replies.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="folders of examples, that of the claims first")
    add("--out", type=Path, required=True, help="the folder of models")
    add("--texts", type=Path, nargs="*", default=(), help="more texts of the shop, for the tokenizer's characters")
    add("--start", type=Path, default=None, help="the folder of a model of these sizes to begin with")
    add("--floor", type=float, default=None, help="how sure a line must be: mean log-probability; any by default")
    add("--rates", type=float, nargs="*", default=(), help="step sizes to try first")
    add("--epochs", type=int, default=usual.epochs, help="most passes (%(default)s)")
    add("--schedule", type=int, default=usual.schedule, help="passes over which the rate falls; 0: as many")
    add("--patience", type=int, default=usual.patience, help="passes without a better one (%(default)s)")
    add("--minutes", type=float, default=usual.minutes, help="no step begins later (%(default)g)")
    add("--batch", type=int, default=usual.batch, help="examples a step (%(default)s)")
    add("--rate", type=float, default=usual.rate, help="highest step size (%(default)g)")
    add("--decay", type=float, default=usual.decay, help="weight decay (%(default)g)")
    add("--dropout", type=float, default=usual.dropout, help="share of what is hidden (%(default)g)")
    add("--smoothing", type=float, default=usual.smoothing, help="of labels (%(default)g)")
    add("--frozen", type=int, default=usual.frozen, help="lowest layers that stay (%(default)s)")
    add("--word-drop", type=float, default=usual.word_drop, help="share of a shopper's words left out (%(default)g)")
    add("--vary", type=float, default=usual.vary, help="share with products or names changed (%(default)g)")
    add("--copying", type=float, default=usual.copying, help="practice in repeating passages (%(default)g)")
    add("--adversarial", type=float, default=usual.adversarial, help="length of FGM's step (%(default)g)")
    add("--width", type=int, default=sizes.width, help="of hidden states (%(default)s)")
    add("--inner", type=int, default=sizes.inner, help="of feed-forward layers (%(default)s)")
    add("--layers", type=int, default=sizes.layers, help="how many (%(default)s)")
    add("--heads", type=int, default=sizes.heads, help="of attention (%(default)s)")
    add("--seed", type=int, default=usual.seed, help="of all that is drawn (%(default)s)")
    add("--threads", type=int, default=usual.threads, help="processor threads (%(default)s)")
    add("--tracking", default=None, help="an address of MLflow; the folder's own by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
