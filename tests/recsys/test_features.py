from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys import columns as c
from recsys.errors import FeatureMismatch, InvalidFrame, NoSpareColumns
from recsys.feature_fields import FeatureField, words
from recsys.features import FeatureSpace
from recsys.identifiers import IdMap

NONE = np.zeros(0, dtype=np.int64)


def features(*rows, id_column=c.ITEM_ID):
    return pd.DataFrame(rows, columns=[id_column, c.FEATURE, c.VALUE])


def fitted(frame, now, fields=None, identity_for=NONE, **more):
    ids = IdMap.from_ids(frame.iloc[:, 0].unique())
    return FeatureSpace.fit(frame, ids, fields, identity_for, now, **more)


def shown(space, frame, ids, now):
    """Give each row as a mapping of (field, value) to its share."""
    matrix = space.transform(frame, ids, now).tocsr()
    return [
        {space.columns[column]: pytest.approx(value) for column, value in zip(row.indices, row.data, strict=True)}
        for row in matrix
    ]


def test_a_field_weighs_the_same_however_many_values_it_has(now):
    frame = features(("lamp", "category", "home"), ("lamp", "category", "light"), ("lamp", "brand", "Astra"))
    assert shown(fitted(frame, now), frame, ["lamp"], now) == [
        {("brand", "Astra"): 0.5, ("category", "home"): 0.25, ("category", "light"): 0.25}
    ]


def test_weights_of_fields_values_and_identities_count(now):
    frame = features(("lamp", "category", "home"), ("lamp", "category", "light"), ("lamp", "brand", "Astra"))
    frame[c.WEIGHT] = [3.0, 1.0, 1.0]
    fields = (FeatureField("category", weight=2.0), FeatureField("brand"))
    space = fitted(frame, now, fields, np.array([0]), identity_weight=5.0)
    assert shown(space, frame, ["lamp"], now) == [
        {
            ("identity", "lamp"): 5 / 8,
            ("category", "home"): 1.5 / 8,
            ("category", "light"): 0.5 / 8,
            ("brand", "Astra"): 1 / 8,
        }
    ]


def test_a_row_has_an_identity_only_when_it_was_seen(now):
    frame = features(("lamp", "brand", "Astra"), ("shoe", "brand", "Astra"))
    space = fitted(frame, now, identity_for=np.array([1]))
    assert shown(space, frame, ["lamp", "shoe"], now) == [
        {("brand", "Astra"): 1.0},
        {("identity", "shoe"): 0.5, ("brand", "Astra"): 0.5},
    ]


def test_numbers_are_cut_into_bands_of_equally_many(now):
    frame = features(*((f"i{n}", "price", str(n)) for n in range(100)))
    space = fitted(frame, now, (FeatureField("price", "band", bands=4),))
    matrix = space.transform(frame, [f"i{n}" for n in range(100)], now)
    assert matrix.sum(axis=0).tolist() == [[25.0, 25.0, 25.0, 25.0]]
    assert [value for _, value in space.columns] == ["..24.75", "24.75..49.5", "49.5..74.25", "74.25.."]


def test_a_number_beyond_the_learnt_ones_is_in_the_last_band(now):
    frame = features(("a", "price", "1"), ("b", "price", "9"))
    space = fitted(frame, now, (FeatureField("price", "band", edges=(5.0,)),))
    later = features(("c", "price", "1e9"), ("d", "price", "-3"), ("e", "price", "5"))
    assert shown(space, later, ["c", "d", "e"], now) == [
        {("price", "5.."): 1.0},
        {("price", "..5"): 1.0},
        {("price", "5.."): 1.0},
    ]


@pytest.mark.parametrize("value", ["cheap", "nan", "inf"])
def test_what_is_no_number_is_in_no_band_and_is_counted(now, value):
    frame = features(("a", "price", "1"), ("b", "price", "9"), ("c", "price", value))
    space = fitted(frame, now, (FeatureField("price", "band", bands=2),))
    encoded = space.encode(frame, ["a", "b", "c"], now)
    assert encoded.matrix.getnnz(axis=1).tolist() == [1, 1, 0]
    assert encoded.unknown == {"price": 1}


def test_one_price_for_all_is_one_band(now):
    frame = features(("a", "price", "5"), ("b", "price", "5"))
    assert fitted(frame, now).columns == (("price", ".."),)


def test_an_item_ages(now):
    frame = features(
        ("new", "available_from", now.isoformat()), ("old", "available_from", (now - timedelta(40)).isoformat())
    )
    space = fitted(frame, now)
    assert shown(space, frame, ["new", "old"], now) == [
        {("available_from", "..7"): 1.0},
        {("available_from", "30..90"): 1.0},
    ]
    assert shown(space, frame, ["new"], now + timedelta(400)) == [{("available_from", "365.."): 1.0}]
    assert space.encode(features(("odd", "available_from", "soon")), ["odd"], now).unknown == {"available_from": 1}


def test_words_of_a_title_are_features_once_they_are_in_two_titles(now):
    frame = features(("a", "title", "Red Lamp, red 2"), ("b", "title", "red SHOE"))
    space = fitted(frame, now)
    assert space.columns == (("title", "red"),)
    assert space.encode(frame, ["a", "b"], now).unknown == {"title": 2}


def test_words_are_told_apart_in_any_script():
    assert words("L'Été à 40 — Red/RED x 30cm 🧦") == ["été", "red", "30cm"]
    assert words("红色台灯lamp 灯") == ["红色", "色台", "台灯", "lamp"]
    assert words("🧦 !") == []


