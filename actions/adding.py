"""Put a product into the cart: every option is chosen by the shopper, none is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from actions.cards import button, named_button, variant_title
from actions.cart_lines import cart_buttons, subtotal_text
from actions.facts import stock_fact, subtotal_facts
from actions.goods_said import Goods
from actions.naming import candidate_of, costs, wording_of
from actions.option_values import value_in, without_name
from actions.options import next_open, wanted_options
from actions.pending import ADD, OPTION
from actions.references import Mention
from actions.slates import slate_with, source_of
from actions.spoken import Piece, says, wanted_number
from actions.targets import Target, focused_product
from actions.turn import Turn, clean_words
from shop.carts import MAX_QUANTITY, CartLineView, add_to_cart, remove_from_cart, set_quantity, view_cart
from shop.catalogue import ProductView, VariantView, get_product, select_variants
from shop.errors import CartLineNotFound, InvalidQuantity, NotEnoughStock
from shop.interactions import record_interaction

_PAIR = 2


@dataclass(frozen=True)
class Replaced:
    """What leaves the cart for something else: so many pieces of a line."""

    sku: str
    pieces: int


def add(turn: Turn, target: Target, piece: Piece | None = None) -> None:
    """Put a product into the cart; what has to be chosen is asked for and never guessed.

    Args:
        turn: the turn.
        target: the product.
        piece: what of the message speaks of it; all of it without this.
    """
    product = target.product
    variant = next((one for one in product.variants if one.sku.lower() == (target.sku or "").lower()), None)
    if variant and not _says_another(turn, product, variant, piece):
        add_variant(turn, product, variant, _quantity(turn, product, piece, variant.options.values()))
        return
    chosen = _chosen(turn, product, piece)
    if chosen is not None:
        complete(turn, product, chosen, _quantity(turn, product, piece, chosen.values()))
        _tell_colour(turn, product, piece)


def _says_another(turn: Turn, product: ProductView, variant: VariantView, piece: Piece | None) -> bool:
    """Tell whether a message names another version than the one spoken of: "one more pair, 42" after a 40."""
    text = "" if turn.from_button else without_name(piece.text if piece else turn.text, product)
    said = {name: value_in(product.option_values(name), text) for name in product.option_names}
    return any(value and value != variant.options.get(name) for name, value in said.items())


def _quantity(turn: Turn, product: ProductView, piece: Piece | None, values: Iterable[str]) -> int:
    """Read how many of a product are wanted; the 615 of "the 615 one" is what it costs."""
    quantity = quantity_said(turn, piece, values)
    text = piece.text if piece else turn.text
    if quantity == _PAIR and says(turn, "a_pair", text) and _comes_in_pairs(turn, product):
        quantity = 1
    is_price = costs(candidate_of(product, product.variants[0].sku), Decimal(quantity))
    return 1 if is_price and wording_of(turn).amounts else quantity


def _comes_in_pairs(turn: Turn, product: ProductView) -> bool:
    """Tell whether a pair of a product is one piece of it, as of shoes and gloves."""
    return says(turn, "in_pairs", " ".join((product.name, *product.categories)))


def _tell_colour(turn: Turn, product: ProductView, piece: Piece | None) -> None:
    """Say that a colour that was named is one of several which the shop states of a product, and lets nobody choose."""
    named = piece.values(turn, "colour") if piece else turn.entities("colour")
    own = {value.casefold() for name in product.option_names for value in product.option_values(name)}
    stated = {colour.casefold() for colour in product.colours}
    said = [one for one in named if one.casefold() in stated - own]
    if said and len(stated) > 1 and not own & stated:
        colours = turn.labels.all_of(map(turn.labels.value, product.colours))
        turn.say("utter_colour_not_chosen", name=product.name, colours=colours, value=turn.labels.value(said[0]))


def add_each(turn: Turn, goods: Sequence[Goods]) -> None:
    """Put several things into the cart, each so often and in such options as is said of it.

    What cannot be found is said, and what has to be chosen is asked last, of one thing after the other.
    """
    wanted = additions(turn, goods)
    with turn.reading() as session:
        products = [get_product(session, one["product"]) for one in wanted]
    open_ones = [one for one, product in zip(wanted, products, strict=True) if next_open(product, one["chosen"])]
    for one, product in zip(wanted, products, strict=True):
        if one not in open_ones:
            complete(turn, product, one["chosen"], one["quantity"])
    for each in goods:
        if each.product is None:
            _say_not_added(turn, each)
    go_on(turn, open_ones)


def additions(turn: Turn, goods: Sequence[Goods]) -> list[dict[str, Any]]:
    """Write what is to be added so that it can be remembered; of what does not come so, say which there are.

    What a message names again beside a number is meant once: "tennis balls then. Put two tennis balls in".
    """
    wanted: list[dict[str, Any]] = []
    counted: list[dict[str, Any]] = []
    for one in goods:
        chosen = _chosen(turn, one.product, one.piece) if one.product else None
        if not one.product or chosen is None:
            continue
        number, named = _number(turn, one.piece, chosen.values()), {"product": one.product.slug, "chosen": chosen}
        same = next((each for each in wanted if named.items() <= each.items()), None)
        if same is None or (number is None and same not in counted):
            same = {**named, "quantity": 1}
            wanted.append(same)
        if number is not None:
            same["quantity"] = number
            counted.append(same)
    return wanted


def go_on(turn: Turn, later: Sequence[Mapping[str, Any]]) -> None:
    """Put in what is still to be chosen of: the first is asked after, and the rest remembered."""
    if not later:
        return
    first, *rest = later
    with turn.reading() as session:
        product = get_product(session, first["product"])
    complete(turn, product, dict(first["chosen"]), first["quantity"], later=rest)


def quantity_said(turn: Turn, piece: Piece | None, values: Iterable[str]) -> int:
    """Read how many are wanted: one, where nothing is said."""
    quantity = _number(turn, piece, values)
    return 1 if quantity is None else quantity


def pieces_said(turn: Turn, line: CartLineView) -> int | None:
    """Read a number of pieces of a line; None where none is said."""
    return _number(turn, None, line.options.values())


def _number(turn: Turn, piece: Piece | None, values: Iterable[str]) -> int | None:
    """Read a number; the 42 of "a size 42" counts no pieces."""
    quantity = wanted_number(turn, piece)
    if quantity is None and not turn.placed("quantity"):
        quantity = turn.number("quantity")
    return None if str(quantity) in re.findall(r"\d{2,}", " ".join(values)) else quantity


def complete(
    turn: Turn,
    product: ProductView,
    chosen: dict[str, str],
    quantity: int,
    *,
    later: Sequence[Mapping[str, Any]] = (),
    instead: Replaced | None = None,
) -> None:
    """Ask for the next option that is open, or add the one variant that is left.

    Args:
        turn: the turn.
        product: the product.
        chosen: what the shopper has chosen, by the product's own names and values.
        quantity: how many.
        later: what else is to be added once this is.
        instead: what leaves the cart for it.
    """
    _check_quantity(quantity)
    turn.focus(product.variants[0].sku)
    fitting = select_variants(product, chosen)
    question = next_open(product, chosen)
    if not fitting:
        options = turn.labels.all_of(chosen.values())
        turn.say("utter_no_such_combination", name=product.name, options=options, lines=_option_lines(turn, product))
    elif not any(variant.stock for variant in fitting):
        turn.say("utter_out_of_stock", name=variant_title(product.name, chosen))
    elif question:
        _ask_option(turn, product, chosen, quantity, question, later, instead)
        return
    elif instead:
        replace_line(turn, product, fitting[0], quantity, instead)
    else:
        add_variant(turn, product, fitting[0], quantity)
    if not turn.has_asked:
        go_on(turn, later)
    elif later:
        _say_later(turn, later)


def offer(turn: Turn, product: ProductView, quantity: int) -> None:
    """Ask whether so many pieces are wanted, where a number is all that was said of the product spoken of."""
    _check_quantity(quantity)
    settled = [one for one in product.variants if one.sku == turn.slot("chosen_sku")]
    chosen = dict(wanted_options(turn, product).values)
    question = None if settled else next_open(product, chosen)
    if question:
        _ask_option(turn, product, chosen, quantity, question)
        return
    variant = (settled or list(select_variants(product, chosen)) or list(product.variants))[0]
    offer_variant(turn, variant.sku, variant_title(product.name, variant.options), quantity)


def offer_variant(turn: Turn, sku: str, title: str, quantity: int) -> None:
    """Ask whether so many pieces of a variant are wanted."""
    turn.ask_later(ADD, sku=sku, quantity=quantity)
    turn.say(
        "utter_ask_add",
        quantity=quantity,
        name=title,
        buttons=[button(turn.labels, "yes", "affirm"), button(turn.labels, "no", "deny")],
    )


def offered_so_many(turn: Turn, mention: Mention) -> bool:
    """Take "two please", said of the one thing spoken of, as a number of pieces and not as a place in a list."""
    quantity = _pieces_of_the_one(turn, mention) or turn.number("quantity")
    mention = replace(mention, options=()) if mention.ordinals else mention
    if quantity is None or replace(mention, ordinals=()).says_something or set(mention.ordinals) - {quantity}:
        return False
    if mention.ordinals and turn.text.strip().isdecimal() and len(turn.slot("candidate_skus") or []) > 1:
        # A bare "2" is how the numbers of a list are answered, also after one of it was looked at.
        return False
    with turn.reading() as session:
        focus = focused_product(turn, session)
    if focus:
        offer(turn, focus, quantity)
    return focus is not None


def _pieces_of_the_one(turn: Turn, mention: Mention) -> int | None:
    """Take "no. 2 please" as two pieces, where one thing is shown: it has no second place."""
    is_only = len(turn.slot("candidate_skus") or []) == 1
    place = mention.ordinals[0] if is_only and len(mention.ordinals) == 1 else 0
    return place if place > 1 else None


def add_variant(turn: Turn, product: ProductView, variant: VariantView, quantity: int) -> None:
    """Put so many pieces of one variant into the cart; where there are fewer, offer those."""
    title = variant_title(product.name, variant.options)
    turn.focus(variant.sku, exactly=True)
    slate = slate_with(turn, product.slug)
    source = source_of(turn, slate)
    try:
        with turn.writing() as session:
            if turn.from_button:
                record_interaction(session, turn.shopper, variant.sku, "click", source, slate=slate)
            cart = add_to_cart(
                session, turn.shopper, variant.sku, quantity, source=source, slate=slate, terms=turn.terms
            )
    except NotEnoughStock as error:
        _offer_fewer(turn, error, title)
        return
    turn.say(
        "utter_added_to_cart",
        told=subtotal_facts(cart),
        quantity=quantity,
        name=title,
        count=cart.count,
        subtotal=subtotal_text(turn, cart),
        buttons=cart_buttons(turn),
    )


def replace_line(turn: Turn, product: ProductView, variant: VariantView, quantity: int, instead: Replaced) -> None:
    """Put a variant into the cart in place of pieces of another, or change nothing where it cannot be had."""
    with turn.writing() as session:
        lying = next((one for one in view_cart(session, turn.shopper).lines if one.sku == instead.sku), None)
        if lying is None:
            raise CartLineNotFound(instead.sku)
        left = lying.quantity - instead.pieces
        if left > 0:
            set_quantity(session, turn.shopper, instead.sku, left, turn.terms)
        else:
            remove_from_cart(session, turn.shopper, instead.sku, turn.terms)
        cart = add_to_cart(session, turn.shopper, variant.sku, quantity, source="chat", terms=turn.terms)
    turn.focus(variant.sku, exactly=True)
    turn.say(
        "utter_swapped_in_cart",
        told=subtotal_facts(cart),
        quantity=quantity,
        name=variant_title(product.name, variant.options),
        old=variant_title(lying.name, lying.options),
        count=cart.count,
        subtotal=subtotal_text(turn, cart),
        buttons=cart_buttons(turn),
    )


def _chosen(turn: Turn, product: ProductView, piece: Piece | None) -> dict[str, str] | None:
    """Give what is chosen of a product; None where the shopper had to be told that it does not come so."""
    chosen = wanted_options(turn, product, piece)
    if not chosen.unknown:
        return dict(chosen.values)
    turn.focus(product.variants[0].sku)
    lines = _option_lines(turn, product)
    turn.say("utter_no_such_value", name=product.name, value=chosen.unknown[0], lines=lines)
    return None


def _say_not_added(turn: Turn, goods: Goods) -> None:
    """Say by name what was not added: what may be several things, or is none of the shop's."""
    called = clean_words(goods.piece.text)
    if goods.products:
        names = turn.labels.one_of(product.name for product in goods.products)
        turn.say("utter_not_added_unclear", called=called, names=names)
    else:
        turn.say("utter_not_added_unknown", called=called)


