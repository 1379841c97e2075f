"""Group the words of the encoders' vocabularies by likeness: what is learnt of an oven then holds for a kettle.

    python -m ops.word_groups --english artifacts/encoder --multilingual artifacts/encoder_multilingual \
        --out artifacts/goods/groups.json

An encoder holds a vector for each piece of its vocabulary, and those of like words are close. k-means puts them into
few and many groups; what is learnt of one word of a group then holds for the others, as with the clusters of
Turian, Ratinov and Bengio, "Word representations" (2010). English words are MiniLM's, Chinese ones multilingual E5's.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from sklearn.cluster import MiniBatchKMeans
from tqdm import tqdm

GROUPS = (64, 256)
_SEED = 0
_BATCH = 4096
_SHORTEST_LATIN = 2
_HAN = ("\u4e00", "\u9fff")
# Where E5's vocabulary has a blank before a word.
_BLANK = "▁"


class GroupsError(Exception):
    """An exported encoder cannot be read; the message says what to do."""


def read_vectors(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Give the vector of each piece of an exported encoder's vocabulary, shape (columns,), of length 1.

    Raises:
        GroupsError: a file is missing, or the model holds no vectors for the vocabulary.
    """
    try:
        vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        model = onnx.load(folder / "model.onnx")
    except (OSError, ValueError, KeyError) as error:
        raise GroupsError(f"{folder} holds no exported encoder ({error}): run `make encoder`") from error
    pieces = list(vocabulary) if isinstance(vocabulary, dict) else [piece for piece, _ in vocabulary]
    table = next((one for one in model.graph.initializer if list(one.dims[:1]) == [len(pieces)]), None)
    if table is None:
        raise GroupsError(f"{folder}/model.onnx holds no vectors for the {len(pieces):,} pieces of its vocabulary")
    rows = numpy_helper.to_array(table).astype(np.float32)
    # Quantised numbers are counted from a point of their own, which the mean takes out.
    rows -= rows.mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    order = vocabulary.values() if isinstance(vocabulary, dict) else range(len(pieces))
    return {piece: rows[row] for piece, row in zip(pieces, order, strict=True)}


def latin_words(vectors: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Leave the whole words of letters."""
    return {piece: row for piece, row in vectors.items() if len(piece) >= _SHORTEST_LATIN and piece.isalpha()}


def han_words(vectors: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Leave what is written in Chinese characters."""
    bare = {piece.lstrip(_BLANK): row for piece, row in vectors.items()}
    return {word: row for word, row in bare.items() if word and all(_HAN[0] <= each <= _HAN[1] for each in word)}


def group(words: Mapping[str, np.ndarray[Any, Any]], sizes: Sequence[int] = GROUPS) -> dict[str, list[int]]:
    """Give each word the number of its group among few and among many; of no more groups than there are words."""
    rows = np.stack(list(words.values()))
    numbers = [
        MiniBatchKMeans(min(size, len(rows)), random_state=_SEED, n_init=1, batch_size=_BATCH).fit_predict(rows)
        for size in tqdm(sizes, desc="grouping words", unit=" sizes")
    ]
    return {word: [int(each[at]) for each in numbers] for at, word in enumerate(words)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 1 when an encoder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m ops.word_groups", description="Group words by likeness.")
    parser.add_argument("--english", type=Path, required=True, help="folder of the exported English encoder")
    parser.add_argument("--multilingual", type=Path, required=True, help="folder of the exported multilingual one")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    asked = parser.parse_args(arguments)
    try:
        found = {
            **group(han_words(read_vectors(asked.multilingual))),
            **group(latin_words(read_vectors(asked.english))),
        }
    except GroupsError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    sys.stdout.write(f"{asked.out}: {len(found):,} words in groups\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
