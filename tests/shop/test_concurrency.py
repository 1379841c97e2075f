"""Many shoppers at once, in threads and in processes: no piece is sold twice, and no number given twice."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from shop.addresses import DeliveryAddress
from shop.carts import MAX_QUANTITY, add_to_cart, view_cart
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.errors import EmptyCart, InvalidQuantity, NotEnoughStock
from shop.models import Cart, Interaction, Order, OrderLine, Variant
from shop.order_numbers import reserve_numbers
from shop.orders import place_order
from shop.shoppers import Shopper

SHOPPERS = 24
HOME = DeliveryAddress("Ada Lovelace", "12 Mill Lane", "Cambridge", "CB1 2AB", "GB")


def at_once(count: int, run: Callable[[int], str]) -> list[str]:
    """Run in that many threads, all let go at the same moment."""
    start = threading.Barrier(count)

    def wait_and_run(number: int) -> str:
        start.wait()
        return run(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_run, range(count)))


def order(sessions: Sessions, shopper_id: str) -> str:
    try:
        with writing(sessions) as session:
            return place_order(session, Shopper(shopper_id), HOME, "ada@example.com").number
    except (NotEnoughStock, EmptyCart) as refused:
        return type(refused).__name__


def order_in_this_process(url: str, shopper_ids: Iterable[str]) -> list[str]:
    engine = open_engine(url, timeout_s=30)
    try:
        return [order(make_sessions(engine), shopper_id) for shopper_id in shopper_ids]
    finally:
        engine.dispose()


def fill_carts(shelf: Sessions, sku: str, quantity: int = 1) -> list[str]:
    shopper_ids = [f"web-{number}" for number in range(SHOPPERS)]
    with writing(shelf) as session:
        for shopper_id in shopper_ids:
            add_to_cart(session, Shopper(shopper_id), sku, quantity)
    return shopper_ids


def stock(shelf: Sessions, sku: str) -> int | None:
    with reading(shelf) as session:
        return session.scalar(select(Variant.stock).where(Variant.sku == sku))


def assert_numbers_are_given_once(answers: list[str], sold: int) -> None:
    numbers = sorted(answer for answer in answers if answer.isdecimal())
    assert numbers == [str(1001 + n) for n in range(sold)]
    assert Counter(answers)["NotEnoughStock"] == len(answers) - sold


def test_the_last_pieces_are_sold_once_to_many_threads(shelf: Sessions) -> None:
    shopper_ids = fill_carts(shelf, "LAPTOP-13-8", 2)
    answers = at_once(12, lambda n: order(shelf, shopper_ids[n]))
    assert_numbers_are_given_once(answers, sold=2)
    assert stock(shelf, "LAPTOP-13-8") == 1
    with reading(shelf) as session:
        assert session.scalar(select(func.sum(OrderLine.quantity))) == 4
        assert session.scalar(select(func.count()).where(Interaction.kind == "purchase")) == 2


def test_the_last_pieces_are_sold_once_to_many_processes(shelf: Sessions, database_url: str) -> None:
    shopper_ids = fill_carts(shelf, "SHIRT-RED")

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = [pool.submit(order_in_this_process, database_url, shopper_ids[n::2]) for n in range(2)]
        answers = [answer for run in runs for answer in run.result()]
    assert_numbers_are_given_once(answers, sold=3)
    assert stock(shelf, "SHIRT-RED") == 0


def test_order_numbers_are_given_once_from_the_very_first(shelf: Sessions) -> None:
    def take_two(_: int) -> str:
        with writing(shelf) as session:
            return " ".join(reserve_numbers(session, 2))

    for first in (1001, 1025):
        numbers = " ".join(at_once(12, take_two)).split()
        assert sorted(numbers) == [str(first + n) for n in range(24)]


def test_a_yes_said_many_times_at_once_makes_one_order(shelf: Sessions) -> None:
    fill_carts(shelf, "SHIRT-BLACK", 2)
    answers = at_once(10, lambda _: order(shelf, "web-0"))
    assert set(answers) == {"1001"}
    assert stock(shelf, "SHIRT-BLACK") == 98
    with reading(shelf) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_two_shoppers_with_the_same_things_the_other_way_round_never_lock_each_other_out(shelf: Sessions) -> None:
    skus = ["SHIRT-BLACK", "LAPTOP-13-8"]
    with writing(shelf) as session:
        for number in range(5):
            for sku in skus[:: 1 if number % 2 else -1]:
                add_to_cart(session, Shopper(f"web-{number}"), sku)
    answers = at_once(5, lambda n: order(shelf, f"web-{n}"))
    assert_numbers_are_given_once(answers, sold=5)
    assert (stock(shelf, "SHIRT-BLACK"), stock(shelf, "LAPTOP-13-8")) == (95, 0)


def test_messages_of_one_shopper_at_once_share_one_cart(shelf: Sessions, guest: Shopper) -> None:
    def add(_: int) -> str:
        with writing(shelf) as session:
            add_to_cart(session, guest, "SHIRT-BLACK", 3)
        return "added"

    at_once(10, add)
    with reading(shelf) as session:
        assert view_cart(session, guest).count == 30
        assert session.scalar(select(func.count()).select_from(Cart)) == 1


def test_a_line_never_passes_its_limit_however_many_add_to_it(shelf: Sessions, guest: Shopper) -> None:
    def add(_: int) -> str:
        try:
            with writing(shelf) as session:
                add_to_cart(session, guest, "SHIRT-BLACK", 30)
        except InvalidQuantity:
            return "refused"
        return "added"

    assert Counter(at_once(6, add)) == {"added": MAX_QUANTITY // 30, "refused": 3}


@pytest.mark.parametrize("statement", ["UPDATE variants SET stock = -1", "UPDATE variants SET stock = stock - 1000"])
def test_the_database_itself_refuses_a_stock_below_zero(shelf: Sessions, statement: str) -> None:

    with pytest.raises(IntegrityError), writing(shelf) as session:
        session.execute(text(statement))
