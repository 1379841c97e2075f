"""Tickets, a person, invoices, warranty and ratings by chat: what is missing alone is asked for, a yes sends once."""

from __future__ import annotations

import json
import logging
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from actions.bootstrap import Services
from actions.photos import OWN_PHOTOS
from shop.db import reading
from shop.models import AuditEntry, InvoiceRequest, Satisfaction, Ticket
from shop.shoppers import Shopper
from shop.tickets import MAX_TICKETS, MOST_PHOTOS
from tests.actions.conftest import Chat, signed_in
from tests.actions.test_desk import place

TAX_ID = "91350100M000100Y43"


def tickets(services: Services) -> list[Ticket]:
    with reading(services.sessions) as session:
        rows = list(session.scalars(select(Ticket).order_by(Ticket.id)))
        for row in rows:
            assert (row.lines, row.photos) is not None
        return rows


def invoices(services: Services) -> list[InvoiceRequest]:
    with reading(services.sessions) as session:
        return list(session.scalars(select(InvoiceRequest)))


def sent(chat: Chat) -> str:
    """Upload a photo as the web channel does; give its address."""
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    taken = chat.services.photos.take(Shopper(chat.sender_id, chat.metadata.get("customer")), data.getvalue())
    return f"{OWN_PHOTOS}{taken.photo_id}"


def with_photo(chat: Chat, url: str, text: str = "/search_by_photo", **entities: Any) -> list[str]:
    chat.metadata["photo_url"] = url
    try:
        return chat.say("search_by_photo", text, **entities)
    finally:
        del chat.metadata["photo_url"]


def report(chat: Chat) -> None:
    """Come as far as the question whether a ticket is to be opened."""
    place(chat.services, "7001", {"MOUSE": 1, "CACTUS": 2}, "delivered")
    chat.say("report_problem", "my mouse does not work", product="cordless-mouse", reason="faulty")
    chat.press("/deny")


def test_a_problem_is_asked_for_step_by_step(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 2}, "delivered")
    place(services, "7002", {"FR-42": 1}, "shipped")
    assert chat.say("report_problem", "something is wrong") == ["utter_ask_case_order"]
    assert chat.say("inform", "7001", order_number="7001") == ["utter_ask_case_items"]
    assert chat.press(chat.payloads[0]) == ["utter_ask_problem"]
    assert "Wireless Optical Mouse" in chat.last["things"]
    assert '/inform{"reason": "missing item"}' in chat.payloads
    assert chat.press('/inform{"reason": "faulty"}') == ["utter_ask_problem_photo"]
    assert chat.press("/deny") == ["utter_return_possible", "utter_ask_problem_ticket"]
    assert chat.last["email"] == "jo@example.com"
    assert tickets(services) == []
    assert chat.press("/affirm") == ["utter_ticket_opened"]
    [ticket] = tickets(services)
    assert (ticket.kind, ticket.order_number, ticket.problem) == ("problem", "7001", "faulty")
    assert [line.sku for line in ticket.lines] == ["MOUSE"]
    assert ticket.words == "something is wrong"


def test_what_is_said_at_once_is_asked_for_no_more(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 2}, "delivered")
    said = chat.say("report_problem", "the mouse is dead", product="cordless-mouse", reason="damaged on arrival")
    assert said == ["utter_sorry_it_arrived_so", "utter_ask_problem_photo"]
    assert chat.say("nlu_fallback", "it smells of smoke") == ["utter_return_possible", "utter_ask_problem_ticket"]
    assert "the mouse is dead / it smells of smoke" in chat.last["extras"]


def test_a_second_yes_opens_one_ticket(services: Services, chat: Chat) -> None:
    report(chat)
    before = dict(chat.slots)
    chat.press("/affirm")
    assert chat.press("/affirm") == ["utter_nothing_to_confirm"]
    chat.slots = before
    assert "utter_ticket_opened" in chat.press("/affirm")
    assert len(tickets(services)) == 1


@pytest.mark.parametrize("payload", ["/deny", "/cancel"])
def test_a_no_sends_nothing(services: Services, chat: Chat, payload: str) -> None:
    report(chat)
    assert chat.press(payload) == ["utter_case_dropped"]
    assert chat.slots["case"] is None
    assert chat.press("/affirm") == ["utter_nothing_to_confirm"]
    assert tickets(services) == []


