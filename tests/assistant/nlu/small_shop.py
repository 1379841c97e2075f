"""A shop in small: training text in files, and a tracker database that Rasa's own store has written."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

ENGLISH = {
    "track_order": ["where is my order", "when does my parcel come", "track order 1001", "has my order been sent"],
    "search_products": ["show me laptops", "i need running shoes", "do you have a camera under 100", "look for tents"],
    "ask_policy": [
        "how do i return something",
        "can i send it back",
        "what does delivery cost",
        "how long is the warranty",
    ],
    "greet": ["hi", "hello there", "good morning", "good evening"],
}
CHINESE = {
    "track_order": ["我的订单到哪了", "包裹什么时候到", "查一下物流", "快递到哪里了"],
    "search_products": ["看看笔记本电脑", "我要买跑鞋", "有没有帐篷", "找个相机"],
    "greet": ["你好", "在吗", "早上好", "晚上好"],
}
HELD_OUT = {
    "en": {
        "track_order": ["where has my order got to"],
        "greet": ["hello you"],
        "search_products": ["show me cameras"],
    },
    "zh": {"track_order": ["我的包裹到哪了"], "greet": ["您好"], "search_products": ["看看相机"]},
}
_CLOCK = itertools.count(1_000_000.0, 5.0)


def write_data(folder: Path) -> Path:
    for place, intents in ((folder, ENGLISH), (folder / "zh", CHINESE)):
        place.mkdir(parents=True)
        blocks = [
            f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
            for intent, texts in intents.items()
        ]
        (place / "all.yml").write_text('version: "3.1"\nnlu:\n' + "\n".join(blocks), encoding="utf-8")
    return folder


def write_held_out(folder: Path) -> list[Path]:
    paths = []
    for language, intents in HELD_OUT.items():
        lines = [f'    - ["{text}", {{}}]' for texts in intents.values() for text in texts]
        entries = zip(intents, lines, strict=True)
        path = folder / f"held_{language}.yml"
        path.write_text("validation:\n" + "".join(f"  {name}:\n{line}\n" for name, line in entries), encoding="utf-8")
        paths.append(path)
    return paths


def said(text: str, intent: str, score: float | None = 0.9, **parsed: Any) -> UserUttered:
    found = {"intent": {"name": intent, "confidence": 0.9}, "entities": [], **parsed}
    if score is not None:
        found["score"] = score
    return UserUttered(text, found["intent"], parse_data=found)


def asked_which(*intents: str) -> BotUttered:
    buttons = [{"title": name, "payload": f'/{name}{{"ordinal": "1"}}', "type": "postback"} for name in intents]
    return BotUttered("Which?", data={"buttons": buttons}, metadata={"utter_action": "utter_ask_meant"})


def tapped(intent: str) -> UserUttered:
    return said(f'/{intent}{{"ordinal": "1"}}', intent, score=None)


def answered(text: str = "All right.") -> BotUttered:
    return BotUttered(text, metadata={"utter_action": "utter_all_right"})


def form(name: str | None) -> ActiveLoop:
    return ActiveLoop(name)


def start() -> list[Event]:
    return [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def write_conversations(file: Path, *conversations: Sequence[Event]) -> Path:
    """Let Rasa's own store write conversations, each of a shopper of its own."""
    store = SQLTrackerStore(domain=Domain.empty(), db=str(file))
    for number, events in enumerate(conversations):
        tracker = DialogueStateTracker(f"web-secret-{number}", [])
        for event in events:
            event.timestamp = next(_CLOCK)
            tracker.update(event, Domain.empty())
        asyncio.run(store.save(tracker))
    store.engine.dispose()
    return file
