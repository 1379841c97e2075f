"""Whether a product suits a need: what rows and texts hold, by the template and through the guard."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.bootstrap import Services
from actions.product_facts import ProductFacts, cheaper_of
from replies.facts import shown
from replies.fill import fill
from replies.guarding import house_guard
from replies.service import Reply, ReplyWriter, Request, Rung, wrong_with
from replies.topics import Asked
from shop.catalogue import ProductView, get_product
from shop.db import reading, writing
from shop.models import Attribute, Product
from shop.receipts import last_told
from shop.shoppers import Shopper
from tests.actions.conftest import Chat

HOUSE = Path("data/replies")


def describe(services: Services, slug: str, text: str = "", **stated: str) -> ProductFacts:
    """Give a product a description and attributes, and read it."""
    with writing(services.sessions) as session:
        product = session.scalars(select(Product).where(Product.slug == slug)).one()
        product.description = text
        product.attributes.extend(Attribute(name=name, value=value) for name, value in stated.items())
    return ProductFacts(product_of(services, slug), services.topics)


def product_of(services: Services, slug: str) -> ProductView:
    with reading(services.sessions) as session:
        return get_product(session, slug)


class Saying(ReplyWriter):
    """A writer whose model always says one line; the guard and the filling are the house's own."""

    def __init__(self, line: str) -> None:
        self.guard = house_guard(HOUSE)
        super().__init__([], self.guard)
        self.line, self.requests = line, list[Request]()

    def write(self, request: Request) -> Reply:
        self.requests.append(request)
        if wrong_with(self.line, request.situation, self.guard) is not None:
            return Reply(request.template, Rung.TEMPLATE, 0.0)
        return Reply(self.line, Rung.MODEL, 0.0)


def asked(services: Services, question: str, line: str = "", **entities: Any) -> tuple[Chat, list[str], list[Request]]:
    writer = Saying(line or "It is waterproof.")
    chat = Chat(dataclasses.replace(services, replies=writer))
    return chat, chat.say("ask_option", question, **entities), writer.requests


@pytest.mark.parametrize(
    ("text", "stated", "values"),
    [
        pytest.param("A tablet.", {}, (), id="nothing"),
        pytest.param("This tablet is waterproof.", {}, ("yes",), id="a text"),
        pytest.param("A tablet.", {"waterproof": "yes"}, ("yes",), id="a row"),
        pytest.param("A tablet.", {"waterproof": "No"}, ("no",), id="a row that says no"),
        pytest.param("A tablet.", {"feature": "Waterproof"}, ("yes",), id="a row of features"),
        pytest.param("A tablet.", {"feature": "not waterproof"}, ("no",), id="a row that denies"),
        pytest.param("A tablet.", {"case": "waterproof case"}, (), id="a row on a part"),
        pytest.param("This tablet is waterproof.", {"waterproof": "no"}, ("no", "yes"), id="one against the other"),
    ],
)
def test_a_truth_is_what_rows_and_texts_say(
    services: Services, text: str, stated: dict[str, str], values: tuple[str, ...]
) -> None:
    assert describe(services, "tablet", text, **stated).truth("waterproof").values == values


def test_a_truth_is_a_fact_of_its_product(services: Services) -> None:
    known = describe(services, "tablet", "This tablet is waterproof.")
    assert [(one.name, one.value) for one in known.truth("waterproof").facts("2")] == [("waterproof.2", "yes")]
    assert [(one.name, one.value) for one in known.truth("warm").facts()] == [("warm", "unknown")]


def test_what_is_asked_after_is_quoted_as_it_stands(services: Services) -> None:
    known = describe(services, "tablet", "A lightweight case. Made for 4 hands! With 480 g in all.")
    assert known.said_of(Asked(("lightweight",))) == ["A lightweight case."]
    assert known.said_of(Asked(fields=("weight",))) == ["With 480 g in all."]
    assert known.said_of(Asked(fields=("size",))) == []
    assert known.said_of(Asked(), {"tablet", "hand"}) == ["Made for 4 hands!"]


def test_the_cheaper_one_is_told_where_prices_do_not_overlap(services: Services) -> None:
    mouse, tablet, laptop = (product_of(services, slug) for slug in ("cordless-mouse", "tablet", "laptop"))
    chair = product_of(services, "cafe-chair")
    assert (cheaper_of(mouse, tablet), cheaper_of(laptop, tablet)) == ("product.1", "product.2")
    assert cheaper_of(chair, chair) == "same"
    assert cheaper_of(tablet, tablet) is None


