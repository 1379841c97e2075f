"""Invents a market for the recommender's benchmark: items with features, shoppers with tastes, and what they did.

Nothing here is anybody's data. Categories, brands and words are as uneven as in real shops (Zipf), brands and words
belong to categories, and a shopper has a few favourite categories and mostly buys there what is popular there. That
is what gives LightFM's vectors their clusters and their few large biases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Market:
    """What a benchmark trains on.

    Attributes:
        interactions: Who met what, binary, shape (users, items).
        item_features: The identity of each item first, then its features; rows sum to 1; shape (items, items + others).
        category: The category of each item, shape (items,).
    """

    interactions: sparse.csr_matrix
    item_features: sparse.csr_matrix
    category: IntArray


@dataclass(frozen=True)
class Trained:
    """What LightFM learnt of a market.

    Attributes:
        embeddings: Vectors of item features, identities first, float32, shape (items + others, components).
        biases: Their biases, shape (items + others,).
        users: Vectors of shoppers, shape (users, components).
        category: The category of each item, shape (items,).
    """

    embeddings: FloatArray
    biases: FloatArray
    users: FloatArray
    category: IntArray


@dataclass(frozen=True)
class Catalogue:
    """Items of any number, as LightFM would hold them.

    Attributes:
        item_features: As in a market.
        embeddings: Vectors of these features.
        biases: Their biases.
        vectors: The items' vectors, float32, shape (items, components).
        item_biases: The items' biases, shape (items,).
    """

    item_features: sparse.csr_matrix
    embeddings: FloatArray
    biases: FloatArray
    vectors: FloatArray
    item_biases: FloatArray


def zipf(n: int, exponent: float) -> NDArray[np.float64]:
    """Give n probabilities that fall as a power of the rank."""
    weights = np.arange(1, n + 1, dtype=np.float64) ** -exponent
    return np.asarray(weights / weights.sum())


def invent_features(n_items: int, n_categories: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Invent features: a category, a brand and three words of that category, a price band.

    Args:
        n_items: How many items.
        n_categories: How many categories.
        rng: Where chance comes from.

    Returns:
        The category of each item, shape (items,), and the columns of all its features, shape (items, 6).
    """
    category = rng.choice(n_categories, n_items, p=zipf(n_categories, 0.8))
    brand = n_categories + category * 6 + rng.choice(6, n_items, p=zipf(6, 1.0))
    words = n_categories * 7 + category[:, None] * 15 + rng.choice(15, (n_items, 3), p=zipf(15, 1.0))
    price = n_categories * 22 + rng.integers(0, 10, n_items)
    return category, np.column_stack([category, brand, words, price]).astype(np.int64)


def invent_market(n_users: int, n_items: int, events: int, seed: int) -> Market:
    """Invent a market.

    Args:
        n_users: How many shoppers.
        n_items: How many items.
        events: How often somebody met something; the same pair counts once.
        seed: Equal seeds give equal markets.

    Returns:
        The market.
    """
    rng = np.random.default_rng(seed)
    n_categories = max(5, min(400, n_items // 100))
    category, columns = invent_features(n_items, n_categories, rng)
    users = rng.integers(0, n_users, events)
    items = _items_met(users, category, n_categories, rng)
    matrix = sparse.csr_matrix((np.ones(events, np.float32), (users, items)), shape=(n_users, n_items))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return Market(matrix, feature_matrix(columns, n_categories), category)


def feature_matrix(columns: IntArray, n_categories: int) -> sparse.csr_matrix:
    """Give LightFM's item features: the identity and the given columns, each row summing to 1."""
    n_items, per_item = columns.shape
    all_columns = np.column_stack([np.arange(n_items), n_items + columns]).ravel()
    values = np.full(all_columns.size, 1.0 / (per_item + 1), dtype=np.float32)
    matrix = sparse.csr_matrix(
        (values, all_columns, np.arange(0, all_columns.size + 1, per_item + 1)),
        shape=(n_items, n_items + n_categories * 22 + 10),
    )
    matrix.sum_duplicates()
    return matrix


def enlarge(trained: Trained, n_items: int, seed: int) -> Catalogue:
    """Give a catalogue of another size whose vectors are made as LightFM makes them, without training again.

    New items get features by the rules of the market, and in place of an identity of their own that of a trained item
    of their category; their vectors are the means of those, which is what LightFM computes.

    Args:
        trained: What was learnt of a market.
        n_items: How many items.
        seed: Equal seeds give equal catalogues.

    Returns:
        The catalogue.
    """
    rng = np.random.default_rng(seed)
    known = len(trained.category)
    n_categories = (len(trained.embeddings) - known - 10) // 22
    category, columns = invent_features(n_items, n_categories, rng)
    features = feature_matrix(columns, n_categories)
    place, starts = _by_category(trained.category, n_categories)
    sizes = np.maximum(np.diff(starts), 1)[category]
    twins = place[np.minimum(starts[category] + (rng.random(n_items) * sizes).astype(np.int64), known - 1)]
    embeddings = np.vstack([trained.embeddings[twins], trained.embeddings[known:]])
    biases = np.concatenate([trained.biases[twins], trained.biases[known:]])
    return Catalogue(features, embeddings, biases, features @ embeddings, features @ biases)


def _by_category(category: IntArray, n_categories: int) -> tuple[IntArray, IntArray]:
    """Give the items in the order of their categories, and where each category starts and ends."""
    order = np.argsort(category, kind="stable")
    return order, np.searchsorted(category[order], np.arange(n_categories + 1))


def _items_met(users: IntArray, category: IntArray, n_categories: int, rng: np.random.Generator) -> IntArray:
    favourites = rng.choice(n_categories, (int(users.max()) + 1, 3), p=zipf(n_categories, 0.8))
    chosen = favourites[users, rng.choice(3, users.size, p=[0.6, 0.3, 0.1])]
    wandering = rng.random(users.size) < 0.15
    chosen[wandering] = rng.integers(0, n_categories, int(wandering.sum()))
    by_category, starts = _by_category(category, n_categories)
    sizes = np.maximum(np.diff(starts), 1)
    place = np.floor(sizes[chosen] * rng.random(users.size) ** 2.5).astype(np.int64)
    return np.asarray(by_category[np.minimum(starts[chosen] + place, category.size - 1)])
