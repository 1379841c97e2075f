"""A shopper at a browser: opens the shop, types, presses buttons, reads what the chat shows."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, Route

SCREENSHOTS = Path("artifacts/screenshots")
ANSWER_MILLISECONDS = 30_000
HELD_SECONDS = 30

# True once there are more bubbles of the shopper than before, and an answer stands below the last of them.
_ANSWERED = """([chat, before]) => {
  const bubbles = [...chat.shadowRoot.querySelectorAll('.message-bubble')];
  const mine = bubbles.filter((bubble) => bubble.classList.contains('user-message-text'));
  const below = bubbles.slice(bubbles.lastIndexOf(mine.at(-1)) + 1);
  return mine.length > before && !chat.hasAttribute('data-busy') && below.length > 0;
}"""
_ANSWER = """(chat) => {
  const bubbles = [...chat.shadowRoot.querySelectorAll('.message-bubble')];
  const last = bubbles.findLastIndex((bubble) => bubble.classList.contains('user-message-text'));
  return bubbles.slice(last + 1).map((bubble) => bubble.innerText).join('\\n');
}"""


class HeldRequests:
    """Keeps what a page sends to an address waiting until the test lets each go on; it may read at once."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.method == "POST":
            self._routes.append(route)
        else:
            route.fallback()

    def next(self) -> Route:
        """Wait for the next request and give it; the page may show that it sends before the request is out.

        Raises:
            AssertionError: the page asked for nothing in time.
        """
        until = time.monotonic() + HELD_SECONDS
        while not self._routes:
            assert time.monotonic() < until, "the page sent no such request"
            self._page.wait_for_timeout(10)
        return self._routes.pop(0)


class Visitor:
    """Drives one page and remembers what went wrong on it.

    Attributes:
        errors: uncaught errors and messages of the console.
        foreign: addresses outside the server that the page asked for.
    """

    def __init__(self, page: Page, base_url: str) -> None:
        self.page, self.base_url = page, base_url
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", self._note_error)
        page.on("console", self._note_console)
        page.on("request", self._note_request)

    def visit_shop(self) -> None:
        """Open the storefront and wait for its products."""
        self.page.goto(f"{self.base_url}/webhooks/web/")
        self.page.locator(".product").first.wait_for()

    def open_chat(self) -> None:
        """Press the launcher and wait until one can type."""
        self.page.get_by_role("button", name="Chat with the shop assistant").click()
        self.box.wait_for()
        self.chat.locator(".message-bubble").first.wait_for()

    def say(self, text: str) -> str:
        """Type a message, send it and give the words of the answer."""
        before = self._said()
        self.box.fill(text)
        self.box.press("Enter")
        return self._answer(before)

    def press(self, button: Locator) -> str:
        """Press a button of the chat and give the words of the answer."""
        before = self._said()
        button.click()
        return self._answer(before)

    def choose_photo(self, file: Path) -> None:
        """Choose a file with the chat's photo button and wait for its preview, or for what is wrong with it."""
        with self.page.expect_file_chooser() as opened:
            self.chat.get_by_role("button", name="Search with a photo").click()
        opened.value.set_files(file)
        self.tray.get_by_role("button", name="Remove the photo").wait_for()

    def send_photo(self, caption: str = "") -> str:
        """Send the chosen photo, with words or without, and give the words of the answer."""
        self.box.fill(caption)
        return self.press(self.chat.get_by_role("button", name="Send"))

    def bubbles(self) -> list[str]:
        """Give the words of each message, oldest first."""
        return [bubble.inner_text().strip() for bubble in self.chat.locator(".message-bubble").all()]

    def keep_picture(self, name: str) -> None:
        """Keep a screenshot, with every photo that is in view loaded."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    @property
    def chat(self) -> Locator:
        """The chat component."""
        return self.page.locator("daogou-chat deep-chat")

    @property
    def box(self) -> Locator:
        """Where one types."""
        return self.page.get_by_role("textbox", name="Ask about products or orders")

    @property
    def tray(self) -> Locator:
        """What is shown above the text box of a photo that is not sent yet."""
        return self.chat.get_by_role("group", name="Photo to send")

    @property
    def photos(self) -> Locator:
        """Every photo in the shopper's bubbles."""
        return self.chat.locator("#messages").get_by_role("img", name="Your photo", exact=True)

    @property
    def cards(self) -> Locator:
        """Every product card of the conversation."""
        return self.chat.locator(".dg-card")

    def _said(self) -> int:
        return self.chat.locator(".user-message-text").count()

    def _answer(self, before: int) -> str:
        handle = self.chat.element_handle()
        self.page.wait_for_function(_ANSWERED, arg=[handle, before], timeout=ANSWER_MILLISECONDS)
        words: str = handle.evaluate(_ANSWER)
        return words

    def _note_error(self, error: Error) -> None:
        self.errors.append(str(error))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:")):
            self.foreign.append(request.url)
