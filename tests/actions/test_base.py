from __future__ import annotations

import asyncio
import dataclasses
import inspect
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import text

from actions.answers import ActionDeny
from actions.base import ERROR_RESPONSES, ShopAction
from actions.bootstrap import Services
from actions.turn import Turn
from shop import errors
from shop.carts import add_to_cart, view_cart
from shop.db import reading
from shop.shoppers import Shopper
from tests.actions.conftest import Chat
from tests.actions.test_domain import domain


def error_classes() -> list[type[errors.ShopError]]:
    return [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.ShopError)]


def action_that(services: Services, do: Callable[[Turn], None]) -> ShopAction:
    """An action that does what a test wants; a class of its own would be registered by the next test's server."""
    action = ActionDeny(services)
    action.perform = do
    return action


def outcome(
    services: Services, do: Callable[[Turn], None], slots: dict[str, Any] | None = None
) -> tuple[list[str], list[Any]]:
    dispatcher = CollectingDispatcher()
    tracker = Tracker("web-1", slots or {}, {"text": "Jane Doe, 5 Secret Street"}, [], False, None, {}, None)
    events = asyncio.run(action_that(services, do).run(dispatcher, tracker, {}))
    return [one["response"] for one in dispatcher.messages], events


def failing(error: Exception) -> Callable[[Turn], None]:
    def do(turn: Turn) -> None:
        turn.say("utter_greet")
        turn.remember(focus_sku="X")
        raise error

    return do


def test_errors_are_all_mapped() -> None:
    assert set(error_classes()) == set(ERROR_RESPONSES)


def test_errors_have_words_in_the_domain() -> None:
    assert {response for response, _ in ERROR_RESPONSES.values()} <= set(domain()["responses"])


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_the_words_use_data_that_the_error_carries(kind: type[errors.ShopError]) -> None:
    parameters = [
        name for name in inspect.signature(kind.__init__).parameters if name not in {"self", "args", "kwargs"}
    ]
    error = kind(*["7"] * len(parameters))
    response, fields = ERROR_RESPONSES[kind]
    assert all(hasattr(error, field) for field in fields)
    for variation in domain()["responses"][response]:
        used = {part.split("}")[0] for part in variation["text"].split("{")[1:]}
        assert used <= set(fields)


def test_a_refusal_is_said_and_drops_the_question(services: Services) -> None:
    said, events = outcome(services, failing(errors.EmptyCart()), {"pending": {"kind": "clear_cart"}})
    assert said == ["utter_greet", "utter_cart_is_empty"]
    assert {"event": "slot", "timestamp": None, "name": "pending", "value": None} in events


def test_an_unavailable_shop_is_said_and_keeps_the_question(services: Services) -> None:
    assert outcome(services, failing(errors.ShopUnavailable("gone")), {"pending": {"kind": "clear_cart"}}) == (
        ["utter_unavailable"],
        [],
    )


def test_an_unexpected_exception_is_an_apology_and_no_silence(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert outcome(services, failing(RuntimeError("Jane Doe, 5 Secret Street"))) == (
            ["utter_technical_problem"],
            [],
        )
    assert "RuntimeError" in caplog.text
    assert "test_base.py" in caplog.text
    assert "Secret" not in caplog.text


def test_an_action_that_hangs_is_an_apology_at_its_deadline(services: Services) -> None:
    impatient = dataclasses.replace(services, settings=services.settings.model_copy(update={"deadline_s": 0.05}))
    release = threading.Event()

    async def run() -> list[str]:
        action = action_that(impatient, lambda turn: (release.wait(5), turn.say("utter_greet"))[-1])
        dispatcher = CollectingDispatcher()
        await action.run(dispatcher, Tracker("web-1", {}, {}, [], False, None, {}, None), {})
        release.set()
        return [one["response"] for one in dispatcher.messages]

    assert asyncio.run(run()) == ["utter_unavailable"]


def test_a_locked_database_is_an_apology_and_the_next_message_works(chat: Chat) -> None:
    with chat.services.sessions() as other:
        other.connection(execution_options={"daogou_write": True})
        assert chat.say("add_to_cart", product="cordless-mouse") == ["utter_unavailable"]
    assert chat.say("add_to_cart", product="cordless-mouse") == ["utter_added_to_cart"]


def test_a_database_that_is_gone_is_an_apology(chat: Chat) -> None:
    with chat.services.sessions() as session:
        session.execute(text("ALTER TABLE carts RENAME TO away"))
        session.commit()
    assert chat.say("view_cart") == ["utter_unavailable"]


@pytest.mark.parametrize(
    "words",
    ["", "x" * 10_000, "🙂🙂🙂", "<img src=x onerror=alert(1)>", "'; DROP TABLE products; --", "{price} {0}", "\x00"],
)
@pytest.mark.parametrize(
    "intent", ["search_products", "inform", "ask_option", "nlu_fallback", "track_order", "add_to_cart"]
)
def test_odd_messages_get_an_answer(chat: Chat, intent: str, words: str) -> None:
    chat.say("search_products", product_query="running shoe")
    said = chat.say(intent, words, product_query=words)
    assert said
    assert "utter_technical_problem" not in said
    assert not any("<" in str(value) for message in chat.messages for value in message.values())


def test_what_ends_after_the_deadline_changes_nothing(services: Services) -> None:
    impatient = dataclasses.replace(services, settings=services.settings.model_copy(update={"deadline_s": 0.05}))
    release, refused = threading.Event(), threading.Event()

    def add_late(turn: Turn) -> None:
        try:
            with turn.writing() as session:
                add_to_cart(session, turn.shopper, "MOUSE")
                release.wait(5)
        except errors.ShopUnavailable:
            refused.set()
            raise

    async def run() -> None:
        dispatcher = CollectingDispatcher()
        tracker = Tracker("web-1", {}, {}, [], False, None, {}, None)
        await action_that(impatient, add_late).run(dispatcher, tracker, {})
        release.set()
        assert await asyncio.to_thread(refused.wait, 5)

    asyncio.run(run())
    with reading(services.sessions) as session:
        assert view_cart(session, Shopper("web-1")).is_empty


@pytest.mark.parametrize("response", ["utter_technical_problem", "utter_unavailable"])
def test_no_apology_claims_that_nothing_was_changed(response: str) -> None:
    for variation in domain()["responses"][response]:
        assert "nothing" not in variation["text"].lower()
