"""Asks the action server what to recommend to a shopper, for the row above the storefront's catalogue."""

from __future__ import annotations

import re
from typing import Any

from rasa.core.tracker_store import TrackerStore
from sanic.response import HTTPResponse

from assistant.channels.action_answers import passed_on
from assistant.channels.errors import Unavailable
from assistant.channels.tokens import Session, Tokens

# What the shopper said of their taste in the chat holds for the page too, and nothing else of the chat is passed on.
_SLOTS = ("wishes", "edits", "remembered_for")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class ForYouProxy:
    """Fetches ``POST {actions}/for-you``, where the shopper is proven by the same short token as with a message."""

    def __init__(self, actions_url: str, tokens: Tokens) -> None:
        self._url = f"{actions_url}/for-you"
        self._tokens = tokens

    async def fetch(self, store: TrackerStore, session: Session, language: str | None) -> HTTPResponse:
        """Give the row as the action server words it.

        Args:
            store: Where conversations are kept.
            session: Whose row it is.
            language: Of the page; anything but a language's code is left out.

        Raises:
            Unavailable: If the action server is down, slow, or refuses.
        """
        trouble = Unavailable("for_you_unavailable", "Recommendations cannot be shown at the moment.")
        headers = {"Authorization": f"Bearer {self._tokens.sign_identity(session)}"}
        asked: dict[str, Any] = {"slots": await _said(store, session)}
        if language and _LANGUAGE.fullmatch(language):
            asked["language"] = language
        return await passed_on("POST", self._url, trouble, headers=headers, json=asked)


async def _said(store: TrackerStore, session: Session) -> dict[str, Any]:
    tracker = await store.retrieve(session.shopper_id)
    slots = tracker.current_slot_values() if tracker else {}
    return {name: slots[name] for name in _SLOTS if slots.get(name) is not None}
