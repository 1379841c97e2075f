"""What the word lists take before the intent is asked: messages of the kinds that they are made for, and no others."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from rasa_sdk import Tracker

from actions import base
from actions.bootstrap import Services
from actions.turn import Turn
from tests.actions.conftest import Chat

DATA = Path(__file__).parents[2] / "data/nlu"
MARK = re.compile(r"\[([^\]]*)\](?:\(([^)]*)\)|\{[^}]*\})")
# Whose messages a list may take with nothing being asked: when something arrives, what is left of a budget, how to
# reach people, codes and prices for many, ways to pay, and an address with a full cart.
MADE_FOR = frozenset(
    {
        *("ask_deals", "ask_policy", "ask_price", "ask_stock", "use_code", "talk_to_person", "greet", "complain"),
        *("track_order", "inform", "change_address", "view_cart", "deny", "check_out", "affirm"),
    }
)


def messages() -> Iterator[tuple[str, str, str, list[str]]]:
    """Give each training message of other intents: intent, text, language, the numbers of orders in it."""
    for path in sorted(DATA.rglob("*.yml")):
        for block in yaml.load(path.read_text(), yaml.CSafeLoader).get("nlu") or []:
            if block.get("intent") in (None, *MADE_FOR):
                continue
            for line in block["examples"].splitlines():
                text = line.strip().removeprefix("- ")
                numbers = [mark[1] for mark in MARK.finditer(text) if mark[2] == "order_number"]
                yield block["intent"], MARK.sub(r"\1", text), "zh" if "zh" in path.parts else "en", numbers


def is_taken(chat: Chat, intent: str, text: str, language: str, numbers: list[str]) -> bool:
    entities = [{"entity": "order_number", "value": number} for number in numbers]
    message = {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": entities, "metadata": {}}
    tracker = Tracker(
        chat.sender_id, {**chat.slots, "language": language}, message, [], False, None, {"name": None}, None
    )
    turn = Turn(tracker, chat.services, time.monotonic() + 60)
    return base._is_taken(turn) or base._answers_aside(turn)


@pytest.mark.parametrize("has_cart", [False, True], ids=["nothing before", "a cart and a list"])
def test_a_message_of_another_kind_is_left_to_its_intent(services: Services, has_cart: bool) -> None:
    chat = Chat(services)
    if has_cart:
        chat.say("add_to_cart", "add the mouse", product_query="mouse")
        chat.say("search_products", "laptops", product_query="laptop")

    taken = [(one[0], one[1]) for one in messages() if is_taken(chat, *one)]

    assert taken == []


def test_the_lists_do_take_what_they_are_made_for(services: Services) -> None:
    chat = Chat(services)
    chat.say("add_to_cart", "add the mouse", product_query="mouse")

    assert is_taken(chat, "ask_stock", "when will it arrive?", "en", [])
    assert is_taken(chat, "ask_price", "what is left of my 100?", "en", [])
