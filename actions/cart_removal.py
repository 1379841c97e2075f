"""Takes lines out of the cart, whole or by the piece."""

from __future__ import annotations

import re

from actions.adding import pieces_said
from actions.cards import variant_title
from actions.cart_counts import LineCount, write_counts
from actions.cart_keeping import take_out
from actions.cart_lines import cart_buttons, lines_of, subtotal_text
from actions.facts import subtotal_facts
from actions.goods_said import goods_said
from actions.references import Mention
from actions.spoken import says
from actions.turn import Turn
from shop.carts import CartLineView, remove_from_cart, set_quantity, view_cart
from shop.search_text import words

# What of a Chinese message stands before "all of it": the cables of "线全删了".
_ALL_OF = re.compile("([\u4e00-\u9fff]{1,4}?)(?:全部|通通|全|都)")


def set_line_quantity(turn: Turn, sku: str, quantity: int) -> None:
    """Set how many of a line are wanted."""
    if quantity:
        write_counts(turn, [LineCount(sku, quantity)])
    else:
        with turn.writing() as session:
            # The shop says which numbers there are.
            set_quantity(session, turn.shopper, sku, quantity, turn.terms)
    turn.focus(sku, exactly=True)


def remove(turn: Turn, line: CartLineView) -> None:
    """Take a line out, or as many pieces of it as were said: "remove one" leaves two of three."""
    pieces = None if Mention.of(turn).ordinals else pieces_said(turn, line)
    if pieces is not None and 0 < pieces < line.quantity:
        set_line_quantity(turn, line.sku, line.quantity - pieces)
        return
    with turn.writing() as session:
        cart = remove_from_cart(session, turn.shopper, line.sku, turn.terms)
    title = variant_title(line.name, line.options)
    if turn.slot("focus_sku") == line.sku:
        turn.focus(None)
    turn.remember(candidate_skus=[left.sku for left in cart.lines])
    if cart.is_empty:
        turn.say("utter_removed_last", name=title)
    else:
        turn.say(
            "utter_removed_from_cart",
            told=subtotal_facts(cart),
            name=title,
            count=cart.count,
            subtotal=subtotal_text(turn, cart),
            buttons=cart_buttons(turn),
        )


def takes_out(turn: Turn) -> bool:
    """Take a line out where a message of no sure intent says so of one that it names; tell whether it did."""
    if turn.from_button or not says(turn, "out") or says(turn, "keeps"):
        return False
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
    named = [line for one in goods_said(turn) if one.called for line in lines_of(turn, lines, one)]
    if not named and turn.slot("search_state") is None:
        # While nothing is searched for, "remove the mint ones" leaves nothing out of a search.
        said = {value.casefold() for kind in ("exclude", "colour", "option_value") for value in turn.entities(kind)}
        named = [line for line in lines if said & {value.casefold() for value in line.options.values()}]
    if len(named) == 1:
        remove(turn, named[0])
    return len(named) == 1


def clears_kind(turn: Turn) -> bool:
    """Take out the lines of the kind that is named, where others lie beside it: "delete all the cables", "线全删了"."""
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
    named = {line.sku for one in goods_said(turn) if one.called for line in lines_of(turn, lines, one)}
    named |= {line.sku for line in lines for called in _kinds_before_all(turn) if _is_of_kind(turn, line, called)}
    if turn.from_button or not named or len(named) == len(lines):
        return False
    take_out(turn, sorted(named))
    return True


def _kinds_before_all(turn: Turn) -> list[str]:
    return [found[1] for found in _ALL_OF.finditer(turn.text)]


def _is_of_kind(turn: Turn, line: CartLineView, called: str) -> bool:
    """Tell whether a line's name is one that the glossary gives to a word with that ending."""
    glossary, name = turn.services.glossary, set(words(line.name))
    return any(term.endswith(called) and set(words(glossary.translated(term))) <= name for term in glossary.terms)