def test_only_the_commonest_values_get_a_column(now):
    frame = features(("a", "brand", "x"), ("b", "brand", "x"), ("a", "brand", "y"), ("b", "brand", "z"))
    assert fitted(frame, now, (FeatureField("brand", max_values=2),)).columns == (("brand", "x"), ("brand", "y"))
    assert fitted(frame, now, (FeatureField("brand", min_count=2),)).columns == (("brand", "x"),)


def test_values_that_were_never_seen_are_left_out_and_counted(now):
    space = fitted(features(("a", "brand", "Astra")), now)
    later = features(("b", "brand", "Boreal"), ("b", "mood", "good"), ("b", "brand", "Astra"), ("b", "brand", " "))
    encoded = space.encode(later, ["b"], now)
    assert encoded.unknown == {"brand": 1, "mood": 1}
    assert encoded.matrix.toarray().tolist() == [[1.0]]


def test_a_field_that_is_not_known_is_a_category(now):
    frame = features(("ann", "income", "50-74K"), id_column=c.USER_ID)
    assert fitted(frame, now).columns == (("income", "50-74K"),)


def test_a_row_of_which_nothing_is_known_is_empty(now):
    space = fitted(features(("a", "brand", "Astra")), now)
    assert space.transform(None, ["nobody"], now).toarray().tolist() == [[0.0]]
    assert space.transform(features(), ["nobody", "else"], now).nnz == 0


def test_values_of_numbers_and_gaps_are_read_as_text(now):
    frame = pd.DataFrame({c.ITEM_ID: ["a", "b"], c.FEATURE: "price", c.VALUE: [9.5, float("nan")]})
    assert fitted(frame, now).transform(frame, ["a", "b"], now).getnnz(axis=1).tolist() == [1, 0]


def test_values_without_a_positive_weight_count_for_nothing(now):
    frame = features(("a", "brand", "Astra"), ("b", "brand", "Boreal"), ("c", "brand", "Corvus"))
    frame[c.WEIGHT] = [1.0, float("nan"), -1.0]
    assert fitted(frame, now).columns == (("brand", "Astra"),)


def test_ids_and_values_with_newlines_and_emoji_survive_the_file(now):
    frame = features(("a\nb🧦", "brand", "Ast\nra🔥"))
    space = fitted(frame, now, identity_for=np.array([0]))
    assert space.columns == (("identity", "a\nb🧦"), ("brand", "Ast\nra🔥"))
    assert FeatureSpace.from_json(space.to_json()) == space


def test_a_stored_space_gives_the_same_matrix(toy, toy_frames, now):
    again = FeatureSpace.from_json(toy.item_space.to_json())
    assert again == toy.item_space
    matrix = again.transform(toy_frames.item_features, toy.items, now)
    assert (matrix != toy.item_features).nnz == 0
    assert matrix.dtype == np.float32


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"fields": [{"name": "x"}]}', '{"fields": 3}'])
def test_what_is_no_stored_space_is_refused(text):
    with pytest.raises(InvalidFrame, match="not the JSON of a feature space"):
        FeatureSpace.from_json(text)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["brand", "title", "price"]), st.text()), min_size=1)
)
def test_every_row_sums_to_one_or_is_empty(rows):
    frame, now = features(*rows), pd.Timestamp("2026-01-01")
    matrix = fitted(frame, now, identity_for=np.array([0])).transform(frame, ["a", "b", "c", "d"], now)
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    assert np.all(np.isclose(sums, 1) | (sums == 0))
    assert matrix.data.min(initial=1) > 0


def test_new_rows_take_spare_columns_and_nothing_else_moves(now):
    frame = features(("a", "brand", "Astra"))
    space = fitted(frame, now, identity_for=np.array([0]), spare=2)
    grown = space.with_identities(["a", "b", "b"])
    assert grown.columns == (("identity", "a"), ("brand", "Astra"), ("identity", "b"), ("spare", "1"))
    assert shown(grown, frame, ["b"], now) == [{("identity", "b"): 1.0}]
    assert (grown.transform(frame, ["a"], now) != space.transform(frame, ["a"], now)).nnz == 0
    with pytest.raises(NoSpareColumns) as caught:
        grown.with_identities(["c", "d"])
    assert (caught.value.asked, caught.value.left) == (2, 1)


def test_fields_that_came_or_went_since_training_are_named(now):
    space = fitted(features(("a", "brand", "Astra"), ("a", "colour", "red")), now)
    space.require(features(("b", "brand", "Boreal"), ("b", "colour", "red")))
    with pytest.raises(FeatureMismatch, match="rebuild") as caught:
        space.require(features(("b", "brand", "Boreal"), ("b", "mood", "good")))
    assert (caught.value.missing, caught.value.extra) == (("colour",), ("mood",))


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({c.FEATURE: [], c.VALUE: []}),
        pd.DataFrame({c.USER_ID: [], c.ITEM_ID: [], c.FEATURE: [], c.VALUE: []}),
        pd.DataFrame({c.ITEM_ID: [], c.VALUE: []}),
        pd.DataFrame({c.ITEM_ID: [], c.FEATURE: []}),
    ],
    ids=["no ids", "ids of both", "no feature", "no value"],
)
def test_a_frame_that_does_not_say_whose_or_what_is_refused(frame, now):
    with pytest.raises(InvalidFrame):
        FeatureSpace.fit(frame, IdMap.from_ids([]), None, NONE, now)


@pytest.mark.parametrize("wrong", [{"kind": "odd"}, {"bands": 0}, {"min_count": 0}, {"weight": 0.0}])
def test_a_field_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidFrame):
        FeatureField("price", **wrong)