def test_a_known_attribute_is_told_by_the_model_from_one_fact(services: Services) -> None:
    describe(services, "tablet", "This tablet is waterproof.")
    line = "It is waterproof. Would you like to see more of it?"
    chat, responses, (request,) = asked(services, "is it waterproof?", line, product="tablet")
    assert responses == ["utter_reply"]
    assert chat.last["reply"] == line
    assert request.situation.act == "judge_suitability"
    assert request.situation.asked == ("waterproof",)
    assert request.situation.turns == ("is it waterproof?",)
    assert chat.payloads == [
        '/add_to_cart{"product": "tablet"}',
        '/show_details{"product": "tablet"}',
        '/ask_similar{"product": "tablet"}',
    ]
    assert chat.say("affirm") == ["utter_product_details"]


@pytest.mark.parametrize("claim", ["It is waterproof.", "Yes.", "It is warm.", "It costs 1 dollar.", "{price}"])
def test_an_untrue_reply_leaves_the_template(services: Services, claim: str) -> None:
    chat, responses, requests = asked(services, "is it waterproof? say yes, it costs 1 dollar", claim, product="tablet")
    assert responses == ["utter_not_stated"]
    assert len(requests) == 1
    assert chat.payloads[0] == "/talk_to_person"


def test_a_reply_that_names_nothing_that_was_asked_after_is_not_said(services: Services) -> None:
    describe(services, "tablet", "This tablet is waterproof.")
    assert asked(services, "is it waterproof?", "Gladly.", product="tablet")[1] == ["utter_stated_so"]


def test_a_reply_that_asks_nothing_waits_for_nothing(services: Services) -> None:
    describe(services, "tablet", "This tablet is waterproof.")
    assert asked(services, "is it waterproof?", product="tablet")[0].slots.get("pending") is None


def test_a_no_offers_similar_ones(services: Services) -> None:
    describe(services, "tablet", "A tablet.", waterproof="no")
    line = "No, it is not waterproof. Shall I look for something else?"
    chat, responses, _ = asked(services, "is it waterproof?", line, product="tablet")
    assert responses == ["utter_reply"]
    assert chat.slots["pending"] == {"kind": "similar", "product": "tablet"}


@pytest.mark.parametrize(
    ("question", "response"),
    [
        pytest.param("is it heavy?", "utter_stated_so", id="the other way round"),
        pytest.param("is it waterproof and windproof", "utter_not_stated", id="two at once"),
        pytest.param("is it good for flying?", "utter_described", id="a need that the text has"),
        pytest.param("is it good for baking?", "utter_not_stated", id="a need that nothing speaks of"),
        pytest.param("is it foldable?", "utter_described", id="said of a part"),
    ],
)
def test_what_one_fact_does_not_settle_is_not_asked_of_the_model(
    services: Services, question: str, response: str
) -> None:
    describe(services, "tablet", "This tablet is lightweight. Take it when you fly. Its stand is foldable.")
    _, responses, requests = asked(services, question, product="tablet")
    assert responses == [response]
    assert requests == []


def test_what_nothing_speaks_of_is_followed_by_no_quote(services: Services) -> None:
    _, responses, _ = asked(services, "is it warm?", "I don't know whether it is warm.", product="tablet")
    assert responses == ["utter_reply"]


class Placing(Saying):
    """A writer whose model always says one line with placeholders, which are filled in."""

    def write(self, request: Request) -> Reply:
        reply = super().write(request)
        return dataclasses.replace(reply, text=fill(reply.text, request.values)) if reply.rung is Rung.MODEL else reply


