"""The multilingual encoder is read from a file of 4-bit weights, which these tests write small."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from ops.bert_encoder import SentenceEncoder
from ops.e5_weights import WeightsUnreadable, is_spoken, read_e5

HIDDEN, LAYERS, HEADS, INNER, PLACES = 32, 1, 2, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "鞋", "跑", "跑鞋", "▁shoe", "обувь"]


def quarters(values: np.ndarray) -> bytes:
    blocks = values.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1) / 7).astype("<f2")
    whole = np.clip(np.round(blocks / scale.astype(np.float32)[:, None]) + 8, 0, 15).astype(np.uint8)
    packed = whole[:, :16] | (whole[:, 16:] << 4)
    return b"".join(one.tobytes() + row.tobytes() for one, row in zip(scale, packed, strict=True))


def tensors(rng: np.random.Generator) -> dict[str, np.ndarray]:
    def some(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    square, line = (HIDDEN, HIDDEN), (HIDDEN,)
    layer = {"q.w": square, "k.w": square, "v.w": square, "ao.w": square, "q.b": line, "k.b": line, "v.b": line}
    layer |= {"ao.b": line, "aln.w": line, "aln.b": line, "fi.w": (INNER, HIDDEN), "fi.b": (INNER,)}
    layer |= {"fo.w": (HIDDEN, INNER), "fo.b": line, "oln.w": line, "oln.b": line}
    outer = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (PLACES, HIDDEN), "emb.type": (1, HIDDEN)}
    outer |= {"emb.ln.w": line, "emb.ln.b": line}
    return {name: some(*shape) for name, shape in {**outer, **{f"l0.{key}": one for key, one in layer.items()}}.items()}


def written(path: Path, found: dict[str, np.ndarray]) -> Path:
    blob = [piece.encode() for piece in PIECES]
    head = struct.pack("<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), PLACES, 1, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    head += np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head += np.linspace(-1, -9, len(PIECES)).astype("<f4").tobytes() + b"".join(blob) + struct.pack("<iI", 0, 0)
    is_matrix = {name: name == "emb.word" or (name[0] == "l" and array.ndim == 2) for name, array in found.items()}
    parts = {name: quarters(one) if is_matrix[name] else one.astype("<f4").tobytes() for name, one in found.items()}
    directory, place = b"", len(head) + 4 + sum(2 + len(name) + 21 for name in parts)
    for name, content in parts.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", is_matrix[name], found[name].size, place, len(content))
        place += len(content)
    path.write_bytes(head + struct.pack("<i", len(parts)) + directory + b"".join(parts.values()))
    return path


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
    assert (found.shape.num_hidden_layers, found.shape.hidden_size) == (LAYERS, HIDDEN)


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
