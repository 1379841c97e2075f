"""A written reply gets a thumb: by pointer or keyboard, changed, kept over a reload; and answers come part by part."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from ops.stack import Stack
from shop.db import make_sessions, open_engine, reading
from shop.reply_feedback import list_replies
from tests.e2e.visitor import HeldRequests, Visitor

FEEDBACK = "**/webhooks/web/feedback"
QUESTION = "thanks"


def ask(visitor: Visitor) -> Locator:
    """Ask what is answered in words that were written for the shopper; give the thumbs under them."""
    visitor.visit_shop()
    visitor.open_chat()
    visitor.say(QUESTION)
    thumbs = visitor.chat.get_by_role("group", name="What do you think of this answer?")
    expect(thumbs).to_have_count(1)
    return thumbs


def kept(stack: Stack) -> list[str | None]:
    """Give the thumbs in the shop's database, the latest reply first."""
    engine = open_engine(stack.database_url)
    try:
        with reading(make_sessions(engine)) as session:
            return [row.thumb for row in sorted(list_replies(session), key=lambda row: -row.id)]
    finally:
        engine.dispose()


def up(thumbs: Locator) -> Locator:
    return thumbs.get_by_role("button", name="This answer helps")


def down(thumbs: Locator) -> Locator:
    return thumbs.get_by_role("button", name="This answer does not help")


def test_a_thumb_is_pressed_changed_and_there_again_after_a_reload(stack: Stack, visitor: Visitor) -> None:
    thumbs = ask(visitor)
    expect(up(thumbs)).to_have_attribute("aria-pressed", "false")
    up(thumbs).click()
    expect(up(thumbs)).to_have_attribute("aria-pressed", "true")
    expect(thumbs.get_by_role("status")).to_have_text("Thank you")
    assert kept(stack)[0] == "up"
    visitor.keep_picture("thumbs")
    # By keyboard alone.
    down(thumbs).focus()
    visitor.page.keyboard.press("Enter")
    expect(down(thumbs)).to_have_attribute("aria-pressed", "true")
    expect(up(thumbs)).to_have_attribute("aria-pressed", "false")
    visitor.page.wait_for_load_state("networkidle")
    assert kept(stack)[0] == "down"
    before = visitor.bubbles()
    visitor.page.reload()
    visitor.open_chat()
    expect(down(thumbs)).to_have_attribute("aria-pressed", "true")
    # A thumb says nothing in the conversation.
    assert len(visitor.bubbles()) == len([text for text in before if not text.startswith("Hello! I can find")])
    assert visitor.errors == []


def test_what_everybody_is_told_in_the_same_words_has_no_thumbs(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    visitor.say("what is in my cart?")
    visitor.say("show me cameras")
    expect(visitor.chat.locator(".dg-thumb")).to_have_count(0)


def test_a_thumb_that_cannot_be_kept_is_taken_back(visitor: Visitor) -> None:
    thumbs = ask(visitor)
    visitor.page.route(FEEDBACK, lambda route: route.abort())
    up(thumbs).click()
    expect(thumbs.get_by_role("status")).to_have_text("That could not be saved. Please try again.")
    expect(up(thumbs)).to_have_attribute("aria-pressed", "false")
    visitor.page.unroute(FEEDBACK)
    gone = {"error": {"code": "feedback_gone", "message": "for developers"}}
    visitor.page.route(FEEDBACK, lambda route: route.fulfill(status=404, json=gone))
    up(thumbs).click()
    expect(thumbs.get_by_role("status")).to_have_text("This answer can no longer be rated.")


def test_of_two_quick_taps_the_last_one_stays(stack: Stack, visitor: Visitor) -> None:
    thumbs = ask(visitor)
    held = HeldRequests(visitor.page, FEEDBACK)
    up(thumbs).click()
    down(thumbs).click()
    first, second = held.next(), held.next()
    first.abort()
    second.continue_()
    expect(thumbs.get_by_role("status")).to_have_text("Thank you")
    expect(down(thumbs)).to_have_attribute("aria-pressed", "true")
    assert kept(stack)[0] == "down"


def test_the_first_part_of_an_answer_is_shown_while_the_rest_is_on_its_way(visitor: Visitor) -> None:
    visitor.visit_shop()
    visitor.open_chat()
    # The page reads what has come; the rest comes when the test says so.
    visitor.page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = (address, options) => {
            if (!String(address).endsWith('/messages')) return real(address, options);
            const line = (text) => new TextEncoder().encode(JSON.stringify({ text }) + '\\n');
            const body = new ReadableStream({
              start(stream) {
                stream.enqueue(line('The first part.'));
                window.sendRest = () => { stream.enqueue(line('The rest.')); stream.close(); };
              },
            });
            return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'application/x-ndjson' } }));
          };
        }"""
    )
    visitor.box.fill("two things")
    visitor.box.press("Enter")
    expect(visitor.chat.get_by_text("The first part.")).to_be_visible()
    expect(visitor.chat).to_have_attribute("data-busy", "")
    expect(visitor.chat.locator(".loading-message-dots")).to_be_visible()
    visitor.page.evaluate("window.sendRest()")
    expect(visitor.chat.get_by_text("The rest.")).to_be_visible()
    expect(visitor.chat).not_to_have_attribute("data-busy", "")
    expect(visitor.chat.locator(".loading-message-dots")).to_have_count(0)
    assert [text for text in visitor.bubbles() if text.startswith("The ")] == ["The first part.", "The rest."]
    assert visitor.errors == []
