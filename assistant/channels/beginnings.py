"""Begins a conversation in the language of the page on which it is held."""

from __future__ import annotations

import re
from collections import OrderedDict

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet

SLOT = "language"
MAX_REMEMBERED = 2_000

_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE)


class Beginnings:
    """Tells the assistant once which language a shopper's page has: a button or a photo may come before any words."""

    def __init__(self) -> None:
        # To look into a conversation costs more, the longer it is.
        self._begun: OrderedDict[str, None] = OrderedDict()

    async def begin(self, agent: Agent, message: UserMessage) -> None:
        """Set the language of a conversation that has none; what the shopper says may change it later.

        Args:
            agent: Whose domain may know no languages; then nothing is set.
            message: Of a shopper; its metadata may hold the `locale` of the page.
        """
        shopper_id, found = message.sender_id, _LANGUAGE.match((message.metadata or {}).get("locale") or "")
        if found is None or shopper_id in self._begun or SLOT not in {slot.name for slot in agent.domain.slots}:
            return
        async with agent.lock_store.lock(shopper_id):
            tracker = await agent.processor.fetch_tracker_and_update_session(
                shopper_id, message.output_channel, message.metadata
            )
            if tracker.get_slot(SLOT) is None:
                tracker.update(SlotSet(SLOT, found[0].lower()), agent.domain)
                await agent.processor.save_tracker(tracker)
        self._begun[shopper_id] = None
        while len(self._begun) > MAX_REMEMBERED:
            self._begun.popitem(last=False)
