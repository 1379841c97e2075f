"""The multilingual encoder is read from a file of 4-bit weights, which these tests write small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.bert_encoder import SentenceEncoder
from ops.e5_weights import WeightsUnreadable, is_spoken, read_e5
from tests.ops.small_e5 import HIDDEN, PIECES, tensors, written


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path / "small.bin", tensors(np.random.default_rng(0)))


def test_weights_are_those_that_were_written_but_for_four_bits(small: Path) -> None:
    found, true = read_e5(small), tensors(np.random.default_rng(0))
    assert np.array_equal(found.weights["embeddings.LayerNorm.weight"].numpy(), true["emb.ln.w"])
    for name, of in (
        ("encoder.layer.0.attention.self.key.weight", "l0.k.w"),
        ("encoder.layer.0.output.dense.weight", "l0.fo.w"),
    ):
        # A weight is off by half a step at the most, and a step is a seventh of the largest weight of its block.
        assert np.abs(found.weights[name].numpy() - true[of]).max() <= np.abs(true[of]).max() / 7
    assert (found.shape.num_hidden_layers, found.shape.hidden_size) == (1, HIDDEN)


def test_pieces_of_other_scripts_leave_with_their_rows(small: Path) -> None:
    found = read_e5(small)
    assert len(found.weights["embeddings.word_embeddings.weight"]) == len(PIECES) - 1
    assert found.tokenizer.encode("跑鞋").tokens == ["<s>", "▁", "跑鞋", "</s>"]
    assert found.tokenizer.token_to_id("обувь") is None


def test_what_was_read_encodes(small: Path) -> None:
    import torch

    found = read_e5(small)
    ids = torch.tensor([found.tokenizer.encode("跑鞋 shoe").ids])
    vector = SentenceEncoder(found.weights, found.shape)(ids, torch.ones_like(ids))
    assert vector.shape == (1, HIDDEN)
    assert torch.isclose(vector.norm(), torch.tensor(1.0))


@pytest.mark.parametrize("cut", [0, 3, 40, 200, 2_000])
def test_a_file_that_is_another_or_cut_short_is_refused(small: Path, cut: int) -> None:
    small.write_bytes(small.read_bytes()[:cut])
    with pytest.raises(WeightsUnreadable):
        read_e5(small)


@pytest.mark.parametrize(
    ("piece", "spoken"),
    [
        ("▁the", True),
        ("笔记", True),
        ("。", True),
        ("99", True),
        ("né", True),
        ("ый", False),
        ("の", False),
        ("한", False),
    ],
)
def test_pieces_of_both_languages_are_kept(piece: str, spoken: bool) -> None:
    assert is_spoken(piece) is spoken
