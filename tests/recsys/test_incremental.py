"""Going on with more users, items and interactions: nothing that was learnt moves to another row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from recsys import columns as c
from recsys.dataset import InteractionDataset
from recsys.errors import FeatureMismatch, RowsMoved
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.incremental import UpdateSettings, changed_users, extended, fit_partial, grow
from recsys.lightfm_training import Training, mean_ndcg, represented
from recsys.split import Truth
from tests.recsys.conftest import Frames, interactions, item_features, user_features

SETTINGS = HybridSettings(components=8, epochs=15)


def old_frames() -> Frames:
    return Frames(interactions(), user_features(), item_features())


def grown_frames(now: datetime, n_new: int = 2) -> Frames:
    """The toy shop some days later: new shoppers, who come first in the frame, with shoes old and new, some unseen."""
    old, when = old_frames(), now + timedelta(days=1)
    names = [f"newcomer-{number}" for number in range(n_new)]
    shoes = ["item-00", "item-02", "item-26", "item-30", "item-28"]
    rows = [(name, shoe, c.VIEW, when + timedelta(minutes=n), None) for name in names for n, shoe in enumerate(shoes)]
    rows += [("user-00", "item-30", c.PURCHASE, when + timedelta(hours=1), "order-new")]
    happened = pd.DataFrame(rows, columns=list(old.interactions.columns))
    known = [("item-30", c.CATEGORY, "shoes"), ("item-30", c.BRAND, "Astra"), ("item-30", c.PRICE, "40")]
    items = pd.concat([pd.DataFrame(known, columns=list(old.item_features.columns)), old.item_features])
    users = [(name, c.SEGMENT, "walker") for name in names]
    users_known = pd.concat([pd.DataFrame(users, columns=list(old.user_features.columns)), old.user_features])
    return Frames(pd.concat([happened, old.interactions]), users_known, items)


@pytest.fixture(scope="module", params=[0, 2, 9], ids=["no spare column", "too few", "enough"])
def old(request: pytest.FixtureRequest, now: datetime) -> InteractionDataset:
    frames, spare = old_frames(), request.param
    return InteractionDataset.from_frames(
        frames.interactions,
        frames.user_features,
        frames.item_features,
        now=now,
        spare_users=spare,
        spare_items=spare,
    )


@pytest.fixture(scope="module")
def model(old: InteractionDataset) -> LightFMHybrid:
    return LightFMHybrid(SETTINGS).fit(old)


def extend(old: InteractionDataset, frames: Frames, now: datetime) -> InteractionDataset:
    return extended(old, frames.interactions, frames.user_features, frames.item_features, now=now + timedelta(days=2))


@pytest.fixture(scope="module")
def new(old: InteractionDataset, now: datetime) -> InteractionDataset:
    return extend(old, grown_frames(now), now)


def test_old_rows_and_columns_stay_and_new_ones_come_behind(old: InteractionDataset, new: InteractionDataset) -> None:
    assert new.users.ids()[: len(old.users)] == old.users.ids()
    assert new.items.ids()[: len(old.items)] == old.items.ids()
    assert {*new.users.ids()[len(old.users) :]} == {"newcomer-0", "newcomer-1"}
    kept = [column for column in old.item_space.columns if column[0] != c.SPARE]
    assert new.item_space.columns[: len(kept)] == tuple(kept)
    hot = {id for id, is_hot in zip(new.items, new.hot_items, strict=True) if is_hot}
    assert {value for field, value in new.item_space.columns if field == c.IDENTITY} == hot


def test_rows_of_interactions_and_of_the_matrix_agree(new: InteractionDataset) -> None:
    rows = new.interactions
    assert new.users.ids(rows[c.USER].to_numpy()) == rows[c.USER_ID].tolist()
    assert new.items.ids(rows[c.ITEM].to_numpy()) == rows[c.ITEM_ID].tolist()
    place = (rows[c.USER].to_numpy(), rows[c.ITEM].to_numpy())
    again = sparse.csr_matrix((rows[c.WEIGHT], place), shape=new.matrix.shape)
    assert_allclose(new.matrix.toarray(), again.toarray(), rtol=1e-5)


def test_growing_alone_changes_no_vector_of_an_old_id(
    model: LightFMHybrid, old: InteractionDataset, new: InteractionDataset
) -> None:
    """Warm rows that become hot get an identity, so only those that were hot before are as they were."""
    grown = represented(replace(new, item_features=_same_age(old, new)), grow(model.fitted.state, old, new))
    hot = np.flatnonzero(old.hot_items)
    assert_allclose(grown.item_embeddings[hot], model.representations.item_embeddings[hot], atol=1e-6)
    hot = np.flatnonzero(old.hot_users)
    assert_allclose(grown.user_embeddings[hot], model.representations.user_embeddings[hot], atol=1e-6)


def _same_age(old: InteractionDataset, new: InteractionDataset) -> sparse.csr_matrix:
    frames = grown_frames(old.now.to_pydatetime())
    return new.item_space.transform(frames.item_features, new.items, old.now)


def test_every_carried_column_keeps_its_step_sizes(
    model: LightFMHybrid, old: InteractionDataset, new: InteractionDataset
) -> None:
    before, after = model.fitted.state, grow(model.fitted.state, old, new)
    for column, number in old.item_space.positions.items():
        if column[0] == c.SPARE:
            continue
        place = new.item_space.positions[column]
        for name in ("item_embeddings", "item_embedding_gradients", "item_biases", "item_bias_gradients"):
            assert_array_equal(after.arrays[name][place], before.arrays[name][number])


def test_going_on_learns_the_new_and_keeps_the_old(
    model: LightFMHybrid, old: InteractionDataset, new: InteractionDataset
) -> None:
    before = model.score(np.arange(len(old.users))).copy()
    update = fit_partial(model, new)
    assert not update.refitted
    assert update.reason == ""
    after = update.model.score(np.arange(len(new.users)))
    assert after.shape == new.matrix.shape
    assert_array_equal(model.score(np.arange(len(old.users))), before)
    shoes, lamps = ([new.items.row(f"item-{n:02}") for n in range(own, 26, 2)] for own in (0, 1))
    newcomer = after[new.users.row("newcomer-0")]
    assert newcomer[shoes].mean() > newcomer[lamps].mean()
    old_rows = np.arange(len(old.users))
    kept = [np.corrcoef(before[row], after[row, : len(old.items)])[0, 1] for row in old_rows]
    assert np.mean(kept) > 0.9


def test_the_naive_call_corrupts_and_this_one_does_not(
    model: LightFMHybrid, old: InteractionDataset, new: InteractionDataset, now: datetime
) -> None:
    """A data set built anew has other rows; LightFM takes them without a word where the sizes happen to fit."""
    frames = grown_frames(now)
    rebuilt = InteractionDataset.from_frames(*_tables(frames), now=now + timedelta(days=2))
    assert rebuilt.items.ids()[: len(old.items)] != old.items.ids()
    with pytest.raises(RowsMoved) as caught:
        fit_partial(model, rebuilt)
    assert caught.value.before != caught.value.after
    shoes = np.array([int(id[-2:]) % 2 == 0 for id in old.items])
    walkers = [old.users.row(f"user-{number:02}") for number in range(20)]

    def gap(item_vectors: np.ndarray) -> float:
        scores = model.representations.user_embeddings[walkers] @ item_vectors.T
        return float(scores[:, shoes].mean() - scores[:, ~shoes].mean())

    naive = _naive_item_vectors(model, rebuilt)[: len(old.items)]
    ours = fit_partial(model, new).model.representations.item_embeddings[: len(old.items)]
    assert gap(naive) < 0.5 * gap(ours)


def _naive_item_vectors(model: LightFMHybrid, rebuilt: InteractionDataset) -> np.ndarray:
    """Do what `lightfm.fit_partial` invites to: cut the new matrices to the old sizes, and go on."""
    lightfm = Training(model.fitted.dataset, SETTINGS)._begun()
    model.fitted.state.put_into(lightfm)
    n_users, n_items = model.fitted.dataset.matrix.shape
    columns = model.fitted.dataset.item_features.shape[1], model.fitted.dataset.user_features.shape[1]
    features = [matrix.copy() for matrix in (rebuilt.item_features[:n_items], rebuilt.user_features[:n_users])]
    for matrix, width in zip(features, columns, strict=True):
        matrix.resize((matrix.shape[0], width))
    taken = (rebuilt.matrix[:n_users, :n_items] > 0).astype(np.float32)
    lightfm.fit_partial(taken, user_features=features[1], item_features=features[0], epochs=1)
    return np.asarray(features[0] @ lightfm.item_embeddings)


def _tables(frames: Frames) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return frames.interactions, frames.user_features, frames.item_features


def test_equal_updates_are_bit_identical(model: LightFMHybrid, new: InteractionDataset) -> None:
    one, two = (fit_partial(model, new).model.score(np.arange(10)) for _ in range(2))
    assert_array_equal(one, two)


def test_with_a_validation_going_on_never_makes_the_figure_worse(
    model: LightFMHybrid, old: InteractionDataset, new: InteractionDataset
) -> None:
    """What is asked for is what no one learns, so that every epoch makes it worse, and the start is kept."""
    untouched = sparse.csr_matrix((new.matrix.toarray() == 0).astype(np.float32)[:20])
    truth = Truth(np.arange(20), untouched, new_only=False)
    start = mean_ndcg(represented(new, grow(model.fitted.state, old, new)), new, truth)
    update = fit_partial(model, new, validation=truth)
    assert mean_ndcg(update.model.representations, new, truth) >= start


def test_only_users_who_did_something_new_are_learnt_from(old: InteractionDataset, new: InteractionDataset) -> None:
    found = new.users.ids(changed_users(old, new))
    assert {*found} == {"user-00", "newcomer-0", "newcomer-1"}


def test_the_variant_without_features_goes_on_too(old: InteractionDataset, new: InteractionDataset) -> None:
    model = LightFMHybrid(SETTINGS, features=False).fit(old)
    update = fit_partial(model, new)
    assert update.model.name == "lightfm_ids"
    assert np.isfinite(update.model.score(np.arange(len(new.users)))).all()


def test_too_much_growth_is_trained_anew_and_says_why(model: LightFMHybrid, new: InteractionDataset) -> None:
    update = fit_partial(model, new, settings=UpdateSettings(max_growth=0.04))
    assert update.refitted
    assert "users" in update.reason
    anew = LightFMHybrid(SETTINGS).fit(new)
    assert_array_equal(update.model.score(np.arange(5)), anew.score(np.arange(5)))


def test_features_that_changed_since_training_are_refused(old: InteractionDataset, now: datetime) -> None:
    frames = grown_frames(now)
    changed = frames.item_features.replace({c.FEATURE: {c.BRAND: "maker"}})
    with pytest.raises(FeatureMismatch) as caught:
        extended(old, frames.interactions, frames.user_features, changed, now=now)
    assert (caught.value.missing, caught.value.extra) == (("brand",), ("maker",))


def test_a_value_that_was_learnt_of_and_is_gone_is_refused(
    model: LightFMHybrid, old: InteractionDataset, new: InteractionDataset
) -> None:
    fewer = tuple(("brand", "?") if column == ("brand", "Astra") else column for column in new.item_space.columns)
    with pytest.raises(FeatureMismatch) as caught:
        grow(model.fitted.state, old, replace(new, item_space=replace(new.item_space, columns=fewer)))
    assert caught.value.missing == ("brand=Astra",)
