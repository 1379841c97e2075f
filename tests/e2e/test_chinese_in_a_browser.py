"""A Chinese shopper on a Chinese page: the widget, the answers and the cart."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from ops.stack import Stack
from tests.e2e.conftest import Arrive
from tests.e2e.visitor import Visitor

STRINGS = json.loads(Path("assistant/widget/strings/zh.json").read_text(encoding="utf-8"))
# What the catalogue names, and money, are written in Latin letters in Chinese too.
_SENTENCE = re.compile(r"\b[a-z]+(?: [a-z]+){2,}\b")


class ChineseVisitor(Visitor):
    """Finds things by what they are called in Chinese."""

    def open_chat(self) -> None:
        """Press the launcher and wait until one can type."""
        self.page.get_by_role("button", name=STRINGS["launcher"]["open"]).click()
        self.box.wait_for()
        self.chat.locator(".message-bubble").first.wait_for()

    @property
    def box(self) -> Locator:
        """Where one types."""
        return self.page.get_by_role("textbox", name=STRINGS["panel"]["input"])


def in_chinese(route: Route) -> None:
    """Serve the page as a shop in Chinese would, which sets the language of the widget."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('data-locale="en_US"', 'data-locale="zh_CN"'))


@pytest.fixture
def shopper(stack: Stack, arrive: Arrive) -> ChineseVisitor:
    visitor = ChineseVisitor(arrive(stack.base_url).page, stack.base_url)
    visitor.page.route(f"{stack.base_url}/webhooks/web/", in_chinese)
    visitor.visit_shop()
    visitor.open_chat()
    return visitor


def cart_lines(stack: Stack) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(stack.database)
    query = "SELECT sku, quantity FROM cart_lines JOIN variants ON variants.id = cart_lines.variant_id"
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_shopper_finds_asks_and_adds_in_chinese(stack: Stack, shopper: ChineseVisitor) -> None:
    assert shopper.bubbles()[0].startswith(STRINGS["intro"]["text"])
    found = shopper.say("有没有100以内的跑鞋")
    assert "3款" in found
    expect(shopper.cards.first).to_be_visible()
    assert "尺码" in shopper.say("第一双有哪些尺码？")

    before = cart_lines(stack)
    shopper.say("把42码的加两双到购物车")
    added = [line for line in cart_lines(stack) if line not in before]
    assert [quantity for _, quantity in added] == [2]
    shopper.keep_picture("chinese")

    assert not [said for said in shopper.bubbles() if _SENTENCE.search(said)]
    assert shopper.errors == []
