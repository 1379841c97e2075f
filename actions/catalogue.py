"""What is true of one product: its details, price, options and stock, or that the shop does not know."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.asked_besides import asks_price, asks_stock, asks_suiting, options_asked
from actions.asked_of_product import asks_of_each, tell_beyond_rows, tell_of_each
from actions.base import ShopAction
from actions.buying_first import buys_before_sum
from actions.cards import (
    button,
    price_text,
    product_card,
    product_stock_text,
    reduction_text,
    stock_text,
    variant_title,
)
from actions.cart_changes import sets_totals
from actions.cart_colours import tell_cart_colours
from actions.cart_swaps import swaps_before_sum
from actions.cart_totals import asks_total, tell_total_of
from actions.cart_view import CHANGED, asks_cart_sum, show_cart
from actions.cart_wishes import takes_each
from actions.catalogue_text import in_short
from actions.counted_goods import takes_counted
from actions.delivery_choice import tell_delivery_costs
from actions.facts import card_facts, price_facts, stock_facts
from actions.message_parts import told_before
from actions.option_facts import is_of_option, named_values, option_asked, tell_missing, tell_names, tell_values
from actions.options import chosen_options, is_named, says_several, value_like, variants_having
from actions.points import tell_points_besides
from actions.references import Mention
from actions.slates import slate_with, source_of
from actions.spoken import says
from actions.suitability import say_unknown, tell_suitability, unknown_buttons
from actions.targets import Target, asked_values, focused_product, pick_asked, pick_one, question_of
from actions.turn import Button, Turn, clean_words
from actions.unasked import set_aside_unasked
from actions.variant_lines import LISTED, say_no_such_combination, variant_lines
from shop.catalogue import ProductView, VariantView, select_variants
from shop.interactions import record_interaction

_PRICE = re.compile(r"how much|\bprices?\b|\bcosts?\b|多少钱|价格|价钱")


class ActionShowDetails(ShopAction):
    """Show all that the shop says of a product."""

    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_details"

    def perform(self, turn: Turn) -> None:
        """Find the product and show it; so many of it are wanted."""
        if takes_counted(turn):
            return
        target = pick_one(turn, "show_details")
        if target:
            show_details(turn, target)


class ActionTellPrice(ShopAction):
    """Say what a product costs."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_price"

    def perform(self, turn: Turn) -> None:
        """Find the product and say its price."""
        if turn.entity("price_direction") == "lower":
            _answer_haggling(turn)
            return
        if swaps_before_sum(turn) or sets_totals(turn) or takes_each(turn) or buys_before_sum(turn):
            return
        if told_before(turn) in CHANGED and not (turn.entities("product") or turn.entities("product_query")):
            # "Two pots are enough. How much is it now?" asks for the sum.
            show_cart(turn)
            return
        if asks_total(turn) and not Mention.of(turn).products:
            show_cart(turn)
            return
        if told_before(turn) == "utter_arrival" and Mention.of(turn) == Mention():
            # "How long does express take, and how much is it?" asks what sending costs.
            tell_delivery_costs(turn)
            return
        if asks_cart_sum(turn):
            show_cart(turn)
            return
        from actions.version_asked import answer_version  # What tells it tells prices.

        if answer_version(turn):
            return
        set_aside_unasked(turn)
        target = pick_one(turn, "tell_price")
        if target and not tell_total_of(turn, target.product):
            tell_price(turn, target)
            if asks_stock(turn):
                tell_stock(turn, target)
            _tell_options_asked(turn, target.product)


class ActionTellOption(ShopAction):
    """Say whether a product comes in an option, or has a property: yes, no, or that the shop does not know."""

    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_option"

    def perform(self, turn: Turn) -> None:
        """Find the product and answer."""
        from actions.fitting import look_for_fitting  # What searches shows details, too.

        set_aside_unasked(turn)
        if (says(turn, "cart") and tell_cart_colours(turn)) or (asks_of_each(turn) and tell_of_each(turn)):
            return
        if look_for_fitting(turn):
            return
        target = pick_asked(turn, "tell_option")
        if target:
            tell_option(turn, target)
            if asks_price(turn):
                tell_price(turn, target)
            is_missing = chosen_options(turn, target.product).unknown
            if asks_stock(turn) and not target.product.variants[1:] and not is_missing:
                tell_stock(turn, target)


