from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from recsys.dataset import InteractionDataset
from recsys.errors import NoInteractions
from recsys.linear import EASE
from recsys.neighbours import ItemKNN, UserKNN, neighbour_matrix
from recsys.similarity import relative_weights


def cosines(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1)
    lengths[lengths == 0] = 1
    similar = vectors @ vectors.T / np.outer(lengths, lengths)
    np.fill_diagonal(similar, 0)
    return similar


def test_with_all_neighbours_items_are_scored_by_their_cosines(toy: InteractionDataset) -> None:
    histories = relative_weights(toy.matrix, 1.0).toarray()
    model = ItemKNN(neighbours=1000, shrinkage=0.0, power=1.0).fit(toy)
    np.testing.assert_allclose(model.score(np.arange(42)), histories @ cosines(histories.T), atol=1e-4)


def test_with_all_neighbours_users_are_scored_by_their_cosines(toy: InteractionDataset) -> None:
    histories = relative_weights(toy.matrix, 1.0).toarray()
    model = UserKNN(neighbours=1000, shrinkage=0.0, power=1.0).fit(toy)
    np.testing.assert_allclose(model.score(np.arange(42)), cosines(histories) @ histories, atol=1e-4)


def test_a_user_with_one_neighbour_gets_just_the_history_of_that_one(toy: InteractionDataset) -> None:
    scores = UserKNN(neighbours=1).fit(toy).score(np.array([0]))
    histories = relative_weights(toy.matrix, 0.5).toarray()
    directions = {tuple(np.flatnonzero(history)) for history in histories[1:]}
    assert tuple(np.flatnonzero(scores[0])) in directions


@pytest.mark.parametrize("kind", ["ease", "cosine"])
def test_an_item_keeps_so_many_neighbours_and_never_itself(
    kind: Literal["ease", "cosine"], toy: InteractionDataset
) -> None:
    weights = neighbour_matrix(toy, n=4, kind=kind)
    assert weights.shape == (30, 30)
    assert weights.dtype == np.float32
    assert weights.getnnz(axis=1).max() == 4
    assert not weights.diagonal().any()
    assert not weights[~toy.hot_items].nnz


@pytest.mark.parametrize(("kind", "model"), [("ease", EASE()), ("cosine", ItemKNN())], ids=["ease", "cosine"])
def test_what_is_served_ranks_as_the_model_does(
    kind: Literal["ease", "cosine"], model: EASE | ItemKNN, toy: InteractionDataset
) -> None:
    served = relative_weights(toy.matrix, 0.5) @ neighbour_matrix(toy, n=30, kind=kind)
    np.testing.assert_allclose(served.toarray(), model.fit(toy).score(np.arange(42)), atol=1e-5)


@pytest.mark.parametrize("kind", ["ease", "cosine"])
def test_there_are_no_neighbours_without_interactions(kind: Literal["ease", "cosine"]) -> None:
    with pytest.raises(NoInteractions):
        neighbour_matrix(InteractionDataset.from_frames(None), kind=kind)
