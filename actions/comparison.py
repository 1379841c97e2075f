"""Compare two or three products: what is known of what was asked for, and a table of facts, with no opinion."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actions.base import ShopAction, take_answer
from actions.cards import price_text, product_card, product_stock_text
from actions.choosing import asks_cheapest, tell_cheapest, tell_choice
from actions.facts import card_facts
from actions.pending import SEARCH, agrees_to_look
from actions.targets import pick_several
from actions.turn import Turn
from shop.catalogue import ProductView

_MOST = 3


class ActionCompareProducts(ShopAction):
    """Set products side by side."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_compare_products"

    def perform(self, turn: Turn) -> None:
        """Find two or three products and write what the shop says of each."""
        if turn.pending.get("kind") == SEARCH and agrees_to_look(turn):
            # "看看那3款" takes up what was offered.
            take_answer(turn)
            return
        products = pick_several(turn)
        if asks_cheapest(turn) and len(products) != 2:
            tell_cheapest(turn, products)
        elif len(products) < 2:
            turn.say("utter_ask_compare")
        elif len(products) > _MOST:
            turn.say("utter_compare_fewer", most=_MOST, names=turn.labels.one_of(one.name for one in products))
        else:
            tell_choice(turn, products)
            compare(turn, products)


def compare(turn: Turn, products: Sequence[ProductView]) -> None:
    """Write the table, and remember the products as what was last shown."""
    turn.remember(candidate_skus=[product.variants[0].sku for product in products])
    turn.focus(None)
    turn.say(
        "utter_comparison",
        told=[fact for product in products for fact in card_facts(product)],
        names=turn.labels.all_of(product.name for product in products),
        table="\n".join(_rows(turn, products)),
        elements=[product_card(turn.labels, product) for product in products],
    )


def _rows(turn: Turn, products: Sequence[ProductView]) -> list[str]:
    labels, called = turn.labels, turn.labels.option
    options = dict.fromkeys(name for product in products for name in product.option_names)
    attributes = dict.fromkeys(name for product in products for name in product.attributes)
    cells: list[tuple[str, Callable[[ProductView], str]]] = [
        (labels.text("details.price"), lambda product: price_text(labels, product)),
        (labels.text("details.brand"), lambda product: product.brand or ""),
        *((called(name), lambda product, name=name: ", ".join(product.option_values(name))) for name in options),
        *(
            (called(name), lambda product, name=name: ", ".join(product.attributes.get(name, ())))
            for name in attributes
        ),
        (labels.text("details.stock"), lambda product: product_stock_text(labels, product)),
    ]
    rows = [(title, [cell(product) for product in products]) for title, cell in cells]
    head = labels.text("compare.head", cells=_joined(turn, [product.name for product in products]))
    return [
        head,
        *(labels.text("compare.row", title=title, cells=_joined(turn, row)) for title, row in rows if any(row)),
    ]


def _joined(turn: Turn, cells: Sequence[str]) -> str:
    unknown = turn.labels.text("compare.unknown")
    return turn.labels.text("compare.separator").join(cell or unknown for cell in cells)
