"""Every price, stock, date and policy that is told has a receipt, and the shopper can ask for it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import select, text, update

from actions.bootstrap import Services
from actions.facts import money_value
from shop.db import open_engine, reading, writing
from shop.models import Order, Promotion, Receipt, Shipment, Variant, utc_now
from shop.money import Money
from shop.receipts import verify
from tests.actions.conftest import Chat, signed_in


def receipts(services: Services) -> list[tuple[str, str, str]]:
    with reading(services.sessions) as session:
        rows = session.scalars(select(Receipt).order_by(Receipt.position))
        return [(row.kind, row.record, row.value) for row in rows]


def is_whole(services: Services) -> bool:
    with reading(services.sessions) as session:
        return verify(session).position > 0


def amounts_said(messages: list[dict[str, Any]]) -> set[str]:
    """Every amount of money that stands anywhere in the answers."""
    return {f"{found.replace(',', '')} USD" for found in re.findall(r"\$([\d,]+\.\d\d)", str(messages))}


def test_a_price_is_told_with_a_receipt(services: Services, chat: Chat) -> None:
    assert chat.say("ask_price", product="cordless-mouse") == ["utter_price"]
    assert receipts(services) == [("price", "variants/MOUSE", "18.99 USD")]
    assert is_whole(services)


def test_a_stock_is_told_with_a_receipt(services: Services, chat: Chat) -> None:
    chat.say("ask_stock", product="orchid")
    assert receipts(services) == [("stock", "variants/ORCHID", "0")]


def test_a_list_of_cards_has_a_receipt_of_each_price_and_stock(services: Services, chat: Chat) -> None:
    chat.say("search_products", "shoes", category="Footwear")
    told = receipts(services)
    assert ("price", "variants/RX-40", "44.95 USD") in told
    assert ("stock", "products/runx", "yes") in told
    assert ("stock", "variants/UB-40", "10") in told
    assert len(told) == 6


def test_a_reduced_price_names_the_promotion_and_its_end(services: Services, chat: Chat) -> None:
    end = utc_now() + dt.timedelta(days=3)
    with writing(services.sessions) as session:
        session.add(Promotion(code="SPRING", name="Spring", percent=10, starts_at=utc_now(), ends_at=end))
    chat.say("ask_price", product="cordless-mouse")
    assert receipts(services) == [
        ("price", "variants/MOUSE + promotions/SPRING", "17.09 USD"),
        ("price", "variants/MOUSE", "18.99 USD"),
        ("date", "promotions/SPRING", end.isoformat()),
    ]


def test_a_policy_is_quoted_with_a_receipt_of_its_text(services: Services, chat: Chat) -> None:
    assert chat.say("ask_policy", "delivery time: how long delivery takes") == ["utter_policy"]
    ((kind, record, title),) = receipts(services)
    assert (kind, record) == ("policy", "delivery.md#How long delivery takes")
    assert title == chat.last["title"]


def test_whatever_is_said_of_money_while_shopping_has_a_receipt(services: Services, chat: Chat) -> None:
    said: list[dict[str, Any]] = []

    def then(responses: list[str]) -> None:
        said.extend(chat.messages)

    then(chat.say("search_products", "laptop", product_query="laptop"))
    then(chat.say("show_details", product="laptop"))
    then(chat.say("ask_price", product="laptop"))
    then(chat.say("ask_option", product="laptop", option_value="16GB"))
    then(chat.say("ask_option", product="laptop", option_value=["13 inch", "8GB"]))
    then(chat.say("compare_products", product=["laptop", "tablet"]))
    then(chat.say("recommend"))
    then(chat.say("add_to_cart", sku="L13-8", quantity="2"))
    then(chat.say("add_to_cart", sku="MOUSE"))
    then(chat.say("view_cart"))
    then(chat.say("change_quantity", sku="L13-8", quantity="3"))
    then(chat.say("remove_from_cart", sku="MOUSE"))
    chat.fill_address()
    then(chat.run("action_show_order_summary", {"text": "", "intent": {}, "entities": [], "metadata": {}}))
    then(chat.press("/affirm"))
    then(chat.say("track_order"))
    then(chat.say("list_orders"))
    told = {value for kind, _, value in receipts(services) if kind == "price"}
    assert len(amounts_said(said)) >= 10
    assert amounts_said(said) <= told
    assert is_whole(services)


def test_an_order_goes_by_its_row_and_never_by_its_number_or_by_who_ordered(services: Services, chat: Chat) -> None:
    chat.say("add_to_cart", sku="MOUSE")
    chat.fill_address()
    chat.run("action_show_order_summary", {"text": "", "intent": {}, "entities": [], "metadata": {}})
    chat.press("/affirm")
    with writing(services.sessions) as session:
        order = session.scalars(select(Order)).one()
        promised = utc_now() + dt.timedelta(days=2)
        order.shipments.append(
            Shipment(carrier="Post", tracking_number="TRACKME", state="in_transit", promised_at=promised)
        )
        order_id, number = order.id, order.number
    chat.say("track_order", order_number=number)
    told = receipts(services)
    assert ("price", f"orders/{order_id}", "23.89 USD") in told
    assert ("date", f"orders/{order_id}/shipments/1", promised.isoformat()) in told
    with reading(services.sessions) as session:
        whole_log = str(session.execute(select(Receipt.__table__)).all())
    for secret in (f"'{number}'", f"/{number}", "jo@example.com", "Jo Doe", "High Street", "web-1", "TRACKME"):
        assert secret not in whole_log, secret


def test_an_answer_without_facts_leaves_no_receipt(services: Services, chat: Chat) -> None:
    chat.say("greet")
    chat.say("out_of_scope")
    assert receipts(services) == []


def test_the_shopper_is_told_record_version_and_time(services: Services, chat: Chat) -> None:
    chat.say("ask_price", product="cordless-mouse")
    with reading(services.sessions) as session:
        receipt = session.scalars(select(Receipt)).one()
    assert chat.say("ask_source") == ["utter_source"]
    told = chat.last["lines"]
    for part in ("$18.99", "variants/MOUSE", receipt.version, f"{receipt.read_at:%H:%M:%S}"):
        assert part in told, part


def test_asked_twice_it_tells_the_same(services: Services, chat: Chat) -> None:
    chat.say("ask_price", product="cordless-mouse")
    chat.say("ask_source")
    first = chat.last["lines"]
    chat.say("thank")
    chat.say("ask_source")
    assert chat.last["lines"] == first
    assert len(receipts(services)) == 1


def test_it_tells_what_was_read_then_and_not_what_is_true_now(services: Services, chat: Chat) -> None:
    chat.say("ask_price", product="cordless-mouse")
    with writing(services.sessions) as session:
        session.execute(update(Variant).where(Variant.sku == "MOUSE").values(price=99))
    chat.say("ask_source")
    assert "$18.99" in chat.last["lines"]
    chat.say("ask_price", product="cordless-mouse")
    with reading(services.sessions) as session:
        versions = list(session.scalars(select(Receipt.version)))
    assert len(set(versions)) == 2


def test_of_a_product_that_is_named_its_own_receipts_are_shown(services: Services, chat: Chat) -> None:
    chat.say("search_products", "shoes", category="Footwear")
    chat.say("ask_price", product="cordless-mouse")
    chat.say("ask_source", product="runx")
    assert "$44.95" in chat.last["lines"]
    assert "MOUSE" not in chat.last["lines"]
    assert "FR-40" not in chat.last["lines"]


def test_where_nothing_was_told_it_says_so(chat: Chat) -> None:
    assert chat.say("ask_source") == ["utter_source_unknown"]
    chat.say("ask_price", product="cordless-mouse")
    assert chat.say("ask_source", product="orchid") == ["utter_source_unknown"]


def test_a_long_list_is_cut_and_says_so(services: Services, chat: Chat) -> None:
    chat.say("search_products", "all", in_stock="true")
    chat.say("search_products", "computers", category=["Computers", "Footwear", "Plants"])
    told = len(receipts(services))
    assert told > 12
    chat.say("ask_source")
    assert chat.last["lines"].count("\n") <= 12


def test_what_was_told_a_customer_is_not_told_the_next_person_at_the_screen(services: Services) -> None:
    ada = signed_in(services, "ada")
    ada.say("ask_price", product="cordless-mouse")
    assert Chat(services, ada.sender_id).say("ask_source") == ["utter_source_unknown"]
    assert ada.say("ask_source") == ["utter_source"]


def test_another_conversation_is_told_nothing_of_it(services: Services, chat: Chat) -> None:
    chat.say("ask_price", product="cordless-mouse")
    assert Chat(services, "web-2").say("ask_source") == ["utter_source_unknown"]


def test_an_answer_is_given_while_the_log_cannot_be_written_and_the_gap_is_told_afterwards(
    services: Services, chat: Chat
) -> None:
    engine = open_engine(services.settings.database_url, timeout_s=5)
    with engine.execution_options(daogou_write=True).connect() as other, other.begin():
        other.execute(text("UPDATE counters SET value = value"))
        assert chat.say("ask_price", product="cordless-mouse") == ["utter_price"]
    engine.dispose()
    assert receipts(services) == []
    chat.say("ask_price", product="orchid")
    assert receipts(services) == [("gap", "receipts", "1"), ("price", "variants/ORCHID", "65.00 USD")]
    chat.say("ask_source")
    assert chat.last["lines"].count("\n") == 0
    assert is_whole(services)


def test_two_gaps_add_up(services: Services, chat: Chat) -> None:
    engine = open_engine(services.settings.database_url, timeout_s=5)
    with engine.execution_options(daogou_write=True).connect() as other, other.begin():
        other.execute(text("UPDATE counters SET value = value"))
        chat.say("ask_price", product="cordless-mouse")
        chat.say("ask_stock", product="orchid")
    engine.dispose()
    chat.say("greet")
    assert receipts(services) == []
    chat.say("ask_price", product="orchid")
    assert receipts(services)[0] == ("gap", "receipts", "2")


@pytest.mark.parametrize(
    ("amount", "currency", "value"),
    [
        ("1299.5", "USD", "1299.50 USD"),
        ("7", "JPY", "7.00 JPY"),
        ("100", "EUR", "100.00 EUR"),
        ("0.005", "KWD", "0.005 KWD"),
        ("12345678.9012", "USD", "12345678.9012 USD"),
    ],
    ids=str,
)
def test_an_amount_is_kept_exactly(amount: str, currency: str, value: str) -> None:
    assert money_value(Money(amount, currency)) == value