def _ask_option(
    turn: Turn,
    product: ProductView,
    chosen: dict[str, str],
    quantity: int,
    question: tuple[str, list[str]],
    later: Sequence[Mapping[str, Any]] = (),
    instead: Replaced | None = None,
) -> None:
    option, values = question
    details: dict[str, Any] = {"chosen": chosen, "quantity": quantity, "later": list(later)}
    if instead:
        details["instead"] = asdict(instead)
    turn.ask_later(OPTION, product=product.slug, option=option, values=values, **details)
    turn.say(
        "utter_ask_option",
        name=product.name,
        option=turn.labels.option(option),
        values=turn.labels.one_of(map(turn.labels.value, values)),
        buttons=[named_button(turn.labels.value(value), "inform", option_value=value) for value in values],
    )
    if later:
        _say_later(turn, later)


def _say_later(turn: Turn, later: Sequence[Mapping[str, Any]]) -> None:
    """Say what is still to be added after the answer to a question."""
    with turn.reading() as session:
        names = [get_product(session, one["product"]).name for one in later]
    turn.say("utter_added_later", names=turn.labels.all_of(names))


def _offer_fewer(turn: Turn, error: NotEnoughStock, title: str) -> None:
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper).lines
    there = sum(line.quantity for line in lines if line.sku == error.sku)
    told = [stock_fact(error.sku, error.available)]
    rest = min(error.available - there, MAX_QUANTITY - there)
    if rest <= 0:
        response = "utter_all_in_cart" if there else "utter_out_of_stock"
        turn.say(response, told=told, name=title, count=there)
        return
    turn.ask_later(ADD, sku=error.sku, quantity=rest)
    turn.say(
        "utter_fewer_in_stock",
        told=told,
        name=title,
        available=error.available,
        rest=rest,
        buttons=[button(turn.labels, "yes", "affirm"), button(turn.labels, "no", "deny")],
    )


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(quantity, 1, MAX_QUANTITY)


def _option_lines(turn: Turn, product: ProductView) -> str:
    labels = turn.labels
    if not product.option_names:
        return labels.text("variant.only_one")
    return "\n".join(
        labels.text("details.fact", name=labels.option(name), value=labels.names(product.option_values(name)))
        for name in product.option_names
    )
