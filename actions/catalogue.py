"""What is true of one product: its details, price, options and stock, or that the shop does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from actions.asked_besides import asks_price, asks_stock, asks_suiting, options_asked
from actions.asked_of_product import asks_of_each, tell_beyond_rows, tell_material, tell_of_each
from actions.base import ShopAction
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
from actions.cart_totals import asks_total, tell_total_of
from actions.cart_view import show_cart
from actions.catalogue_text import colour_names, in_short
from actions.facts import card_facts, price_facts, stock_facts
from actions.naming import is_part_of_name
from actions.options import chosen_options, is_named, option_having, options_like, value_like
from actions.references import Mention
from actions.slates import slate_with, source_of
from actions.suitability import say_unknown, tell_suitability
from actions.targets import Target, asked_values, focused_product, pick_asked, pick_one, question_of
from actions.turn import Button, Turn, clean_words
from shop.catalogue import ProductView, VariantView, select_variants
from shop.interactions import record_interaction
from shop.receipts import Fact
from shop.search_facts import COLOUR_NAMES

_LISTED = 8
_PRICE = re.compile(r"how much|\bprices?\b|\bcosts?\b|多少钱|价格|价钱")


class ActionShowDetails(ShopAction):
    """Show all that the shop says of a product."""

    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_details"

    def perform(self, turn: Turn) -> None:
        """Find the product and show it."""
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
        if sets_totals(turn):
            return
        if asks_total(turn) and not Mention.of(turn).products:
            show_cart(turn)
            return
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
        if asks_of_each(turn) and tell_of_each(turn):
            return
        target = pick_asked(turn, "tell_option")
        if target:
            tell_option(turn, target)
            if asks_price(turn):
                tell_price(turn, target)
            if asks_stock(turn) and not target.product.variants[1:]:
                tell_stock(turn, target)


class ActionTellStock(ShopAction):
    """Say how many pieces of a product there are."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_stock"

    def perform(self, turn: Turn) -> None:
        """Find the product and say its stock."""
        target = pick_one(turn, "tell_stock")
        if target:
            tell_stock(turn, target)
            if asks_price(turn):
                tell_price(turn, target)
            _tell_options_asked(turn, target.product)


def _tell_options_asked(turn: Turn, product: ProductView) -> None:
    """Say in which colours and sizes a product comes, where that is asked besides something else."""
    for name in options_asked(turn):
        if values := _named_values(product, name):
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
        told=price_facts([*ends, *meant[:_LISTED]]),
        name=_called_by(turn, product),
        low=labels.money(ends[0].price),
        high=labels.money(ends[1].price),
        lines=_variant_lines(turn, meant, lambda variant: reduction_text(labels, variant)),
        buttons=_buy(turn, target),
    )


def _called_by(turn: Turn, product: ProductView) -> str:
    """Name a product with the options that were said: the prices of its 15 inch versions are not those of all."""
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
        lines = _variant_lines(turn, meant, lambda variant: stock_text(labels, variant.stock))
        told = stock_facts(meant[:_LISTED])
        turn.say("utter_stock_by_option", told=told, name=product.name, lines=lines, buttons=_buy(turn, target))


def tell_option(turn: Turn, target: Target) -> None:
    """Answer whether a product comes in what was asked for: yes and no from its rows, else that nobody knows."""
    product = target.product
    _focus(turn, target)
    if tell_beyond_rows(turn, product):
        return
    values = asked_values(turn, product)
    question = question_of(turn)
    like = None if values else value_like(product, question)
    values += [clean_words(like)] if like else []
    hint = _hint(turn, product) or _option_named(turn, product)
    if hint and not values and _PRICE.search(turn.text.casefold()):
        tell_price(turn, target)
        return
    if values:
        _tell_values(turn, target, values, hint)
    asked = turn.services.topics.asked(question)
    names = hint and not _is_of_option(turn, product, hint, values)
    if hint and names and (_named_values(product, hint) or not asked.fields):
        _tell_names(turn, product, hint)
        if asked.truths or asks_suiting(turn):
            tell_suitability(turn, product)
    elif not values:
        tell_suitability(turn, product)


def _option_named(turn: Turn, product: ProductView) -> str | None:
    """Find the option that a message names as labels do: "存储容量" is storage."""
    return next((name for name in product.option_names if turn.labels.option(name) in turn.text), None)


def _hint(turn: Turn, product: ProductView) -> str | None:
    """Give the option that is asked after; what "32 inch" of the 32-Inch Monitor is a value of is not asked after."""
    hint = turn.entity("option_name")
    calls = any(is_part_of_name(product, value) for value in turn.entities("option_value"))
    return hint if hint and (not calls or _named_values(product, hint)) else None


def _is_of_option(turn: Turn, product: ProductView, hint: str, values: Sequence[str]) -> bool:
    """Tell whether one of some values, which this product may not have, is one of an option."""
    colours = {*turn.entities("colour"), *turn.recalled("colour")}
    names = [
        name
        for value in values
        for name in (
            *(["color"] if value in colours else []),
            *options_like(product, value),
            *turn.services.vocabulary.options_having(value),
        )
    ]
    return any(is_named(name, hint) or is_named(hint, name) for name in names)


