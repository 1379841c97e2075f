"""What diversity costs."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys.parts import Parts
from recsys.recommender import Recommender
from recsys.split import Truth
from recsys.trade_off import trade_off


def test_more_diversity_makes_lists_less_alike_and_none_is_the_plain_list(toy_parts: Parts) -> None:
    users = np.arange(20)
    taken = np.zeros((20, toy_parts.n_items), dtype=np.float32)
    taken[:, toy_parts.items.rows(["item-26", "item-28"])] = 1.0
    figures = trade_off(Recommender(toy_parts), Truth(users, sparse.csr_matrix(taken), True), (0.0, 0.3, 0.8), k=5)
    assert [one.diversity for one in figures] == [0.0, 0.3, 0.8]
    assert figures[0].similarity > figures[1].similarity > figures[2].similarity
    assert all(0 <= one.ndcg <= 1 and 0 < one.coverage <= 1 for one in figures)
