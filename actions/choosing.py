"""Which of several products is more what a shopper needs: told from facts of each, before the table of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from actions.cards import button, price_text, product_card
from actions.facts import price_facts
from actions.pending import PERSON
from actions.product_facts import ProductFacts, cheaper_of, price_of, value_fact
from actions.replying import Known, asks, written
from actions.turn import Turn
from replies.facts import Fact
from replies.topics import Asked
from shop.catalogue import ProductView

_TOUCHES: Final = {"lighter": ("lightweight", "weight")}
"""What is said of the others bears on the first."""
_DIFFERS: Final = re.compile(r"\bdiffer|区别|差别|不同|不一样")
"""Who asks this asks for the facts, and not which is better."""


def tell_choice(turn: Turn, products: Sequence[ProductView]) -> None:
    """Answer which of some products is better for something, as far as the shop's data says anything of it.

    A message that only wants them side by side gets no answer before the table.
    """
    if turn.from_button:
        return
    asked = turn.services.topics.asked(turn.text)
    known = [ProductFacts(product, turn.services.topics) for product in products]
    if len(products) == 2 and _tells_cheaper(turn, products, asked):
        return
    names = (*asked.truths, *asked.fields, *(name for one in asked.choices for name in _TOUCHES.get(one, ())))
    if names:
        _tell_of_each(turn, known, asked, names)
    elif asked.for_something or set(asked.choices) - {"cheaper"} or _has_purpose(turn, products):
        _say_open(turn)


def asks_cheapest(turn: Turn) -> bool:
    """Tell whether a message only asks which of what was shown costs least."""
    asked = turn.services.topics.asked(turn.text)
    superlative = "cheapest" in turn.entities("reference")
    return (superlative or asked.choices == ("cheaper",)) and not (asked.truths or asked.fields)


def tell_cheapest(turn: Turn, products: Sequence[ProductView]) -> None:
    """Say which of several costs least; without any, ask what to compare."""
    low = min((product.price_min.amount for product in products), default=None)
    least = [product for product in products if product.price_min.amount == low]
    if not least:
        turn.say("utter_ask_compare")
        return
    told = price_facts(variant for product in least for variant in product.variants)
    if len(least) == 1:
        turn.focus(least[0].variants[0].sku)
    names = turn.labels.all_of(product.name for product in least)
    turn.say(
        "utter_cheapest",
        told=told,
        names=names,
        price=price_text(turn.labels, least[0]),
        elements=[product_card(turn.labels, product) for product in least],
    )


def _tells_cheaper(turn: Turn, products: Sequence[ProductView], asked: Asked) -> bool:
    """Say which of two costs less, where their prices do not overlap."""
    wants = "cheaper" in asked.choices or turn.entity("price_direction") == "lower"
    choice = cheaper_of(*products) if wants and not asked.truths else None
    if choice is None:
        return False
    told = price_facts(variant for product in products for variant in product.variants)
    reply = _cheaper_by_model(turn, products, choice)
    if reply:
        turn.say("utter_reply", told=told, reply=reply)
    elif choice == "same":
        turn.say("utter_same_price", told=told, price=price_of(turn.labels, products[0]))
    else:
        less, more = products if choice == "product.1" else reversed(products)
        price, other_price = price_of(turn.labels, less), price_of(turn.labels, more)
        turn.say("utter_cheaper", told=told, name=less.name, price=price, other=more.name, other_price=other_price)
    return True


def _cheaper_by_model(turn: Turn, products: Sequence[ProductView], choice: str) -> str | None:
    """Let the model say which costs less; the guard holds each price to its product."""
    prices = {f"price.{place}": price_of(turn.labels, product) for place, product in enumerate(products, start=1)}
    facts = [*(Fact(name, "money") for name in prices), Fact("cheaper", "choice", choice)]
    reply = _compared(turn, products, facts, ("cheaper",), prices)
    return reply if reply and not asks(reply) and any(price in reply for price in prices.values()) else None


def _tell_of_each(turn: Turn, known: Sequence[ProductFacts], asked: Asked, names: Sequence[str]) -> None:
    """Say of each product what its data has on what was asked after."""
    about = Asked(truths=tuple(names), fields=(*asked.fields, *({"weight"} & set(names))))
    said = [_said(one, about) for one in known]
    reply = _by_model(turn, known, asked, said) if len(known) == 2 else None
    buttons = [] if all(said) else [button(turn.labels, "talk_to_person", "talk_to_person")]
    if reply:
        if asks(reply):
            turn.ask_later(PERSON)
        turn.say("utter_reply", reply=reply, buttons=buttons)
    elif not any(said):
        _say_open(turn)
    else:
        unknown = turn.labels.text("compare.unknown")
        lines = [
            turn.labels.text("details.fact", name=one.product.name, value=f"“{quote}”" if quote else unknown)
            for one, quote in zip(known, said, strict=True)
        ]
        turn.say("utter_compare_said", lines="\n".join(lines), buttons=buttons)


def _said(known: ProductFacts, about: Asked) -> str:
    """Give the shop's own words on what was asked after."""
    words = [words for topic in about.truths for words in known.truth(topic).words]
    values = [value for field in about.fields for value in known.values(field)]
    return " ".join(dict.fromkeys([*words, *values, *known.said_of(about)]))


