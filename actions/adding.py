"""Put a product into the cart: every option is chosen by the shopper, none is guessed."""

from __future__ import annotations

from actions.cards import button, named_button, variant_title
from actions.cart_lines import cart_buttons, subtotal_text
from actions.facts import stock_fact, subtotal_facts
from actions.options import chosen_options, next_open
from actions.pending import ADD, OPTION
from actions.slates import slate_with, source_of
from actions.targets import Target
from actions.turn import Turn
from shop.carts import MAX_QUANTITY, add_to_cart, view_cart
from shop.catalogue import ProductView, VariantView, select_variants
from shop.errors import InvalidQuantity, NotEnoughStock
from shop.interactions import record_interaction


def add(turn: Turn, target: Target) -> None:
    """Put a product into the cart; what has to be chosen is asked for and never guessed."""
    quantity = turn.number("quantity")
    product = target.product
    if target.sku:
        sku = target.sku
        variant = next(one for one in product.variants if one.sku.lower() == sku.lower())
        add_variant(turn, product, variant, 1 if quantity is None else quantity)
        return
    chosen = chosen_options(turn, product)
    if chosen.unknown:
        value = chosen.unknown[0]
        turn.focus(product.variants[0].sku)
        turn.say("utter_no_such_value", name=product.name, value=value, lines=_option_lines(turn, product))
        return
    complete(turn, product, dict(chosen.values), 1 if quantity is None else quantity)


def complete(turn: Turn, product: ProductView, chosen: dict[str, str], quantity: int) -> None:
    """Ask for the next option that is open, or add the one variant that is left.

    Args:
        turn: the turn.
        product: the product.
        chosen: what the shopper has chosen, by the product's own names and values.
        quantity: how many.
    """
    _check_quantity(quantity)
    turn.focus(product.variants[0].sku)
    fitting = select_variants(product, chosen)
    if not fitting:
        options = turn.labels.all_of(chosen.values())
        turn.say("utter_no_such_combination", name=product.name, options=options, lines=_option_lines(turn, product))
        return
    if not any(variant.stock for variant in fitting):
        turn.say("utter_out_of_stock", name=variant_title(product.name, chosen))
        return
    question = next_open(product, chosen)
    if question is None:
        add_variant(turn, product, fitting[0], quantity)
    else:
        _ask_option(turn, product, chosen, quantity, question)


def offer(turn: Turn, product: ProductView, quantity: int) -> None:
    """Ask whether so many pieces are wanted, where a number is all that was said of the product spoken of."""
    _check_quantity(quantity)
    settled = [one for one in product.variants if one.sku == turn.slot("chosen_sku")]
    question = None if settled else next_open(product, {})
    if question:
        _ask_option(turn, product, {}, quantity, question)
        return
    variant = (settled or list(product.variants))[0]
    turn.ask_later(ADD, sku=variant.sku, quantity=quantity)
    turn.say(
        "utter_ask_add",
        quantity=quantity,
        name=variant_title(product.name, variant.options),
        buttons=[button(turn.labels, "yes", "affirm"), button(turn.labels, "no", "deny")],
    )


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


def _ask_option(
    turn: Turn, product: ProductView, chosen: dict[str, str], quantity: int, question: tuple[str, list[str]]
) -> None:
    option, values = question
    turn.ask_later(OPTION, product=product.slug, option=option, values=values, chosen=chosen, quantity=quantity)
    turn.say(
        "utter_ask_option",
        name=product.name,
        option=turn.labels.option(option),
        values=turn.labels.one_of(map(turn.labels.value, values)),
        buttons=[named_button(turn.labels.value(value), "inform", option_value=value) for value in values],
    )


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