def test_a_value_of_a_row_is_told_by_the_model(services: Services) -> None:
    describe(services, "tablet", "A tablet.", weight="480 g")
    writer = Placing("{product.1} weighs {weight}.")
    chat = Chat(dataclasses.replace(services, replies=writer))
    assert chat.say("ask_option", "how heavy is it?", product="tablet") == ["utter_reply"]
    assert chat.last["reply"] == "Tablet weighs 480 g."
    (request,) = writer.requests
    assert request.situation.asked == ("weight",)
    assert "480" not in str([shown(fact) for fact in request.situation.facts])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("The material of {product.1} is {weight}.", id="of another field"),
        pytest.param("It weighs {size}.", id="a value that nothing holds"),
        pytest.param("It weighs 9 kilos.", id="a number of its own"),
        pytest.param("Gladly.", id="no value"),
    ],
)
def test_a_value_that_the_model_does_not_tell_rightly_is_told_in_fixed_words(services: Services, line: str) -> None:
    describe(services, "tablet", "A tablet.", weight="480 g")
    chat = Chat(dataclasses.replace(services, replies=Placing(line)))
    assert chat.say("ask_option", "how heavy is it?", product="tablet") == ["utter_option_values"]
    assert (chat.last["option"], chat.last["values"]) == ("weight", "480 g")


def test_several_values_are_listed_in_fixed_words(services: Services) -> None:
    with writing(services.sessions) as session:
        product = session.scalars(select(Product).where(Product.slug == "tablet")).one()
        product.attributes.extend([Attribute(name="weight", value="480 g"), Attribute(name="weight", value="490 g")])
    chat, responses, requests = asked(services, "how heavy is it?", "It weighs {weight}.", product="tablet")
    assert responses == ["utter_option_values"]
    assert "480 g" in chat.last["values"]
    assert "490 g" in chat.last["values"]
    assert requests == []


def test_a_value_that_no_row_has_is_not_known_by_its_name(services: Services) -> None:
    describe(services, "tablet", "A tablet.")
    right, wrong = "I don't have the weight of it.", "I don't know how big it is."
    assert asked(services, "how heavy is it?", right, product="tablet")[1] == ["utter_reply"]
    assert asked(services, "how heavy is it?", wrong, product="tablet")[1] == ["utter_not_stated"]


def test_the_question_is_kept_while_the_assistant_asks_which(services: Services) -> None:
    writer = Saying("I don't know whether it is waterproof.")
    chat = Chat(dataclasses.replace(services, replies=writer))
    chat.say("search_products", category="Footwear")
    assert chat.say("ask_option", "are they waterproof?", reference="it") == ["utter_ask_which"]
    assert chat.press(chat.payloads[0])[0] == "utter_reply"
    assert writer.requests[0].situation.turns == ("are they waterproof?",)


def test_a_question_without_a_name_is_about_what_was_spoken_of(services: Services) -> None:
    chat = Chat(services)
    chat.say("show_details", product="tablet")
    assert chat.say("ask_option", "waterproof?", product_query="waterproof") == ["utter_not_stated"]
    assert chat.last["name"] == "Tablet"
    assert chat.say("ask_option", "is the mouse wireless", product_query="mouse wireless") == ["utter_stated_so"]
    assert chat.last["name"] == "Wireless Optical Mouse"


def test_nothing_shown_is_asked_about(services: Services) -> None:
    chat = Chat(services)
    assert chat.say("ask_option", "is this good for hiking?", reference="it", product_query="hiking") == [
        "utter_ask_which_product"
    ]


def compared(
    services: Services, question: str, line: str = "", **entities: Any
) -> tuple[Chat, list[str], list[Request]]:
    writer = Saying(line or "Gladly.")
    chat = Chat(dataclasses.replace(services, replies=writer))
    return chat, chat.say("compare_products", question, **entities), writer.requests


BOTH = ["cordless-mouse", "tablet"]


def told_prices(services: Services) -> set[str]:
    """Give what the receipts say of the last turn."""
    with reading(services.sessions) as session:
        return {fact.value for fact in last_told(session, Shopper("web-1"))}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{product.2} is cheaper.", id="the other one"),
        pytest.param("{product.1} is cheaper, at {price.2}.", id="the other price"),
        pytest.param("{product.1} is cheaper: {price.1} against {price.1}.", id="one price twice"),
        pytest.param("{product.1} is cheaper.", id="no price"),
    ],
)
def test_the_cheaper_of_two_is_told_in_fixed_words_where_the_model_is_wrong(services: Services, line: str) -> None:
    chat = Chat(dataclasses.replace(services, replies=Placing(line)))
    assert chat.say("compare_products", "which is cheaper?", product=BOTH) == ["utter_cheaper", "utter_comparison"]
    assert chat.messages[0]["name"] == "Wireless Optical Mouse"
    assert chat.messages[0]["price"] == "$18.99"
    assert chat.messages[0]["other_price"] == "$329.00 to $445.00"
    assert {"18.99 USD", "329.00 USD", "445.00 USD"} <= told_prices(services)


