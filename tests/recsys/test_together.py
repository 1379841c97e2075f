"""What goes with it: from baskets only."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from recsys import columns as c
from recsys.baskets import Baskets
from recsys.parts import Parts
from recsys.recommender import Recommender

SHOE, LACE, LAMP, BULB, BAG = range(5)


@pytest.fixture
def recommender(toy_parts: Parts) -> Recommender:
    """The toy shop with other baskets: laces with shoes, bulbs with lamps, a bag with anything."""
    sold = [[SHOE, LACE, BAG]] * 12 + [[LAMP, BULB, BAG]] * 8 + [[BAG]] * 10 + [[LAMP]] * 3
    rows = [(str(number), item, c.PURCHASE) for number, basket in enumerate(sold) for item in basket]
    frame = pd.DataFrame(rows, columns=[c.BASKET_ID, c.ITEM, c.KIND])
    return Recommender(replace(toy_parts, baskets=Baskets.count(frame, toy_parts.n_items)))


def ids(recommender: Recommender, *rows: int) -> list[str]:
    return recommender.parts.items.ids(rows)


def test_laces_go_with_shoes_in_so_many_of_their_baskets(recommender: Recommender) -> None:
    slate = recommender.bought_together(ids(recommender, SHOE))
    assert list(slate.item_ids) == ids(recommender, LACE)
    (reason,) = slate.items[0].reasons
    assert (reason.kind, [reason.value], reason.share) == ("bought_with", ids(recommender, SHOE), 1.0)


def test_each_thing_in_the_cart_brings_its_own_company(recommender: Recommender) -> None:
    slate = recommender.bought_together([*ids(recommender, SHOE, LAMP), "unknown"])
    assert {*slate.item_ids} == {*ids(recommender, LACE, BULB)}
    named = {item.item_id: item.reasons[0].value for item in slate}
    assert [named[one] for one in ids(recommender, LACE, BULB)] == ids(recommender, SHOE, LAMP)


def test_what_is_in_the_cart_already_is_not_offered(recommender: Recommender) -> None:
    assert len(recommender.bought_together(ids(recommender, SHOE, LACE))) == 0


def test_only_candidates_are_offered(recommender: Recommender) -> None:
    assert len(recommender.bought_together(ids(recommender, SHOE), candidates=ids(recommender, BULB))) == 0


def test_where_baskets_do_not_say_nothing_is_said(recommender: Recommender) -> None:
    assert len(recommender.bought_together(ids(recommender, 20))) == 0
    assert len(recommender.bought_together(["unknown"])) == 0
    assert len(recommender.bought_together([])) == 0
