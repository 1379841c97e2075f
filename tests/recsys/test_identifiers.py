from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InvalidFrame, UnknownId
from recsys.identifiers import IdMap


@given(st.lists(st.text(min_size=1)))
def test_any_text_comes_back_as_it_went_in(ids):
    known = IdMap.from_ids(ids)
    assert known.ids(known.rows(ids)) == ids
    assert known.rows(known.ids()).tolist() == list(range(len(known)))
    assert len(known) == len(set(ids))


@given(st.lists(st.text(min_size=1)), st.lists(st.text(min_size=1)))
def test_rows_stay_when_ids_are_added(first, more):
    known = IdMap.from_ids(first)
    grown = known.extended(more)
    assert grown.rows(first).tolist() == known.rows(first).tolist()
    assert set(grown) == set(first) | set(more)
    assert grown == IdMap.from_ids([*first, *more])


def test_an_unknown_id_has_the_row_that_was_asked_for():
    known = IdMap.from_ids(["lamp"])
    assert known.rows(["shoe", "lamp"]).tolist() == [-1, 0]
    assert known.rows(["shoe"], unknown=7).tolist() == [7]
    assert "lamp" in known
    assert "shoe" not in known
    with pytest.raises(UnknownId) as caught:
        known.row("shoe")
    assert caught.value.id == "shoe"


def test_rows_are_whole_numbers_of_64_bits():
    assert IdMap.from_ids([]).rows([]).dtype == np.int64
    assert IdMap.from_ids(["a"]).rows(["a"]).dtype == np.int64


@pytest.mark.parametrize("id", ["", None, 3, float("nan")])
def test_what_is_no_text_is_no_id(id):
    with pytest.raises(InvalidFrame, match="non-empty text"):
        IdMap.from_ids([id])


@pytest.mark.parametrize("row", [-1, 1])
def test_a_row_that_is_not_there_is_refused(row):
    with pytest.raises(IndexError):
        IdMap.from_ids(["lamp"]).ids([row])


def test_ids_of_the_library_of_numbers_become_plain_text():
    assert type(IdMap.from_ids([np.str_("lamp")]).ids()[0]) is str
