"""Written conversations: their form, the shop's side of them, and how they are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ops.aims import SPLITS, Aim, AimNotReadable, End, goods, read_aims
from ops.aims_shop import AimsShop
from ops.database_copy import copy_database
from ops.evaluate_aims import NOT_UNDERSTOOD, Played, score
from ops.stack import DEMO_SHOP
from shop.carts import add_to_cart
from shop.db import Sessions, make_sessions, open_engine, writing
from shop.models import Variant
from shop.shoppers import Shopper
from tests.ops.test_service_dialogues import plain, trained

ROW = {
    "aim": "wants a football",
    "orders": [{"id": "A", "lines": ["Football x2", "Hard Drive / 2TB"], "state": "delivered", "days": 3}],
    "say": ["a football please", {"if": "how many", "say": "one"}],
    "end": {"cart": ["Football"], "returned": {"A": ["Hard Drive / 2TB"]}},
    "told": ["57[.]07"],
}


def read(tmp_path: Path, row: object) -> Aim:
    (tmp_path / "aims_test_en.yml").write_text(yaml.safe_dump([row]))
    (aim,) = read_aims("en", "test", tmp_path)
    return aim


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    copy_database(DEMO_SHOP, tmp_path / "shop.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    yield make_sessions(engine)
    engine.dispose()


def test_pieces_are_counted_and_one_is_meant_where_none_are() -> None:
    assert goods(["Hard Drive / 2TB x3", "Football"]) == {"Hard Drive / 2TB": 3, "Football": 1}


def test_a_line_is_said_only_after_an_answer_that_it_is_for(tmp_path: Path) -> None:
    always, on_question = read(tmp_path, ROW).lines
    assert always.fits("")
    assert on_question.fits("How many would you like?")
    assert not on_question.fits("Done.")


@pytest.mark.parametrize(
    "change",
    [
        {"orders": [{"id": "A", "lines": ["Football"], "state": "delivered"}]},
        {"orders": [{"id": "A", "lines": ["Football"], "state": "lost"}]},
        {"orders": []},
    ],
    ids=["delivered when", "no such state", "no such order"],
)
def test_what_cannot_be_played_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(AimNotReadable, match="wants a football"):
        read(tmp_path, ROW | change)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_written_ones_speak_of_what_the_shop_has_and_of_nothing_trained_on(
    language: str, split: str, sessions: Sessions
) -> None:
    aims, shop = read_aims(language, split), AimsShop(sessions)
    for aim in aims:
        shop.check(aim)
    long = {plain(line.text) for aim in aims for line in aim.lines if len(line.text) > 20}

    assert len(aims) >= 30
    assert long
    assert long & trained() == set()


def test_goods_that_the_shop_has_not_are_refused(tmp_path: Path, sessions: Sessions) -> None:
    with pytest.raises(AimNotReadable, match="Unicycle"):
        AimsShop(sessions).check(read(tmp_path, ROW | {"end": {"cart": ["Unicycle"]}}))


def test_what_a_shopper_leaves_is_read_from_the_shop(tmp_path: Path, sessions: Sessions) -> None:
    aim, shop, numbers = read(tmp_path, ROW), AimsShop(sessions), {"A": "50000"}
    shop.place("web-1", aim, numbers)
    with writing(sessions) as session:
        sku = session.query(Variant).filter_by(name="Football").one().sku
        add_to_cart(session, Shopper("web-1"), sku, 2)

    assert shop.left_by("web-1", numbers) == End({"Football": 2}, {}, {}, {})


def test_shares_tell_what_was_reached_left_and_lost(tmp_path: Path) -> None:
    aim = read(tmp_path, ROW)
    good = Played(aim, aim.end, (), lost=0, said=2, transcript=())
    silent = replace(good, missing=("57[.]07",))
    more = replace(good, left=replace(aim.end, cart={"Football": 2}), lost=1)
    less = replace(good, left=replace(aim.end, cart={}), lost=1)

    found = score([good, silent, more, less])

    assert (found.reached, found.state_right, found.unwanted, found.lost) == (0.25, 0.5, 0.25, 0.25)


def test_what_counts_as_not_understood_is_a_response_of_the_domain() -> None:
    files = Path("assistant/domain").glob("*.yml")
    known = {name for file in files for name in yaml.safe_load(file.read_text()).get("responses", {})}
    assert known >= NOT_UNDERSTOOD
