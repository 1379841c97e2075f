"""A shopper at the web channel: signs in, says things, presses buttons and keeps what was answered."""

from __future__ import annotations

import base64
import json
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

    def click(self, button: str, card: int | None = None) -> list[Message]:
        """Press a button of the last answer, by its title or payload, where needed on the card of this number.

        Raises:
            NoSuchButton: it is not there, or there is more than one.
        """
        offered = cards(self.shown)[card - 1].get("buttons", []) if card else buttons(self.shown)
        payloads = {each["payload"]: each["title"] for each in offered if button in (each["title"], each["payload"])}
        if len(payloads) != 1:
            titles = [each["title"] for each in offered]
            raise NoSuchButton(f"{len(payloads)} buttons are called {button!r}; offered: {titles}; see `on_card`")
        payload, title = payloads.popitem()
        return self.say(payload, title)

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._session}"} if hasattr(self, "_session") else {}

    def _post(self, path: str, content: dict[str, Any]) -> Any:
        return self._client.post(f"/{path}", json=content, headers=self._headers).raise_for_status().json()


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
