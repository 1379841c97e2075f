"""Gathers what the assistant says in one turn, in the form that the web page receives."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel

from assistant.channels.chinese_script import ChineseScript
from assistant.channels.errors import trace_of

logger = logging.getLogger(__name__)

# "feedback" is the id by which the shopper may judge a reply.
PARTS = ("text", "elements", "buttons", "image", "feedback")


def visible_message(content: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the parts of a bot message that a shopper sees, and leave out the empty ones.

    Quick replies are buttons that Rasa keeps under another name.
    """
    message = {part: content[part] for part in PARTS if content.get(part)}
    buttons = [*(content.get("buttons") or []), *(content.get("quick_replies") or [])]
    if buttons:
        message["buttons"] = buttons
    return message


Tell = Callable[[dict[str, Any]], None]
LearnScript = Callable[[], Awaitable[ChineseScript]]


def told_later(message: dict[str, Any]) -> None:
    """Tell nobody yet: the messages of a turn are asked for when it is over."""


class CollectedOutput(OutputChannel):
    """Keeps a turn's messages whole: cards stay with their text instead of becoming lines.

    Args:
        learn_script: tells in which Chinese characters the shopper is answered; asked once there is something to show.
        tell: is told each message when it is said, while the rest of the turn goes on.
    """

    def __init__(self, learn_script: LearnScript, tell: Tell = told_later) -> None:
        self.messages: list[dict[str, Any]] = []
        self._learn_script = learn_script
        self._script: ChineseScript | None = None
        self._tell = tell

    async def keep(self, message: dict[str, Any]) -> None:
        """Keep a message in its form for the page."""
        if self._script is None:
            self._script = await self._learn_script()
        shown = self._script.shown(message)
        self.messages.append(shown)
        self._tell(shown)

    @classmethod
    def name(cls) -> str:
        """Name the channel as responses with a `channel:` key do."""
        return "web"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message.

        An exception here would make Rasa drop the turn's events, so a message that cannot be kept is logged instead.
        """
        try:
            visible = visible_message(message)
        except (AttributeError, TypeError) as error:
            logger.error("A message for the web page has a form that it cannot show.\n%s", trace_of(error))
            return
        if visible:
            await self.keep(visible)