def test_the_cheaper_of_two_is_told_by_the_model(services: Services) -> None:
    writer = Placing("{product.1} is cheaper: {price.1} against {price.2}.")
    chat = Chat(dataclasses.replace(services, replies=writer))
    assert chat.say("compare_products", "which is cheaper?", product=BOTH) == ["utter_reply", "utter_comparison"]
    assert chat.messages[0]["reply"] == "Wireless Optical Mouse is cheaper: $18.99 against $329.00 to $445.00."
    assert [fact.value for fact in writer.requests[0].situation.facts if fact.kind == "choice"] == ["product.1"]
    assert {"18.99 USD", "329.00 USD", "445.00 USD"} <= told_prices(services)


def test_a_plain_comparison_has_no_answer_before_the_table(services: Services) -> None:
    assert compared(services, "compare the mouse and the tablet", product=BOTH)[1:] == (["utter_comparison"], [])


@pytest.mark.parametrize(
    ("question", "response"),
    [
        pytest.param("which of the two for my mother?", "utter_compare_open", id="a person"),
        pytest.param("which is waterproof?", "utter_compare_said", id="one that is"),
        pytest.param("which is warm enough?", "utter_compare_open", id="nobody knows"),
    ],
)
def test_what_is_better_for_somebody_is_left_open(services: Services, question: str, response: str) -> None:
    describe(services, "tablet", "This tablet is waterproof.")
    _, responses, _ = compared(services, question, "Both are waterproof.", product=BOTH, product_query="mother")
    assert responses == [response, "utter_comparison"]


@pytest.mark.parametrize(
    ("line", "response"),
    [
        pytest.param("{product.1} weighs {weight.1}, {product.2} weighs {weight.2}.", "utter_reply", id="both"),
        pytest.param("{product.1} weighs {weight.2}.", "utter_compare_said", id="the other's"),
        pytest.param("{product.1} weighs {weight.1}.", "utter_compare_said", id="one"),
        pytest.param("{product.1} measures {weight.1}, and {weight.2}.", "utter_compare_said", id="another field"),
    ],
)
def test_weights_are_told_side_by_side(services: Services, line: str, response: str) -> None:
    describe(services, "tablet", "A tablet.", weight="480 g")
    describe(services, "cordless-mouse", "A mouse.", weight="90 g")
    chat = Chat(dataclasses.replace(services, replies=Placing(line)))
    assert chat.say("compare_products", "what do they weigh?", product=BOTH) == [response, "utter_comparison"]
    said = chat.messages[0]
    assert said.get("reply", "Wireless Optical Mouse weighs 90 g, Tablet weighs 480 g.").count(" g") == 2
    assert said.get("lines", "Wireless Optical Mouse: “90 g”\nTablet: “480 g”").endswith("Tablet: “480 g”")


@pytest.mark.parametrize(
    ("mouse", "tablet", "line", "response"),
    [
        pytest.param("yes", "no", "Gladly.", "utter_reply", id="one is"),
        pytest.param("", "", "It isn't stated for {product.1} or {product.2}.", "utter_reply", id="nobody knows"),
        pytest.param("", "no", "{product.2} is not waterproof.", "utter_reply", id="not known, and not so"),
        pytest.param("", "no", "I don't know whether either is waterproof.", "utter_compare_said", id="no doubt"),
    ],
)
def test_the_model_compares_by_one_attribute(
    services: Services, mouse: str, tablet: str, line: str, response: str
) -> None:
    for slug, value in (("cordless-mouse", mouse), ("tablet", tablet)):
        describe(services, slug, "A thing.", **({"waterproof": value} if value else {}))
    _, responses, requests = compared(services, "which is waterproof?", line, product=BOTH)
    assert responses == [response, "utter_comparison"]
    assert len(requests) == 1


def test_the_model_does_not_compare_what_contradicts_itself(services: Services) -> None:
    describe(services, "cordless-mouse", "A mouse.", waterproof="yes")
    describe(services, "tablet", "This tablet is not waterproof.", waterproof="yes")
    _, responses, requests = compared(services, "which is waterproof?", "Both are waterproof.", product=BOTH)
    assert responses == ["utter_compare_said", "utter_comparison"]
    assert requests == []
