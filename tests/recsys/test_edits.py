"""What a shopper argued: immutable values that live in a slot."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from recsys.edits import ARGUED_WEIGHT, Edits
from recsys.errors import InvalidFrame
from recsys.identifiers import IdMap

FULL = Edits(
    ignore=frozenset({"brand", "colour"}),
    less_like=("red-boot", "emoji 👢\nboot"),
    more_like=("green-lamp",),
    price="lower",
    reference_price=49.5,
    gift=True,
)


@pytest.mark.parametrize(
    "edits",
    [Edits(), FULL, Edits().with_ignored("price"), Edits(gift=True), Edits().with_price("higher", 0)],
    ids=["nothing", "everything", "a field", "a gift", "above zero"],
)
def test_edits_survive_a_slot(edits: Edits) -> None:
    assert Edits.from_state(json.loads(json.dumps(edits.to_state()))) == edits


def test_nothing_argued_is_an_empty_state_and_an_empty_slot_is_nothing_argued() -> None:
    assert Edits().to_state() == {}
    assert Edits.from_state(None) == Edits()
    assert Edits().is_empty
    assert not FULL.is_empty


def test_an_edit_leaves_the_former_value_as_it_was_so_that_undo_is_keeping_it() -> None:
    before = Edits().with_ignored("brand")
    after = before.with_less_like("red-boot").with_gift()
    assert before == Edits(ignore=frozenset({"brand"}))
    assert after == Edits(ignore=frozenset({"brand"}), less_like=("red-boot",), gift=True)
    assert after.with_restored("brand").with_gift(False) == Edits(less_like=("red-boot",))


def test_the_last_word_about_an_item_counts() -> None:
    edits = Edits().with_more_like("lamp").with_less_like("boot").with_less_like("lamp").with_less_like("boot")
    assert edits == Edits(less_like=("lamp", "boot"))


def test_items_that_were_argued_about_become_weighted_rows_and_unknown_ones_are_passed_over() -> None:
    edits = Edits(more_like=("lamp", "gone"), less_like=("boot",))
    rows, weights = edits.rows(IdMap.from_ids(["boot", "lamp"]))
    assert rows.tolist() == [1, 0]
    assert weights.tolist() == [ARGUED_WEIGHT, -ARGUED_WEIGHT]


@pytest.mark.parametrize(
    ("edits", "allowed"),
    [
        (Edits(), [True, True, True, True]),
        (Edits(price="lower", reference_price=20.0), [True, False, False, False]),
        (Edits(price="higher", reference_price=20.0), [False, False, True, False]),
    ],
    ids=["no wish", "cheaper", "dearer"],
)
def test_a_wish_about_the_price_is_held_to_prices_that_are_known(edits: Edits, allowed: list[bool]) -> None:
    assert edits.affordable(np.array([10.0, 20.0, 30.0, np.nan])).tolist() == allowed


@pytest.mark.parametrize(
    "state",
    [
        {"ignore": ["weather"]},
        {"price": "lower"},
        {"reference_price": 10.0},
        {"price": "free", "reference_price": 1.0},
        {"price": "lower", "reference_price": -1.0},
        {"price": "lower", "reference_price": float("nan")},
        {"mood": "grumpy"},
        {"less_like": 3},
    ],
    ids=str,
)
def test_a_state_that_cannot_be_meant_is_refused(state: dict[str, Any]) -> None:
    with pytest.raises(InvalidFrame):
        Edits.from_state(state)
