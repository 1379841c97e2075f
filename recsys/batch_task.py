"""Scores the users of a model block by block; what the command of `recsys.batch` does once, an engine in tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys.arrays import BoolArray, Csr, FloatArray, IntArray
from recsys.artifact import load
from recsys.components import component_scores
from recsys.errors import ArtifactDamaged
from recsys.in_service import POINTER, folder_of, read_in_service
from recsys.partition import root_of
from recsys.parts import Parts
from recsys.ranking import top_k

BLOCK = 512
"""Users that are scored at once; blocks begin at the same users however tasks are cut, so that sums are the same."""

BLOCKS_A_TASK = 20


@dataclass(frozen=True)
class BatchTask:
    """Some users of one model.

    Attributes:
        model: The folder of its version.
        market: The market that it is of, "" for the whole shop.
        start: The first row of its users; stop: the row after the last.
        k: Items for each.
        out: The file to write.
    """

    model: Path
    market: str
    start: int
    stop: int
    k: int
    out: Path


def tasks_of(root: Path, markets: Sequence[str | None], k: int, out: Path) -> list[BatchTask]:
    """Cut the users of the models in service into tasks.

    Raises:
        ArtifactError: A folder has no model in service, or it cannot be read.
    """
    tasks: list[BatchTask] = []
    for market in markets:
        models = root_of(root, market)
        now = read_in_service(models)
        if now is None:
            raise ArtifactDamaged(models / POINTER, "no recommender is published")
        folder = folder_of(models, now.version)
        users, step = len(load(folder).users), BLOCK * BLOCKS_A_TASK
        for start in range(0, users, step):
            part = out / f"part-{len(tasks):05}.parquet"
            tasks.append(BatchTask(folder, market or "", start, min(start + step, users), k, part))
    return tasks


def run_batch(task: BatchTask) -> int:
    """Score the users of a task and write its file; give the number of rows.

    Raises:
        ArtifactError: The model cannot be read.
    """
    parts = _model(task.model)
    with threadpool_limits(1):
        blocks = [
            scored(parts, np.arange(start, min(start + BLOCK, task.stop), dtype=np.int64), task.k)
            for start in range(task.start, task.stop, BLOCK)
        ]
    frame = pd.concat(blocks, ignore_index=True).assign(version=parts.version, market=task.market)
    frame.to_parquet(task.out, index=False)
    return len(frame)


@lru_cache(maxsize=1)
def _model(folder: Path) -> Parts:
    """Keep the last model open: the tasks of a worker are mostly of the same one."""
    return load(folder)


def scored(parts: Parts, users: IntArray, k: int) -> pd.DataFrame:
    """Rank the best k items of some rows of users, as `Recommender.recommend` does for each.

    Returns:
        user_id, rank, item_id, score and probability; fewer rows for a user to whom fewer may be shown.
    """
    stored, dismissed = parts.history[users], parts.dismissed[users]
    history = sparse.csr_matrix(stored - stored.multiply(dismissed > 0), dtype=np.float32)
    history.eliminate_zeros()
    vectors = np.asarray(parts.representations.user_embeddings[users])
    log_odds = parts.blend.combine(component_scores(parts.evidence, history, vectors))
    scores = np.array(np.broadcast_to(log_odds, (len(users), parts.n_items)))
    strangers = _strangers(history, vectors)
    scores[strangers] = parts.popularity
    best = top_k(scores, k, exclude=sparse.csr_matrix(stored + dismissed))
    row, place = np.nonzero(best >= 0)
    chosen = scores[row, best[row, place]]
    return pd.DataFrame(
        {
            "user_id": parts.users.ids(users[row]),
            "rank": place + 1,
            "item_id": parts.items.ids(best[row, place]),
            "score": chosen,
            "probability": _probability(parts, chosen, strangers[row]),
        }
    )


def _strangers(history: Csr, vectors: FloatArray) -> BoolArray:
    return np.asarray((history.getnnz(axis=1) == 0) & ~vectors.any(axis=1))


def _probability(parts: Parts, scores: FloatArray, strangers: BoolArray) -> FloatArray:
    return np.where(strangers | (not parts.blend.learnt), np.nan, parts.blend.probability(scores))
