"""A guest looks at one order of another conversation, and nobody learns of orders that are not theirs."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from actions.bootstrap import Services, _sender
from actions.settings import Settings
from shop.db import reading, writing
from shop.guest_access import ACCESS_TIME
from shop.models import GuestCode, Order, Receipt, utc_now
from shop.senders import ConsoleSender, SmtpSender
from tests.actions.conftest import SECRET, Chat, signed_in

EMAIL = "jo@example.com"


@pytest.fixture
def number(services: Services) -> str:
    """The number of an order that was placed in another conversation."""
    other = Chat(services, "web-other")
    other.say("add_to_cart", sku="MOUSE")
    other.fill_address(ship_email=EMAIL)
    other.run("action_show_order_summary", {"text": "", "intent": {}, "entities": [], "metadata": {}})
    other.press("/affirm")
    with reading(services.sessions) as session:
        return session.scalars(select(Order.number)).one()


def sent(services: Services, outbox: Any) -> str | None:
    """Give the code that was sent last."""
    services.guests._sender.settle()
    return outbox.messages[-1].body[:6] if outbox.messages else None


def ask(chat: Chat, number: str, contact: str = EMAIL) -> list[str]:
    chat.say("track_order", f"where is {number}", order_number=number)
    return chat.say("inform", contact)


def test_number_contact_and_code_show_the_order(services: Services, chat: Chat, outbox: Any, number: str) -> None:
    assert chat.say("track_order", order_number=number) == ["utter_order_not_found", "utter_ask_order_contact"]
    assert chat.say("inform", f"it is {EMAIL}") == ["utter_code_sent"]
    code = sent(services, outbox)
    assert chat.say("inform", f"the code is {code}") == ["utter_order_to_pay"]
    assert chat.last["number"] == number
    assert outbox.messages[-1].to == EMAIL
    # Spoken of again, it is not asked for again.
    assert chat.say("track_order") == ["utter_order_to_pay"]
    assert chat.say("track_order", order_number=number) == ["utter_order_to_pay"]


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "out_of_scope", "track_order"])
def test_a_bare_code_is_a_code_whatever_it_was_read_as(
    services: Services, chat: Chat, outbox: Any, number: str, intent: str
) -> None:
    ask(chat, number)
    code = sent(services, outbox) or ""
    entities = {"order_number": code} if intent == "track_order" else {}
    assert chat.say(intent, code, **entities) == ["utter_order_to_pay"]


@pytest.mark.parametrize("contact", ["eve@example.com", "+49 170 1234567"], ids=str)
def test_where_the_contact_does_not_fit_the_same_is_said_and_nothing_sent(
    services: Services, chat: Chat, outbox: Any, number: str, contact: str
) -> None:
    assert ask(chat, number, contact) == ["utter_code_sent"]
    assert sent(services, outbox) is None
    assert ask(Chat(services, "web-3"), "999999", EMAIL) == ["utter_code_sent"]
    assert sent(services, outbox) is None


def test_what_is_no_contact_is_asked_for_again(chat: Chat, outbox: Any, services: Services, number: str) -> None:
    chat.say("track_order", order_number=number)
    assert chat.say("inform", "me@nowhere") == ["utter_contact_not_usable"]
    assert chat.say("inform", EMAIL) == ["utter_code_sent"]
    assert sent(services, outbox)


def test_a_wrong_code_may_be_tried_again_and_the_last_one_locks(
    services: Services, chat: Chat, outbox: Any, number: str
) -> None:
    ask(chat, number)
    code = sent(services, outbox) or ""
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for left in (4, 3, 2, 1):
        assert chat.say("inform", wrong) == ["utter_code_wrong"]
        assert chat.last["left"] == str(left)
    assert chat.say("inform", wrong) == ["utter_code_locked"]
    chat.say("track_order", order_number=number)
    assert chat.say("inform", EMAIL) == ["utter_code_locked"]


def test_a_used_code_opens_nothing_more(services: Services, chat: Chat, outbox: Any, number: str) -> None:
    ask(chat, number)
    code = sent(services, outbox) or ""
    chat.say("inform", code)
    chat.slots["pending"] = {"kind": "code"}
    assert chat.say("inform", code) == ["utter_code_refused"]


def test_an_expired_code_opens_nothing(services: Services, chat: Chat, outbox: Any, number: str) -> None:
    ask(chat, number)
    code = sent(services, outbox) or ""
    with writing(services.sessions) as session:
        session.execute(update(GuestCode).values(expires_at=utc_now() - dt.timedelta(seconds=1)))
    assert chat.say("inform", code) == ["utter_code_refused"]


def test_the_look_ends_and_is_asked_for_again(services: Services, chat: Chat, outbox: Any, number: str) -> None:
    ask(chat, number)
    chat.say("inform", sent(services, outbox) or "")
    with writing(services.sessions) as session:
        session.execute(update(GuestCode).values(used_at=utc_now() - ACCESS_TIME))
    assert chat.say("track_order", order_number=number) == ["utter_order_not_found", "utter_ask_order_contact"]


def test_more_codes_than_the_shop_sends_are_refused(services: Services, chat: Chat, number: str) -> None:
    for _ in range(5):
        assert ask(chat, number) == ["utter_code_sent"]
    assert ask(chat, number) == ["utter_too_many_codes"]


def test_the_code_of_one_conversation_opens_nothing_in_another(
    services: Services, chat: Chat, outbox: Any, number: str
) -> None:
    ask(chat, number)
    thief = Chat(services, "web-thief")
    thief.slots["pending"] = {"kind": "code"}
    assert thief.say("inform", sent(services, outbox) or "") == ["utter_code_refused"]


def test_a_question_in_the_middle_leaves_the_code_to_be_entered(
    services: Services, chat: Chat, outbox: Any, number: str
) -> None:
    ask(chat, number)
    chat.say("ask_policy", "delivery time: how long delivery takes")
    assert chat.say("inform", sent(services, outbox) or "") == ["utter_order_to_pay"]


def test_it_can_be_stopped(chat: Chat, number: str) -> None:
    ask(chat, number)
    assert chat.say("cancel", "never mind") == ["utter_stopped"]
    assert chat.slots["pending"] is None


def test_a_customer_is_not_asked_for_a_code(services: Services, number: str) -> None:
    assert signed_in(services, "ada").say("track_order", order_number=number) == ["utter_order_not_found"]


def test_what_is_no_number_is_not_found_and_nothing_is_asked(chat: Chat) -> None:
    assert chat.say("track_order", order_number="1' OR 1=1") == ["utter_order_not_found"]
    assert chat.slots.get("pending") is None


def test_a_payload_that_is_typed_reaches_no_order(services: Services, chat: Chat, number: str) -> None:
    for payload in (f'/track_order{{"order_number": "{number}"}}', "/inform", "/affirm", "/list_orders"):
        chat.press(payload)
        assert not [one for one in chat.messages if one["response"].startswith("utter_order_to_pay")]


def test_neither_contact_nor_code_comes_into_a_log(
    services: Services, chat: Chat, outbox: Any, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(chat, number)
    code = sent(services, outbox) or ""
    chat.say("inform", code)
    with reading(services.sessions) as session:
        log = str(session.execute(select(Receipt.__table__)).all())
    for secret in (code, EMAIL):
        assert secret not in caplog.text
        assert secret not in log


def test_mail_goes_by_the_server_of_the_settings(settings: Settings) -> None:
    assert isinstance(_sender(settings), ConsoleSender)
    url = SecretStr("smtps://shop:s3cret@mail.example.com")
    named = settings.model_copy(update={"mail_url": url, "mail_from": "shop@example.com"})
    sender = _sender(named)
    assert isinstance(sender, SmtpSender)
    assert (sender.host, sender.security, sender.sender) == ("mail.example.com", "smtps", "shop@example.com")
    assert "s3cret" not in repr(named)


def test_a_mail_server_that_cannot_be_meant_is_refused_at_the_start(settings: Settings) -> None:
    with pytest.raises(ValueError, match="mail"):
        _sender(settings.model_copy(update={"mail_url": SecretStr("mail.example.com")}))


def test_the_mail_is_written_in_the_language_of_the_shopper(
    services: Services, chat: Chat, outbox: Any, number: str
) -> None:
    chat.slots["language"] = "zh"
    ask(chat, number)
    assert "验证码" in (sent(services, outbox) and outbox.messages[-1].body)
    assert SECRET not in outbox.messages[-1].body
