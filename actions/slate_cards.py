"""How a product of a slate looks: its card with why it is shown, and buttons that say which slate they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from actions.cards import button, product_card
from actions.labels import Labels
from actions.reasons import reason_words
from actions.turn import Button, Element
from recsys.slate import Reason
from shop.catalogue import ProductView


def recommended_card(
    labels: Labels, product: ProductView, sku: str, reasons: Sequence[Reason], names: Mapping[str, str], slate: str
) -> Element:
    """Make a card.

    Args:
        labels: the language.
        product: the product.
        sku: the variant that is shown.
        reasons: what speaks for it, strongest first.
        names: the names of the products that reasons speak of, by slug.
        slate: the slate that it stands in; the buttons carry it, so that what they lead to is known as its doing.
    """
    card = product_card(labels, product, sku)
    words = reason_words(labels, reasons, names)
    if words:
        card["subtitle"] = labels.text("card.recommended", subtitle=card["subtitle"], reasons=words)
    return _in_slate(labels, card, product, slate)


def matched_card(labels: Labels, product: ProductView, sku: str, match: str, slate: str) -> Element:
    """Make the card of a product that a photo led to.

    Args:
        labels: the language.
        product: the product.
        sku: the variant that is shown.
        match: the label that says how near it comes to the photo.
        slate: the slate that it stands in.
    """
    card = product_card(labels, product, sku)
    card["subtitle"] = labels.text("card.matched", subtitle=card["subtitle"], match=labels.text(match))
    return _in_slate(labels, card, product, slate)


def lines(labels: Labels, cards: Sequence[Element]) -> str:
    """Write cards as numbered lines, for channels that show no cards."""
    return "\n".join(
        labels.text("card.line", place=place, title=card["title"], subtitle=card["subtitle"])
        for place, card in enumerate(cards, start=1)
    )


def _in_slate(labels: Labels, card: Element, product: ProductView, slate: str) -> Element:
    own = [
        button(labels, "more_like", "ask_similar", product=product.slug),
        button(labels, "not_for_me", "dismiss_product", product=product.slug),
    ]
    return {**card, "buttons": [_of_slate(one, slate) for one in (*card["buttons"], *own)]}


def _of_slate(one: Button, slate: str) -> Button:
    intent, brace, entities = one["payload"].partition("{")
    content = {**(json.loads(brace + entities) if brace else {}), "slate": slate}
    return {**one, "payload": intent + json.dumps(content, ensure_ascii=False)}
