"""Reads a conversation back from the tracker store, as the shopper saw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered

from assistant.channels.chinese_script import ChineseScript
from assistant.channels.output import visible_message
from assistant.channels.several import TYPED
from assistant.channels.tokens import Session, Tokens
from assistant.photo_address import photo_address

MAX_MESSAGES = 100


async def read_history(store: TrackerStore, session: Session, tokens: Tokens) -> list[dict[str, Any]]:
    """Give the last messages of one shopper's conversation, oldest first."""
    tracker = await store.retrieve_full_tracker(session.shopper_id)
    if tracker is None:
        return []
    return list(_messages(_readable(tracker.events, session, tokens)))[-MAX_MESSAGES:]


def _readable(events: Iterable[Event], session: Session, tokens: Tokens) -> Iterator[Event]:
    """Leave out what was said while another customer was signed in: a token from before a sign-in goes on working."""
    readable = True
    for event in events:
        if isinstance(event, UserUttered):
            readable = tokens.may_read(session, event.metadata.get("identity"))
        if readable:
            yield event


def _messages(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    titles: dict[str, str] = {}
    script = ChineseScript()
    for event in events:
        if isinstance(event, BotUttered):
            content = {**event.data, "text": event.text, "feedback": event.metadata.get("feedback")}
            message = script.shown(visible_message(content))
            titles.update(_button_titles(message))
            if message:
                yield {"role": "assistant", **message}
        elif isinstance(event, UserUttered):
            script.read(event.text or "", event.metadata)
            shown = {"text": _as_seen(event, titles), "photo_url": photo_address(event.metadata)}
            if any(shown.values()):
                yield {"role": "shopper", **{part: value for part, value in shown.items() if value}}


def _as_seen(event: UserUttered, titles: dict[str, str]) -> str | None:
    """Give what the shopper's bubble held: for a pressed button its title, never its payload."""
    # Of a message that asked for several things, all but the first part were typed with it.
    text = event.metadata.get(TYPED, event.text) or ""
    if not text.startswith("/"):
        return text
    return titles.get(text) or event.metadata.get("title")


def _button_titles(message: dict[str, Any]) -> dict[str, str]:
    buttons = list(message.get("buttons", []))
    for element in message.get("elements", []):
        buttons.extend(element.get("buttons", []))
    return {button["payload"]: button["title"] for button in buttons if button.get("payload") and button.get("title")}
