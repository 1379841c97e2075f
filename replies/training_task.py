"""From examples to a model in service: tokenizer, training, graph, figures, card, gate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from replies.approved import APPROVED_FILE, approved_of, write_approved
from replies.batches import Coder, batches_of, rows_of
from replies.errors import NotBetter, NothingToLearn
from replies.examples import Example
from replies.facts import ACTS, LANGUAGES, PLACED, PLACEHOLDER
from replies.graph import weights_of, write_graph
from replies.hub import HubTokens
from replies.learner import Learner
from replies.lora import LoraSettings, merge_lora, write_adapter
from replies.model_card import MODEL_CARD, model_card
from replies.model_folder import CONFIG_FILE, GRAPH_FILE, METRICS_FILE, read_manifest, seal
from replies.network import count_weights, new_network, warm_start
from replies.plots import CURVES, plot_curves
from replies.prompt import clean_passage, prompt_of
from replies.publish import DRAFTS, InService, Judge, folder_of, publish
from replies.rules import WORDS_FILE, Words, forbidden_sign, write_words
from replies.situation import Situation
from replies.sizes import Sizes
from replies.tokens import TOKENIZER_FILE, Tokens
from replies.tracking import log_training
from replies.train_settings import TrainSettings
from replies.trainer import CHECKPOINT, Epoch, Progress, Trainer


@dataclass(frozen=True)
class Outcome:
    """What came of a training.

    Attributes:
        folder: of the model: below `versions` where it went in service, else below `drafts`.
        best: the pass that was kept.
        epochs: all passes.
        in_service: what serves now; None where the model was refused.
        refused: why it was.
    """

    folder: Path
    best: Epoch
    epochs: tuple[Epoch, ...]
    in_service: InService | None
    refused: str = ""


@dataclass(frozen=True)
class Learnable:
    """Examples by what they are for; `refused` are those whose reply no rule would let through."""

    train: list[Example]
    validation: list[Example]
    refused: int


@dataclass(frozen=True)
class Made:
    """A network that has learnt, and all that its folder is written from.

    Attributes:
        network: a Llama of `sizes`, or the model of a hub.
        tokens: its tokenizer.
        sizes: its sizes; None for a model of a hub.
        found: the examples.
        epochs: all passes.
        best: the one that was kept.
        draft: the folder to write.
        settings: how it learnt.
        base: what it was fine-tuned from; empty for nothing.
        words: the vocabulary of that.
        lora: of the adapter that it has; None for none.
        hub: the name of the model of a hub that it is.
        floor: how sure a line of it must be; None takes any.
    """

    network: Any
    tokens: Tokens | HubTokens
    sizes: Sizes | None
    found: Learnable
    epochs: tuple[Epoch, ...]
    best: Epoch
    draft: Path
    settings: TrainSettings
    base: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)
    lora: LoraSettings | None = None
    hub: str = ""
    floor: float | None = None


def train_model(
    examples: Sequence[Example],
    root: Path,
    settings: TrainSettings,
    judge: Judge,
    texts: Sequence[str] = (),
    store: str | None = None,
    say: Progress = lambda _: None,
    start: Path | None = None,
    floor: float | None = None,
) -> Outcome:
    """Train a decoder of our own and put it in service, unless it is not good enough.

    A training that was killed goes on where it was: the same examples and settings find their draft again.

    Args:
        examples: of all families.
        root: the folder of models.
        settings: how to train.
        judge: gives the figures of a finished model.
        texts: more text of the shop, from which the tokenizer learns what characters there are.
        store: address of MLflow; None is the folder's own.
        say: told of each pass.
        start: the folder of a model of the same sizes whose weights are begun with; None begins from random ones.
        floor: how sure a line must be to be said; None takes any.

    Raises:
        NothingToLearn: there are no examples to learn from or to be judged by.
        ArtifactDamaged: the model to start from cannot be read.
    """
    found = learnable(examples)
    begun = "" if start is None else read_manifest(start).version
    version = version_of(found, settings, begun)
    draft = root / DRAFTS / version
    draft.mkdir(parents=True, exist_ok=True)
    tokens = learnt_tokens(found.train, settings.sizes.vocabulary, texts)
    sizes = replace(settings.sizes, vocabulary=tokens.size)
    network = new_network(sizes, tokens.pad, tokens.end, settings.seed)
    if start is not None:
        known = Tokens.read(start / TOKENIZER_FILE)
        old_sizes = read_manifest(start).sizes or sizes
        warm_start(network, tokens, weights_of(start / GRAPH_FILE, old_sizes), known)
    trainer = Trainer(network, tokens, settings, draft, say=say)
    best = trainer.fit(found.train, found.validation)
    made = Made(network, tokens, sizes, found, tuple(trainer.epochs), best, draft, settings, begun, floor=floor)
    return finish(made, root, judge, store)


def finish(made: Made, root: Path, judge: Judge, store: str | None = None) -> Outcome:
    """Write a trained network's folder and pass it through the gate."""
    found, draft, settings = made.found, made.draft, made.settings
    if made.lora is not None:
        write_adapter(made.network, made.lora, made.base, draft)
        merge_lora(made.network)
    if made.sizes is not None and isinstance(made.tokens, Tokens):
        write_graph(made.network.state_dict(), made.sizes, draft / GRAPH_FILE)
        made.tokens.write(draft / TOKENIZER_FILE)
    write_words(_joined(made.words, learnt_words(found.train)), draft / WORDS_FILE)
    write_approved(approved_of(found.train), draft / APPROVED_FILE)
    seal(draft, draft.name, made.sizes, made.base, made.hub, made.floor)
    judged = judge(draft)
    config = {**settings.as_json(), "sizes": None if made.sizes is None else asdict(made.sizes)}
    config["lora"] = None if made.lora is None else asdict(made.lora)
    metrics = {
        **{"version": draft.name, "base": made.base, "hub": made.hub, "weights": count_weights(made.network)},
        "learnt_from": {
            **{"train": len(found.train), "validation": len(found.validation), "refused": found.refused},
            "families": len({example.family for example in found.train}),
        },
        **{"validation_loss": made.best.validation, "validation_right": made.best.accuracy},
        "validation_by_act": by_act(made.network, made.tokens, found.validation, settings),
        **{"best_epoch": made.best.number, "seconds": made.epochs[-1].seconds},
        "epochs": [asdict(epoch) for epoch in made.epochs],
        **{"judged": asdict(judged), "floor": made.floor},
    }
    for name, content in ((CONFIG_FILE, config), (METRICS_FILE, metrics)):
        (draft / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (draft / MODEL_CARD).write_text(model_card(metrics, config), encoding="utf-8")
    plot_curves(made.epochs, made.best.number, draft / CURVES)
    figures = {"validation_loss": made.best.validation, "validation_right": made.best.accuracy}
    figures |= {"grounded": judged.grounded, "chrf": judged.quality}
    log_training(draft, config, figures, made.epochs, root, store)
    try:
        now = publish(root, draft, judge)
    except NotBetter as error:
        return Outcome(draft, made.best, made.epochs, None, str(error))
    folder = folder_of(root, draft.name)
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return Outcome(folder, made.best, made.epochs, now)


def learnable(examples: Sequence[Example]) -> Learnable:
    """Sort examples by part, leaving out those whose reply could never be decoded.

    Raises:
        NothingToLearn: one part is empty.
    """
    fit = [example for example in examples if writable(example)]
    train = [example for example in fit if example.split == "train"]
    validation = [example for example in fit if example.split == "validation"]
    if not train or not validation:
        raise NothingToLearn(f"{len(train)} examples to learn from, {len(validation)} to be judged by; both are needed")
    return Learnable(train, validation, len(examples) - len(fit))


def writable(example: Example) -> bool:
    """Whether a reply's signs and placeholders are allowed by its own situation."""
    names = Situation.of(example).names
    if any(name not in names for name in PLACEHOLDER.findall(example.reply)):
        return False
    return not any(forbidden_sign(sign) for sign in PLACEHOLDER.sub("", example.reply))


def learnt_tokens(train: Sequence[Example], size: int, texts: Sequence[str] = ()) -> Tokens:
    """Learn the tokenizer of training examples and other texts, in which each is cleaned as a passage is."""
    own = (text for example in train for text in (prompt_of(Situation.of(example)), example.reply))
    other = (clean_passage(line, frozenset()) for text in texts for line in text.splitlines())
    names = {fact.name for example in train for fact in example.facts if fact.kind in PLACED}
    return Tokens.learn([*own, *other], names, size)


def learnt_words(train: Sequence[Example]) -> dict[str, Words]:
    """Gather the vocabulary of each language's replies."""
    return {
        language: Words.of(example.reply for example in train if example.language == language) for language in LANGUAGES
    }


def version_of(found: Learnable, settings: TrainSettings, base: str = "") -> str:
    """Name a training by what goes into it, so that the same one finds its draft again."""
    digest = hashlib.sha256(json.dumps([settings.as_json(), base], sort_keys=True).encode())
    for example in (*found.train, *found.validation):
        digest.update(example.as_json().encode())
    return digest.hexdigest()[:12]


def by_act(network: Any, tokens: Coder, validation: Sequence[Example], settings: TrainSettings) -> list[dict[str, Any]]:
    """Give the validation figures of each act and language."""
    seq2seq = bool(network.config.is_encoder_decoder)
    learner = Learner(network, replace(settings, frozen=0), 1, seq2seq)
    found: list[dict[str, Any]] = []
    for language in LANGUAGES:
        for act in ACTS:
            own = [example for example in validation if (example.act, example.language) == (act, language)]
            rows = rows_of(own, tokens, settings.sizes.most_tokens, None)
            if rows:
                loss, right = learner.judged_on(batches_of(rows, settings.batch, tokens.pad, seq2seq))
                found.append({"act": act, "language": language, "loss": loss, "right": right, "examples": len(rows)})
    learner.close()
    return found


def _joined(first: Mapping[str, Words], second: Mapping[str, Words]) -> dict[str, Words]:
    return {name: first[name] | second[name] if name in first else second[name] for name in second}
