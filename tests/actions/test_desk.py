"""The desk: asks for what is missing alone, changes an order on an explicit yes, and changes it once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from actions.bootstrap import Services
from shop.db import reading, writing
from shop.models import AuditEntry, Order, OrderLine, Product, Return, Shipment, ShipmentLine, Variant, utc_now
from tests.actions.conftest import Chat, signed_in


@pytest.fixture
def chat(services: Services) -> Chat:
    """A chat in which a rating was asked for already, so that a change is all that is answered."""
    chat = Chat(services)
    chat.slots["rating_asked"] = True
    return chat


def place(services: Services, number: str, lines: dict[str, int], state: str = "paid", shopper: str = "web-1") -> None:
    """Write an order as it would stand there after three days."""
    with writing(services.sessions) as session:
        variants = {sku: session.scalars(select(Variant).where(Variant.sku == sku)).one() for sku in lines}
        subtotal = sum((variants[sku].price * count for sku, count in lines.items()), Decimal())
        at = utc_now() - dt.timedelta(days=3)
        order = Order(
            number=number,
            shopper_id=shopper,
            email="jo@example.com",
            state=state,
            payment_state="pending" if state == "waiting_for_payment" else "paid",
            currency="USD",
            subtotal=subtotal,
            delivery_price=Decimal("4.90"),
            total=subtotal + Decimal("4.90"),
            paid=Decimal() if state == "waiting_for_payment" else subtotal + Decimal("4.90"),
            delivery_method="standard",
            ship_name="Jo Doe",
            ship_street="1 High Street",
            ship_city="Leeds",
            ship_postcode="LS1 4AB",
            ship_country="GB",
            placed_at=at,
            updated_at=at,
            lines=[
                OrderLine(
                    variant_id=variants[sku].id,
                    sku=sku,
                    name=variants[sku].name,
                    options={option.name: option.value for option in variants[sku].options},
                    unit_price=variants[sku].price,
                    quantity=count,
                )
                for sku, count in lines.items()
            ],
        )
        session.add(order)
        session.flush()
        if state in ("shipped", "delivered"):
            order.shipments.append(_shipment(order, at))


def _shipment(order: Order, at: dt.datetime) -> Shipment:
    arrived = order.state == "delivered"
    return Shipment(
        carrier="Post",
        tracking_number=f"T{order.number}",
        state="delivered" if arrived else "in_transit",
        shipped_at=at,
        promised_at=at + dt.timedelta(days=5),
        delivered_at=at + dt.timedelta(days=1) if arrived else None,
        lines=[ShipmentLine(order_line_id=line.id, quantity=line.quantity) for line in order.lines],
    )


def order_of(services: Services, number: str) -> dict[str, Any]:
    with reading(services.sessions) as session:
        row = session.scalars(select(Order).where(Order.number == number)).one()
        return {
            "state": row.state,
            "refunded": row.refunded,
            "street": row.ship_street,
            "lines": {line.sku: line.quantity - line.cancelled for line in row.lines},
        }


def changes(services: Services) -> list[str]:
    with reading(services.sessions) as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_only_order_is_cancelled_on_a_yes_and_once(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 2})
    assert chat.say("cancel_order", "cancel my order") == ["utter_ask_cancel_order"]
    assert chat.last["number"] == "7001"
    assert order_of(services, "7001")["state"] == "paid"
    assert chat.press("/affirm") == ["utter_cancelled"]
    assert order_of(services, "7001")["state"] == "cancelled"
    assert order_of(services, "7001")["refunded"] == Decimal("42.88")
    assert chat.press("/affirm") == ["utter_nothing_to_confirm"]
    assert changes(services) == ["cancel"]


def test_a_yes_that_comes_twice_with_the_same_state_changes_nothing_twice(services: Services, chat: Chat) -> None:
    """The answer to the first may be lost on its way, so that the second finds the same question waiting."""
    place(services, "7001", {"MOUSE": 2})
    chat.say("cancel_order", "cancel my order")
    before = dict(chat.slots)
    assert chat.press("/affirm") == ["utter_cancelled"]
    chat.slots = before
    assert chat.press("/affirm") == ["utter_cancelled"]
    assert changes(services) == ["cancel"]
    assert order_of(services, "7001")["refunded"] == Decimal("42.88")


def test_of_several_orders_it_asks_which_and_takes_a_bare_number(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"CACTUS": 1})
    assert chat.say("cancel_order", "i want to cancel") == ["utter_ask_case_order"]
    assert chat.payloads[0] == '/inform{"order_number": "7002"}'
    assert chat.say("track_order", "7001", order_number="7001") == ["utter_ask_cancel_order"]
    assert chat.last["number"] == "7001"
    assert chat.say("deny", "no") == ["utter_case_dropped"]
    assert order_of(services, "7001")["state"] == "paid"
    assert chat.press("/affirm") == ["utter_nothing_to_confirm"]


def test_the_one_order_that_can_be_cancelled_is_the_one_that_is_meant(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    place(services, "7002", {"CACTUS": 1})
    assert chat.say("cancel_order", "cancel it") == ["utter_ask_cancel_order"]
    assert chat.last["number"] == "7002"


def test_a_named_product_finds_its_order_and_its_line(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"CACTUS": 3, "RX-42": 1})
    assert chat.say("cancel_order", "cancel the cactus", product="cactus") == ["utter_ask_cancel_lines"]
    assert chat.say("inform", "only one of them", quantity="1") == ["utter_ask_cancel_lines"]
    assert chat.say("affirm", "yes") == ["utter_lines_cancelled"]
    assert order_of(services, "7002")["lines"] == {"CACTUS": 2, "RX-42": 1}


def test_a_yes_with_another_number_is_shown_again(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 3})
    chat.say("cancel_order", "cancel the mice", product="cordless-mouse")
    assert chat.say("affirm", "yes but only one", quantity="1") == ["utter_ask_cancel_lines"]
    assert order_of(services, "7001")["lines"] == {"MOUSE": 3}
    chat.press("/affirm")
    assert order_of(services, "7001")["lines"] == {"MOUSE": 2}


def test_more_than_were_bought_is_refused_and_asked_for_again(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1})
    said = chat.say("cancel_order", "cancel 5 mice", product="cordless-mouse", quantity="5")
    assert said == ["utter_case_quantity", "utter_ask_case_items"]
    assert chat.say("inform", "the mouse", product="cordless-mouse") == ["utter_ask_cancel_lines"]


def test_what_is_packed_is_refused_with_its_rule(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    assert chat.say("cancel_order", "cancel 7001", order_number="7001") == ["utter_refused"]
    assert chat.last["title"] == "Cancelling an order"
    assert chat.payloads[0] == '/return_product{"order_number": "7001"}'
    assert chat.slots["case"] is None
    assert changes(services) == []


@pytest.mark.parametrize(
    "intent", ["cancel_order", "change_address", "exchange_product", "reorder", "return_product", "track_refund"]
)
def test_another_ones_order_is_as_unknown_as_none(services: Services, chat: Chat, intent: str) -> None:
    place(services, "7001", {"MOUSE": 1}, shopper="web-other")
    place(services, "7002", {"MOUSE": 1}, "delivered")
    of_another = chat.say(intent, "it is 7001", order_number="7001")
    told = chat.messages
    assert chat.say(intent, "it is 7999", order_number="7999") == of_another == ["utter_order_not_found"]
    assert chat.messages == told
    assert changes(services) == []


@pytest.mark.parametrize("number", ["1' OR '1'='1", "9" * 31, "", "０"])
def test_a_number_that_is_none_finds_nothing(services: Services, chat: Chat, number: str) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"MOUSE": 1})
    said = chat.say("cancel_order", f"cancel {number}", order_number=number)
    assert said in (["utter_order_not_found"], ["utter_ask_case_order"])
    assert changes(services) == []


def test_a_number_in_full_width_digits_and_with_blanks_is_understood(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"MOUSE": 1})
    assert chat.say("cancel_order", "取消 ７００１", order_number=" ７００１ ") == ["utter_ask_cancel_order"]
    assert chat.last["number"] == "7001"


def test_a_question_in_the_middle_is_answered_and_the_desk_asks_again(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    assert chat.say("return_product", "i want to return something") == ["utter_ask_case_items"]
    said = chat.say("ask_policy", "how long can you return something")
    assert said == ["utter_policy", "utter_ask_case_items"]
    assert chat.say("inform", "the mouse", product="cordless-mouse") == ["utter_ask_return_reason"]
    assert chat.say("nlu_fallback", "blah blub?")[-1] == "utter_ask_return_reason"
    assert chat.press('/inform{"reason": "faulty"}') == ["utter_ask_return"]


def test_another_goal_lets_the_case_wait_and_it_goes_on_where_it_was(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    chat.say("return_product", "return the mouse", product="cordless-mouse")
    assert chat.say("search_products", "show me chairs", product_query="chair")[-1] == "utter_case_waits"
    assert chat.press("/resume_case") == ["utter_ask_return_reason"]
    assert chat.say("inform", "it is broken", reason="faulty") == ["utter_ask_return"]


def test_going_back_asks_the_last_answer_again(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    chat.say("return_product", "return something")
    chat.say("inform", "the mouse", product="cordless-mouse")
    assert chat.say("go_back", "go back") == ["utter_ask_case_items"]
    chat.say("inform", "the cactus", product="cactus")
    assert chat.press('/inform{"reason": "damaged on arrival"}') == ["utter_ask_return"]
    assert "Cactus" in chat.last["lines"]


def test_starting_over_forgets_what_was_said(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    chat.say("return_product", "return the mouse, it is faulty", product="cordless-mouse", reason="faulty")
    assert chat.say("start_over", "start over") == ["utter_case_started_over", "utter_ask_case_items"]
    assert chat.slots["case"]["reason"] is None


def test_without_a_case_there_is_nothing_to_go_back_to(chat: Chat) -> None:
    assert chat.say("go_back") == ["utter_nothing_to_go_back_to"]
    assert chat.say("resume_case") == ["utter_nothing_to_go_back_to"]
    assert chat.say("start_over") == ["utter_started_over"]


def test_all_that_is_said_at_once_is_not_asked_for(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    said = chat.say("return_product", "return the mouse of 7001, it is faulty", order_number="7001",
                    product="cordless-mouse", reason="faulty")  # fmt: skip
    assert said == ["utter_ask_return"]
    assert chat.press("/affirm") == ["utter_return_asked_for"]
    assert chat.last["rma"].startswith("RMA-")
    assert chat.last["rma"] in chat.last["label"]
    with reading(services.sessions) as session:
        back = session.scalars(select(Return)).one()
        assert (back.rma_number, back.kind, back.lines[0].reason) == (chat.last["rma"], "return", "faulty")
    assert chat.say("track_refund", "where is my money") == ["utter_refunds", "utter_policy"]
    assert chat.messages[0]["lines"].startswith("- $18.99, order 7001, returned (RMA-")
    assert chat.say("return_product", "return the mouse", product="cordless-mouse", reason="faulty") == [
        "utter_refused"
    ]
    assert "registered to come back" in chat.last["why"]


def test_a_return_out_of_time_names_the_last_day(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    with writing(services.sessions) as session:
        session.execute(update(Shipment).values(delivered_at=utc_now() - dt.timedelta(days=40)))
    assert chat.say("return_product", "return it", reason="changed my mind") == ["utter_refused"]
    assert chat.last["title"] == "How long you can return something"


def test_an_address_is_asked_for_field_by_field(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    assert chat.say("change_address", "send it elsewhere") == ["utter_ask_new_street"]
    assert chat.say("search_products", "22 Mill Lane", 0.4, product_query="Mill") == ["utter_ask_new_city"]
    assert chat.say("inform", "Sheffield") == ["utter_ask_new_postcode"]
    assert chat.say("inform", "!") == ["utter_invalid_postcode", "utter_ask_new_postcode"]
    assert chat.say("inform", "S1 2HE") == ["utter_ask_new_country"]
    assert chat.say("inform", "United Kingdom") == ["utter_ask_change_address"]
    assert chat.press("/affirm") == ["utter_address_changed"]
    assert order_of(services, "7001")["street"] == "22 Mill Lane"
    assert chat.slots["case"] is None


def test_a_script_is_no_street(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("change_address", "send it elsewhere")
    assert chat.say("inform", "<script>alert(1)</script>") == ["utter_invalid_street", "utter_ask_new_street"]
    assert order_of(services, "7001")["street"] == "1 High Street"


def test_the_same_again_goes_into_the_cart(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 2, "ORCHID": 1}, "delivered")
    assert chat.say("reorder", "the same again please") == ["utter_ask_reorder"]
    assert "sold out" in chat.last["lines"]
    assert chat.press("/affirm") == ["utter_reordered"]
    assert chat.say("view_cart") == ["utter_cart"]
    assert "2 × $18.99" in chat.last["lines"]


def test_before_packing_another_size_is_changed_in_the_order(services: Services, chat: Chat) -> None:
    place(services, "7001", {"RX-42": 1})
    said = chat.say("exchange_product", "the 42 for a 40", option_value=["Size 42", "Size 40"])
    assert said == ["utter_ask_change_option"]
    assert chat.press("/affirm") == ["utter_option_changed"]
    assert order_of(services, "7001")["lines"] == {"RX-40": 1}


def test_after_delivery_another_size_is_an_exchange(services: Services, chat: Chat) -> None:
    place(services, "7001", {"RX-42": 1, "CACTUS": 1}, "delivered")
    assert chat.say("exchange_product", "swap the shoes", product="runx") == ["utter_ask_other_option"]
    assert chat.press(chat.payloads[0]) == ["utter_ask_return_reason"]
    assert chat.say("inform", "too big", reason="does not fit") == ["utter_ask_exchange"]
    assert chat.press("/affirm") == ["utter_exchange_asked_for"]
    with reading(services.sessions) as session:
        back = session.scalars(select(Return)).one()
        assert (back.kind, back.exchange_lines[0].sku) == ("exchange", "RX-40")


def test_what_has_no_other_version_cannot_be_swapped(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    assert chat.say("exchange_product", "swap it") == ["utter_no_other_option"]
    assert chat.slots["case"] is None


def test_what_has_changed_in_the_meantime_is_shown_again(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1})
    chat.say("reorder", "again please")
    with writing(services.sessions) as session:
        session.execute(update(Variant).where(Variant.sku == "MOUSE").values(price=Decimal("20.00")))
    assert chat.press("/affirm") == ["utter_case_changed", "utter_ask_reorder"]
    assert "$20.00" in chat.last["lines"]


def test_an_order_that_was_packed_in_the_meantime_is_refused(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("cancel_order", "cancel it")
    with writing(services.sessions) as session:
        session.execute(update(Order).values(state="packed"))
    assert chat.press("/affirm") == ["utter_refused"]
    assert order_of(services, "7001")["state"] == "packed"


def test_a_database_that_is_locked_loses_nothing(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("cancel_order", "cancel it")
    with writing(services.sessions) as session:
        session.execute(update(Product).values(name=Product.name))
        assert chat.press("/affirm") == ["utter_unavailable"]
    assert order_of(services, "7001")["state"] == "paid"
    assert chat.press("/affirm") == ["utter_cancelled"]
    assert changes(services) == ["cancel"]


def test_a_customers_case_is_forgotten_when_they_sign_out(services: Services) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat = signed_in(services, "ada")
    chat.say("cancel_order", "cancel it")
    chat.metadata = {}
    chat.slots["remembered_for"] = "somebody"
    assert chat.press("/affirm") == ["utter_nothing_to_confirm"]
    assert order_of(services, "7001")["state"] == "paid"


def test_a_line_is_known_by_a_word_of_its_name(services: Services, chat: Chat) -> None:
    """The language model may have seen no product in the message."""
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1})
    assert chat.say("cancel_order", "cancel my mouse") == ["utter_ask_cancel_lines"]
    assert "Mouse" in chat.last["lines"]
    assert "Cactus" not in chat.last["lines"]


def test_a_part_that_is_not_found_is_not_taken_for_the_whole_order(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 2, "CACTUS": 1})
    assert chat.say("cancel_order", "cancel the piano", product_query="piano") == ["utter_ask_case_items"]
    assert chat.say("cancel_order", "cancel 2 of it", quantity="2") == ["utter_ask_case_items"]
    assert changes(services) == []


@pytest.mark.parametrize("text", ["cancel 1 of the mice", "cancel 1 mouse", "取消１个鼠标"])
def test_a_number_before_the_name_is_how_many(services: Services, chat: Chat, text: str) -> None:
    place(services, "7001", {"MOUSE": 3, "CACTUS": 1})
    said = chat.say("cancel_order", text, product="cordless-mouse")
    assert said == ["utter_ask_cancel_lines"]
    chat.press("/affirm")
    assert order_of(services, "7001")["lines"] == {"MOUSE": 2, "CACTUS": 1}


def test_a_proposal_is_changed_in_words_that_are_like_those_for_a_cart(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 3, "CACTUS": 1})
    chat.say("cancel_order", "cancel the mice", product="cordless-mouse")
    assert chat.say("change_quantity", "no, only one of them", quantity="1") == ["utter_ask_cancel_lines"]
    assert chat.say("search_products", "no, the cactus", product="cactus") == ["utter_ask_cancel_lines"]
    assert "Cactus" in chat.last["lines"]
    assert chat.say("search_products", "show me mice", 0.4, product="cordless-mouse")[-1] == "utter_case_waits"
    assert set(chat.slots["case"]["items"]) == {"CACTUS"}


@pytest.mark.parametrize(
    ("intent", "text", "named"),
    [
        ("nlu_fallback", "what are all my options for paying you?", {"reference": "all"}),
        ("nlu_fallback", "all the same to me", {"reference": "all"}),
        ("nlu_fallback", "blub the cactus", {"product": "cactus"}),
        ("out_of_scope", "sing of all the mice", {"reference": "all", "product_query": "mice"}),
    ],
)
def test_what_is_not_understood_changes_nothing_of_a_proposal(
    services: Services, chat: Chat, intent: str, text: str, named: dict[str, str]
) -> None:
    place(services, "7001", {"MOUSE": 3, "CACTUS": 1})
    chat.say("cancel_order", "cancel one mouse", product="cordless-mouse", quantity="1")
    chat.say(intent, text, **named)
    assert chat.slots["case"]["items"] == {"MOUSE": 1}
    chat.press("/resume_case")
    chat.press("/affirm")
    assert order_of(services, "7001")["lines"] == {"MOUSE": 2, "CACTUS": 1}


def test_a_number_that_is_too_long_is_not_the_order_that_was_spoken_of(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("cancel_order", "cancel 7001", order_number="7001")
    chat.say("deny", "no")
    assert chat.say("cancel_order", f"cancel order {10**30}") == ["utter_order_not_found"]


def test_a_number_is_found_however_it_is_written(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"CACTUS": 1})
    assert chat.say("cancel_order", "取消7002号订单") == ["utter_ask_cancel_order"]
    assert chat.last["number"] == "7002"


def test_what_is_to_be_stopped_is_an_order_where_its_number_is_named(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    assert chat.say("cancel", "stop 7001", order_number="7001") == ["utter_ask_cancel_order"]
    assert chat.say("cancel", "stop") == ["utter_case_dropped"]


def test_a_postcode_is_no_number_of_an_order(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"CACTUS": 1})
    chat.say("change_address", "send 7001 elsewhere", order_number="7001")
    chat.say("inform", "22 Mill Lane")
    chat.say("inform", "Sheffield")
    assert chat.say("inform", "7002", order_number="7002") == ["utter_ask_new_country"]
    assert chat.say("inform", "United Kingdom") == ["utter_ask_change_address"]
    assert chat.last["number"] == "7001"


@pytest.mark.parametrize(("intent", "state"), [("change_address", "packed"), ("return_product", "paid")])
def test_nothing_is_asked_for_that_leads_nowhere(services: Services, chat: Chat, intent: str, state: str) -> None:
    place(services, "7001", {"MOUSE": 1}, state)
    assert chat.say(intent, "7001 please", order_number="7001") == ["utter_refused"]
    assert chat.slots["case"] is None


def test_a_no_in_a_reason_is_the_reason(services: Services, chat: Chat) -> None:
    place(services, "7001", {"RX-42": 1}, "delivered")
    assert chat.say("return_product", "return it") == ["utter_ask_return_reason"]
    assert chat.say("deny", "they don't fit", reason="does not fit") == ["utter_ask_return"]
    assert chat.say("deny", "no, i don't want that", reason="changed my mind") == ["utter_case_dropped"]


def test_yes_cancel_it_is_a_yes_and_cancel_it_alone_is_asked_about(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("cancel_order", "cancel my order")
    assert chat.say("cancel", "cancel it") == ["utter_ask_cancel_order"]
    assert chat.say("cancel", "好的，取消吧") == ["utter_cancelled"]
    assert changes(services) == ["cancel"]


def test_stopping_calls_a_cancellation_off(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("cancel_order", "cancel my order")
    assert chat.say("cancel", "never mind") == ["utter_case_dropped"]
    assert changes(services) == []


@pytest.mark.parametrize(
    ("intent", "text"),
    [("dismiss_product", "because it doesn't fit me"), ("remove_from_cart", "码数不对"), ("search_products", "太小了")],
)
def test_a_reason_is_read_in_an_answer_that_is_taken_for_a_wish(
    services: Services, chat: Chat, intent: str, text: str
) -> None:
    place(services, "7001", {"RX-42": 1}, "delivered")
    chat.say("return_product", "return it")
    assert chat.say(intent, text) == ["utter_ask_return"]
    assert chat.slots["case"]["reason"] == "does not fit"


def test_more_of_nothing_goes_on_with_what_was_begun(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.say("return_product", "return it")
    chat.say("track_order", "where is it")
    assert chat.say("show_more", "continue please") == ["utter_ask_return_reason"]


def test_of_what_was_delivered_a_word_for_both_means_sending_it_back(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    said = chat.say("cancel_order", "帮我退掉7001的鼠标", order_number="7001", product="cordless-mouse")
    assert said == ["utter_ask_return_reason"]
    assert chat.slots["case"]["items"] == {"MOUSE": 1}
    assert changes(services) == []


def test_what_is_named_is_never_another_thing_that_could_be_changed(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    place(services, "7002", {"CACTUS": 1})
    assert chat.say("cancel_order", "cancel the mouse", product="cordless-mouse") == ["utter_refused"]
    assert chat.say("cancel_order", "cancel the piano of 7002", order_number="7002", product_query="piano") == [
        "utter_ask_case_items"
    ]
    assert changes(services) == []


@pytest.mark.parametrize("intent", ["report_problem", "complain"])
def test_what_is_wrong_answers_why_it_goes_back(services: Services, chat: Chat, intent: str) -> None:
    place(services, "7001", {"RX-42": 1}, "delivered")
    chat.say("exchange_product", "the 42 for a 40", option_value=["Size 42", "Size 40"])
    assert chat.say(intent, "it arrived broken", reason="damaged on arrival") == ["utter_ask_exchange"]
    # Where no reason is asked for, it is a problem to be reported.
    chat.press("/deny")
    assert chat.say("report_problem", "it arrived broken", reason="damaged on arrival") != ["utter_ask_exchange"]


@pytest.mark.parametrize("text", ["order number 7001", "it's 7001", "订单号是７００１", "7001 please"])
def test_a_number_alone_answers_which_order_whatever_it_was_taken_for(
    services: Services, chat: Chat, text: str
) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    place(services, "7002", {"CACTUS": 1}, "delivered")
    assert chat.say("reorder", "the same again") == ["utter_ask_case_order"]
    assert chat.say("change_address", text, order_number="7001") == ["utter_ask_reorder"]
    assert chat.last["number"] == "7001"


def test_another_wish_about_the_order_is_no_answer(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    place(services, "7002", {"CACTUS": 1})
    chat.say("reorder", "the same again")
    assert chat.say("cancel_order", "cancel order 7001", order_number="7001") == ["utter_ask_cancel_order"]


def test_a_wish_in_the_middle_is_no_street(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    chat.say("change_address", "send it elsewhere")
    said = chat.say("search_products", "给我看看帐篷", 0.62, product_query="tent")
    assert "utter_ask_new_city" not in said
    assert chat.slots["case"]["address"] == {}


@pytest.mark.parametrize(
    "text",
    [
        "before I say yes, is it free?",
        "我先确认一下，运费谁出？",
        "let me confirm first, is the label free?",
        "if I say yes, when do I get my money?",
    ],
)
def test_a_yes_that_is_only_spoken_of_files_nothing(services: Services, chat: Chat, text: str) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.say("return_product", "return it, it is faulty", reason="faulty")
    chat.say("ask_policy", text)
    assert changes(services) == []
    assert chat.slots["pending"]["kind"] == "case_yes"


def test_a_wish_for_another_way_out_is_no_other_reason(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.say("return_product", "return it, it is faulty", reason="faulty")
    chat.say("exchange_product", "so no swap? I'd rather have a new one than money", reason="changed my mind")
    assert (chat.slots["case"] or {}).get("reason") in (None, "faulty")
    assert changes(services) == []
