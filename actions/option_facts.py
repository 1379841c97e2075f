"""In which options, values and colours a product comes: yes and no from its rows, else that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from actions.asked_of_product import tell_material
from actions.cards import button
from actions.catalogue_text import colour_names
from actions.facts import stock_facts
from actions.naming import is_part_of_name
from actions.options import is_named, option_having, options_like, says_several, variants_having
from actions.suitability import say_unknown
from actions.targets import Target
from actions.turn import Turn
from actions.variant_lines import line_facts, price_and_stock_lines, say_no_such_combination
from shop.catalogue import ProductView
from shop.search_facts import COLOUR_NAMES

# A word for what goods store, and the options by which the shop gives it.
_STORING = {"storage": frozenset({"hdd", "ssd"})}


def option_asked(turn: Turn, product: ProductView) -> str | None:
    """Give the name of the option that a message asks after, as it says it or as labels do."""
    return _hint(turn, product) or _option_named(turn, product)


def _option_named(turn: Turn, product: ProductView) -> str | None:
    """Find the option that a message names as labels do: "存储容量" is storage."""
    return next((name for name in product.option_names if turn.labels.option(name) in turn.text), None)


def _hint(turn: Turn, product: ProductView) -> str | None:
    """Give the option that is asked after; what "32 inch" of the 32-Inch Monitor is a value of is not asked after."""
    hint = turn.entity("option_name")
    if hint and not named_values(product, hint):
        hint = next((name for name in product.option_names if name.casefold() in _STORING.get(hint, ())), hint)
    calls = any(is_part_of_name(product, value) for value in turn.entities("option_value"))
    return hint if hint and (not calls or named_values(product, hint)) else None


def is_of_option(turn: Turn, product: ProductView, hint: str, values: Sequence[str]) -> bool:
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


def tell_values(turn: Turn, target: Target, values: Sequence[str], hint: str | None) -> None:
    """Say of option values and colours whether a product comes in them."""
    product, labels = target.product, turn.labels
    chosen = [value for value in values if option_having(product, value, hint)]
    missing = [value for value in values if value not in chosen]
    stated = [colour for colour in product.colours if colour.casefold() in {value.casefold() for value in missing}]
    if stated:
        # With all colours told, those that it does not come in are too.
        response = "utter_colour_only" if len(product.colours) == 1 else "utter_colour_yes"
        values_said, all_said = colour_names(turn, stated), colour_names(turn, product.colours)
        turn.say(response, name=product.name, colour=labels.all_of(values_said), colours=labels.all_of(all_said))
        said = {colour.casefold() for colour in [*stated, *turn.entities("colour")]}
        missing = [value for value in missing if value.casefold() not in said]
        if len(product.colours) > 1:
            _say_not_chosen(turn, product)
    if missing:
        tell_missing(turn, product, missing[0], hint)
        return
    if not chosen:
        return
    fitting = variants_having(product, chosen, hint)
    asked = labels.all_of(chosen)
    if not fitting:
        say_no_such_combination(turn, product, asked)
    elif not any(variant.stock for variant in fitting):
        turn.say("utter_option_sold_out", told=stock_facts(fitting), name=product.name, options=asked)
    else:
        if len(fitting) == 1:
            turn.focus(fitting[0].sku, exactly=True)
        buttons = [button(labels, "add", "add_to_cart", product=product.slug, option_value=chosen)]
        if says_several(product, chosen, hint):
            buttons = [button(labels, "choose", "add_to_cart", product=product.slug)]
        turn.say(
            "utter_option_yes",
            told=line_facts(fitting),
            name=product.name,
            options=asked,
            lines=price_and_stock_lines(turn, fitting),
            buttons=buttons,
        )


def _say_not_chosen(turn: Turn, product: ProductView) -> None:
    """Say that none of several colours is chosen when a thing is bought, where no version is of one."""
    options = turn.labels.all_of(turn.labels.option(name) for name in product.option_names)
    if options and not any(is_named(name, hint) for name in product.option_names for hint in COLOUR_NAMES):
        turn.say("utter_only_options_chosen", name=product.name, options=options)


def tell_missing(turn: Turn, product: ProductView, value: str, hint: str | None) -> None:
    """Say that a product does not come in a value, and in which it does; that nobody knows, where none is stated."""
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


def named_values(product: ProductView, hint: str) -> list[str]:
    """List the values of the options and facts of a name."""
    values = [value for name in product.option_names if is_named(name, hint) for value in product.option_values(name)]
    stated = [known for name, known in product.attributes.items() if is_named(name, hint)]
    return [*values, *(value for known in stated for value in known)]


def tell_names(turn: Turn, product: ProductView, hint: str) -> None:
    """Say in which values of an option or fact a product comes."""
    values = named_values(product, hint)
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
    elif len(product.option_names) == 1:
        # "What sizes?" of a hard drive asks for what there is to choose, whatever the shop calls it.
        tell_names(turn, product, product.option_names[0])
    elif product.option_names:
        names = [turn.labels.option(name) for name in product.option_names]
        turn.say("utter_other_options", name=product.name, options=turn.labels.all_of(names))
    elif len(product.variants) == 1:
        turn.say("utter_no_options", name=product.name)
    else:
        say_unknown(turn, product)