class ActionTellStock(ShopAction):
    """Say how many pieces of a product there are."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_stock"

    def perform(self, turn: Turn) -> None:
        """Find the product and say its stock."""
        set_aside_unasked(turn)
        target = pick_one(turn, "tell_stock")
        if target:
            tell_stock(turn, target)
            if asks_price(turn):
                tell_price(turn, target)
            _tell_options_asked(turn, target.product)


def _tell_options_asked(turn: Turn, product: ProductView) -> None:
    """Say in which colours and sizes a product comes, where that is asked besides something else."""
    for name in options_asked(turn):
        if any(is_named(one, name) for one in product.option_names) and turn.intent[0] == "ask_stock":
            # The stock was told of each of them.
            continue
        if values := named_values(product, name):
            option, known = turn.labels.option(name), turn.labels.all_of(values)
            turn.say("utter_option_values", name=product.name, option=option, values=known)
        else:
            say_unknown(turn, product)


def show_details(turn: Turn, target: Target) -> None:
    """Show a product, and note that it was looked at."""
    product = target.product
    _focus(turn, target)
    slate = slate_with(turn, product.slug)
    with turn.writing() as session:
        for kind in ("click", "view") if turn.from_button else ("view",):
            record_interaction(session, turn.shopper, product.slug, kind, source_of(turn, slate), slate=slate)
    turn.say(
        "utter_product_details",
        told=card_facts(product),
        name=product.name,
        facts="\n".join(facts(turn, product)),
        description=in_short(turn, product.description) or turn.labels.text("details.no_description"),
        elements=[product_card(turn.labels, product, details=False)],
    )


def facts(turn: Turn, product: ProductView) -> list[str]:
    """Write the facts of a product, one a line; what the shop does not say is left out."""
    labels = turn.labels
    pairs = [(labels.text("details.price"), price_text(labels, product))]
    if product.brand:
        pairs.insert(0, (labels.text("details.brand"), product.brand))
    pairs += [(labels.option(name), labels.names(product.option_values(name))) for name in product.option_names]
    pairs += [(labels.option(name), labels.names(values)) for name, values in product.attributes.items()]
    pairs.append((labels.text("details.stock"), product_stock_text(labels, product)))
    return [labels.text("details.fact", name=name, value=value) for name, value in pairs]


def tell_price(turn: Turn, target: Target) -> None:
    """Say the price of a product, or of those of its variants that were meant."""
    product, labels = target.product, turn.labels
    _focus(turn, target)
    meant = _meant(turn, target)
    if meant is None:
        return
    if len({variant.price for variant in meant}) == 1:
        name = variant_title(product.name, meant[0].options) if len(meant) == 1 else product.name
        told = price_facts(meant[:1])
        turn.say(
            "utter_price", told=told, name=name, price=reduction_text(labels, meant[0]), buttons=_buy(turn, target)
        )
        return
    ordered = sorted(meant, key=lambda variant: variant.price.amount)
    ends = (ordered[0], ordered[-1])
    turn.say(
        "utter_price_range",
        told=price_facts([*ends, *meant[:LISTED]]),
        name=_called_by(turn, product),
        low=labels.money(ends[0].price),
        high=labels.money(ends[1].price),
        lines=variant_lines(turn, meant, lambda variant: reduction_text(labels, variant)),
        buttons=_buy(turn, target),
    )


def _called_by(turn: Turn, product: ProductView) -> str:
    """Name a product with the options that were said: the prices of its 15 inch versions are not those of all."""
    if says_several(product, turn.entities("option_value"), turn.entity("option_name")):
        return product.name
    return variant_title(product.name, chosen_options(turn, product).values)


def _answer_haggling(turn: Turn) -> None:
    """Answer a wish for a lower price: no row of a promotion, no reduction; what is reduced can be looked at."""
    # Its other words say how much less, not of what.
    mention = replace(Mention.of(turn), words="")
    with turn.reading() as session:
        is_about_one = mention.says_something or focused_product(turn, session) is not None
    if is_about_one:
        target = pick_one(turn, "tell_price", mention)
        if target is None:
            return
        tell_price(turn, target)
    turn.say(
        "utter_prices_stand",
        buttons=[
            button(turn.labels, "deals", "ask_deals"),
            button(turn.labels, "cheaper", "refine_search", price_direction="lower"),
        ],
    )


def tell_stock(turn: Turn, target: Target) -> None:
    """Say what is in stock: a number only where a row holds it."""
    product, labels = target.product, turn.labels
    _focus(turn, target)
    meant = _meant(turn, target)
    if meant is None:
        return
    if len(meant) == 1:
        name = variant_title(product.name, meant[0].options)
        response = "utter_in_stock" if meant[0].stock else "utter_out_of_stock"
        turn.say(response, told=stock_facts(meant), name=name, count=meant[0].stock, buttons=_buy(turn, target))
    elif not any(variant.stock for variant in meant):
        turn.say("utter_out_of_stock", told=stock_facts(meant), name=product.name)
    else:
        lines = variant_lines(turn, meant, lambda variant: stock_text(labels, variant.stock))
        told = stock_facts(meant[:LISTED])
        turn.say("utter_stock_by_option", told=told, name=product.name, lines=lines, buttons=_buy(turn, target))


def tell_option(turn: Turn, target: Target) -> None:
    """Answer whether a product comes in what was asked for: yes and no from its rows, else that nobody knows."""
    product = target.product
    _focus(turn, target)
    if tell_beyond_rows(turn, product):
        return
    values = asked_values(turn, product)
    question = question_of(turn)
    like = None if values or turn.entities("option_value") else value_like(product, question)
    values += [clean_words(like)] if like else []
    hint = option_asked(turn, product)
    if hint and not values and _PRICE.search(turn.text.casefold()):
        tell_price(turn, target)
        return
    if values:
        tell_values(turn, target, values, hint)
        tell_points_besides(turn, product, question, unknown_buttons(turn, product))
    asked = turn.services.topics.asked(question)
    # "Is the football a size 4 or 5?" asks of no choice.
    is_told = bool(values) and len(product.variants) == 1
    names = hint and not (is_told or is_of_option(turn, product, hint, values))
    if hint and names and (named_values(product, hint) or not asked.fields):
        tell_names(turn, product, hint)
        if asked.truths or asks_suiting(turn):
            tell_suitability(turn, product)
    elif not values:
        tell_suitability(turn, product)


def _meant(turn: Turn, target: Target) -> list[VariantView] | None:
    """Keep the variants that were meant; None when the shopper was told that there is no such one."""
    product = target.product
    if target.sku:
        return [variant for variant in product.variants if variant.sku.lower() == target.sku.lower()]
    chosen = chosen_options(turn, product)
    fitting = list(select_variants(product, chosen.values))
    if chosen.unknown:
        tell_missing(turn, product, chosen.unknown[0], turn.entity("option_name"))
        return None
    said, hint = turn.entities("option_value"), turn.entity("option_name")
    if says_several(product, said, hint):
        return variants_having(product, said, hint)
    if not fitting:
        say_no_such_combination(turn, product, turn.labels.all_of(chosen.values.values()))
        return None
    return fitting


def _focus(turn: Turn, target: Target) -> None:
    shown = turn.slot("candidate_skus") or []
    skus = [variant.sku for variant in target.product.variants]
    if target.sku:
        turn.focus(target.sku, exactly=True)
    else:
        turn.focus(next((sku for sku in skus if sku in shown), skus[0]))


def _buy(turn: Turn, target: Target) -> list[Button]:
    if not target.product.in_stock:
        return []
    if len(target.product.variants) > 1:
        return [button(turn.labels, "choose", "add_to_cart", product=target.product.slug)]
    return [button(turn.labels, "add", "add_to_cart", sku=target.product.variants[0].sku)]
