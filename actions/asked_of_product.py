"""Answers what rows alone do not settle: whether it is enough, of what it is, for how many, and each of several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from actions.cards import button, price_text
from actions.product_facts import ProductFacts
from actions.references import Mention
from actions.suitability import say_unknown, unknown_buttons
from actions.targets import question_of, shown_products
from actions.turn import Turn
from shop.catalogue import ProductView

_PEOPLE: Final = re.compile(
    r"(?:max(?:imum)?\.?|up to|for|sleeps?)\s*(\d{1,2})\s*(?:persons?|people|adults)", re.IGNORECASE
)
_MOST: Final = 6


def about(turn: Turn, product: ProductView) -> str:
    """Give the question without the name of the product: "Is the Comfy Padded Chair leather?" asks of no padding."""
    question = question_of(turn)
    return re.sub(re.escape(product.name), product.name.split()[-1], question, flags=re.IGNORECASE)


def tell_beyond_rows(turn: Turn, product: ProductView) -> bool:
    """Answer what a row settles only in part; tell whether the question was of such a kind."""
    question, advice = about(turn, product), turn.services.advice
    if advice.asks("judgement", question) and not turn.services.topics.asked(question).truths:
        _tell_judgement(turn, product)
        return True
    materials = advice.materials_in(question)
    if materials and not set(materials) & {*turn.entities("colour")} - {*product.colours}:
        tell_material(turn, product, materials)
        return True
    return _tell_people(turn, product, question) or _tell_in_other_words(turn, product, question)


def tell_material(turn: Turn, product: ProductView, materials: Sequence[str]) -> None:
    """Quote what the shop says of materials: of those that are asked after, else of any; else it is not known."""
    advice, topics = turn.services.advice, turn.services.topics
    sentences = [product.name, *topics.sentences(product.description)]
    of_these = [one for one in sentences if set(advice.materials_in(one)) & {*materials}]
    of_any = [one for one in sentences[1:] if advice.materials_in(one)]
    quote = of_these[-1:] or of_any[:1]
    if quote and quote != [product.name]:
        turn.say("utter_of_material", name=product.name, quote=quote[0])
    elif quote:
        turn.say("utter_named_so", name=product.name)
    else:
        say_unknown(turn, product)


def asks_of_each(turn: Turn) -> bool:
    """Tell whether a question is about each of the things that were shown."""
    mention = Mention.of(turn)
    named = mention.products or mention.skus or mention.ordinals
    return not (named or turn.from_button) and turn.services.advice.asks("of_each", turn.text)


def tell_of_each(turn: Turn) -> bool:
    """Say of each of the things that were shown what the shop's texts say on a question; tell whether it could be."""
    with turn.reading() as session:
        shown = shown_products(turn, session)[:_MOST]
    if len(shown) < 2:
        return False
    said = [(one, _said_of(turn, one)) for one in shown]
    if not any(quote for _, quote in said):
        turn.say("utter_none_stated", names=turn.labels.all_of(one.name for one in shown))
        return True
    unknown = turn.labels.text("compare.unknown")
    lines = [
        turn.labels.text("details.fact", name=one.name, value=f"“{quote}”" if quote else unknown) for one, quote in said
    ]
    turn.say("utter_compare_said", lines="\n".join(lines))
    return True


def _said_of(turn: Turn, product: ProductView) -> str:
    question, advice, topics = turn.text, turn.services.advice, turn.services.topics
    materials = set(advice.materials_in(question))
    if materials:
        texts = [*topics.sentences(product.description), product.name]
        return next((one for one in texts if materials & {*advice.materials_in(one)}), "")
    words = topics.content(turn.services.glossary.translated(turn.entity("product_query") or ""))
    return next(iter(ProductFacts(product, topics).said_of(topics.asked(question), words)), "")


def _tell_judgement(turn: Turn, product: ProductView) -> None:
    """Say that no row tells whether something is enough for a use, and what there is to choose from."""
    options = [
        turn.labels.text("details.fact", name=turn.labels.option(name), value=", ".join(product.option_values(name)))
        for name in product.option_names
    ]
    turn.say(
        "utter_judgement",
        name=product.name,
        known=turn.labels.clauses([*options, price_text(turn.labels, product)]),
        buttons=[button(turn.labels, "talk_to_person", "talk_to_person")],
    )


def _tell_people(turn: Turn, product: ProductView, question: str) -> bool:
    """Say for how many people something is, and of what else is asked that it is not stated."""
    fields = turn.services.topics.asked(question).fields
    found = _PEOPLE.search(product.description)
    if "capacity" not in fields or found is None or product.option_names:
        return False
    turn.say("utter_for_people", name=product.name, count=found[1])
    known = ProductFacts(product, turn.services.topics)
    others = [turn.labels.option(one) for one in fields if one != "capacity" and not known.values(one)]
    if others:
        turn.say("utter_fields_not_stated", fields=turn.labels.all_of(others))
    return True


def _tell_in_other_words(turn: Turn, product: ProductView, question: str) -> bool:
    """Quote the sentence that answers in other words than the question: "Ultra HD" for "4K"."""
    stated = turn.services.advice.stated_as(question)
    sentences = turn.services.topics.sentences(product.description)
    quote = next((one for one in sentences if stated and re.search(stated, one.casefold())), None)
    if quote:
        turn.say(
            "utter_described",
            name=product.name,
            quote=quote,
            buttons=unknown_buttons(turn, product),
        )
    return quote is not None
