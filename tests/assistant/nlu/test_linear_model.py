"""The linear model survives a save, ranks all labels, and refuses what cannot be learnt."""

import numpy as np
import pytest
from scipy import sparse

from assistant.nlu.linear_model import LinearModel

POINTS = np.array([[0, 1], [0, 2], [1, 0], [2, 0], [-1, -1], [-2, -2]], dtype=np.float32)
LABELS = ["up", "up", "right", "right", "down", "down"]


def fit(count=6):
    return LinearModel.fit(POINTS[:count], LABELS[:count], strength=100.0, iterations=100)


@pytest.mark.parametrize("count", [4, 6], ids=["two-labels", "three-labels"])
def test_a_saved_model_says_the_same(tmp_path, count):
    model = fit(count)
    model.save(tmp_path)
    loaded = LinearModel.load(tmp_path)
    assert loaded.labels == model.labels
    assert np.array_equal(loaded.probabilities(POINTS), model.probabilities(POINTS))


# Of two labels scikit-learn regularises one row of weights where there are two here.
@pytest.mark.parametrize(("count", "apart"), [(4, 0.05), (6, 0.002)], ids=["two-labels", "three-labels"])
def test_probabilities_are_those_of_scikit_learn(count, apart):
    from sklearn.linear_model import LogisticRegression

    reference = LogisticRegression(C=100.0, max_iter=1000, tol=1e-8, class_weight="balanced").fit(
        POINTS[:count], LABELS[:count]
    )
    assert fit(count).probabilities(POINTS) == pytest.approx(reference.predict_proba(POINTS), abs=apart)
    assert fit(count).probabilities(POINTS).sum(axis=1) == pytest.approx(1)


def cone(rows=400, columns=40):
    """Vectors close to one direction, as encoders give, some counts, and labels that depend on both."""
    rng = np.random.default_rng(3)
    dense = rng.normal(size=(rows, columns)) / 10 + 2
    counts = (rng.random((rows, columns)) < 0.03) * 0.6
    features = np.hstack([dense, counts]).astype(np.float32)
    labels = np.argmax((features - features.mean(axis=0)) @ rng.normal(size=(2 * columns, 5)), axis=1).astype(str)
    return features, labels


def test_the_order_of_the_examples_changes_nothing():
    # In another order sums are rounded otherwise, as they are on another number of threads.
    features, labels = cone()
    order = np.random.default_rng(4).permutation(len(labels))
    one = LinearModel.fit(features, labels, strength=40.0, iterations=150)
    other = LinearModel.fit(features[order], labels[order], strength=40.0, iterations=150)
    assert one.probabilities(features) == pytest.approx(other.probabilities(features), abs=0.005)


def test_vectors_of_a_narrow_cone_are_learnt_as_scikit_learn_learns_them():
    from sklearn.linear_model import LogisticRegression

    features, labels = cone()
    reference = LogisticRegression(C=40.0, max_iter=20_000, tol=1e-8, class_weight="balanced").fit(features, labels)
    found = LinearModel.fit(features, labels, strength=40.0, iterations=150)
    assert found.probabilities(features) == pytest.approx(reference.predict_proba(features), abs=0.02)


def test_the_best_label_comes_first():
    model = fit()
    ranking = model.ranking(model.probabilities(POINTS[:1])[0], length=2)
    assert ranking[0][0] == "up"
    assert ranking[0][1] > ranking[1][1]
    assert len(ranking) == 2


def test_sparse_and_dense_features_give_the_same():
    model = fit()
    assert model.probabilities(sparse.csr_matrix(POINTS)) == pytest.approx(model.probabilities(POINTS), abs=1e-6)


def test_a_row_of_which_some_columns_are_filled_gives_what_the_whole_row_gives():
    rng = np.random.default_rng(0)
    features = sparse.random(60, 9, 0.4, "csr", np.float32, rng)
    model = LinearModel.fit(features, ["up", "down"] * 30, strength=20.0, iterations=150)
    for row in features[:5]:
        found = model.probabilities_of(row.indices, row.data)
        assert found == pytest.approx(model.probabilities(row)[0], abs=1e-6)


def test_one_label_alone_cannot_be_learnt():
    with pytest.raises(ValueError, match="at least two intents"):
        LinearModel.fit(POINTS[:2], LABELS[:2], strength=1.0, iterations=10)


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="differ"):
        LinearModel(("a", "b"), np.zeros((3, 2)), np.zeros(2))
