"""The row above the catalogue: popular for a stranger, personal for who is known, and never in the way."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from ops.stack import Stack
from tests.e2e.test_shopping_in_a_browser import rows
from tests.e2e.visitor import Visitor

FOR_YOU = "**/webhooks/web/for-you?language=*"


def picks(visitor: Visitor) -> Locator:
    return visitor.page.locator(".pick")


def title(visitor: Visitor) -> Locator:
    return visitor.page.locator(".for-you h2")


def slug_of(pick: Locator) -> str:
    slug = pick.get_attribute("data-slug")
    assert slug
    return slug


def test_a_customer_sees_a_row_of_their_own_and_a_press_is_known_as_its_doing(stack: Stack, visitor: Visitor) -> None:
    visitor.visit_shop()
    expect(title(visitor)).to_have_text("Popular right now")
    expect(picks(visitor)).to_have_count(5)
    visitor.page.get_by_role("combobox", name="Demo sign-in").select_option("demo-ada")
    expect(title(visitor)).to_have_text("For you")
    expect(picks(visitor)).to_have_count(5)
    expect(picks(visitor).locator(".reason").first).to_have_text(re.compile(r"^Because \w+"))
    visitor.keep_picture("for-you")

    first = picks(visitor).first
    slug, name = slug_of(first), first.locator("h3").inner_text()
    # The whole card presses its button.
    first.click()
    expect(visitor.chat.locator(".user-message-text")).to_have_text(f"Tell me more about the {name}")
    expect(visitor.chat.locator(".ai-message-text").get_by_text(name).first).to_be_visible()
    found = rows(
        stack,
        "SELECT slates.task, interactions.source, slates.policy, slate_items.position FROM interactions "
        "JOIN products ON products.id = interactions.product_id "
        "JOIN slates ON slates.id = interactions.slate_id "
        "JOIN slate_items ON slate_items.slate_id = slates.id AND slate_items.product_id = products.id "
        "JOIN customers ON customers.id = slates.customer_id "
        "WHERE interactions.kind = 'click' AND customers.public_id = 'demo-ada' AND products.slug = ?",
        slug,
    )
    assert [one[:2] for one in found] == [("storefront", "recommendation")]
    assert found[0][3] == 1
    assert "popular-in-database" not in str(found[0][2])
    assert visitor.errors == []
    assert visitor.foreign == []


def test_a_reload_shows_the_same_row_and_is_no_second_list(stack: Stack, visitor: Visitor) -> None:
    visitor.visit_shop()
    expect(picks(visitor)).to_have_count(5)
    before = [slug_of(pick) for pick in picks(visitor).all()]
    logged = rows(stack, "SELECT count(*) FROM slates WHERE task = 'storefront'")
    visitor.page.reload()
    expect(picks(visitor)).to_have_count(5)
    assert [slug_of(pick) for pick in picks(visitor).all()] == before
    assert rows(stack, "SELECT count(*) FROM slates WHERE task = 'storefront'") == logged


def test_what_a_guest_does_in_the_chat_shows_in_the_row_at_once(visitor: Visitor) -> None:
    visitor.visit_shop()
    expect(title(visitor)).to_have_text("Popular right now")
    unwanted = slug_of(picks(visitor).first)
    visitor.open_chat()
    visitor.say("what would you recommend?")
    card = visitor.cards.filter(has_text=picks(visitor).first.locator("h3").inner_text())
    visitor.press(card.get_by_role("button", name="Not for me").first)
    expect(visitor.page.locator(f".pick[data-slug='{unwanted}']")).to_have_count(0)
    visitor.press(visitor.cards.get_by_role("button", name="Details").last)
    expect(title(visitor)).to_have_text("For you")


def test_without_an_answer_the_page_goes_without_the_row(visitor: Visitor) -> None:
    error = {"error": {"code": "for_you_unavailable", "message": "for developers"}}
    visitor.page.route(FOR_YOU, lambda route: route.fulfill(status=503, json=error))
    with visitor.page.expect_response(FOR_YOU):
        visitor.visit_shop()
    expect(title(visitor)).to_be_hidden()
    expect(visitor.page.locator(".product").first).to_be_visible()
    visitor.page.unroute(FOR_YOU)
    visitor.page.reload()
    expect(title(visitor)).to_be_visible()
