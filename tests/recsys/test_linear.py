from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame, NotFitted, TooManyItems
from recsys.linear import EASE, ease_weights
from recsys.similarity import relative_weights


def test_weights_are_a_ridge_regression_of_each_item_on_all_others() -> None:
    histories = sparse.random(60, 9, density=0.4, random_state=3, format="csr")
    dense = histories.toarray()
    expected = np.zeros((9, 9))
    for item in range(9):
        others = np.delete(np.arange(9), item)
        gram = dense[:, others].T @ dense[:, others] + 2.5 * np.eye(8)
        expected[others, item] = np.linalg.solve(gram, dense[:, others].T @ dense[:, item])
    np.testing.assert_allclose(ease_weights(histories, 2.5), expected, atol=1e-6)


def test_more_items_than_can_be_solved_are_refused_with_both_figures(toy: InteractionDataset) -> None:
    with pytest.raises(TooManyItems) as refusal:
        EASE(max_items=25).fit(toy)
    assert (refusal.value.model, refusal.value.found, refusal.value.limit) == ("ease", 26, 25)


def test_items_that_nobody_met_do_not_count_towards_the_limit(toy: InteractionDataset) -> None:
    assert len(toy.items) == 30
    assert EASE(max_items=26).fit(toy).score(np.array([0])).shape == (1, 30)


def test_scores_are_histories_times_weights(toy: InteractionDataset) -> None:
    model = EASE(regularisation=10.0).fit(toy)
    users = np.arange(len(toy.users))
    weights = model.neighbours(len(toy.items)).toarray()
    np.testing.assert_allclose(model.score(users), relative_weights(toy.matrix, 0.5) @ weights, atol=1e-5)


def test_kept_weights_are_the_strongest_of_each_item(toy: InteractionDataset) -> None:
    model = EASE(regularisation=10.0).fit(toy)
    all_weights, few = np.abs(model.neighbours(30).toarray()), np.abs(model.neighbours(3).toarray())
    np.testing.assert_allclose(few.max(axis=1), all_weights.max(axis=1))
    np.testing.assert_allclose(np.sort(few, axis=1)[:, -3:], np.sort(all_weights, axis=1)[:, -3:])


@pytest.mark.parametrize("penalty", [0.0, -1.0, float("nan")])
def test_a_penalty_that_is_none_is_refused(penalty: float, toy: InteractionDataset) -> None:
    with pytest.raises(InvalidFrame) as refusal:
        EASE(regularisation=penalty).fit(toy)
    assert refusal.value.field == "regularisation"


def test_weights_are_not_given_before_a_fit() -> None:
    with pytest.raises(NotFitted):
        EASE().neighbours(10)
