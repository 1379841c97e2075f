"""Fine-tunes a model on a shop's own examples by a low-rank adapter, and puts it in service unless it is not better.

`python -m replies.tune --base data/replies/model --data FOLDER --out artifacts/replies/shop`
`python -m replies.tune --base Qwen/Qwen2.5-0.5B-Instruct --data FOLDER --out ROOT`

The base is a decoder of our own by its folder, or any causal or seq2seq model of transformers by hub name or folder.
A folder of data holds LANGUAGE/ACT.jsonl as `python -m replies.dataset` writes them; several may be named, such as
`--data data/replies FOLDER` where `from-feedback` has put what shoppers and people said of replies into FOLDER. The
adapter is kept in peft's files. On a decoder of our own it is also taken into the weights, so that serving costs
nothing more. Gives 0 when the model is in service, 3 when it was trained and is not good enough, 1 when it could not be
trained.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from replies.errors import NothingToLearn, RepliesError
from replies.examples import Example
from replies.facts import placeholders
from replies.feedback import read_data
from replies.graph import weights_of
from replies.guarding import house_guard
from replies.hub import HubTokens, load_hub
from replies.judging import model_judge, read_checkers
from replies.lora import LoraSettings, add_lora, base_name
from replies.model_folder import GRAPH_FILE, MANIFEST, read_manifest
from replies.network import load_weights, new_network
from replies.publish import DRAFTS, Judge
from replies.rules import WORDS_FILE, Words, read_words
from replies.tokens import TOKENIZER_FILE, Tokens
from replies.train_settings import TrainSettings
from replies.trainer import Progress, Trainer
from replies.training_task import Learnable, Made, Outcome, finish, learnable, version_of

UNTRAINED, UNPUBLISHED = 1, 3


def tune_model(
    base: str,
    examples: Sequence[Example],
    root: Path,
    settings: TrainSettings,
    lora: LoraSettings,
    judge: Judge,
    store: str | None = None,
    say: Progress = lambda _: None,
) -> Outcome:
    """Fine-tune a model and pass it through the gate.

    Args:
        base: the folder of a decoder of our own, or the name or folder of a model of transformers.
        examples: of the shop.
        root: the shop's folder of models.
        settings: how to learn.
        lora: of the adapter.
        judge: gives the figures of a finished model.
        store: address of MLflow; None is the folder's own.
        say: told of each pass.

    Raises:
        NothingToLearn: there are no examples that the base could learn.
        ArtifactError: the base cannot be used.
        UnknownModel: nothing can be loaded from there.
    """
    own = (Path(base) / MANIFEST).is_file()
    network, tokens, words = _own_base(Path(base)) if own else _hub_base(base)
    name = base_name(base, network)
    found = _speakable(learnable(examples), tokens)
    add_lora(network, lora, settings.seed)
    seq2seq = bool(network.config.is_encoder_decoder)
    draft = root / DRAFTS / version_of(found, settings, f"{name} {lora}")
    draft.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(network, tokens, settings, draft, seq2seq, say)
    best = trainer.fit(found.train, found.validation)
    manifest = read_manifest(Path(base)) if own else None
    sizes, floor = (None, None) if manifest is None else (manifest.sizes, manifest.floor)
    epochs, hub = tuple(trainer.epochs), "" if own else base
    made = Made(network, tokens, sizes, found, epochs, best, draft, settings, name, words, lora, hub, floor)
    return finish(made, root, judge, store)


def _own_base(folder: Path) -> tuple[Any, Tokens, dict[str, Words]]:
    sizes = read_manifest(folder).sizes
    if sizes is None:
        raise NothingToLearn(f"{folder} is an adapter itself: name the model that it is for")
    tokens = Tokens.read(folder / TOKENIZER_FILE)
    network = new_network(sizes, tokens.pad, tokens.end)
    load_weights(network, weights_of(folder / GRAPH_FILE, sizes))
    return network, tokens, read_words(folder / WORDS_FILE)


def _hub_base(name: str) -> tuple[Any, HubTokens, dict[str, Words]]:
    network, tokens = load_hub(name)
    return network, tokens, {}


def _speakable(found: Learnable, tokens: Tokens | HubTokens) -> Learnable:
    """Leave out examples whose placeholders the base has no token for."""
    if isinstance(tokens, HubTokens):
        return found
    kept = [[e for e in part if set(placeholders(e.reply)) <= tokens.names] for part in (found.train, found.validation)]
    if not all(kept):
        raise NothingToLearn("no example has only placeholders that the base knows")
    left_out = len(found.train) + len(found.validation) - sum(map(len, kept))
    return replace(found, train=kept[0], validation=kept[1], refused=found.refused + left_out)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    try:
        settings = TrainSettings(
            epochs=options.epochs, rate=options.rate, batch=options.batch, seed=options.seed, copying=0.0
        )
        lora = LoraSettings(options.rank, 2.0 * options.rank, targets=tuple(options.targets))
        examples = read_data(options.data)
        judge = model_judge(examples, read_checkers(options.claims), house_guard(options.claims))
        outcome = tune_model(options.base, examples, options.out, settings, lora, judge, say=_tell)
    except (RepliesError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return UNTRAINED
    if outcome.in_service is None:
        sys.stdout.write(f"Not published: {outcome.refused}. What was there stays; the draft is {outcome.folder}.\n")
        return UNPUBLISHED
    sys.stdout.write(f"Published {outcome.folder}: validation loss {outcome.best.validation:.4f}.\n")
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m replies.tune", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    house = Path("data/replies")
    parser.add_argument("--base", default=str(house / "model"), help="a model's folder or a hub name (%(default)s)")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of examples")
    parser.add_argument("--claims", type=Path, default=house, help="the guard's and checker's words (%(default)s)")
    parser.add_argument("--out", type=Path, required=True, help="the shop's folder of models")
    parser.add_argument("--epochs", type=int, default=10, help="most passes (%(default)s)")
    parser.add_argument("--rate", type=float, default=1e-3, help="highest step size (%(default)g)")
    parser.add_argument("--batch", type=int, default=16, help="examples a step (%(default)s)")
    parser.add_argument("--rank", type=int, default=16, help="of the adapter (%(default)s)")
    parser.add_argument("--targets", nargs="*", default=(), help="layers that get it; the usual ones by default")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn (%(default)s)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
