"""How the blend learns: the same seed gives the same numbers, what says nothing is named, and odds fit what happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import numpy as np
import pandas as pd
import pytest

from recsys import blend_model
from recsys import columns as c
from recsys.blend_model import BlendModel, evidence_of, learn_blend, trends
from recsys.components import CONTENT, NEIGHBOURS, TRENDS
from recsys.dataset import InteractionDataset
from recsys.errors import NoInteractions, NotFitted, UnknownRow
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.neighbours import neighbour_matrix
from recsys.split import Truth
from tests.recsys.conftest import NOW, Frames, interactions

SETTINGS = HybridSettings(components=8, epochs=10, seed=3)


@pytest.fixture(scope="module")
def earlier() -> InteractionDataset:
    frame = interactions()
    return InteractionDataset.from_frames(frame[frame[c.TIMESTAMP] < NOW - timedelta(days=50)])


@pytest.fixture(scope="module")
def truth(earlier: InteractionDataset) -> Truth:
    frame = interactions()
    return Truth.from_frame(frame[frame[c.TIMESTAMP] >= NOW - timedelta(days=50)], earlier, new_only=False)


@pytest.fixture(scope="module")
def hybrid(earlier: InteractionDataset) -> LightFMHybrid:
    return LightFMHybrid(SETTINGS).fit(earlier)


def learnt(hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth) -> blend_model.Blend:
    r = hybrid.representations
    return learn_blend(evidence_of(earlier, r), earlier, r.user_embeddings, truth, seed=1)


def test_the_same_seed_learns_the_same_weights(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth
) -> None:
    assert learnt(hybrid, earlier, truth) == learnt(hybrid, earlier, truth)


def test_what_is_said_to_be_probable_comes_true_as_often(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth
) -> None:
    model = BlendModel(hybrid, learnt(hybrid, earlier, truth)).fit(earlier)
    said = model.blend.probability(model.score(truth.users))
    assert said.mean() == pytest.approx(truth.items.nnz / said.size, rel=0.05)


def test_a_component_that_says_nothing_is_left_out_by_name(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth
) -> None:
    blend = learnt(hybrid, earlier, truth)  # No features: no content.
    assert CONTENT in blend.metadata["left_out"]
    assert CONTENT not in blend.weights
    assert blend.metadata[NEIGHBOURS] == "ease"


def test_where_ease_refuses_cosine_stands_in_and_it_is_written_down(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recsys import linear, neighbours

    monkeypatch.setattr(neighbours, "EASE", partial(linear.EASE, max_items=5))
    evidence = evidence_of(earlier, hybrid.representations)
    assert evidence.notes[NEIGHBOURS].startswith("cosine: ease takes 5 items")
    assert (evidence.neighbours != neighbour_matrix(earlier, kind="cosine")).nnz == 0
    blend = learn_blend(evidence, earlier, hybrid.representations.user_embeddings, truth, seed=1)
    assert blend.metadata[NEIGHBOURS].startswith("cosine")


def test_nothing_is_learnt_from_a_month_in_which_nothing_was_bought(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth
) -> None:
    nobody = Truth(truth.users[:0], truth.items[:0], new_only=False)
    with pytest.raises(NoInteractions):
        learnt(hybrid, earlier, nobody)


def test_a_blend_is_asked_only_after_a_fit_and_about_rows_that_there_are(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth
) -> None:
    model = BlendModel(hybrid, learnt(hybrid, earlier, truth))
    with pytest.raises(NotFitted):
        model.score(np.array([0]))
    with pytest.raises(NotFitted):
        _ = model.evidence
    with pytest.raises(UnknownRow):
        model.fit(earlier).score(np.array([len(earlier.users)]))


def test_a_second_fit_learns_from_the_second_data(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth, toy_frames: Frames
) -> None:
    blend = learnt(hybrid, earlier, truth)
    later = InteractionDataset.from_frames(toy_frames.interactions)
    users = np.arange(len(later.users))
    again = BlendModel(LightFMHybrid(SETTINGS).fit(earlier), blend).fit(earlier).fit(later).score(users)
    np.testing.assert_array_equal(again, BlendModel(LightFMHybrid(SETTINGS), blend).fit(later).score(users))


def test_trends_tell_how_an_item_sells_and_unmet_items_are_old_and_unsold(toy: InteractionDataset) -> None:
    told = trends(toy)
    assert told.shape == (len(toy.items), len(TRENDS))
    week, month, last, first = told.T
    assert (month >= week).all()
    assert (first >= last).all()
    unmet = ~toy.hot_items
    assert not week[unmet].any()
    assert (last[unmet] == last.max()).all()
    assert (first[unmet] == first.max()).all()
    events = toy.interactions[toy.interactions[c.ITEM] == 0][c.TIMESTAMP]
    days = (toy.interactions[c.TIMESTAMP].max() - events).dt.total_seconds() / 86_400
    assert last[0] == pytest.approx(np.log1p(days.min()), rel=1e-5)
    assert first[0] == pytest.approx(np.log1p(min(days.max(), blend_model.OLD_DAYS)), rel=1e-5)


def test_ages_do_not_grow_with_the_length_of_the_data(toy_frames: Frames) -> None:
    long_ago = toy_frames.interactions.assign(
        **{c.TIMESTAMP: toy_frames.interactions[c.TIMESTAMP] - timedelta(days=400)}
    )
    later, older = (
        trends(InteractionDataset.from_frames(pd.concat([long_ago, recent]), now=recent[c.TIMESTAMP].max()))
        for recent in (toy_frames.interactions, toy_frames.interactions.iloc[-20:])
    )
    for told in (later, older):
        assert told[:, 2:].max() <= np.log1p(blend_model.OLD_DAYS) + 1e-6
    assert np.ptp(older[:, 3]) == 0


def test_a_trend_that_is_the_same_for_all_items_is_left_out_and_cannot_move_probabilities(
    hybrid: LightFMHybrid, earlier: InteractionDataset, truth: Truth
) -> None:
    evidence = evidence_of(earlier, hybrid.representations)
    ages = evidence.trends.copy()
    ages[:, TRENDS.index("since_first")] = 4.5 + np.linspace(0, 0.01, len(ages))
    vectors = hybrid.representations.user_embeddings
    blend = learn_blend(replace(evidence, trends=ages), earlier, vectors, truth, seed=1)
    assert "since_first" in blend.metadata["left_out"]
    assert "since_first" not in blend.weights