def _by_model(turn: Turn, known: Sequence[ProductFacts], asked: Asked, said: Sequence[str]) -> str | None:
    """Let the model compare two by one attribute, where what is not known of one is not touched on either."""
    products = [one.product for one in known]
    if asked.choices == ("lighter",) and not asked.truths and not any(said):
        return _compared(turn, products, (), ("lighter",))
    if len(asked.fields) == 1 and not asked.truths:
        return _values_by_model(turn, known, asked.fields[0])
    if len(asked.truths) != 1 or asked.fields or asked.turned or asked.choices:
        return None
    (topic,) = asked.truths
    truths = [one.truth(topic) for one in known]
    if any(words and not truth.values for truth, words in zip(truths, said, strict=True)):
        return None
    if any(len(truth.values) > 1 for truth in truths):
        return None
    facts = [fact for place, truth in enumerate(truths, start=1) for fact in truth.facts(str(place))]
    names = tuple(dict.fromkeys(fact.name for fact in facts))
    return _compared(turn, products, facts, names)


def _values_by_model(turn: Turn, known: Sequence[ProductFacts], field: str) -> str | None:
    """Let the model say one value of each, where rows have just one of both; the guard holds each to its product."""
    values = {f"{field}.{place}": one.values(field) for place, one in enumerate(known, start=1)}
    if any(len(own) != 1 for own in values.values()):
        return None
    products = [one.product for one in known]
    facts = [value_fact(field, place) for place in "12"]
    placed = {name: own[0] for name, own in values.items()}
    reply = _compared(turn, products, facts, tuple(values), placed)
    return reply if reply and not asks(reply) and all(value in reply for value in placed.values()) else None


def _say_open(turn: Turn) -> None:
    """Say that the data leaves open which is better, and offer to ask a person."""
    turn.ask_later(PERSON)
    turn.say("utter_compare_open", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])


def _has_purpose(turn: Turn, products: Sequence[ProductView]) -> bool:
    """Tell whether the message has words beside those that name the products: what it is for."""
    if _DIFFERS.search(turn.text.casefold()):
        return False
    named = {word for product in products for word in _words(product.name)}
    named |= {word for product in products for category in product.categories for word in _words(category)}
    words = turn.services.glossary.translated(turn.entity("product_query") or "")
    return any(word not in named and word.removesuffix("s") not in named for word in _words(words))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _compared(
    turn: Turn,
    products: Sequence[ProductView],
    facts: Sequence[Fact],
    asked: tuple[str, ...],
    placed: Mapping[str, str] = MappingProxyType({}),
) -> str | None:
    """Let a comparison be written from the names of the products, some facts of them, and the values of these."""
    called = {f"product.{place}": product.name for place, product in enumerate(products, start=1)}
    known = [*(Fact(name, "name") for name in called), *facts]
    return written(turn, "compare_for", Known(known, {**called, **placed}, asked))
