"""The decoder of our own by ONNX Runtime, without torch; the fixed part of prompts is read once and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replies.backend import Logits, Rows
from replies.errors import ArtifactDamaged, InvalidSetting
from replies.tokens import Tokens

Cache = list[NDArray[np.float32]]
_KEPT_PREFIXES = 64


@dataclass(frozen=True)
class OnnxState:
    """Keys and values so far, which of them count, and the next position of each row."""

    cache: Cache
    mask: Rows
    position: Rows


class OnnxBackend:
    """Runs a graph of `replies.graph`; for one thread at a time.

    Args:
        file: the graph.
        tokens: its tokenizer.
        most_tokens: the longest sequence.
        threads: processor threads.

    Raises:
        ArtifactDamaged: the file is no graph that can be run.
    """

    def __init__(self, file: Path, tokens: Tokens, most_tokens: int, threads: int = 1) -> None:
        self._session = open_session(file, threads)
        self._tokens = tokens
        self.end, self.pieces, self.most_tokens = tokens.end, tokens.pieces, most_tokens
        empty = [part for part in self._session.get_inputs() if part.name.startswith(("key.", "value."))]
        self._cache_names = [part.name for part in empty]
        if not empty:
            raise ArtifactDamaged(file, "is no graph of a decoder")
        self._heads, self._head = empty[0].shape[1], empty[0].shape[3]
        self._prefixes: OrderedDict[tuple[int, ...], Cache] = OrderedDict()

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text."""
        return self._tokens.encode(text)

    def begin(self, prompts: Sequence[Sequence[int]], fixed: int = 0) -> tuple[Logits, OnnxState]:
        """Read prompts; see `Backend`."""
        shared = min(fixed, min(map(len, prompts)) - 1)
        cache = self._prefix([tuple(prompt[:shared]) for prompt in prompts])
        rest = [list(prompt[shared:]) for prompt in prompts]
        lengths = np.array([len(row) for row in rest])
        longest = int(lengths.max())
        ids = np.zeros((len(rest), longest), np.int64)
        counted = np.zeros_like(ids)
        for number, row in enumerate(rest):
            ids[number, : len(row)], counted[number, : len(row)] = row, 1
        mask = np.concatenate([np.ones((len(rest), shared), np.int64), counted], axis=1)
        positions = np.broadcast_to(np.arange(shared, shared + longest), ids.shape)
        logits, grown = self._run(ids, positions, mask, lengths - 1, cache)
        return logits, OnnxState(grown, mask, lengths + shared)

    def next(self, state: OnnxState, parents: Rows, tokens: Rows) -> tuple[Logits, OnnxState]:
        """Go on by one token; see `Backend`."""
        same = len(parents) == len(state.mask) and bool((parents == np.arange(len(parents))).all())
        cache = state.cache if same else [part[parents] for part in state.cache]
        mask = np.concatenate([state.mask[parents], np.ones((len(parents), 1), np.int64)], axis=1)
        position = state.position[parents]
        last = np.zeros(len(parents), np.int64)
        logits, grown = self._run(tokens[:, None], position[:, None], mask, last, cache)
        return logits, OnnxState(grown, mask, position + 1)

    def _prefix(self, prefixes: Sequence[tuple[int, ...]]) -> Cache:
        if not prefixes[0]:
            return self._none(len(prefixes))
        for prefix in set(prefixes) - set(self._prefixes):
            ids = np.array([prefix])
            places = np.arange(len(prefix))[None]
            last = np.array([len(prefix) - 1])
            self._prefixes[prefix] = self._run(ids, places, np.ones_like(ids), last, self._none(1))[1]
        found = [self._prefixes[prefix] for prefix in prefixes]
        while len(self._prefixes) > _KEPT_PREFIXES:
            self._prefixes.popitem(last=False)
        if len(found) == 1:
            return found[0]
        return [np.concatenate(parts) for parts in zip(*found, strict=True)]

    def _none(self, rows: int) -> Cache:
        return [np.zeros((rows, self._heads, 0, self._head), np.float32) for _ in self._cache_names]

    def _run(self, ids: Any, positions: Any, mask: Any, last: Any, cache: Cache) -> tuple[Logits, Cache]:
        inputs = {"ids": ids, "positions": np.ascontiguousarray(positions), "mask": mask, "last": last}
        logits, *grown = self._session.run(None, {**inputs, **dict(zip(self._cache_names, cache, strict=True))})
        return logits, grown


def open_session(file: Path, threads: int) -> Any:
    """Open a graph on the processor.

    Raises:
        InvalidSetting: threads is below 1.
        ArtifactDamaged: the file is no graph that ONNX Runtime can run.
    """
    import onnxruntime

    if threads < 1:
        raise InvalidSetting("threads", threads, "must be at least 1")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits takes the processor from all others.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no other base
        raise ArtifactDamaged(file, f"is no graph that can be run ({error})") from error
