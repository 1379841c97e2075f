"""Does each thing that one message asks for, in order and within its turn, whatever channel it came by.

Rasa's agent, through which all channels pass, handles one intent a message. `install` has it handle each request of a
message as a message of its own. Where one of them leads to a question, the others wait in the slot `requests_left`
until it is answered, and the shopper is told so; what is too much, or fails, is told too.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.channels.action_guard import ActionBudget, turn_budget
from assistant.channels.errors import trace_of
from assistant.channels.own_words import noted, worded
from assistant.channels.request_order import POLICY, Part, answerable_first, is_answered
from assistant.nlu.intents import CHANGING
from assistant.nlu.pieces import Cutter
from assistant.nlu.several import CASE_YES, FORM, ORDER_YES, VALUE, YES, requests_of
from assistant.nlu.words import WordLists
from assistant.photo_address import photo_address

logger = logging.getLogger(__name__)

# More is told to be left, so that nobody waits long or loses the thread.
MOST = 3
LEFT = "requests_left"
# In the metadata of a message: what the shopper typed, once, and nothing for the rest of the same message.
TYPED = "typed"
WORDS = ("data/lexicon/en.yml", "data/lexicon/zh.yml")
APOLOGY = "utter_unavailable"
FAILURES = frozenset({APOLOGY, "utter_technical_problem"})
WAIT, NOT_DONE, TOO_MANY = "utter_requests_wait", "utter_requests_not_done", "utter_requests_too_many"
_LISTED = "list_orders"
# What is offered besides an answer: it can be taken up or left, and nothing has to wait for it.
_OFFERS = frozenset({"person", "details", "similar", "rating", "taste", "search"})
# What the next message may begin with, by the kind of the question that waits.
_WAITS: Mapping[str, str] = {
    "confirm_order": ORDER_YES,
    "case_yes": CASE_YES,
    **dict.fromkeys(("use_address", "add", "clear_cart", "remove", *_OFFERS - {"rating", "taste"}), YES),
    **dict.fromkeys(("option", "which", "quantity", "order", "rating"), VALUE),
}
_LONGEST = 60
_INSTALLED = "_daogou_several"

Handle = Callable[[Agent, UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class State:
    """How a conversation stands.

    Attributes:
        form: the form that is being filled, if any.
        pending: the details of a question that waits for its answer, if one does.
        left: requests that wait for that answer.
        intent: what was said last.
        failed: whether it was answered by an apology.
    """

    form: str | None
    pending: Any
    left: tuple[Part, ...]
    intent: str
    failed: bool

    @classmethod
    def of(cls, tracker: DialogueStateTracker) -> State:
        """Read it off a tracker."""
        slots = tracker.current_slot_values()
        intent = tracker.latest_message.intent.get("name") if tracker.latest_message else None
        left = tuple(Part(one["text"], one["intent"]) for one in slots.get(LEFT) or ())
        return cls(tracker.active_loop_name, slots.get("pending"), left, str(intent), _has_failed(tracker))

    @property
    def is_settled(self) -> bool:
        """Tell whether no question waits."""
        return not (self.form or self.pending)

    @property
    def waits_for(self) -> str:
        """Tell what the next message may begin with: a yes, a value, or no answer at all."""
        return FORM if self.form else _WAITS.get(self._kind, "")

    @property
    def _kind(self) -> str:
        return str(self.pending.get("kind")) if isinstance(self.pending, Mapping) else ""

    def asks_what(self, before: State) -> bool:
        """Tell whether a question has come up since then that the next words would be taken to answer."""
        if self.form and not before.form:
            return True
        if self._kind in _OFFERS:
            return False
        # A list of orders asks nothing, although a number alone is then understood.
        return bool(self.pending) and self.pending != before.pending and self.intent != _LISTED


def install() -> None:
    """Have Rasa's agent handle each request of a message; doing it twice changes nothing."""
    if getattr(Agent, _INSTALLED, False):
        return
    _cutter()  # its word lists are read now, and not while the first shopper waits
    Agent.handle_message = _each_request(Agent.handle_message)
    setattr(Agent, _INSTALLED, True)


def _each_request(handle: Handle) -> Handle:
    @functools.wraps(handle)
    async def handle_each(agent: Agent, message: UserMessage) -> Any:
        if not agent.is_ready() or agent.processor.model_metadata.core_target is None:
            return await handle(agent, message)
        with turn_budget() as budget:
            return await _Turn(agent, message, handle, budget).run()

    return handle_each


