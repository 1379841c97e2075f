"""The state that the cart is said to be in at the end: "one 40 and one 44", "the orchid and not the pot"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from actions.adding import Replaced, add_each, complete, quantity_said
from actions.cart_counts import LineCount, write_counts
from actions.cart_keeping import take_out
from actions.cart_lines import lines_of
from actions.goods_said import goods_said
from actions.options import wanted_options
from actions.spoken import pattern, says
from actions.turn import Turn
from shop.carts import CartLineView, view_cart
from shop.catalogue import ProductView, get_products_by_sku

_HAN_NUMBERS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_WORDS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
# "一双40", "两双44码"; "one in 40", "two pairs of size 44", "a 42".
_PAIR = re.compile(
    r"(?P<han>[一两俩二三四五六七八九]|\d)(?:双|件|条|个|顶|把)(?:的)?\s*(?P<of_han>\d{2})(?!\d|[双件条个把])"
    r"|(?<!\d)(?P<size_first>\d{2})码?(?:的)?\s*(?P<then>[一两俩二三四五六七八九])[双件条]"
    r"|\b(?P<word>a|one|two|three|four|five|\d)\s+(?:pairs?\s+)?(?:(?:in|of)\s+)?(?:an?\s+)?(?:size\s+)?(?P<of_word>\d{2})\b",
    re.IGNORECASE,
)
_FEWEST = 2


def states_sizes(turn: Turn) -> bool:
    """Set the sizes of one product to all that are said to be wanted of it; tell whether a message says that."""
    if turn.from_button or says(turn, "more"):
        return False
    said = _said_sizes(turn.text)
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
        products = get_products_by_sku(session, [line.sku for line in lines])
    wanted = [found for product in products if (found := _variants(product, said))]
    if len(said) < _FEWEST or len(wanted) != 1:
        return False
    named = {one.sku for one in wanted[0]}
    slug = next(one.slug for one in products if named & {variant.sku for variant in one.variants})
    own = [line for line in lines if line.product_slug == slug]
    if not says(turn, "states_all") and not _tells_again(own, wanted[0]):
        return False
    dropped = [line.sku for line in own if line.sku not in named]
    write_counts(turn, wanted[0], dropped)
    return True


def _tells_again(lines: Sequence[CartLineView], wanted: Sequence[LineCount]) -> bool:
    """Tell whether sizes are told of the pieces that lie in the cart: as many, and some of them in a size that does."""
    lying = {line.sku for line in lines}
    is_as_many = sum(line.quantity for line in lines) == sum(one.quantity for one in wanted)
    return is_as_many and any(one.sku in lying for one in wanted)


def corrects_cart(turn: Turn) -> bool:
    """Take out what lies in the cart and is said not to be wanted, and put in what is wanted; tell whether it did.

    "I wanted the orchid and not the pot", "no, the bonsai, not a tulip".
    """
    if turn.from_button or not says(turn, "rejects"):
        return False
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
    goods = [one for one in goods_said(turn) if one.called]
    rejected = [one for one in goods if says(turn, "rejects", one.piece.text) or _is_rejected(turn, one.piece.start)]
    going = [line for one in rejected for line in lines_of(turn, lines, one)]
    if len(going) != 1:
        return False
    lying = {line.product_slug for line in lines}
    coming = [one for one in goods if one not in rejected and one.product and one.product.slug not in lying]
    if len(coming) == 1 and coming[0].product:
        instead = Replaced(going[0].sku, going[0].quantity)
        chosen = wanted_options(turn, coming[0].product, coming[0].piece)
        quantity = quantity_said(turn, coming[0].piece, chosen.values.values())
        complete(turn, coming[0].product, dict(chosen.values), quantity, instead=instead)
    else:
        take_out(turn, [going[0].sku])
        add_each(turn, coming)
    return True


def _is_rejected(turn: Turn, start: int) -> bool:
    return re.search(rf"(?:{pattern(turn, 'rejects_before')})$", turn.text[:start], re.IGNORECASE) is not None


def _said_sizes(text: str) -> dict[str, int]:
    """Read how many of which size are said: "一双40，一双44"."""
    found: dict[str, int] = {}
    for pair in _PAIR.finditer(text):
        if pair["han"]:
            count, size = pair["han"], pair["of_han"]
        elif pair["then"]:
            count, size = pair["then"], pair["size_first"]
        else:
            count, size = pair["word"].lower(), pair["of_word"]
        found[size] = int(count) if count.isdecimal() else _HAN_NUMBERS.get(count) or _WORDS[count]
    return found


def _variants(product: ProductView, said: Mapping[str, int]) -> list[LineCount]:
    """Find the variant of each size that is said; none where the product lacks one of them."""
    found = []
    for size, count in said.items():
        fitting = [one for one in product.variants if size in re.findall(r"\d+", " ".join(one.options.values()))]
        found += [LineCount(fitting[0].sku, count)] if len(fitting) == 1 else []
    return found if len(found) == len(said) else []


def line_meant(turn: Turn, lines: list[CartLineView]) -> list[CartLineView]:
    """Leave the line that was last spoken of, where there is a choice and nobody's own pair is meant: "mine"."""
    focus = [line for line in lines if line.sku == turn.slot("focus_sku")]
    return focus if len(lines) > 1 and focus and not says(turn, "whose") else lines
