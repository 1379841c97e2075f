"""Runs one message through Rasa and makes sure that the shopper hears something back."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from assistant.channels.action_guard import ACTION_SECONDS, shared_budget
from assistant.channels.beginnings import Beginnings
from assistant.channels.chinese_script import ChineseScript, script_of
from assistant.channels.errors import Unavailable, trace_of
from assistant.channels.limits import TurnQueue
from assistant.channels.messages import IncomingMessage
from assistant.channels.output import CollectedOutput, Tell, told_later, visible_message
from assistant.channels.own_words import worded
from assistant.channels.postbacks import admit
from assistant.channels.several import APOLOGY
from assistant.channels.tokens import Session, Tokens

logger = logging.getLogger(__name__)

CHANNEL = "web"
# Actions have their own, shorter limit; this one ends a turn that hangs anywhere else.
TURN_SECONDS = 15.0
MAX_REMEMBERED = 2_000

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
Messages = list[dict[str, Any]]


class Turns:
    """Answers shoppers' messages, one at a time for each of them."""

    def __init__(self, on_new_message: OnNewMessage, tokens: Tokens) -> None:
        self._on_new_message = on_new_message
        self._tokens = tokens
        self._queue = TurnQueue()
        self._beginnings = Beginnings()
        self._answers: OrderedDict[tuple[str, str], Messages] = OrderedDict()
        self._running: set[asyncio.Future[Messages]] = set()

    async def answer(self, agent: Agent, session: Session, message: IncomingMessage) -> Messages:
        """Give the assistant's messages to one message of a shopper.

        The turn goes on when the browser goes away, so that what an action has done is also remembered by the
        conversation; a widget that asks again with the same message id gets this turn's answer, unless it failed.

        Raises:
            TooMany: If earlier messages of the shopper still wait.
            Unavailable: If no model is loaded, or nothing at all can be said.
        """
        return await asyncio.shield(self._begun(agent, session, message, told_later))

    async def stream(self, agent: Agent, session: Session, message: IncomingMessage) -> AsyncIterator[dict[str, Any]]:
        """Give the messages one by one, each when it is said: the first comes while later actions still run.

        Raises:
            TooMany: As `answer` does.
            Unavailable: As `answer` does.
        """
        said: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        task = self._begun(agent, session, message, said.put_nowait)
        task.add_done_callback(lambda _: said.put_nowait(None))
        while (one := await said.get()) is not None:
            yield one
        await task

    def _begun(self, agent: Agent, session: Session, message: IncomingMessage, tell: Tell) -> asyncio.Future[Messages]:
        if not agent.is_ready():
            raise Unavailable("not_ready", "The assistant is still starting.")
        task = asyncio.ensure_future(self._in_turn(agent, session, message, tell))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _in_turn(self, agent: Agent, session: Session, message: IncomingMessage, tell: Tell) -> Messages:
        async with self._queue.turn(session.shopper_id):
            key = (session.shopper_id, message.message_id or "")
            if message.message_id and key in self._answers:
                for one in self._answers[key]:
                    tell(one)
                return self._answers[key]
            messages, is_final = await self._run(agent, session, message, tell)
            # After a failure the shopper may well try again, and is to get more than the same apology; but what was
            # done of several requests is not done twice.
            if message.message_id and is_final:
                self._remember(key, messages)
            return messages

    async def _run(self, agent: Agent, session: Session, message: IncomingMessage, tell: Tell) -> tuple[Messages, bool]:
        output = CollectedOutput(functools.partial(_script, agent, session, message), tell)
        incoming = UserMessage(
            admit(message.text, agent.domain),
            output,
            session.shopper_id,
            input_channel=CHANNEL,
            metadata={**message.metadata, "identity": self._tokens.sign_identity(session)},
        )
        with shared_budget(ACTION_SECONDS) as budget:
            finished = await self._handled(agent, incoming)
        succeeded = finished and not budget.failed and bool(output.messages)
        if not succeeded:
            await output.keep(await apologise(agent, session.shopper_id))
        return output.messages, succeeded or bool(budget.done)

    async def _handled(self, agent: Agent, incoming: UserMessage) -> bool:
        try:
            await asyncio.wait_for(self._answered(agent, incoming), TURN_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever it is, the shopper must hear something
            logger.error("A turn of %s failed; the shopper gets an apology.\n%s", incoming.sender_id, trace_of(error))
            return False
        return True

    async def _answered(self, agent: Agent, incoming: UserMessage) -> None:
        await self._beginnings.begin(agent, incoming)
        await self._on_new_message(incoming)

    def _remember(self, key: tuple[str, str], messages: Messages) -> None:
        self._answers[key] = messages
        while len(self._answers) > MAX_REMEMBERED:
            self._answers.popitem(last=False)


async def _script(agent: Agent, session: Session, message: IncomingMessage) -> ChineseScript:
    """Tell in which Chinese characters a shopper is answered, by what was written so far and is written now."""
    try:
        tracker = await agent.tracker_store.retrieve(session.shopper_id)
    except Exception as error:  # noqa: BLE001 - the answer matters more than how its characters look
        logger.error("What %s has written cannot be read.\n%s", session.shopper_id, trace_of(error))
        tracker = None
    script = script_of(tracker.events if tracker else ())
    script.read(message.text, message.metadata)
    return script


async def apologise(agent: Agent, shopper_id: str) -> dict[str, Any]:
    """Word the domain's apology and write it into the conversation, so that a reload shows it too.

    Raises:
        Unavailable: If the domain has no such response.
    """
    message = visible_message(await worded(agent, shopper_id, APOLOGY, CHANNEL))
    if not message:
        raise Unavailable("unavailable", "The assistant cannot answer at the moment.")
    return message
