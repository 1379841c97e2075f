"""The sides from which a history is scored: each is what it says, and a short list gets the scores of a long one."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from recsys.components import (
    ACTIVITY,
    COMPONENTS,
    CONTENT,
    HYBRID,
    NEIGHBOURS,
    REPEAT,
    TRENDS,
    Evidence,
    component_scores,
    hybrid_scores,
)
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.fold_in import FoldInBasis
from recsys.parts import Parts


@pytest.fixture(scope="module")
def evidence(toy_parts: Parts) -> Evidence:
    return toy_parts.evidence


def test_every_component_has_a_score_for_every_pair(toy_parts: Parts, toy: InteractionDataset) -> None:
    users = np.arange(5)
    vectors = toy_parts.representations.user_embeddings[users]
    scores = component_scores(toy_parts.evidence, toy.matrix[users], vectors)
    assert tuple(scores) == COMPONENTS
    for name, one in scores.items():
        assert np.broadcast_to(one, (5, len(toy.items))).shape == (5, len(toy.items)), name
        assert one.dtype == np.float32, name
        assert np.isfinite(one).all(), name


def test_a_short_list_of_items_gets_the_scores_of_the_whole_catalogue(
    toy_parts: Parts, toy: InteractionDataset
) -> None:
    users, items = np.array([0, 30]), np.array([4, 1, 29])
    vectors = toy_parts.representations.user_embeddings[users]
    whole = component_scores(toy_parts.evidence, toy.matrix[users], vectors)
    few = component_scores(toy_parts.evidence, toy.matrix[users], vectors, items)
    for name, one in whole.items():
        wide = np.broadcast_to(one, (2, len(toy.items)))[:, items]
        np.testing.assert_allclose(np.broadcast_to(few[name], (2, 3)), wide, atol=1e-5, err_msg=name)


def test_the_hybrids_score_is_lightfms_in_standard_deviations_over_all_items(toy_parts: Parts) -> None:
    r = toy_parts.representations
    raw = r.user_embeddings.astype(np.float64) @ r.item_embeddings.T + r.item_biases
    obvious = (raw - raw.mean(axis=1, keepdims=True)) / raw.std(axis=1, keepdims=True)
    np.testing.assert_allclose(hybrid_scores(toy_parts.evidence, r.user_embeddings), obvious, atol=1e-3)


def test_neighbours_and_content_are_the_obvious_sums(toy_parts: Parts, toy: InteractionDataset) -> None:
    evidence, user = toy_parts.evidence, np.array([3])
    history = np.sqrt(toy.matrix[user].toarray()[0] / evidence.unit)
    scores = component_scores(evidence, toy.matrix[user], toy_parts.representations.user_embeddings[user])
    near = sum(history[item] * evidence.neighbours[item].toarray()[0] for item in range(len(toy.items)))
    np.testing.assert_allclose(scores[NEIGHBOURS][0], near / history.sum(), atol=1e-5)
    taste = sum(history[item] * evidence.content[item].toarray()[0] for item in range(len(toy.items)))
    cosines = evidence.content.toarray() @ (taste / np.linalg.norm(taste))
    np.testing.assert_allclose(scores[CONTENT][0], cosines, atol=1e-5)


def test_a_stranger_has_scores_that_say_nothing_of_a_history(evidence: Evidence) -> None:
    nothing = sparse.csr_matrix((1, evidence.n_items), dtype=np.float32)
    scores = component_scores(evidence, nothing, np.zeros((1, evidence.item_embeddings.shape[1]), np.float32))
    for name in (NEIGHBOURS, CONTENT, REPEAT, ACTIVITY):
        assert not scores[name].any(), name
    order = np.argsort(-scores[HYBRID][0])
    assert list(order) == list(np.argsort(-np.asarray(evidence.item_biases)))


def test_what_was_met_counts_as_repeat_and_the_older_the_less(evidence: Evidence) -> None:
    worths = sparse.csr_matrix(([evidence.unit, evidence.unit / 16], ([0, 0], [2, 5])), (1, evidence.n_items))
    repeat = component_scores(evidence, worths, np.zeros((1, evidence.item_embeddings.shape[1])))[REPEAT][0]
    assert repeat[2] == pytest.approx(1.0)
    assert repeat[5] == pytest.approx(0.5)
    assert np.flatnonzero(repeat).tolist() == [2, 5]


def test_evidence_whose_parts_do_not_fit_is_refused(evidence: Evidence) -> None:
    with pytest.raises(InvalidFrame, match="trends"):
        replace(evidence, trends=evidence.trends[:-1])
    with pytest.raises(InvalidFrame, match="unit"):
        replace(evidence, unit=0.0)


def random_rows(n: int, columns: int, each: int, random: np.random.Generator) -> sparse.csr_matrix:
    place = (np.repeat(np.arange(n), each), random.integers(columns, size=n * each))
    return sparse.csr_matrix((np.ones(n * each, np.float32), place), (n, columns))


def test_fifty_thousand_items_are_scored_in_a_moment() -> None:
    n, random = 50_000, np.random.default_rng(3)
    vectors, biases = random.normal(size=(n, 64)).astype(np.float32), random.normal(size=n).astype(np.float32)
    some, words = (random_rows(n, columns, each, random) for columns, each in ((n, 20), (2_000, 5)))
    trends = random.random((n, len(TRENDS))).astype(np.float32)
    evidence = Evidence(vectors, biases, FoldInBasis.of(vectors, biases), some, words, trends, 1.0)
    history = sparse.csr_matrix((np.ones(30, np.float32), ([0] * 30, random.choice(n, 30, replace=False))), (1, n))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        component_scores(evidence, history, vectors[:1])
        took.append(time.perf_counter() - began)
    assert min(took) < 0.25
