"""How the versions of a product are listed: a line each, with a price, a stock or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actions.cards import stock_text
from actions.facts import price_facts, stock_facts
from actions.turn import Turn
from shop.catalogue import ProductView, VariantView
from shop.receipts import Fact

LISTED = 8


def say_no_such_combination(turn: Turn, product: ProductView, asked: str) -> None:
    """Say that no version has all that was asked for, and which there are."""
    lines, told = price_and_stock_lines(turn, product.variants), line_facts(product.variants)
    turn.say("utter_no_such_combination", told=told, name=product.name, options=asked, lines=lines)


def line_facts(variants: Sequence[VariantView]) -> list[Fact]:
    """Give the facts that a list of prices and stocks tells."""
    listed = variants[:LISTED]
    return [*price_facts(listed), *stock_facts(listed)]


def price_and_stock_lines(turn: Turn, variants: Sequence[VariantView]) -> str:
    """Write the price and the stock of each version."""

    def price_and_stock(variant: VariantView) -> str:
        stock = stock_text(turn.labels, variant.stock)
        return turn.labels.text("card.subtitle", price=turn.labels.money(variant.price), stock=stock)

    return variant_lines(turn, variants, price_and_stock)


def variant_lines(turn: Turn, variants: Sequence[VariantView], fact: Callable[[VariantView], str]) -> str:
    """Write a fact of each version, the first few of many."""
    lines = [
        turn.labels.text(
            "variant.line", options=", ".join(variant.options.values()) or variant.name, fact=fact(variant)
        )
        for variant in variants[:LISTED]
    ]
    if len(variants) > LISTED:
        lines.append(turn.labels.text("variant.more", count=len(variants) - LISTED))
    return "\n".join(lines)
