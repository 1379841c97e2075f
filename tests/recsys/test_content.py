from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys.columns import FEATURE, ITEM_ID, KIND, TIMESTAMP, USER_ID, VALUE
from recsys.content import Content, item_vectors
from recsys.dataset import InteractionDataset

FEATURES = [
    *[(f"shirt-{n}", "colour", "blue") for n in range(6)],
    ("shirt-0", "brand", "Rare"),
    ("mug", "brand", "Rare"),
    ("plate", "colour", "blue"),
    ("twin", "colour", "blue"),
    ("twin", "brand", "Rare"),
]


def shop(features: list[tuple[str, str, str]] | None) -> InteractionDataset:
    """Ann bought `shirt-0`, a blue one of a rare brand; nobody has met what else there is."""
    bought = pd.DataFrame([("ann", "shirt-0"), ("bob", "no features")], columns=[USER_ID, ITEM_ID])
    bought[KIND], bought[TIMESTAMP] = "purchase", pd.Timestamp("2026-01-01", tz="UTC")
    frame = pd.DataFrame(features, columns=[ITEM_ID, FEATURE, VALUE]) if features else None
    return InteractionDataset.from_frames(bought, None, frame)


def scores_of(user: str) -> dict[str, float]:
    dataset = shop(FEATURES)
    scores = Content().fit(dataset).score(dataset.users.rows([user]))[0]
    return dict(zip(dataset.items.ids(), scores.tolist(), strict=True))


def test_an_item_with_the_same_features_is_as_near_as_can_be_though_nobody_met_it() -> None:
    assert scores_of("ann")["twin"] == pytest.approx(1.0)


def test_a_rare_feature_says_more_than_a_common_one() -> None:
    scores = scores_of("ann")
    assert scores["mug"] > scores["plate"] > 0


def test_identities_say_nothing_of_likeness() -> None:
    dataset = shop(FEATURES)
    assert dataset.item_features.shape[1] > item_vectors(dataset).shape[1] == 2


def test_a_history_without_features_gives_zeros() -> None:
    assert not any(scores_of("bob").values())


def test_a_shop_without_features_gives_zeros() -> None:
    dataset = shop(None)
    assert not Content().fit(dataset).score(np.arange(2)).any()


def test_vectors_have_length_1_or_0(toy: InteractionDataset) -> None:
    vectors = item_vectors(toy)
    np.testing.assert_allclose(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel(), 1.0, rtol=1e-6)
