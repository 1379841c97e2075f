"""The answer to the question which value of an option is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.adding import Replaced, complete
from actions.cart_totals import tell_left
from actions.cart_view import show_cart
from actions.option_values import ranked
from actions.options import chosen_options
from actions.pending import OPTION, match_value
from actions.spoken import says, wanted_number
from actions.turn import Pending, Turn, clean_words
from shop.catalogue import ProductView, get_product


def answer_option(turn: Turn, pending: Pending) -> bool:
    """Take the value that a message names, or the cheapest or biggest; say which there are where it names none."""
    with turn.reading() as session:
        product = get_product(session, pending["product"])
    others = [slug for slug in turn.entities("product") if slug != product.slug]
    if others or turn.entities("category") or turn.entities("brand"):
        return False
    option = pending["option"]
    value = match_value(pending["values"], turn) or match_value(product.option_values(option), turn)
    chosen = {**pending["chosen"], **chosen_options(turn, product).values}
    chosen |= ranked(turn, product, chosen, turn.text) if value is None and not turn.from_button else {}
    if value is None and chosen == pending["chosen"]:
        _say_no_such_value(turn, product, pending)
        return True
    if value is not None:
        chosen[option] = value
    instead = Replaced(**pending["instead"]) if pending.get("instead") else None
    quantity = _said_quantity(turn, chosen.values(), pending["quantity"])
    complete(turn, product, chosen, quantity, later=pending.get("later", ()), instead=instead)
    return True


def answer_first(turn: Turn) -> bool:
    """Take the value that a message begins with before it asks what that comes to: "27. and how much is it in all?"."""
    pending = turn.pending
    first, _, rest = re.sub(r"[.,，。!！?？]", "\n", turn.text, count=1).partition("\n")
    asks = says(turn, "total", rest) or says(turn, "left_over", rest)
    if pending.get("kind") != OPTION or turn.from_button or not asks:
        return False
    said = {word for word in re.findall(r"\w+", first.casefold())}
    values = [one for one in pending["values"] if said and said <= set(re.findall(r"\w+", one.casefold()))]
    if len(values) != 1:
        return False
    with turn.reading() as session:
        product = get_product(session, pending["product"])
    instead = Replaced(**pending["instead"]) if pending.get("instead") else None
    chosen = {**pending["chosen"], pending["option"]: values[0]}
    complete(turn, product, chosen, pending["quantity"], later=pending.get("later", ()), instead=instead)
    if not turn.has_asked and not tell_left(turn):
        show_cart(turn)
    return True


def _said_quantity(turn: Turn, values: Iterable[str], before: int) -> int:
    """Read how many are wanted; the 42 of "size 42" is no quantity."""
    quantity = wanted_number(turn) if turn.placed("quantity") else turn.number("quantity")
    taken = re.findall(r"\d+", " ".join(values))
    return before if quantity is None or str(quantity) in taken else quantity


def _say_no_such_value(turn: Turn, product: ProductView, pending: Pending) -> None:
    """Say which values there are; the question goes on waiting."""
    turn.remember(pending=pending)
    labels = turn.labels
    turn.say(
        "utter_no_such_value",
        name=product.name,
        value=clean_words(turn.text),
        lines=labels.text(
            "details.fact",
            name=labels.option(pending["option"]),
            value=labels.one_of(map(labels.value, pending["values"])),
        ),
    )
