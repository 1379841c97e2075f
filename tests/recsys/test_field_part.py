"""Ignoring a field: scores and the shopper's vector as if the field were not there."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.columns import BRAND, CATEGORY, PRICE
from recsys.dataset import InteractionDataset
from recsys.errors import UnknownRow
from recsys.field_part import FieldPart
from recsys.fold_in import FoldInBasis, fold_in
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.representations import Representations


@pytest.fixture(scope="module")
def learnt(toy: InteractionDataset) -> Representations:
    return LightFMHybrid(HybridSettings(components=8, epochs=15)).fit(toy).representations


def part_of(fields: set[str], r: Representations, toy: InteractionDataset) -> FieldPart:
    space = toy.item_space
    return FieldPart.of(fields, toy.item_features, r.item_feature_embeddings, r.item_feature_biases, space.columns)


def test_vectors_without_a_field_are_the_sums_of_all_other_fields(
    learnt: Representations, toy: InteractionDataset
) -> None:
    part = part_of({BRAND, PRICE}, learnt, toy)
    kept = np.array([field not in (BRAND, PRICE) for field, _ in toy.item_space.columns])
    slow = toy.item_features.toarray()[:, kept] @ learnt.item_feature_embeddings[kept]
    np.testing.assert_allclose(learnt.item_embeddings - part.vectors(), slow, atol=1e-5)


def test_scores_without_a_field_need_no_second_matrix_of_vectors(
    learnt: Representations, toy: InteractionDataset
) -> None:
    part, user = part_of({CATEGORY}, learnt, toy), learnt.user_embeddings[3]
    reduced = (learnt.item_embeddings - part.vectors()) @ user + learnt.item_biases - part.item_biases()
    quick = learnt.item_embeddings @ user + learnt.item_biases - part.scores(user)
    np.testing.assert_allclose(quick, reduced, atol=1e-4)


def test_the_shopper_is_solved_for_anew_where_the_field_is_out_of_account(
    learnt: Representations, toy: InteractionDataset
) -> None:
    part = part_of({BRAND}, learnt, toy)
    vectors, biases = learnt.item_embeddings - part.vectors(), learnt.item_biases - part.item_biases()
    rows, weights, prior = np.array([2, 9, 11]), np.array([1.0, 8.0, -1.0]), learnt.user_embeddings[0]
    slow = fold_in(vectors, biases, FoldInBasis.of(vectors, biases), rows, weights, prior)
    basis = part.basis(learnt.item_embeddings, learnt.item_biases)
    found = part.fold_in(learnt.item_embeddings, learnt.item_biases, basis, rows, weights, prior)
    np.testing.assert_allclose(found, slow, atol=1e-4)


def test_a_shopper_of_one_category_who_ignores_it_is_no_longer_held_to_it(
    learnt: Representations, toy: InteractionDataset
) -> None:
    """The gap between shoes and lamps closes for one who bought shoes only."""
    rows, items = toy.items.rows([f"item-{n:02}" for n in range(0, 12, 2)]), learnt.item_embeddings
    shoes = np.array([id.endswith(("0", "2", "4", "6", "8")) for id in toy.items])
    plain = fold_in(items, learnt.item_biases, FoldInBasis.of(items, learnt.item_biases), rows, np.ones(6))
    part = part_of({CATEGORY}, learnt, toy)
    basis = part.basis(items, learnt.item_biases)
    freed = part.fold_in(items, learnt.item_biases, basis, rows, np.ones(6))
    before, after = items @ plain, (items - part.vectors()) @ freed
    assert (after[shoes].mean() - after[~shoes].mean()) < (before[shoes].mean() - before[~shoes].mean())


def test_a_field_that_no_item_has_changes_nothing(learnt: Representations, toy: InteractionDataset) -> None:
    part = part_of({"smell"}, learnt, toy)
    assert not part.vectors().any()
    assert not part.scores(learnt.user_embeddings[0]).any()


def test_an_unknown_row_is_refused(learnt: Representations, toy: InteractionDataset) -> None:
    part = part_of({BRAND}, learnt, toy)
    basis = part.basis(learnt.item_embeddings, learnt.item_biases)
    with pytest.raises(UnknownRow):
        part.fold_in(learnt.item_embeddings, learnt.item_biases, basis, np.array([-1]), np.ones(1))
