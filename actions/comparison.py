"""Compare two or three products: what is known of what was asked for, and a table of facts, with no opinion."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actions.base import ShopAction, take_answer
from actions.cards import price_text, product_card, product_stock_text
from actions.catalogue import tell_price
from actions.catalogue_text import colour_names
from actions.choosing import asks_cheapest, tell_cheapest, tell_choice
from actions.facts import card_facts
from actions.pending import SEARCH, agrees_to_look
from actions.picking import tell_best
from actions.search import start_search
from actions.targets import Target, focused_product, one_shown, pick_several
from actions.turn import Turn
from actions.unasked import set_aside_refused
from actions.variant_comparison import tell_variants
from shop.catalogue import ProductView
from shop.search_facts import COLOUR_NAMES

_MOST = 3


class ActionCompareProducts(ShopAction):
    """Set products side by side."""

    reads_plainly = True
    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_compare_products"

    def perform(self, turn: Turn) -> None:
        """Find two or three products and write what the shop says of each."""
        if turn.pending.get("kind") == SEARCH and agrees_to_look(turn):
            # "看看那3款" takes up what was offered.
            take_answer(turn)
            return
        set_aside_refused(turn)
        products = pick_several(turn)
        if len(products) > 1 and turn.services.advice.asks("choice", turn.text):
            tell_best(turn, products)
            return
        versions = _of_versions(turn, products)
        if versions and tell_variants(turn, versions, must_name=len(products) > 1):
            return
        if versions and len(versions.variants) > 1 and len(products) < 2 and not _names_goods(turn):
            # "What is the difference in price?", with one thing spoken of.
            tell_price(turn, Target(versions))
            return
        if asks_cheapest(turn) and len(products) != 2:
            tell_cheapest(turn, products)
        elif len(products) < 2 and turn.entities("price_max") and turn.entities("product_query"):
            # "Which of the cameras under 200 looks oldest?"
            start_search(turn)
        elif len(products) < 2:
            turn.say("utter_ask_compare")
        elif len(products) > _MOST:
            turn.say("utter_compare_fewer", most=_MOST, names=turn.labels.one_of(one.name for one in products))
        else:
            tell_choice(turn, products)
            compare(turn, products)


def _names_goods(turn: Turn) -> bool:
    return bool(turn.entities("product") or turn.entities("product_query"))


def _of_versions(turn: Turn, products: Sequence[ProductView]) -> ProductView | None:
    """Give the product whose versions may be meant: the one that a message calls, else the one spoken of."""
    with turn.reading() as session:
        focus, called = focused_product(turn, session), one_shown(turn, session)
    spoken_of = focus if len(products) < 2 else None
    return called or spoken_of or (products[0] if len(products) == 1 else None)


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
    names = [name for product in products for name in (*product.option_names, *product.attributes)]
    # Two names of one thing, as "color" and "colour", make one row.
    called_so = {called(name): [other for other in names if called(other) == called(name)] for name in names}
    cells: list[tuple[str, Callable[[ProductView], str]]] = [
        (labels.text("details.price"), lambda product: price_text(labels, product)),
        (labels.text("details.brand"), lambda product: product.brand or ""),
        *(
            (title, lambda product, same=same: ", ".join(_values(turn, product, same)))
            for title, same in called_so.items()
        ),
        (labels.text("details.stock"), lambda product: product_stock_text(labels, product)),
    ]
    rows = [(title, [cell(product) for product in products]) for title, cell in cells]
    head = labels.text("compare.head", cells=_joined(turn, [product.name for product in products]))
    return [
        head,
        *(labels.text("compare.row", title=title, cells=_joined(turn, row)) for title, row in rows if any(row)),
    ]


def _values(turn: Turn, product: ProductView, names: Sequence[str]) -> list[str]:
    """Give what a product has under some names of one thing; colours as shoppers call them."""
    found = [value for name in names for value in (product.option_values(name) or product.attributes.get(name, ()))]
    values = list(dict.fromkeys(found))
    return colour_names(turn, values) if {*names} & {*COLOUR_NAMES} else values


def _joined(turn: Turn, cells: Sequence[str]) -> str:
    unknown = turn.labels.text("compare.unknown")
    return turn.labels.text("compare.separator").join(cell or unknown for cell in cells)
