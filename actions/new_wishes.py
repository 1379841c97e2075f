"""What reads as an exchange of something bought, said by who has bought nothing: another version of what is chosen."""

from __future__ import annotations

import re

from actions.adding import Replaced, add_each, complete, quantity_said
from actions.cart_wishes import wanted_goods
from actions.catalogue import tell_option
from actions.counted_goods import speaks_of_purchase, takes_counted
from actions.desk_consent import asks_something
from actions.option_values import value_in
from actions.options import wanted_options
from actions.pending import CASE, CASE_YES
from actions.search import start_search
from actions.spoken import says
from actions.targets import Target, focused_product, one_shown, shown_products
from actions.turn import Turn
from actions.which_order import newest_orders
from shop.carts import view_cart
from shop.catalogue import ProductView


def takes_new_wish(turn: Turn) -> bool:
    """Take a message as a wish for what is chosen, where there is no order that it can be about; tell whether it is."""
    if turn.from_button or not is_choosing(turn):
        return False
    return takes_counted(turn) or _adds_said(turn) or _changes_version(turn) or _searches(turn)


def is_choosing(turn: Turn) -> bool:
    """Tell whether a shopper has ordered nothing, and goods are spoken of or lie in the cart."""
    if turn.pending.get("kind") in (CASE, CASE_YES) or turn.slot("focus_order") or newest_orders(turn):
        return False
    with turn.reading() as session:
        has_cart = not view_cart(session, turn.shopper).is_empty
    in_talk = any(map(turn.slot, ("focus_sku", "candidate_skus", "search_state")))
    named = any(map(turn.entity, ("product", "product_query")))
    return (has_cart or in_talk or named) and not speaks_of_purchase(turn)


def _adds_said(turn: Turn) -> bool:
    """Add what is said to be put in: "put the 13 inch in. And what is the 15 one?"."""
    goods = [one for one in wanted_goods(turn) if one.product and says(turn, "adds", one.clause.text)]
    if goods:
        add_each(turn, goods)
    return bool(goods)


def _changes_version(turn: Turn) -> bool:
    """Take another version of the one thing spoken of: into the cart, or in the place of the one that lies there."""
    product = _spoken_of(turn)
    if product is None or not product.option_names:
        return False
    with turn.reading() as session:
        lines = [one for one in view_cart(session, turn.shopper).lines if one.product_slug == product.slug]
    own = dict(lines[0].options) if len(lines) == 1 else {}
    wanted = _wanted(turn, product, own)
    if not wanted or len(lines) > 1:
        return False
    instead = Replaced(lines[0].sku, lines[0].quantity) if lines else None
    quantity = lines[0].quantity if lines else quantity_said(turn, None, wanted.values())
    complete(turn, product, {**own, **wanted}, quantity, instead=instead)
    return True


def _wanted(turn: Turn, product: ProductView, own: dict[str, str]) -> dict[str, str]:
    """Read what is wanted of a product, not what the message says of the version that is left for it."""
    left = [re.escape(part) for value in own.values() for part in re.findall(r"\d+", value)]
    text = re.sub(rf"(?<!\d)(?:{'|'.join(left)})(?!\d)", " ", turn.text) if left else turn.text
    refused = re.search(r"\b(?:not|no) (?:the |an? )?(\d{2,})|(?:不要|不是)(\d{2,})", text)
    text = text.replace(refused[0], " ") if refused else text
    found = {name: value_in(product.option_values(name), text) for name in product.option_names}
    told = {name: value for name, value in found.items() if value and value != own.get(name)}
    return told or ({} if own else dict(wanted_options(turn, product).values))


def _spoken_of(turn: Turn) -> ProductView | None:
    with turn.reading() as session:
        focus, shown = focused_product(turn, session), shown_products(turn, session)
    return focus or (shown[0] if len(shown) == 1 else None)


def _searches(turn: Turn) -> bool:
    """Look for what is named, unless it is asked of a thing that is shown."""
    if not any(map(turn.entity, ("product", "product_query"))):
        return False
    if not _answers_of_shown(turn):
        start_search(turn)
    return True


def _answers_of_shown(turn: Turn) -> bool:
    """Answer what is asked of the one thing of a list that a message points at: "20块那个能换镜头吗？"."""
    with turn.reading() as session:
        meant = one_shown(turn, session) if asks_something(turn.text) else None
    if meant:
        tell_option(turn, Target(meant))
    return meant is not None
