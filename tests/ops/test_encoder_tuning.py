"""An adapter begins as nothing, learns to tell intents apart, and is the same once it is in the weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ops.bert_encoder import SentenceEncoder
from ops.e5_weights import E5, read_e5
from ops.encoder_adapter import read_products, write_card, write_products
from ops.encoder_tuning import LowerStates, TunableEncoder, Tuner, TuningSettings
from tests.ops.small_e5 import tensors, written
from tests.ops.test_encoder_adapter import CARD, the_same

SETTINGS = TuningSettings(first_layer=1, rank=4, alpha=8.0, rate=1e-2, epochs=30, batch=16, hidden_words=0.0)
BEGIN, END, TELLING, OTHERS = 0, 2, (5, 8), (4, 6, 7)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> E5:
    return read_e5(written(tmp_path_factory.mktemp("e5") / "small.bin", tensors(np.random.default_rng(0), layers=3)))


@pytest.fixture(scope="module")
def intents() -> np.ndarray:
    return np.arange(128) % 2


def sentences_of(intents: np.ndarray, seed: int) -> list[list[int]]:
    """Draw sentences of three to eight words, one of which tells the intent."""
    drawn = np.random.default_rng(seed)
    found = []
    for intent in intents:
        words = drawn.choice(OTHERS, drawn.integers(3, 9))
        words[drawn.integers(len(words))] = TELLING[intent]
        found.append([BEGIN, *map(int, words), END])
    return found


@pytest.fixture(scope="module")
def sentences(intents: np.ndarray) -> list[list[int]]:
    return sentences_of(intents, seed=1)


def encoder_of(base: E5) -> TunableEncoder:
    torch.manual_seed(0)
    return TunableEncoder(base.weights, base.shape, SETTINGS).eval()


def vectors(encoder: SentenceEncoder, sentences: list[list[int]]) -> np.ndarray:
    with torch.no_grad():
        return np.concatenate(
            [encoder(ids, torch.ones_like(ids)) for ids in map(torch.tensor, ([one] for one in sentences))]
        )


def apart(found: np.ndarray, intents: np.ndarray) -> float:
    """Tell how far the means of two intents lie apart, in spreads within an intent."""
    first, second = found[intents == 0], found[intents == 1]
    spread = np.sqrt((first.var(0).sum() + second.var(0).sum()) / 2)
    return float(np.linalg.norm(first.mean(0) - second.mean(0)) / spread)


@pytest.fixture(scope="module")
def taught(base: E5, sentences: list[list[int]], intents: np.ndarray) -> tuple[TunableEncoder, list[float]]:
    encoder = encoder_of(base)
    losses = list(Tuner(encoder, LowerStates(encoder, sentences, lambda _: None), intents).fit())
    return encoder, losses


def test_an_adapter_that_has_learnt_nothing_changes_nothing(base: E5, sentences: list[list[int]]) -> None:
    plain = vectors(SentenceEncoder(base.weights, base.shape), sentences)
    assert vectors(encoder_of(base), sentences) == pytest.approx(plain, abs=1e-6)


def test_what_the_lower_layers_made_is_kept_in_the_order_of_the_sentences(base: E5, sentences: list[list[int]]) -> None:
    encoder, told = encoder_of(base), []
    states = LowerStates(encoder, sentences, told.append)
    assert sum(told) == len(sentences)
    assert states.vectors.numpy() == pytest.approx(vectors(encoder, sentences), abs=1e-4)
    chosen = np.array([5, 0, 77])
    with torch.no_grad():
        kept, mask = states.batch(chosen)
        found = encoder.pooled(encoder.through(kept, mask, encoder.first, encoder.layers), mask).numpy()
    assert found == pytest.approx(vectors(encoder, [sentences[at] for at in chosen]), abs=5e-3)


def test_learning_lowers_the_loss_and_moves_two_intents_apart_in_sentences_that_were_not_taught(
    base: E5, taught: tuple[TunableEncoder, list[float]], intents: np.ndarray
) -> None:
    (encoder, losses), others = taught, sentences_of(intents, seed=2)
    before = apart(vectors(SentenceEncoder(base.weights, base.shape), others), intents)
    assert len(losses) == SETTINGS.epochs * len(intents) / SETTINGS.batch
    assert np.mean(losses[-10:]) < 0.9 * np.mean(losses[:10])
    assert apart(vectors(encoder, others), intents) > 1.4 * before


def test_an_encoder_with_the_adapter_in_its_weights_gives_what_the_taught_one_gave(
    base: E5, taught: tuple[TunableEncoder, list[float]], sentences: list[list[int]], tmp_path: Path
) -> None:
    card = replace(CARD, weights_sha256=write_products(taught[0].products(), tmp_path))
    write_card(card, tmp_path)
    encoder = SentenceEncoder(base.weights, base.shape)
    plain, expected = vectors(encoder, sentences), vectors(taught[0], sentences)
    encoder.adapt(read_products(tmp_path, card.base_sha256))
    assert the_same(vectors(encoder, sentences), expected)
    assert not the_same(plain, expected)


@pytest.mark.parametrize("name", ["encoder.layer.9.output.dense", "encoder.layer.1.output.dense"])
def test_a_product_that_fits_no_matrix_is_refused(base: E5, name: str) -> None:
    product = {name: (np.ones((1, 5), np.float32), np.ones((5, 1), np.float32))}
    with pytest.raises(ValueError, match=f"no matrix {name}"):
        SentenceEncoder(base.weights, base.shape).adapt(product)


@pytest.mark.parametrize(
    ("name", "value"), [("rank", 0), ("rate", -1.0), ("epochs", 0), ("dropout", 1.0), ("smoothing", -0.1)]
)
def test_settings_with_which_nothing_can_be_learnt_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        replace(SETTINGS, **{name: value})


def test_a_lowest_layer_that_the_encoder_has_not_is_refused(base: E5) -> None:
    with pytest.raises(ValueError, match="from 0 to 2, not 3"):
        TunableEncoder(base.weights, base.shape, replace(SETTINGS, first_layer=3))