class _Turn:
    """A message while its requests are done."""

    def __init__(self, agent: Agent, message: UserMessage, handle: Handle, budget: ActionBudget) -> None:
        self._agent, self._message, self._handle, self._budget = agent, message, handle, budget

    async def run(self) -> Any:
        """Do what the message asks for, then what had to wait for it."""
        parts = await self._parts()
        if len(parts) > 1 or (parts and parts[0].text != self._message.text):
            result = await self._do(parts, self._message.text)
        else:
            if parts:
                self._message.parse_data = parts[0].parsed
            result = await self._handle(self._agent, self._message)
        state = await self._state()
        if state.left and state.is_settled and not (state.failed or self._budget.failed):
            self._budget.done += 1
            await self._leave(())
            left = await self._still_open(state.left)
            result = await self._do(left, "") if left else result
        return result

    async def _still_open(self, left: Sequence[Part]) -> list[Part]:
        """Leave out what the answer has said as well: "make it 12" that waited for how many, where that was "12"."""
        text = self._message.text or ""
        if text.startswith(INTENT_MESSAGE_PREFIX) or not any(part.intent in CHANGING for part in left):
            return list(left)
        answer = await self._parse(text)
        read = [replace(part, parsed=part.parsed or await self._parse(part.text)) for part in left]
        return [part for part in read if not is_answered(part, answer)]

    async def _parts(self) -> list[Part]:
        """Split what was typed; buttons and captions of photos are one request each."""
        text, metadata = self._message.text or "", self._message.metadata or {}
        if self._message.parse_data or text.startswith(INTENT_MESSAGE_PREFIX) or photo_address(metadata):
            return []
        waits = (await self._state()).waits_for if len(_cutter().cut(text)) > 1 else ""
        requests = await requests_of(text, _cutter(), self._parse, waits)
        return answerable_first([Part(one.text, one.intent, one.parsed) for one in requests])

    async def _parse(self, text: str) -> Mapping[str, Any]:
        return await self._agent.processor.parse_message(UserMessage(text, metadata=self._message.metadata))

    async def _do(self, parts: Sequence[Part], typed: str) -> Any:
        """Do requests in order, until one fails or has to ask."""
        result, now, later = None, parts[:MOST], parts[MOST:]
        for place, part in enumerate(now):
            before = await self._state()
            result = await self._done(part, typed, place)
            state = await self._state()
            if state.failed or self._budget.failed:
                await self._give_up([*now[place:], *later], place)
                return result
            self._budget.done += 1
            typed = ""
            if now[place + 1 :] and state.asks_what(before):
                await self._wait(now[place + 1 :])
                break
        if later:
            await self._tell(TOO_MANY, later)
        return result

    async def _wait(self, rest: Sequence[Part]) -> None:
        """Let requests wait for the answer to a question, but for what is asked of the shop's rules: it stays open."""
        waiting = [part for part in rest if part.intent != POLICY]
        for part in rest:
            if part.intent == POLICY:
                await self._done(part, "", 1)
        if waiting:
            await self._leave([*waiting, *(await self._state()).left])
            await self._tell(WAIT, waiting)

    async def _done(self, part: Part, typed: str, place: int) -> Any:
        """Do one request; an error in a later one costs the earlier ones nothing."""
        message = UserMessage(
            part.text,
            self._message.output_channel,
            self._message.sender_id,
            parse_data=part.parsed,
            input_channel=self._message.input_channel,
            metadata={**(self._message.metadata or {}), TYPED: typed},
        )
        try:
            return await self._handle(self._agent, message)
        except Exception as error:
            if not place:
                raise
            logger.error("A request of %s failed.\n%s", message.sender_id, trace_of(error))
            self._budget.failed = True

    async def _give_up(self, rest: Sequence[Part], place: int) -> None:
        """Tell what was not done. Where nothing was, the channel apologises, and all may be sent again."""
        if self._budget.failed and not (place or self._budget.done):
            return
        if self._budget.failed:
            await self._tell(APOLOGY, ())
            self._budget.failed = False
        await self._tell(NOT_DONE, rest)

    async def _tell(self, response: str, rest: Sequence[Part]) -> None:
        output = self._message.output_channel
        lines = "\n".join(f"– {_clean(part.text)}" for part in rest)
        said = await worded(self._agent, self._message.sender_id, response, output.name(), rest=lines)
        await output.send_response(self._message.sender_id, said)

    async def _leave(self, parts: Sequence[Part]) -> None:
        left = [{"text": part.text, "intent": part.intent} for part in parts]
        await noted(self._agent, self._message.sender_id, SlotSet(LEFT, left or None))

    async def _state(self) -> State:
        return State.of(await self._agent.processor.get_tracker(self._message.sender_id))


@functools.cache
def _cutter() -> Cutter:
    return Cutter(WordLists.load(*WORDS))


def _has_failed(tracker: DialogueStateTracker) -> bool:
    """Tell whether the answer to the last message was an apology."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, BotUttered) and event.metadata.get("utter_action") in FAILURES:
            return True
    return False


def _clean(text: str) -> str:
    """Make a shopper's words safe to say back, and short."""
    plain = " ".join("".join(letter for letter in text if letter not in "<>{}").split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rstrip()}…"