def _tell_values(turn: Turn, target: Target, values: Sequence[str], hint: str | None) -> None:
    product, labels = target.product, turn.labels
    chosen = {name: value for value in values if (name := option_having(product, value, hint))}
    missing = [value for value in values if value not in chosen.values()]
    stated = [colour for colour in product.colours if colour.casefold() in {value.casefold() for value in missing}]
    if stated:
        # With all colours told, those that it does not come in are too.
        response = "utter_colour_only" if len(product.colours) == 1 else "utter_colour_yes"
        values_said, all_said = colour_names(turn, stated), colour_names(turn, product.colours)
        turn.say(response, name=product.name, colour=labels.all_of(values_said), colours=labels.all_of(all_said))
        said = {colour.casefold() for colour in [*stated, *turn.entities("colour")]}
        missing = [value for value in missing if value.casefold() not in said]
    if missing:
        _tell_missing(turn, product, missing[0], hint)
        return
    if not chosen:
        return
    fitting = select_variants(product, chosen)
    asked = labels.all_of(chosen.values())
    if not fitting:
        _say_no_such_combination(turn, product, asked)
    elif not any(variant.stock for variant in fitting):
        turn.say("utter_option_sold_out", told=stock_facts(fitting), name=product.name, options=asked)
    else:
        if len(fitting) == 1:
            turn.focus(fitting[0].sku, exactly=True)
        buttons = [button(labels, "add", "add_to_cart", product=product.slug, option_value=list(chosen.values()))]
        turn.say(
            "utter_option_yes",
            told=_line_facts(fitting),
            name=product.name,
            options=asked,
            lines=_lines(turn, fitting),
            buttons=buttons,
        )


def _tell_missing(turn: Turn, product: ProductView, value: str, hint: str | None) -> None:
    if value in turn.services.advice.materials:
        tell_material(turn, product, [value])
        return
    if value in turn.entities("colour"):
        known = tuple(colour_names(turn, product.colours))
        value = colour_names(turn, [value])[0]
    else:
        names = [hint] if hint else turn.services.vocabulary.options_having(value)
        options = [option for option in product.option_names if any(is_named(option, name) for name in names)]
        options = options or options_like(product, value)
        known = tuple(other for option in options for other in product.option_values(option))
    if known:
        said, there = turn.labels.value(value), turn.labels.all_of(map(turn.labels.value, known))
        turn.say("utter_option_no", name=product.name, value=said, values=there)
    else:
        say_unknown(turn, product)


def _named_values(product: ProductView, hint: str) -> list[str]:
    """List the values of the options and facts of a name."""
    values = [value for name in product.option_names if is_named(name, hint) for value in product.option_values(name)]
    stated = [known for name, known in product.attributes.items() if is_named(name, hint)]
    return [*values, *(value for known in stated for value in known)]


def _tell_names(turn: Turn, product: ProductView, hint: str) -> None:
    values = _named_values(product, hint)
    if values and hint.casefold() in COLOUR_NAMES:
        colours = turn.labels.all_of(colour_names(turn, values))
        turn.say("utter_comes_in_colours", name=product.name, colours=colours)
    elif values:
        option = turn.labels.option(hint)
        turn.say(
            "utter_option_values",
            name=product.name,
            option=option,
            values=turn.labels.all_of(map(turn.labels.value, values)),
        )
    elif product.option_names:
        names = [turn.labels.option(name) for name in product.option_names]
        turn.say("utter_other_options", name=product.name, options=turn.labels.all_of(names))
    elif len(product.variants) == 1:
        turn.say("utter_no_options", name=product.name)
    else:
        say_unknown(turn, product)


def _meant(turn: Turn, target: Target) -> list[VariantView] | None:
    """Keep the variants that were meant; None when the shopper was told that there is no such one."""
    product = target.product
    if target.sku:
        return [variant for variant in product.variants if variant.sku.lower() == target.sku.lower()]
    chosen = chosen_options(turn, product)
    fitting = list(select_variants(product, chosen.values))
    if chosen.unknown:
        _tell_missing(turn, product, chosen.unknown[0], turn.entity("option_name"))
        return None
    if not fitting:
        _say_no_such_combination(turn, product, turn.labels.all_of(chosen.values.values()))
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


def _say_no_such_combination(turn: Turn, product: ProductView, asked: str) -> None:
    lines, told = _lines(turn, product.variants), _line_facts(product.variants)
    turn.say("utter_no_such_combination", told=told, name=product.name, options=asked, lines=lines)


def _line_facts(variants: Sequence[VariantView]) -> list[Fact]:
    listed = variants[:_LISTED]
    return [*price_facts(listed), *stock_facts(listed)]


def _lines(turn: Turn, variants: Sequence[VariantView]) -> str:
    def price_and_stock(variant: VariantView) -> str:
        stock = stock_text(turn.labels, variant.stock)
        return turn.labels.text("card.subtitle", price=turn.labels.money(variant.price), stock=stock)

    return _variant_lines(turn, variants, price_and_stock)


def _variant_lines(turn: Turn, variants: Sequence[VariantView], fact: Callable[[VariantView], str]) -> str:
    lines = [
        turn.labels.text(
            "variant.line", options=", ".join(variant.options.values()) or variant.name, fact=fact(variant)
        )
        for variant in variants[:_LISTED]
    ]
    if len(variants) > _LISTED:
        lines.append(turn.labels.text("variant.more", count=len(variants) - _LISTED))
    return "\n".join(lines)
