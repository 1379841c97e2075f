"""Why this: the score split into its features, beside LightFM's own sum."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recsys.columns import BRAND, CATEGORY, IDENTITY
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.explain import Explanation, Term, explain, feature_pairs
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.lightfm_training import Training


@pytest.fixture(scope="module")
def model(toy: InteractionDataset) -> LightFMHybrid:
    return LightFMHybrid(HybridSettings(components=8, epochs=15)).fit(toy)


def explained(model: LightFMHybrid, dataset: InteractionDataset, user: int, item: int) -> Explanation:
    r = model.representations
    return explain(
        r.user_embeddings[user],
        float(r.user_biases[user]),
        dataset.item_features[item],
        r.item_feature_embeddings,
        r.item_feature_biases,
        dataset.item_space.columns,
    )


def test_terms_and_bias_sum_to_lightfms_own_score(model: LightFMHybrid, toy: InteractionDataset) -> None:
    lightfm = Training(toy, model.settings)._begun()
    model.fitted.state.put_into(lightfm)
    for user in (0, 13, toy.users.row("warm-walker")):
        items = np.arange(len(toy.items))
        scores = lightfm.predict(user, items, item_features=toy.item_features, user_features=toy.user_features)
        for item in items:
            found = explained(model, toy, user, int(item))
            parts = found.bias + sum(term.contribution for term in found.terms)
            assert parts == pytest.approx(scores[item], abs=1e-5)
            assert found.score == pytest.approx(parts, abs=1e-9)


def test_pairs_of_features_sum_to_the_terms(model: LightFMHybrid, toy: InteractionDataset) -> None:
    r = model.representations
    user, item = 4, toy.items.row("item-26")
    pairs = feature_pairs(
        toy.user_features[user], toy.item_features[item], r.user_feature_embeddings, r.item_feature_embeddings
    )
    terms = {(term.field, term.value): term.taste for term in explained(model, toy, user, item).terms}
    columns = [toy.item_space.columns[column] for column in toy.item_features[item].indices]
    np.testing.assert_allclose(pairs.sum(axis=0), [terms[column] for column in columns], atol=1e-5)
    assert pairs.shape == (toy.user_features[user].nnz, toy.item_features[item].nnz)


def test_what_a_walker_is_told_of_a_new_shoe_is_that_it_is_a_shoe(
    model: LightFMHybrid, toy: InteractionDataset
) -> None:
    walker, reader = toy.users.row("warm-walker"), toy.users.row("warm-reader")
    shoe = toy.items.row("item-28")

    def taste(user: int) -> float:
        return sum(term.taste for term in explained(model, toy, user, shoe).terms if term.value == "shoes")

    assert taste(walker) > 0 > taste(reader)


def test_the_two_largest_positive_terms_become_the_reason() -> None:
    terms = (
        Term(IDENTITY, "boot", 0.9, 0.0),
        Term(BRAND, "Astra", 0.2, -5.0),
        Term(CATEGORY, "shoes", 0.5, 0.0),
        Term("colour", "red", -3.0, 9.0),
    )
    found = Explanation(2.6, 0.0, terms)
    assert [term.value for term in found.reasons()] == ["boot", "shoes"]
    assert [term.value for term in found.reasons(skip={IDENTITY})] == ["shoes", "Astra"]
    assert found.reasons(5) == (terms[0], terms[2], terms[1])


def test_an_item_of_which_nothing_is_known_has_the_users_bias_alone() -> None:
    nothing = sparse.csr_matrix((1, 2), dtype=np.float32)
    found = explain(np.ones(3), 0.25, nothing, np.ones((2, 3)), np.ones(2), ((BRAND, "a"), (BRAND, "b")))
    assert found == Explanation(0.25, 0.25, ())
    with pytest.raises(InvalidFrame):
        explain(np.ones(3), 0.0, sparse.csr_matrix((2, 2)), np.ones((2, 3)), np.ones(2), ((BRAND, "a"), (BRAND, "b")))
