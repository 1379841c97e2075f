"""A shopper whose browser speaks Chinese: the page, the widget, the answers and the cart."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

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


@pytest.fixture
def shopper(stack: Stack, arrive: Arrive) -> ChineseVisitor:
    visitor = ChineseVisitor(arrive(stack.base_url, locale="zh-CN").page, stack.base_url)
    visitor.visit_shop()
    return visitor


def cart_lines(stack: Stack) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(stack.database)
    query = "SELECT sku, quantity FROM cart_lines JOIN variants ON variants.id = cart_lines.variant_id"
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_page_speaks_chinese_from_the_first_word(shopper: ChineseVisitor) -> None:
    page, texts = shopper.page, STRINGS["shop"]
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.get_by_role("heading", name=texts["tagline"])).to_be_visible()
    expect(page.locator(".grid .price").first).to_contain_text("US$")
    expect(page.locator(".for-you h2")).to_have_text(STRINGS["for_you"]["popular"])
    shopper.keep_picture("storefront-chinese")

    # The first thing that is heard of this shopper is a button, whose language only the page knows.
    page.locator(".grid button").first.click()
    shopper.cards.first.wait_for()
    about = next(said for said in shopper.bubbles() if "价格：US$" in said)
    # The last line is the catalogue's own description, in the language of the shop.
    assert not [line for line in about.splitlines()[:-1] if _SENTENCE.search(line)]
    assert shopper.errors == []


def test_a_visitor_chooses_a_language_and_the_page_keeps_it(shopper: ChineseVisitor) -> None:
    page = shopper.page
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Ask for it as you would ask on a shop floor.")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name=STRINGS["shop"]["tagline"])).to_be_visible()
    assert shopper.errors == []


def test_a_shopper_finds_asks_and_adds_in_chinese(stack: Stack, shopper: ChineseVisitor) -> None:
    shopper.open_chat()
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


def test_a_written_reply_gets_a_thumb_in_chinese(shopper: ChineseVisitor) -> None:
    shopper.open_chat()
    shopper.say("谢谢")
    texts = STRINGS["feedback"]
    thumbs = shopper.chat.get_by_role("group", name=texts["label"])
    thumbs.get_by_role("button", name=texts["down"]).click()
    expect(thumbs.get_by_role("status")).to_have_text(texts["kept"])
    expect(thumbs.get_by_role("button", name=texts["down"])).to_have_attribute("aria-pressed", "true")
    shopper.keep_picture("thumbs-chinese")
