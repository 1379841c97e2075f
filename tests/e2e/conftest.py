"""What the browser tests share: one Chromium, and a fresh visitor for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from ops.browser import BrowserMissing, find_browser
from ops.stack import Stack
from tests.e2e.visitor import Visitor

# Quiet and reproducible, and able to run as root in a container.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Arrive = Callable[..., Visitor]


# A module's, not a session's: Playwright keeps an event loop running for as long as it lives, and the process that
# tests pages may get files next whose tests start loops of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    try:
        path = find_browser(os.environ)
    except BrowserMissing as error:
        # A machine of one's own may go without; where it counts, a missing browser must not look like success.
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def arrive(chromium: Browser) -> Iterator[Arrive]:
    """Make visitors, each with a browser profile of their own."""
    contexts = []

    def make(
        base_url: str, width: int = 1280, height: int = 860, *, is_phone: bool = False, locale: str = "en-US"
    ) -> Visitor:
        # Nothing moves for a visitor who asks for that, so positions and pictures are the same each time.
        view: ViewportSize = {"width": width, "height": height}
        context = chromium.new_context(
            viewport=view, locale=locale, reduced_motion="reduce", has_touch=is_phone, is_mobile=is_phone
        )
        contexts.append(context)
        return Visitor(context.new_page(), base_url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(stack: Stack, arrive: Arrive) -> Visitor:
    return arrive(stack.base_url)
