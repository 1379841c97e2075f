"""Who writes traditional Chinese reads traditional Chinese."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.channels.chinese_script import ChineseScript, is_traditional
from assistant.channels.history import read_history
from assistant.channels.tokens import Session, Tokens

ANSWER = "请问有什么可以帮您？"
STRINGS = Path("assistant/widget/strings")


def shown(*written: str, answer: str = ANSWER, locale: str | None = None) -> str:
    """Give an answer as it looks after a shopper has written some messages."""
    script = ChineseScript()
    for text in written or ("",):
        script.read(text, {"locale": locale} if locale else {})
    return str(script.shown({"text": answer})["text"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("請問有真人客服嗎", True),
        ("对，就是鍵盤，有個鍵壞了", True),
        ("请问有真人客服吗", False),
        ("妳好，请问鍵盘还有吗", False),
        ("有", None),
        ("好的", None),
        ("王喆", None),
        ("where is it?", None),
        ("", None),
    ],
)
def test_a_script_is_told_by_characters_of_one_script(text: str, told: bool | None) -> None:
    assert is_traditional(text) is told


@pytest.mark.parametrize("last", ["好的", "ok", "42", "/affirm", '/show_details{"product": "鼠标"}'])
def test_it_stays_while_nothing_tells_another(last: str) -> None:
    assert shown("請問有鍵盤嗎", last) == "請問有什麼可以幫您？"
    assert shown("请问有键盘吗", last) == ANSWER


def test_the_last_message_that_tells_counts() -> None:
    assert shown("請問有鍵盤嗎", "请问有键盘吗") == ANSWER
    assert shown("请问有键盘吗", "請問有鍵盤嗎") == "請問有什麼可以幫您？"


@pytest.mark.parametrize("locale", ["zh-TW", "zh_HK", "zh-Hant-TW"])
def test_the_page_tells_before_any_message_does(locale: str) -> None:
    assert shown("/greet", locale=locale) == "請問有什麼可以幫您？"
    assert shown("请问有键盘吗", "好的", locale=locale) == ANSWER


def test_words_are_those_of_where_it_is_read() -> None:
    assert shown("請問", answer="“鼠标”的链接") == "「滑鼠」的連結"


def test_the_shopper_s_own_words_stay() -> None:
    told = shown("我叫余于后，住台北市", answer="收货信息：余于后，台北市，剩余1件", locale="zh-TW")
    assert told == "收貨資訊：余于后，台北市，剩餘1件"


def test_buttons_and_cards_are_converted_but_no_names_and_no_payloads() -> None:
    script = ChineseScript()
    script.read("有鍵盤嗎", {})
    payload = '/show_details{"product": "键盘"}'
    button = {"title": "查看详情", "payload": payload}
    card = {"title": "键盘", "subtitle": "库存100件", "buttons": [button]}
    message: dict[str, Any] = {"text": "为您找到", "elements": [card], "buttons": [button], "feedback": "a1"}
    wanted = {"title": "檢視詳情", "payload": payload}
    assert script.shown(message) == {
        "text": "為您找到",
        "elements": [{"title": "键盘", "subtitle": "庫存100件", "buttons": [wanted]}],
        "buttons": [wanted],
        "feedback": "a1",
    }


def test_the_page_s_history_looks_as_the_answers_did() -> None:
    tokens = Tokens("s" * 32)
    session = Session.begin()
    identity = {"identity": tokens.sign_identity(session)}
    events: list[Event] = [
        UserUttered("請問有鍵盤嗎", metadata=identity),
        BotUttered(ANSWER),
        UserUttered("请问有键盘吗", metadata=identity),
        BotUttered(ANSWER),
    ]

    async def read() -> list[dict[str, Any]]:
        store = InMemoryTrackerStore(Domain.empty())
        await store.save(DialogueStateTracker.from_events(session.shopper_id, events))
        return await read_history(store, session, tokens)

    assert [message["text"] for message in asyncio.run(read())] == [
        "請問有鍵盤嗎",
        "請問有什麼可以幫您？",
        "请问有键盘吗",
        ANSWER,
    ]


def test_the_page_s_own_texts_are_those_of_the_simplified_page() -> None:
    def converted(level: Any) -> Any:
        if isinstance(level, dict):
            return {key: converted(value) for key, value in level.items()}
        if isinstance(level, list):
            return [converted(value) for value in level]
        return shown(answer=level, locale="zh-TW") if isinstance(level, str) else level

    simplified, traditional = (json.loads((STRINGS / f"{name}.json").read_text("utf-8")) for name in ("zh", "zh-hant"))
    assert traditional == converted(simplified)
