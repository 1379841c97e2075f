"""What is bought together: counted from baskets, sure, and silent where baskets do not say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys import columns as c
from recsys.baskets import MAX_BASKET, Baskets, companions, wilson_lower

SHOE, LACE, LAMP, BULB, BAG = range(5)


def frame(baskets: list[list[int]], kind: str = c.PURCHASE) -> pd.DataFrame:
    rows = [(f"order-{number}", item, kind) for number, basket in enumerate(baskets) for item in basket]
    return pd.DataFrame(rows, columns=[c.BASKET_ID, c.ITEM, c.KIND])


@pytest.fixture
def baskets() -> Baskets:
    """Laces go with shoes, everybody buys a bag, and one shopper once bought a bulb with shoes."""
    sold = [[SHOE, LACE, BAG]] * 10 + [[LAMP, BULB, BAG]] * 10 + [[BAG]] * 10 + [[SHOE, BULB]]
    return Baskets.count(frame(sold), 5)


def test_what_is_in_the_same_baskets_goes_with_it(baskets: Baskets) -> None:
    found = companions(baskets, SHOE)
    assert found.rows.tolist() == [LACE]
    assert found.lift[0] > 1.5
    assert found.share[0] == pytest.approx(10 / 11)


def test_what_everybody_buys_goes_with_nothing_in_particular(baskets: Baskets) -> None:
    assert BAG not in companions(baskets, SHOE).rows


def test_a_single_coincidence_is_no_company(baskets: Baskets) -> None:
    assert BULB not in companions(baskets, SHOE).rows


def test_a_basket_with_one_item_says_nothing_of_pairs() -> None:
    assert companions(Baskets.count(frame([[SHOE]] * 9), 5), SHOE).rows.size == 0


@pytest.mark.parametrize("kind", [c.VIEW, c.CART])
def test_only_purchases_make_baskets(kind: str) -> None:
    assert Baskets.count(frame([[SHOE, LACE]] * 9, kind), 5).total == 0


def test_a_purchase_without_a_basket_is_in_none() -> None:
    bought = frame([[SHOE, LACE]] * 9).assign(**{c.BASKET_ID: None})
    assert Baskets.count(bought, 5).total == 0
    assert Baskets.count(bought.drop(columns=c.BASKET_ID), 5).total == 0


def test_the_same_item_twice_in_a_basket_counts_once() -> None:
    counted = Baskets.count(frame([[SHOE, SHOE, LACE, LACE]] * 4), 5)
    assert counted.together[SHOE, LACE] == 4
    assert counted.single.tolist() == [4, 4, 0, 0, 0]


def test_a_traders_order_of_hundreds_of_items_is_left_out() -> None:
    assert Baskets.count(frame([list(range(MAX_BASKET + 1))] * 5), MAX_BASKET + 1).total == 0


def test_a_larger_catalogue_keeps_the_counts(baskets: Baskets) -> None:
    wider = baskets.widened(8)
    assert wider.together.shape == (8, 8)
    assert companions(wider, SHOE).rows.tolist() == companions(baskets, SHOE).rows.tolist()
    assert companions(wider, 7).rows.size == 0


@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=5), min_size=1, max_size=30))
def test_pairs_are_counted_as_by_hand(sold: list[list[int]]) -> None:
    counted = Baskets.count(frame(sold), 8, min_support=1)
    by_hand = np.zeros((8, 8), dtype=int)
    for basket in sold:
        for one, other in combinations(sorted(set(basket)), 2):
            by_hand[one, other] += 1
            by_hand[other, one] += 1
    assert (counted.together.toarray() == by_hand).all()


def test_the_interval_is_wilsons() -> None:
    # 8 of 10 at 95 %: Agresti and Coull 1998 give (0.490, 0.943).
    assert wilson_lower(np.array([8.0]), 10.0)[0] == pytest.approx(0.490, abs=5e-4)
    assert wilson_lower(np.array([0.0, 10.0]), 10.0) == pytest.approx([0.0, 0.722], abs=5e-4)
    assert wilson_lower(np.array([0.0]), 0.0).tolist() == [0.0]
