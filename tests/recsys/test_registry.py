"""What every model promises, asked of each in the same words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.columns import FEATURE, ITEM_ID, KIND, TIMESTAMP, USER_ID, VALUE
from recsys.dataset import InteractionDataset
from recsys.errors import NoInteractions, NotFitted, UnknownRow
from recsys.model import Model
from recsys.registry import baselines
from tests.recsys.conftest import Frames

NAMES = [model.name for model in baselines()]
POPULAR = {"popular", "popular_in_category"}
"""Models that give a user without a history what is popular."""
SILENT = {"content", "item_knn", "user_knn", "ease", "svd", "als", "sasrec"}
"""Models that give a user without a history zeros."""
READS_USER_FEATURES = {"lightfm"}
READS_ITEM_FEATURES = {"content", "lightfm"}


def named(name: str, seed: int = 17) -> Model:
    return next(model for model in baselines(seed) if model.name == name)


@pytest.fixture(scope="module")
def fitted(toy: InteractionDataset) -> dict[str, Model]:
    return {model.name: model.fit(toy) for model in baselines()}


def events(*rows: tuple[str, str]) -> InteractionDataset:
    """A data set of purchases, a day apart."""
    frame = pd.DataFrame(rows, columns=[USER_ID, ITEM_ID])
    frame[KIND] = "purchase"
    frame[TIMESTAMP] = pd.date_range("2026-01-01", periods=len(frame), freq="D", tz="UTC")
    return InteractionDataset.from_frames(frame)


def everybody(dataset: InteractionDataset) -> np.ndarray:
    return np.arange(len(dataset.users), dtype=np.int64)


def test_names_differ_and_models_are_new_each_time() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert not any(one is other for one, other in zip(baselines(), baselines(), strict=True))


@pytest.mark.parametrize("name", NAMES)
class TestEveryModel:
    def test_scores_all_items_for_each_user_asked_for(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        scores = fitted[name].score(np.array([3, 0, 3], dtype=np.int64))
        assert scores.shape == (3, len(toy.items))
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()
        np.testing.assert_array_equal(scores[0], scores[2])

    def test_scores_nobody_when_nobody_is_asked_for(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        assert fitted[name].score(np.array([], dtype=np.int64)).shape == (0, len(toy.items))

    def test_scores_of_a_user_do_not_depend_on_who_else_is_asked_for(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        together = fitted[name].score(everybody(toy))
        alone = np.vstack([fitted[name].score(np.array([user], dtype=np.int64)) for user in everybody(toy)])
        np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)

    def test_the_same_seed_gives_the_same_scores(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        again = named(name).fit(toy).score(everybody(toy))
        np.testing.assert_array_equal(again, fitted[name].score(everybody(toy)))

    def test_a_second_fit_forgets_the_first(self, name: str, fitted: dict[str, Model], toy: InteractionDataset) -> None:
        other = events(("ann", "hat"), ("ann", "scarf"), ("bob", "hat"), ("bob", "gloves"))
        refitted = named(name).fit(toy).fit(other).score(everybody(other))
        np.testing.assert_array_equal(refitted, named(name).fit(other).score(everybody(other)))

    def test_scoring_before_a_fit_is_refused(self, name: str) -> None:
        with pytest.raises(NotFitted) as refusal:
            named(name).score(np.array([0], dtype=np.int64))
        assert refusal.value.model == name

    @pytest.mark.parametrize("row", [-1, 42, 10**9], ids=["before the first", "after the last", "far away"])
    def test_unknown_rows_are_refused(self, name: str, row: int, fitted: dict[str, Model]) -> None:
        with pytest.raises(UnknownRow) as refusal:
            fitted[name].score(np.array([0, row], dtype=np.int64))
        assert (refusal.value.row, refusal.value.rows) == (row, 42)

    def test_no_interactions_are_refused(self, name: str, toy_frames: Frames) -> None:
        features = toy_frames.item_features
        with pytest.raises(NoInteractions) as refusal:
            named(name).fit(InteractionDataset.from_frames(None, None, features))
        assert refusal.value.wanted_by == name

    def test_a_refused_fit_leaves_the_former_one_in_place(self, name: str, toy: InteractionDataset) -> None:
        model = named(name).fit(toy)
        before = model.score(everybody(toy))
        with pytest.raises(NoInteractions):
            model.fit(InteractionDataset.from_frames(None))
        np.testing.assert_array_equal(model.score(everybody(toy)), before)

    @pytest.mark.parametrize(
        "rows",
        [
            pytest.param([("ann", "hat")], id="one shopper, one item"),
            pytest.param([("ann", "hat"), ("ann", "scarf"), ("ann", "gloves")], id="one shopper"),
            pytest.param([("ann", "hat"), ("bob", "hat"), ("eve", "hat")], id="one item"),
            pytest.param([("ann", "hat"), ("bob", "scarf")], id="nothing in common"),
            pytest.param([("a\nb", "🧦"), ("🙂", "🧦"), ("🙂", "x\ty")], id="ids with newlines and emoji"),
        ],
    )
    def test_the_smallest_data_is_scored(self, name: str, rows: list[tuple[str, str]]) -> None:
        dataset = events(*rows)
        scores = named(name).fit(dataset).score(everybody(dataset))
        assert scores.shape == dataset.matrix.shape
        assert np.isfinite(scores).all()

    def test_a_hot_user_gets_the_category_of_the_history(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        if name in ("popular", "sasrec"):
            pytest.skip("gives the same to everybody, or wants more epochs on so few users: see test_sequential.py")
        walkers, readers = (toy.users.rows(f"user-{n:02}" for n in half) for half in (range(20), range(20, 40)))
        shoes, lamps = (toy.items.rows(f"item-{n:02}" for n in range(first, 26, 2)) for first in (0, 1))
        scores = fitted[name].score(everybody(toy))
        for users, own, other in ((walkers, shoes, lamps), (readers, lamps, shoes)):
            likes_own = scores[np.ix_(users, own)].mean(axis=1) > scores[np.ix_(users, other)].mean(axis=1)
            assert likes_own.mean() >= 0.8

    def test_a_warm_user_is_told_by_features_or_gets_what_everybody_gets(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        warm = toy.users.rows(["warm-walker", "warm-reader"])
        walker, reader = fitted[name].score(warm)
        assert np.array_equal(walker, reader) == (name not in READS_USER_FEATURES)
        assert walker.any() == (name not in SILENT)
        if name in POPULAR:
            popular = fitted["popular"].score(warm)[0]
            np.testing.assert_array_equal(np.argsort(-walker, kind="stable"), np.argsort(-popular, kind="stable"))

    def test_a_cold_user_of_whom_nothing_is_known_is_scored_too(self, name: str, toy_frames: Frames) -> None:
        nothing = pd.DataFrame({USER_ID: ["cold"], FEATURE: ["unheard of"], VALUE: [""]})
        dataset = InteractionDataset.from_frames(toy_frames.interactions, nothing, toy_frames.item_features)
        scores = named(name).fit(dataset).score(dataset.users.rows(["cold"]))
        assert np.isfinite(scores).all()
        assert scores.any() == (name not in SILENT)

    def test_an_item_that_nobody_met_never_leads(
        self, name: str, fitted: dict[str, Model], toy: InteractionDataset
    ) -> None:
        if name in READS_ITEM_FEATURES:
            pytest.skip("ranks by features")
        scores = fitted[name].score(np.flatnonzero(toy.hot_users))
        assert (scores[:, ~toy.hot_items].max(axis=1) < scores[:, toy.hot_items].max(axis=1)).all()

    def test_nothing_is_printed_or_written(
        self,
        name: str,
        toy: InteractionDataset,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        named(name).fit(toy).score(everybody(toy))
        assert capfd.readouterr() == ("", "")
        assert not list(tmp_path.iterdir())
