"""Sentence vectors, with a model small enough to be built on the spot."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from shop.embedding import EMBEDDED_MODEL, QueryCache, SentenceTransformerEmbedder, Vectors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "shoe", "chair", "##s"]


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with one layer and nine words."""
    with warnings.catch_warnings():
        # What the libraries say of each other while they load is not what is tested here.
        warnings.simplefilter("ignore")
        import torch
        from sentence_transformers import SentenceTransformer, models
        from transformers import BertConfig, BertModel, BertTokenizerFast

        folder = tmp_path_factory.mktemp("model")
        (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
        torch.manual_seed(1)
        config = BertConfig(
            vocab_size=len(WORDS), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
        )
        BertModel(config).save_pretrained(folder / "bert")
        BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
        transformer = models.Transformer(str(folder / "bert"))
        pooling = models.Pooling(transformer.get_word_embedding_dimension())
        SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


def test_each_text_becomes_a_row_of_length_one(tiny_model: Path) -> None:
    rows = SentenceTransformerEmbedder(str(tiny_model)).encode(["red shoes", "chair", ""])
    assert rows.shape == (3, 8)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_text_has_the_same_row_alone_and_among_others(tiny_model: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tiny_model))
    alone = embedder.encode(["red shoes"])[0]
    assert embedder.encode(["chair", "red shoes"])[1] == pytest.approx(alone, abs=1e-5)


def test_no_text_gives_no_row(tiny_model: Path) -> None:
    assert len(SentenceTransformerEmbedder(str(tiny_model)).encode([])) == 0


def test_a_folder_is_named_by_its_weights_too(tiny_model: Path, tmp_path: Path) -> None:
    other = tmp_path / "tiny"
    other.mkdir()
    (other / "model.safetensors").write_bytes(b"other weights")
    names = {SentenceTransformerEmbedder(str(folder)).model_name for folder in (tiny_model, other)}
    assert len(names) == 2
    assert all(name.startswith("tiny@") for name in names)


def test_the_default_and_a_hub_name_are_named_as_they_are() -> None:
    assert SentenceTransformerEmbedder().model_name == EMBEDDED_MODEL
    assert SentenceTransformerEmbedder("intfloat/e5-small").model_name == "intfloat/e5-small"


def test_no_threads_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="threads is 0"):
        SentenceTransformerEmbedder(threads=0)


class CountingEmbedder:
    """An embedder that counts how often it is asked."""

    model_name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.ones((len(texts), 2), dtype=np.float32)


def test_a_query_is_encoded_once_while_it_is_remembered() -> None:
    embedder = CountingEmbedder()
    cache = QueryCache(embedder, size=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.encode_one(text)
    assert embedder.asked == ["a", "b", "c", "b"]
