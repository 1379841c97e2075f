"""A whole visit in a real browser: find, compare, add, order, track."""

from __future__ import annotations

import re
import sqlite3

from playwright.sync_api import expect

from ops.stack import Stack
from tests.e2e.visitor import Visitor

ADDRESS = ["Ada Lovelace", "ada@example.com", "12 St James's Square", "London", "SW1Y 4JH", "United Kingdom"]


def rows(stack: Stack, query: str, *values: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(stack.database)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def test_a_shopper_finds_compares_adds_orders_and_tracks(stack: Stack, visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.keep_picture("storefront")
    visitor.open_chat()

    visitor.say("show me cameras")
    expect(visitor.cards.first).to_be_visible()
    assert visitor.cards.count() >= 2
    visitor.keep_picture("found")

    titles = [visitor.cards.nth(place).locator(".dg-card-title").inner_text() for place in (0, 1)]
    compared = visitor.say("compare the first two")
    assert all(title in compared for title in titles)
    expect(visitor.chat.get_by_role("rowheader", name="Price")).to_be_visible()
    visitor.keep_picture("compared")

    added = visitor.press(visitor.cards.get_by_role("button", name="Add to cart").first)
    assert "cart" in added.lower()
    in_cart = rows(stack, "SELECT sku FROM cart_lines JOIN variants ON variants.id = cart_lines.variant_id")
    assert len(in_cart) >= 1

    visitor.say("check out")
    for answer in ADDRESS:
        summary = visitor.say(answer)
    assert "London" in summary
    visitor.keep_picture("summary")

    placed = visitor.say("yes")
    number = re.search(r"\b\d{4,}\b", placed)
    assert number, placed
    (order,) = rows(stack, "SELECT ship_city, payment_state FROM orders WHERE number = ?", number[0])
    assert order[0] == "London"
    payment = visitor.chat.locator(".dg-bubble a").last
    expect(payment).to_have_attribute("href", re.compile(rf"^https://pay\.example\.com/.*{number[0]}"))
    expect(payment).to_have_attribute("rel", "noopener noreferrer")

    assert number[0] in visitor.say("where is my order?")
    visitor.keep_picture("tracked")

    assert visitor.errors == []
    assert visitor.foreign == []