def test_a_return_is_offered_where_a_rule_allows_it_and_only_there(services: Services, chat: Chat) -> None:
    report(chat)
    offer = chat.messages[0]
    assert offer["response"] == "utter_return_possible"
    assert "How long you can return something" in offer["rule"]
    payload = offer["buttons"][0]["payload"]
    assert json.loads(payload.removeprefix("/return_product")) == {
        "order_number": "7001", "sku": ["MOUSE"], "reason": "faulty",
    }  # fmt: skip
    assert chat.press(payload) == ["utter_case_left", "utter_ask_return"]
    place(services, "7003", {"CACTUS": 1}, "delivered")
    said = chat.say("report_problem", "it is missing", order_number="7003", reason="missing item")
    # Of what is missing no photo is asked for.
    assert said[-1] == "utter_ask_problem_ticket"


@pytest.mark.parametrize("goal", ["report_problem", "request_invoice", "ask_warranty"])
def test_another_s_order_is_as_unknown_as_none(services: Services, goal: str) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    answers = []
    for number in ("7001", "799999"):
        stranger = Chat(services, "web-2")
        answers.append((stranger.say(goal, "what about it", order_number=number), stranger.messages))
        customer = signed_in(services, "bo", "web-3")
        assert customer.say(goal, "what about it", order_number=number) == ["utter_order_not_found"]
    assert answers[0] == answers[1]
    assert answers[0][0] == ["utter_order_not_found", "utter_ask_order_contact"]
    assert (tickets(services), invoices(services)) == ([], [])


def test_a_guest_who_proves_an_order_goes_on_with_the_problem(services: Services, outbox: Any) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered", shopper="web-other")
    guest = Chat(services, "web-2")
    guest.say("report_problem", "the mouse of 7001 does not work", order_number="7001", reason="faulty")
    guest.say("inform", "jo@example.com")
    services.guests._sender.settle()
    code = outbox.messages[-1].body[:6]
    assert guest.say("inform", code) == ["utter_order", "utter_sorry_it_arrived_so", "utter_ask_problem_photo"]
    assert guest.press("/deny") == ["utter_ask_problem_ticket"]
    guest.press("/affirm")
    assert [(row.order_number, row.problem) for row in tickets(services)] == [("7001", "faulty")]


