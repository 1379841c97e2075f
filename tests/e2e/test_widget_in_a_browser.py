"""The chat on the page: what it shows, what it survives, and who can use it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ops.stack import Stack
from tests.e2e.conftest import Arrive
from tests.e2e.visitor import HeldRequests, Visitor

MESSAGES = "**/webhooks/web/messages"


def test_a_reload_brings_the_conversation_back(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    visitor.say("show me cameras")
    pressed = visitor.press(visitor.cards.get_by_role("button", name="Details").first)
    before = visitor.bubbles()
    visitor.page.reload()
    visitor.open_chat()
    assert visitor.bubbles() == [text for text in before if not text.startswith("Hello! I can find")]
    assert visitor.cards.count() >= 2
    assert "Details" in visitor.bubbles()
    assert pressed
    assert not any("/show_details" in text for text in visitor.bubbles())


@pytest.mark.parametrize("slowness", [1, 8], ids=["a quick computer", "a slow computer"])
def test_a_product_of_the_page_can_be_asked_about(visitor: Visitor, slowness: int) -> None:
    visitor.page.context.new_cdp_session(visitor.page).send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    visitor.visit_shop()
    name = visitor.page.locator(".product h2").first.inner_text()
    visitor.page.locator(".product button").first.click()
    expect(visitor.chat.locator(".user-message-text")).to_have_text(f"Tell me more about the {name}")
    expect(visitor.chat.locator(".ai-message-text").get_by_text(name).first).to_be_visible()


def test_a_category_narrows_the_catalogue_down(visitor: Visitor) -> None:
    visitor.visit_shop()
    everything = visitor.page.locator(".count").inner_text()
    chip = visitor.page.locator(".filter button").nth(1)
    chip.click()
    expect(visitor.page.locator(".filter button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(visitor.page.locator(".count")).not_to_have_text(everything)
    expect(visitor.page.locator(".count")).to_have_text(re.compile(r"^\d+ products?$"))


def test_the_chat_works_on_a_page_without_https(visitor: Visitor) -> None:
    # Browsers give this only to https and to the machine itself, and DAOGOU_HOST opens the page to a local network.
    visitor.page.add_init_script("delete Crypto.prototype.randomUUID")
    visitor.visit_shop()
    visitor.open_chat()
    assert visitor.say("hello")
    assert visitor.errors == []


def test_markup_of_a_shopper_is_shown_as_text(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    text = '<img src=x onerror="document.title=1"> **bold** [link](javascript:alert(1))'
    visitor.say(text)
    mine = visitor.chat.locator(".user-message-text")
    expect(mine).to_have_text(text)
    visitor.page.reload()
    visitor.open_chat()
    expect(mine).to_have_text(text)
    assert mine.locator("img, a, strong, b").count() == 0
    assert visitor.page.title() == "Daogou demo shop"


def test_when_the_server_is_away_the_shopper_reads_so_and_tries_again(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    visitor.page.route(MESSAGES, lambda route: route.abort())
    assert "cannot be reached" in visitor.say("hello")
    visitor.page.unroute(MESSAGES)
    visitor.chat.get_by_role("button", name="Try again").click()
    expect(visitor.chat.locator(".dg-trouble")).to_have_count(0)
    expect(visitor.chat.locator(".ai-message-text")).not_to_have_count(0)
    assert visitor.bubbles().count("hello") == 1


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (429, "too_many_requests", "try again in 7 seconds"),
        (429, "busy", "still working"),
        (413, "message_too_long", "too long: 2000 characters"),
        (503, "not_ready", "just starting"),
        (500, "something new", "on our side"),
    ],
)
def test_a_refusal_is_worded_for_the_shopper(visitor: Visitor, status: int, code: str, words: str) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    error = {"error": {"code": code, "message": "for developers", "limit": 2000}}
    visitor.page.route(MESSAGES, lambda route: route.fulfill(status=status, json=error, headers={"Retry-After": "7"}))
    assert words in visitor.say("hello")


def test_a_typing_sign_shows_until_the_answer_comes_and_buttons_wait(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    held = HeldRequests(visitor.page, MESSAGES)
    visitor.box.fill("hello")
    visitor.box.press("Enter")
    typing = visitor.chat.locator(".loading-message-dots")
    expect(typing).to_be_visible()
    expect(visitor.chat).to_have_attribute("data-busy", "")
    held.next().continue_()
    expect(typing).to_have_count(0)
    expect(visitor.chat).not_to_have_attribute("data-busy", "")


def test_a_session_that_has_ended_makes_way_for_a_new_one(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.page.evaluate("localStorage.setItem(`daogou:${location.origin}`, 'a.forged.token')")
    visitor.page.reload()
    visitor.open_chat()
    assert visitor.say("hello")
    token = visitor.page.evaluate("localStorage.getItem(`daogou:${location.origin}`)")
    assert len(token) > 100


def test_the_chat_works_by_keyboard_alone(visitor: Visitor) -> None:
    visitor.visit_shop()
    launcher = visitor.page.get_by_role("button", name="Chat with the shop assistant")
    launcher.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.box).to_be_focused()
    visitor.page.keyboard.type("hello")
    visitor.page.keyboard.press("Enter")
    expect(visitor.chat.locator(".user-message-text")).to_have_text("hello")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("dialog", name="Shop assistant")).to_be_hidden()
    expect(launcher).to_be_focused()


def test_on_a_phone_the_chat_fills_the_screen(stack: Stack, arrive: Arrive) -> None:
    visitor = arrive(stack.base_url, width=390, height=780)
    visitor.visit_shop()
    visitor.open_chat()
    panel = visitor.page.get_by_role("dialog", name="Shop assistant").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 390, "height": 780}
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.keep_picture("phone")


def test_a_demo_customer_signs_in_and_each_customer_has_a_conversation_of_their_own(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    visitor.say("hello")
    select = visitor.page.get_by_role("combobox")
    select.select_option(label="Ada")
    expect(visitor.chat.locator(".user-message-text")).to_have_count(0)
    assert visitor.say("show my orders")
    visitor.page.reload()
    expect(select).to_have_value("demo-ada")
    select.select_option(label="Guest")
    visitor.open_chat()
    expect(visitor.chat.locator(".user-message-text")).to_have_count(0)


def test_the_page_runs_under_its_own_policy_and_asks_nobody_else(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    visitor.say("show me cameras")
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.errors == []
    assert visitor.foreign == []
