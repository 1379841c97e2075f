"""Teach the multilingual encoder to tell the assistant's intents apart, and write what it learnt as an adapter.

    python -m ops.tune_encoder --data data/nlu --out data/encoder

Takes about half an hour on two threads. `make train` takes the adapter into the weights of the encoder that Rasa
reads. Examples in both languages teach it, as they mean the same. Run it again when intents were added or much was
written anew: what the encoder was not taught it still reads, and tells apart less well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ops.encoder_adapter import AdapterCard, write_card, write_products
from ops.export_encoder import ADAPTER, MAX_TOKENS, SOURCES, ExportError, Source
from ops.intent_examples import IntentExample, read_examples

if TYPE_CHECKING:
    from ops.encoder_tuning import TuningSettings

# The loss that is told is the mean of so many last steps.
_LAST = 50


def tune(
    source: Source, weights: Path, examples: Sequence[IntentExample], out: Path, settings: TuningSettings
) -> AdapterCard:
    """Teach an encoder, and write the adapter and its card.

    Args:
        source: the encoder, one of multilingual E5's form.
        weights: its file.
        examples: of at least two intents.
        out: folder to write.
        settings: of the training.

    Raises:
        ExportError: the weights are not the pinned ones.
    """
    # Torch takes seconds to import, which `--help` need not wait for.
    import torch

    from ops.e5_weights import read_e5
    from ops.encoder_tuning import LowerStates, TunableEncoder, Tuner

    source.check(weights)
    base = read_e5(weights)
    base.tokenizer.no_padding()
    base.tokenizer.enable_truncation(MAX_TOKENS)
    torch.manual_seed(settings.seed)
    encoder = TunableEncoder(base.weights, base.shape, settings).eval()
    read = base.tokenizer.encode_batch([source.prefix + one.text for one in examples])
    with tqdm(total=len(read), desc="encoding", unit=" examples") as bar:
        states = LowerStates(encoder, [one.ids for one in read], bar.update)
    intents, numbers = np.unique([one.intent for one in examples], return_inverse=True)
    tuner = Tuner(encoder, states, numbers)
    losses = list(tqdm(tuner.fit(), "tuning", tuner.steps, unit=" steps"))
    card = AdapterCard(
        base=source.name,
        base_sha256=source.sha256,
        weights_sha256=write_products(encoder.products(), out),
        intents=tuple(map(str, intents)),
        examples=len(examples),
        settings=asdict(settings),
        loss_first=round(losses[0], 4),
        loss_last=round(float(np.mean(losses[-_LAST:])), 4),
    )
    write_card(card, out)
    return card


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 1 when the adapter cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m ops.tune_encoder", description="Teach the encoder the intents.")
    parser.add_argument("--data", type=Path, default=Path("data/nlu"), help="training text (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ADAPTER, help="folder to write (default: %(default)s)")
    asked = parser.parse_args(arguments)
    source = SOURCES["intents"]
    try:
        examples = read_examples(asked.data)
        from ops.encoder_tuning import TuningSettings

        card = tune(source, source.path(), examples, asked.out, TuningSettings())
    except (ExportError, OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(
        f"adapter: {card.examples:,} examples of {len(card.intents)} intents, loss {card.loss_first} to "
        f"{card.loss_last}, written to {asked.out}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
