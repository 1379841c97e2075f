"""Whether a product is what a shopper needs: told from what the shop's data says of it, or not at all.

One attribute whose answer is known, or known to be unknown, and one value are told in the model's words. Where the data
only touches on what was asked, its own sentences are quoted: whether they are a yes is left to the shopper.
"""

from __future__ import annotations

import re
from typing import Final

from actions.cards import button
from actions.naming import pointing_in, stems
from actions.pending import DETAILS, PERSON, SIMILAR
from actions.points import points_asked, tell_points
from actions.product_facts import KnownTruth, ProductFacts, value_fact
from actions.replying import Known, asks, written
from actions.targets import question_of
from actions.turn import Button, Turn
from replies.facts import Act, Fact
from replies.topics import Asked
from shop.catalogue import ProductView

NAME: Final = Fact("product.1", "name")


def tell_suitability(turn: Turn, product: ProductView) -> None:
    """Answer a question about what a product is like or good for."""
    # What the product is called asks nothing of it.
    question = re.sub(re.escape(product.name), product.name.split()[-1], question_of(turn), flags=re.IGNORECASE)
    asked = turn.services.topics.asked(question)
    known = ProductFacts(product, turn.services.topics)
    truths = [known.truth(topic) for topic in asked.truths]
    if len(truths) == 1 and not asked.fields and truths[0].values:
        _tell_truth(turn, product, truths[0], by_model=not asked.turned)
    elif len(asked.fields) == 1 and not truths and known.values(asked.fields[0]):
        _tell_field(turn, product, asked.fields[0], known.values(asked.fields[0]))
    elif points := points_asked(turn, product, question):
        tell_points(turn, product, points, unknown_buttons(turn, product))
    elif not _quote(turn, product, known, asked):
        _tell_unknown(turn, product, asked)


def say_unknown(turn: Turn, product: ProductView) -> None:
    """Say that the shop's data does not tell, and offer to ask a person."""
    turn.ask_later(PERSON)
    turn.say("utter_not_stated", name=product.name, buttons=unknown_buttons(turn, product))


def unknown_buttons(turn: Turn, product: ProductView) -> list[Button]:
    """Give what can be done where an answer is not known."""
    return [
        button(turn.labels, "talk_to_person", "talk_to_person"),
        button(turn.labels, "description", "show_details", product=product.slug),
    ]


def _tell_truth(turn: Turn, product: ProductView, truth: KnownTruth, *, by_model: bool) -> None:
    """Say that an attribute holds, does not, or that the shop contradicts itself."""
    facts = Known([NAME, *truth.facts()], {"product.1": product.name}, (truth.topic,), question_of(turn))
    reply = _on_topic(turn, written(turn, "judge_suitability", facts), truth.topic) if by_model else None
    disputed = len(truth.values) > 1
    buttons = unknown_buttons(turn, product) if disputed else _known_buttons(turn, product)
    if not reply:
        quote = " ".join(f"“{words}”" for words in truth.words[: 2 if disputed else 1])
        turn.say("utter_stated_so", name=product.name, quote=quote, buttons=buttons)
        return
    if asks(reply):
        offered = PERSON if disputed else SIMILAR if truth.values == ("no",) else DETAILS
        turn.ask_later(offered, **({} if disputed else {"product": product.slug}))
    turn.say("utter_reply", reply=reply, buttons=buttons)


def _tell_field(turn: Turn, product: ProductView, field: str, values: tuple[str, ...]) -> None:
    """Say the value of a field that a row of the product has; several are listed in fixed words."""
    option, known = turn.labels.option(field.replace("_", " ")), turn.labels.all_of(map(turn.labels.value, values))
    buttons = _known_buttons(turn, product)
    reply = _value_by_model(turn, product, field, values[0]) if len(values) == 1 else None
    if reply:
        turn.say("utter_reply", reply=reply, buttons=buttons)
    else:
        turn.say("utter_option_values", name=product.name, option=option, values=known, buttons=buttons)


