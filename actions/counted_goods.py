"""Goods that a message names with a number, and asks nothing of: they are wanted, whatever its intent was read as.

"Two tulip pots and a trowel please" and "网球3份" want things; "a laptop" and "two lamps under 50" look for some. What
may be several products is shown, as in any search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from actions.adding import add_each
from actions.cart_changes import sets_said
from actions.cart_wishes import counts, wanted_goods
from actions.desk_words import says_any
from actions.goods_said import Goods, goods_said
from actions.options import wanted_options
from actions.pending import CASE, CASE_YES, CONFIRM_ORDER, USE_ADDRESS
from actions.spoken import Number, numbers_in, says
from actions.targets import Target, focused_product, shown_products
from actions.turn import Turn
from shop.carts import view_cart
from shop.catalogue import get_product, select_variants

_ASKED: Final = frozenset({CASE, CASE_YES, CONFIRM_ORDER, USE_ADDRESS})
# Who says one of these looks for something, or speaks of what was bought.
_NO_WISH: Final = ("exclude", "sort", "price_direction", "order_number", "ordered", "reason")
_SENTENCE_END: Final = re.compile(r"[.;!?。；！？]\s*")
# After a counter, or within what the language model took for the number.
_GOODS_FOLLOW: Final = re.compile(r"[个個件双雙台臺把只隻根张張盆条條支顶頂辆輛副份款盒套株棵]?[\w]")
# The second of "one 44 one 46", which stands behind no word that counts.
_ONE_OF_LIST: Final = re.compile(r"one \d", re.IGNORECASE)
_PRICES: Final = ("price_min", "price_max")


def takes_counted(turn: Turn) -> bool:
    """Add what a message names each surely, with a number or as one more thing; tell whether it was that."""
    if not may_add(turn):
        return False
    goods = _without_kinds(turn, [one for one in wanted_goods(turn) if not says(turn, "out", one.piece.text)])
    if not goods or not all(one.product for one in goods) or not _is_counted(turn, goods):
        return False
    if not _comes_to_pass(turn, goods):
        return False
    more = says(turn, "one_more") or says(turn, "adds")
    if more or not sets_said(turn, goods):
        add_each(turn, goods)
    return True


def names_surely(turn: Turn) -> bool:
    """Tell whether a message names goods, each of which is one product of the shop."""
    goods = goods_said(turn)
    return bool(goods) and all(one.product for one in goods)


def may_add(turn: Turn) -> bool:
    """Tell whether a message can only want goods: it asks nothing, and speaks of nothing that was bought."""
    if turn.from_button or turn.photo_url or turn.form or turn.pending.get("kind") in _ASKED:
        return False
    if any(map(turn.entity, _NO_WISH)) or says(turn, "seeks"):
        return False
    return not speaks_of_purchase(turn)


def speaks_of_purchase(turn: Turn) -> bool:
    """Tell whether a message speaks of something that was ordered, bought or delivered."""
    is_named = bool(turn.entity("order_number") or turn.entity("ordered"))
    return is_named or says(turn, "bought") or says_any(turn, "desk.of_a_purchase")


def _without_kinds(turn: Turn, goods: Sequence[Goods]) -> list[Goods]:
    """Leave out a kind beside one of its things, and what is only told of it: "she wears 42, so one 40 and one 42"."""
    counted = [one for one in goods if counts(turn, one)]
    sure = {one.product.slug for one in goods if one.product}
    listed = {one.product.slug for one in counted if one.product}
    return [
        one
        for one in goods
        if one in counted
        or _ONE_OF_LIST.match(one.piece.text)
        or (one.product and (one.called or one.product.slug not in listed))
        or not (one.product or sure & {product.slug for product in one.products})
    ]


def _is_counted(turn: Turn, goods: Sequence[Goods]) -> bool:
    """Tell whether a number is said, of all where a price is, too; "and a mouse" needs none beside a full cart."""
    counted = [one for one in goods if _counts(turn, one)]
    if any(map(turn.entity, _PRICES)):
        return len(counted) == len(goods) > 1
    is_article = any(_is_article(turn, number) for number in numbers_in(turn))
    if counted or (not is_article and all(says(turn, "adds", one.piece.text) for one in goods)):
        return True
    return says(turn, "one_more") and all(one.called for one in goods) and _is_new(turn, goods)


def _counts(turn: Turn, one: Goods) -> bool:
    """Tell whether a number of pieces is said; the 一 of "想买一个键盘" is only an article."""
    own = (number for number in numbers_in(turn) if one.piece.holds(number.start, number.end))
    return any(number.value != 1 or not _is_article(turn, number) for number in own)


def _is_article(turn: Turn, number: Number) -> bool:
    return says(turn, "some", turn.text[: number.start]) and _GOODS_FOLLOW.match(turn.text, number.end) is not None


def _comes_to_pass(turn: Turn, goods: Sequence[Goods]) -> bool:
    """Tell whether what a message makes its wish depend on is so: that the thing spoken of cannot be had."""
    sentences = _SENTENCE_END.split(turn.text)
    if not any(says(turn, "provided", said) for said in sentences if any(one.clause.text in said for one in goods)):
        return True
    with turn.reading() as session:
        focus, shown = focused_product(turn, session), shown_products(turn, session)
    spoken_of = focus or (shown[0] if len(shown) == 1 else None)
    if spoken_of is None or any(one.product and one.product.slug == spoken_of.slug for one in goods):
        return False
    fitting = select_variants(spoken_of, wanted_options(turn, spoken_of).values)
    return not any(variant.stock for variant in fitting)


def _is_new(turn: Turn, goods: Sequence[Goods]) -> bool:
    """Tell whether the cart holds other things only; of one that lies in it, "and the shoe" may say more."""
    with turn.reading() as session:
        lying = {line.product_slug for line in view_cart(session, turn.shopper).lines}
    return bool(lying) and not any(one.product and one.product.slug in lying for one in goods)


def unseen_target(turn: Turn) -> Target | None:
    """Take the one product with a word of a message in its name, where the language model saw none: "freerun 44"."""
    with turn.reading() as session:
        if turn.from_button or focused_product(turn, session) or shown_products(turn, session):
            return None
        names = turn.services.vocabulary
        words = re.findall(r"[a-z]{5,}", turn.text.casefold())
        slugs = {slug for word in words for slug in names.products_called(word)}
        return Target(get_product(session, slugs.pop())) if len(slugs) == 1 else None
