"""How a recommended product looks: its card with the reason, and buttons that say which slate they belong to."""

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
    own = [
        button(labels, "more_like", "ask_similar", product=product.slug),
        button(labels, "not_for_me", "dismiss_product", product=product.slug),
    ]
    card["buttons"] = [_of_slate(one, slate) for one in (*card["buttons"], *own)]
    return card


def lines(labels: Labels, cards: Sequence[Element]) -> str:
    """Write cards as numbered lines, for channels that show no cards."""
    return "\n".join(
        labels.text("card.line", place=place, title=card["title"], subtitle=card["subtitle"])
        for place, card in enumerate(cards, start=1)
    )


def _of_slate(one: Button, slate: str) -> Button:
    intent, brace, entities = one["payload"].partition("{")
    content = {**(json.loads(brace + entities) if brace else {}), "slate": slate}
    return {**one, "payload": intent + json.dumps(content, ensure_ascii=False)}
