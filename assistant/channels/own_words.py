"""What the assistant says outside of any action: worded by the domain, and written into the conversation."""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.channels.errors import trace_of

logger = logging.getLogger(__name__)


async def worded(agent: Agent, shopper_id: str, response: str, channel: str, **variables: str) -> dict[str, Any]:
    """Word a response of the domain and write it into the conversation, so that a reload shows it too.

    Returns:
        The message as Rasa words it; empty where the domain has no such response.
    """
    async with agent.lock_store.lock(shopper_id):
        tracker = await agent.processor.get_tracker(shopper_id)
        message = dict(await agent.nlg.generate(response, tracker, channel, **variables) or {})
        if message and tracker.events:
            data = {part: value for part, value in message.items() if part != "text"}
            await _write(agent, tracker, BotUttered(message.get("text"), data, {"utter_action": response}))
    return message


async def noted(agent: Agent, shopper_id: str, event: Event) -> None:
    """Write an event into the conversation."""
    async with agent.lock_store.lock(shopper_id):
        await _write(agent, await agent.processor.get_tracker(shopper_id), event)


async def _write(agent: Agent, tracker: DialogueStateTracker, event: Event) -> None:
    tracker.update(event, agent.domain)
    try:
        await agent.processor.save_tracker(tracker)
    except Exception as error:  # noqa: BLE001 - the shopper gets it all the same
        logger.error("What was said to %s could not be written down.\n%s", tracker.sender_id, trace_of(error))