def test_photos_go_with_the_ticket_and_outlive_their_hours(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.say("report_problem", "it is broken", reason="faulty")
    url = sent(chat)
    assert with_photo(chat, url) == ["utter_photo_attached", "utter_return_possible", "utter_ask_problem_ticket"]
    assert with_photo(chat, sent(chat), "and from behind")[0] == "utter_photo_attached"
    chat.press("/affirm")
    [ticket] = tickets(services)
    assert ticket.photos[0].photo_id == url.removeprefix(OWN_PHOTOS)
    assert len(ticket.photos) == 2
    assert "and from behind" in ticket.words
    folder = services.settings.photos
    for file in folder.glob("[0-9a-f]*/*.jpg"):
        file.unlink()
    assert services.photos.show(Shopper("web-1"), ticket.photos[0].photo_id).data[:2] == b"\xff\xd8"


def test_a_photo_of_another_shopper_is_not_attached(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.say("report_problem", "it is broken", reason="faulty")
    assert with_photo(chat, sent(Chat(services, "web-2")))[0] == "utter_photo_not_kept"
    for _ in range(MOST_PHOTOS):
        with_photo(chat, sent(chat))
    assert with_photo(chat, sent(chat))[0] == "utter_photos_are_enough"
    chat.press("/affirm")
    assert len(tickets(services)[0].photos) == MOST_PHOTOS


def test_a_photo_goes_with_a_complaint_too(services: Services) -> None:
    chat = signed_in(services, "ada")
    chat.say("complain", "i want to complain")
    chat.metadata["customer"] = "ada"
    assert with_photo(chat, sent(chat)) == ["utter_photo_attached", "utter_ask_complaint"]
    chat.say("report_problem", "the box looked like this when it came")
    chat.press("/affirm")
    assert [(row.kind, len(row.photos)) for row in tickets(services)] == [("complaint", 1)]


def test_a_photo_whose_caption_reports_a_problem_begins_one(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.metadata["photo_url"] = sent(chat)
    message = {
        "text": "it arrived broken",
        "intent": {"name": "search_by_photo", "confidence": 1.0},
        "intent_ranking": [{"name": "search_by_photo"}, {"name": "report_problem"}],
        "entities": [{"entity": "reason", "value": "damaged on arrival"}],
        "metadata": chat.metadata,
    }
    said = chat.run("action_search_by_photo", message)
    assert said == ["utter_photo_attached", "utter_return_possible", "utter_ask_problem_ticket"]


def test_what_is_private_is_not_passed_on_with_the_last_words(services: Services) -> None:
    chat = signed_in(services, "ada")
    typed = ["show me shoes", "my mail is jo@example.com", "the code is 123 456", "４０", "in red please"]
    chat.events = [{"event": "user", "text": text} for text in [*typed, "/view_cart", "a human please"]]
    chat.say("talk_to_person", "a human please")
    assert "show me shoes / in red please" in chat.last["extras"]


def test_a_photo_that_is_gone_at_the_yes_is_admitted(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "delivered")
    chat.say("report_problem", "it is broken", reason="faulty")
    with_photo(chat, sent(chat))
    for file in services.settings.photos.rglob("*.jpg"):
        file.unlink()
    assert chat.press("/affirm")[:2] == ["utter_photo_not_kept", "utter_ticket_opened"]
    assert len(tickets(services)[0].photos) == 0


def test_a_complaint_is_written_down_in_the_shopper_s_words(services: Services) -> None:
    chat = signed_in(services, "ada")
    assert chat.say("complain", "i want to complain") == ["utter_ask_complaint"]
    words = "The courier shouted at me. <script>Why?</script> I want my money back, and an apology."
    assert chat.say("return_product", words) == ["utter_ask_complaint_ticket"]
    assert chat.say("affirm", "yes")[0] == "utter_ticket_opened"
    [ticket] = tickets(services)
    assert (ticket.kind, ticket.email, ticket.customer_id is not None) == ("complaint", "ada@example.com", True)
    assert ticket.words == words.replace("<", "").replace(">", "")


def test_a_complaint_that_tells_is_not_asked_for_again(services: Services) -> None:
    chat = signed_in(services, "ada")
    text = "this is a complaint: your parcel came two weeks late and nobody answered"
    assert chat.say("complain", text) == ["utter_ask_complaint_ticket"]


def test_a_guest_is_asked_where_the_answer_goes(services: Services, chat: Chat) -> None:
    assert chat.say("talk_to_person", "a human please") == ["utter_ask_person_email"]
    assert chat.say("inform", "jo@nowhere") == ["utter_invalid_email", "utter_ask_ticket_email"]
    assert chat.say("inform", "jo@example.com") == ["utter_ask_person_ticket"]
    assert chat.say("inform", "no, better eve@example.com") == ["utter_ask_person_ticket"]
    assert chat.say("affirm", "yes")[0] == "utter_ticket_opened"
    assert [(row.kind, row.email) for row in tickets(services)] == [("person", "eve@example.com")]
    assert chat.say("talk_to_person", "a human please")[-1] == "utter_ticket_open_already" or chat.slots["case"]


def test_three_misunderstandings_in_a_row_offer_a_person(services: Services) -> None:
    chat = signed_in(services, "ada")
    assert chat.say("nlu_fallback", "blub") == ["utter_not_understood"]
    assert chat.say("out_of_scope", "sing") == ["utter_out_of_scope"]
    chat.say("view_cart", "cart")
    assert chat.say("nlu_fallback", "blub") == ["utter_not_understood"]
    assert chat.say("nlu_fallback", "blab") == ["utter_not_understood"]
    assert chat.say("out_of_scope", "dance") == ["utter_out_of_scope", "utter_offer_person"]
    assert chat.say("affirm", "yes") == ["utter_ask_person_ticket"]
    chat.say("affirm", "yes")
    assert [row.kind for row in tickets(services)] == ["person"]


def test_many_tickets_are_refused(services: Services) -> None:
    chat = signed_in(services, "ada")
    for place_ in range(MAX_TICKETS + 1):
        chat.say("complain", f"this is complaint number {place_}, and it is a very long one indeed")
        said = chat.say("affirm", "yes")
    assert said == ["utter_too_many_tickets"]
    assert chat.slots["case"] is None
    assert len(tickets(services)) == MAX_TICKETS


def test_a_customer_gets_an_invoice_in_their_own_name(services: Services) -> None:
    chat = signed_in(services, "ada", "web-1")
    place(services, "7001", {"MOUSE": 1})
    assert chat.say("request_invoice", "an invoice please") == ["utter_ask_invoice_kind"]
    assert chat.press('/inform{"invoice_kind": "personal"}') == ["utter_ask_invoice"]
    assert (chat.last["title"], chat.last["email"]) == ("Ada Lovelace", "ada@example.com")
    assert chat.say("affirm", "yes")[0] == "utter_invoice_asked_for"
    [row] = invoices(services)
    assert (row.kind, row.title, row.tax_id, row.who) == ("personal", "Ada Lovelace", None, "ada")
    assert chat.say("request_invoice", "an invoice please") == ["utter_invoice_asked_already"]


def test_a_company_s_invoice_asks_for_title_and_tax_number(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    assert chat.say("request_invoice", "我要开公司发票") == ["utter_ask_invoice_title"]
    assert chat.say("nlu_fallback", "北京晴天科技有限公司") == ["utter_ask_tax_id"]
    assert chat.say("inform", "91350100M000100Y44") == ["utter_invalid_tax_id", "utter_ask_tax_id"]
    assert chat.say("inform", "９１３５０１００Ｍ０００１００Ｙ４３") == ["utter_ask_invoice"]
    assert TAX_ID in chat.last["tax"]
    chat.say("affirm", "是的")
    [row] = invoices(services)
    assert (row.title, row.tax_id, row.email) == ("北京晴天科技有限公司", TAX_ID, "jo@example.com")


def test_an_invoice_that_is_told_at_once_asks_nothing(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1})
    text = "company invoice made out to Acme GmbH, VAT DE136695976, to books@example.com"
    assert chat.say("request_invoice", text, tax_id="DE136695976") == ["utter_ask_invoice"]
    assert (chat.last["title"], chat.last["email"]) == ("Acme GmbH", "books@example.com")


def test_an_unpaid_order_gets_no_invoice_and_the_rule_is_named(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "waiting_for_payment")
    assert chat.say("request_invoice", "an invoice please") == ["utter_refused"]
    assert chat.last["title"] == "Invoice and receipt"
    assert invoices(services) == []


def test_a_warranty_is_told_with_its_text(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1, "FR-42": 1}, "delivered")
    assert chat.say("ask_warranty", "is my mouse under warranty", product="cordless-mouse") == ["utter_warranty"]
    assert "under warranty until" in chat.last["lines"]
    assert "Running" not in chat.last["lines"]
    assert "How long the warranty lasts" in chat.last["text_quoted"]
    assert chat.slots["case"] is None
    assert chat.say("ask_warranty", "and the whole order 7001", order_number="7001") == ["utter_warranty"]
    assert len(chat.last["lines"].splitlines()) == 2


def test_what_has_not_arrived_has_a_warranty_that_is_not_known(services: Services, chat: Chat) -> None:
    place(services, "7001", {"MOUSE": 1}, "shipped")
    chat.say("ask_warranty", "is it under warranty", order_number="7001")
    assert "I don't know yet" in chat.last["lines"]


def test_the_last_rating_counts_and_is_asked_for_once(services: Services, chat: Chat) -> None:
    assert chat.say("goodbye") == ["utter_goodbye", "utter_ask_rating"]
    assert chat.press(chat.payloads[3]) == ["utter_rated"]
    assert chat.press('/rate_service{"rating": "2"}') == ["utter_rated_anew"]
    assert chat.say("goodbye") == ["utter_goodbye"]
    assert chat.press('/rate_service{"rating": "11"}') == ["utter_ask_rating"]
    assert chat.say("inform", "５") == ["utter_rated_anew"]
    with reading(services.sessions) as session:
        assert [row.rating for row in session.scalars(select(Satisfaction))] == [5]


def test_a_question_in_the_middle_is_answered_and_the_problem_goes_on(services: Services, chat: Chat) -> None:
    report(chat)
    assert chat.say("ask_policy", "How long is the warranty?")[0] == "utter_policy"
    assert chat.last["response"] == "utter_case_still_open"
    chat.say("affirm", "yes")
    assert len(tickets(services)) == 1


def test_every_ticket_stands_in_the_audit_and_no_words_in_the_log(
    services: Services, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        report(chat)
        chat.press("/affirm")
    assert "does not work" not in caplog.text
    assert "jo@example.com" not in caplog.text
    with reading(services.sessions) as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action == "open_ticket")) == 1