def _value_by_model(turn: Turn, product: ProductView, field: str, value: str) -> str | None:
    """Let the model say one value, where it names no other field and does say it."""
    fact = value_fact(field)
    known = Known([NAME, fact], {"product.1": product.name, field: value}, (field,), question_of(turn))
    reply = _on_field(turn, written(turn, "judge_suitability", known), field)
    return reply if reply and value in reply and not asks(reply) else None


def _quote(turn: Turn, product: ProductView, known: ProductFacts, asked: Asked) -> bool:
    """Quote what the data says that touches on the question; tell whether it says anything."""
    rows = _rows_named(turn, product)
    if rows and not asked.truths:
        turn.say(
            "utter_stated", name=product.name, fact=turn.labels.clauses(rows), buttons=_known_buttons(turn, product)
        )
        return True
    is_named = bool(asked.truths or asked.fields)
    sentences = known.said_of(asked, () if is_named else _words(turn))
    if not sentences:
        return False
    turn.ask_later(PERSON)
    quote = " ".join(sentences)
    turn.say("utter_described", name=product.name, quote=quote, buttons=unknown_buttons(turn, product))
    return True


def _rows_named(turn: Turn, product: ProductView) -> list[str]:
    """Write the attributes of which the question has a word."""
    words = _words(turn)
    return [
        turn.labels.text("details.fact", name=turn.labels.option(name), value=turn.labels.names(values))
        for name, values in product.attributes.items()
        if words & turn.services.topics.content(" ".join([name, *values]))
    ]


def _words(turn: Turn) -> set[str]:
    """Give the words of the question that say what it is about, as the catalogue has them."""
    question = question_of(turn)
    words = turn.services.topics.content(turn.services.glossary.translated(question))
    # "Grey" is not what "how wide is the grey one" asks after.
    return {word for word in words if not stems(word) <= pointing_in(turn, question)}


def _tell_unknown(turn: Turn, product: ProductView, asked: Asked) -> None:
    """Admit that nothing is known, by the name of what was asked after where that is one thing."""
    act: Act = "judge_suitability" if asked.truths else "say_unknown"
    names = (*asked.truths, *asked.fields)
    reply = None
    if len(names) == 1:
        facts = [NAME, *(Fact(topic, "truth", "unknown") for topic in asked.truths)]
        reply = written(turn, act, Known(facts, {"product.1": product.name}, names, question_of(turn)))
        reply = _on_topic(turn, reply, names[0]) if asked.truths else _on_field(turn, reply, names[0])
    if reply is None:
        say_unknown(turn, product)
        return
    turn.ask_later(PERSON)
    turn.say("utter_reply", reply=reply, buttons=unknown_buttons(turn, product))


def _on_topic(turn: Turn, reply: str | None, topic: str) -> str | None:
    """Keep a reply that names what was asked after: "yes, it is" leaves open what."""
    return reply if reply and turn.services.topics.speaks_of(reply, [topic]) else None


def _on_field(turn: Turn, reply: str | None, field: str) -> str | None:
    """Keep a reply that names nothing else than the field that was asked after: "fits a Nikon" asks of no Mac."""
    named = turn.services.topics.asked(reply) if reply else Asked()
    return reply if set(named.fields) <= {field} and not named.truths else None


def _known_buttons(turn: Turn, product: ProductView) -> list[Button]:
    """Give what is done next with a product that was asked about."""
    labels, slug = turn.labels, product.slug
    buy: list[Button] = []
    if product.in_stock and len(product.variants) > 1:
        buy = [button(labels, "choose", "add_to_cart", product=slug)]
    elif product.in_stock:
        buy = [button(labels, "add", "add_to_cart", sku=product.variants[0].sku)]
    return [
        *buy,
        button(labels, "details", "show_details", product=slug),
        button(labels, "similar", "ask_similar", product=slug),
    ]
