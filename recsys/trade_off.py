"""Measures what re-ranking for diversity costs in relevance, on the lists that are served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.diversity import intra_list_similarity
from recsys.metrics import coverage, ndcg
from recsys.profile import Profile
from recsys.ranking import NOTHING
from recsys.recommender import Recommender
from recsys.split import Truth

AMOUNTS: Final = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)


@dataclass(frozen=True)
class TradeOff:
    """What one amount of diversity gives and takes.

    Attributes:
        diversity: The amount, as `Recommender.recommend` takes it.
        ndcg: Mean NDCG@k of shoppers who took anything.
        similarity: Mean cosine of all pairs of a list, in the hybrid's space; lower is more diverse.
        coverage: The share of items that is in any list.
    """

    diversity: float
    ndcg: float
    similarity: float
    coverage: float


def trade_off(
    recommender: Recommender, truth: Truth, amounts: Sequence[float] = AMOUNTS, k: int = 10
) -> list[TradeOff]:
    """Recommend to the shoppers of a truth with several amounts of diversity.

    Args:
        recommender: A model that has not seen the time of the truth.
        truth: What shoppers then took; `new_only` says whether what they knew is left out.
        amounts: Each between 0 and 1.
        k: How many items a list has.
    """
    return [_at(recommender, truth, amount, k) for amount in amounts]


def _at(recommender: Recommender, truth: Truth, amount: float, k: int) -> TradeOff:
    parts = recommender.parts
    lists = np.full((len(truth.users), k), NOTHING, dtype=np.int64)
    similarities = np.zeros(len(truth.users))
    for place, user in enumerate(parts.users.ids(truth.users)):
        slate = recommender.recommend(Profile(user), k, diversity=amount, exclude_seen=truth.new_only)
        rows = parts.items.rows(slate.item_ids)
        lists[place, : len(rows)] = rows
        similarities[place] = intra_list_similarity(parts.evidence.item_embeddings[rows])
    gains = float(np.nanmean(ndcg(lists, truth.items)))
    return TradeOff(amount, gains, float(similarities.mean()), coverage(lists, parts.n_items))
