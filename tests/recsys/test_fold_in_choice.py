"""Folding in is chosen on validation, and is nearly as good as training."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys import columns as c
from recsys.columns import IDENTITY
from recsys.dataset import InteractionDataset
from recsys.fold_in import FoldInBasis, FoldInSettings, fold_in_all
from recsys.fold_in_choice import GRID, choose_fold_in, strangers
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.lightfm_training import mean_ndcg
from recsys.metrics import ndcg
from recsys.ranking import top_k
from recsys.split import Truth
from tests.recsys.conftest import interactions, item_features, user_features

SETTINGS = HybridSettings(components=8, epochs=15)


def truth_of(dataset: InteractionDataset, now: datetime, users: range) -> Truth:
    """What comes next: each takes all of the kind that they like and do not have."""
    rows = [(f"user-{user:02}", f"item-{item:02}") for user in users for item in range(user // 20, 26, 2)]
    frame = pd.DataFrame(rows, columns=[c.USER_ID, c.ITEM_ID]).assign(kind=c.PURCHASE, timestamp=now + timedelta(1))
    return Truth.from_frame(frame, dataset, new_only=True)


@pytest.fixture(scope="module")
def model(toy: InteractionDataset) -> LightFMHybrid:
    return LightFMHybrid(SETTINGS).fit(toy)


def test_the_best_of_the_grid_is_chosen_and_is_nearly_as_good_as_training(
    model: LightFMHybrid, toy: InteractionDataset, now: datetime
) -> None:
    truth = truth_of(toy, now, range(40))
    found = choose_fold_in(model.representations, toy, truth)
    each = [choose_fold_in(model.representations, toy, truth, [settings]).folded_in for settings in GRID]
    assert found.folded_in == max(each)
    assert found.settings == GRID[int(np.argmax(each))]
    assert found.trained == mean_ndcg(model.representations, toy, truth)
    assert found.folded_in > 0.95 * found.trained


def test_shoppers_whom_training_never_met_get_lists_nearly_as_good_as_if_it_had(
    model: LightFMHybrid, toy: InteractionDataset, now: datetime
) -> None:
    held_out = [f"user-{user:02}" for user in range(3, 40, 4)]
    events = interactions()
    unmet = InteractionDataset.from_frames(
        events[~events[c.USER_ID].isin(held_out)], user_features(), item_features(), now=now
    )
    r = LightFMHybrid(SETTINGS).fit(unmet).representations
    items, rows, unmet_rows = toy.items.rows(unmet.items), toy.users.rows(held_out), unmet.users.rows(held_out)
    histories = sparse.csr_matrix(toy.matrix[rows][:, items])
    truth = truth_of(toy, now, range(40))
    wanted = sparse.csr_matrix(truth.items[np.searchsorted(truth.users, rows)])

    def figure(scores: np.ndarray, columns: np.ndarray) -> float:
        return float(ndcg(top_k(scores, 10, exclude=toy.matrix[rows][:, columns]), wanted[:, columns]).mean())

    basis = FoldInBasis.of(r.item_embeddings, r.item_biases)
    vectors = fold_in_all(r.item_embeddings, r.item_biases, basis, histories, r.user_embeddings[unmet_rows])
    folded_in = figure(vectors @ r.item_embeddings.T + r.item_biases, items)
    assert folded_in > 0.9 * figure(model.score(rows), np.arange(len(toy.items)))


def test_a_stranger_has_all_features_but_the_identity(toy: InteractionDataset) -> None:
    found = strangers(toy.user_features, toy.user_space)
    identities = [number for number, (field, _) in enumerate(toy.user_space.columns) if field == IDENTITY]
    assert found[:, identities].nnz == 0
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-6)
    warm = toy.users.row("warm-walker")
    np.testing.assert_allclose(found[warm].toarray(), toy.user_features[warm].toarray())


def test_the_defaults_are_among_what_is_tried() -> None:
    assert FoldInSettings() in GRID
