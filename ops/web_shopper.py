"""A shopper at the web channel: signs in, says things, presses buttons and keeps what was answered."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

Message = dict[str, Any]
_ANSWER_SECONDS = 30.0


class NoSuchButton(AssertionError):
    """The shopper was to press what the assistant has not offered, or what stands there more than once."""


class PhotoNotTaken(AssertionError):
    """The server did not take a photo.

    Attributes:
        code: why.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"the photo was refused: {code}")
        self.code = code


class NothingToJudge(AssertionError):
    """The shopper was to give a thumb where no reply was written."""


class WebShopper:
    """Talks to the assistant as the page does, with a session that the server has minted."""

    def __init__(self, base_url: str, customer: str | None = None) -> None:
        """Open a session, and sign in as a demo customer where one is named."""
        self._client = httpx.Client(base_url=f"{base_url}/webhooks/web", timeout=_ANSWER_SECONDS)
        self._session = self._post("sessions", {})["session"]
        if customer:
            self._session = self._post("demo-sign-in", {"customer": customer})["session"]
        self.shown: list[Message] = []

    @property
    def shopper_id(self) -> str:
        """The id by which the tracker and the shop know this shopper."""
        body = self._session.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sub"])

    def upload(self, photo: bytes) -> str:
        """Upload a photo as the page does; give its address.

        Raises:
            PhotoNotTaken: the server refuses it.
        """
        answer = self._client.post("/photos", content=photo, headers={**self._headers, "Content-Type": "image/jpeg"})
        if answer.status_code != httpx.codes.CREATED:
            raise PhotoNotTaken(answer.json()["error"]["code"])
        return str(answer.json()["photo_url"])

    def say(self, text: str, title: str | None = None, photo_url: str | None = None) -> list[Message]:
        """Send a message and give the answers.

        Args:
            text: what was typed, or the payload of a button.
            title: what stood on a pressed button.
            photo_url: the address of the photo that goes with it.
        """
        metadata = {**({"title": title} if title else {}), **({"photo_url": photo_url} if photo_url else {})}
        answers: list[Message] = self._post("messages", {"text": text, "metadata": metadata})
        self.shown = answers
        return answers

    def say_twice(self, text: str, title: str | None = None) -> list[Message]:
        """Send a message over two connections at once, as a double click does; give the answers to both."""
        other = self.another_tab()
        try:
            with ThreadPoolExecutor(2) as pool:
                sent = [pool.submit(tab.say, text, title) for tab in (self, other)]
                answers = [message for each in sent for message in each.result()]
        finally:
            other.close()
        self.shown = answers
        return answers

    def judge(self, messages: list[Message], thumb: str) -> None:
        """Give a thumb to the first of some answers that was written for the shopper.

        Raises:
            NothingToJudge: none of them was.
        """
        reply_id = next((message["feedback"] for message in messages if message.get("feedback")), None)
        if reply_id is None:
            raise NothingToJudge("none of these answers can be judged")
        self._post("feedback", {"reply": reply_id, "thumb": thumb})

    def click(self, button: str, card: int | None = None) -> list[Message]:
        """Press a button of the last answer; see `button`."""
        return self.say(*self.button(button, card))

    def button(self, button: str, card: int | None = None) -> tuple[str, str]:
        """Find a button of the last answer by its title or payload, where needed on the card of this number.

        Returns:
            Its payload and its title.

        Raises:
            NoSuchButton: it is not there, or there is more than one.
        """
        offered = cards(self.shown)[card - 1].get("buttons", []) if card else buttons(self.shown)
        payloads = {each["payload"]: each["title"] for each in offered if button in (each["title"], each["payload"])}
        if len(payloads) != 1:
            titles = [each["title"] for each in offered]
            raise NoSuchButton(f"{len(payloads)} buttons are called {button!r}; offered: {titles}; see `on_card`")
        return payloads.popitem()

    def another_tab(self) -> WebShopper:
        """Open the same session over a connection of its own, as a second tab does; it shows what this one shows."""
        tab = WebShopper.__new__(WebShopper)
        tab._client = httpx.Client(base_url=self._client.base_url, timeout=_ANSWER_SECONDS)
        tab._session, tab.shown = self._session, self.shown
        return tab

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._session}"} if hasattr(self, "_session") else {}

    def _post(self, path: str, content: dict[str, Any]) -> Any:
        return self._client.post(f"/{path}", json=content, headers=self._headers).raise_for_status().json()


class Tabs:
    """The tabs in which one shopper has the page open."""

    def __init__(self, first: WebShopper) -> None:
        """Begin with one."""
        self.first = first
        self._open = [first]

    def number(self, number: int) -> WebShopper:
        """Give a tab; a new one is opened with what the first one shows."""
        while len(self._open) < number:
            self._open.append(self.first.another_tab())
        return self._open[number - 1]

    def close(self) -> None:
        """Close all of them."""
        for tab in self._open:
            tab.close()


def cards(messages: list[Message]) -> list[Message]:
    """Give the product cards of some messages."""
    return [card for message in messages for card in message.get("elements", [])]


def buttons(messages: list[Message]) -> list[Message]:
    """Give the buttons of some messages, those on cards too."""
    return [button for part in (*messages, *cards(messages)) for button in part.get("buttons", [])]


def card_names(card: Message) -> set[str]:
    """Give what a card may be called in a test: its title, or the SKU or product that its buttons name."""
    names = {str(card.get("title"))}
    for button in card.get("buttons", []):
        _intent, brace, entities = str(button.get("payload", "")).partition("{")
        if brace:
            found = json.loads(brace + entities)
            names |= {str(found[key]) for key in ("sku", "product") if key in found}
    return names
