"""Shows Chinese in the characters the shopper writes: who writes traditional ones is answered in them.

The assistant words everything in simplified characters. Which ones a shopper uses is told by characters that exist in
one script alone; while none of those has come, by the locale of the page. Wording follows Taiwan's ("滑鼠", "連結").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from opencc import OpenCC
from rasa.shared.core.events import Event, UserUttered

from assistant.nlu.scripts import HAN, has_han

_TRADITIONAL_PAGE = re.compile(r"zh[-_](?:hant|tw|hk|mo)", re.IGNORECASE)
_RUN = re.compile(f"[{HAN}]{{2,}}")
# What shops there write otherwise than OpenCC, which thinks of computers: "程式碼" is the code of a program.
_CUSTOMARY = {
    "賬": "帳",
    "臺": "台",
    "程式碼": "代碼",
    "郵箱": "信箱",
    "保修": "保固",
    "質量": "品質",
    "反饋": "回饋",
    "“": "「",
    "”": "」",
}
_ANY_CUSTOMARY = re.compile("|".join(_CUSTOMARY))


def is_traditional(text: str) -> bool | None:
    """Tell whether a text is in traditional characters; None where nothing in it tells.

    >>> is_traditional("請問有現貨嗎"), is_traditional("请问有现货吗"), is_traditional("有")
    (True, False, None)
    """
    kinds = [_kind(letter) for letter in text]
    traditional, simplified = kinds.count(True), kinds.count(False)
    return None if traditional == simplified else traditional > simplified


class ChineseScript:
    """The characters of one conversation, learnt from what the shopper writes."""

    def __init__(self) -> None:
        self._writes_traditional: bool | None = None
        self._page_is_traditional = False
        self._written: list[str] = []

    def read(self, text: str, metadata: Mapping[str, Any]) -> None:
        """Learn from a message of the shopper; that of a button tells nothing."""
        typed = "" if text.startswith("/") else text
        found = is_traditional(typed)
        if found is not None:
            self._writes_traditional = found
        self._page_is_traditional = bool(_TRADITIONAL_PAGE.match(str(metadata.get("locale") or "")))
        if has_han(typed) and found is not False:
            self._written.append(typed)

    def shown(self, message: dict[str, Any]) -> dict[str, Any]:
        """Give a message of the assistant as the shopper is to see it; names of goods and payloads stay."""
        wanted = self._page_is_traditional if self._writes_traditional is None else self._writes_traditional
        if not wanted:
            return message
        shown = {**message, **self._converted(message, "text")}
        if "buttons" in message:
            shown["buttons"] = self._titled(message["buttons"])
        if "elements" in message:
            shown["elements"] = [self._card(card) for card in message["elements"]]
        return shown

    def _card(self, card: dict[str, Any]) -> dict[str, Any]:
        shown = {**card, **self._converted(card, "subtitle")}
        return {**shown, "buttons": self._titled(card["buttons"])} if card.get("buttons") else shown

    def _titled(self, buttons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**button, **self._converted(button, "title")} for button in buttons]

    def _converted(self, holder: Mapping[str, Any], part: str) -> dict[str, str]:
        text = holder.get(part)
        return {part: self._traditional(text)} if isinstance(text, str) else {}

    def _traditional(self, text: str) -> str:
        """Convert a text, but leave what it repeats of the shopper's own words: a surname "余" is not "餘"."""
        kept = sorted(self._kept(text), key=len, reverse=True)
        if not kept:
            return _traditional(text)
        parts = re.split(f"({'|'.join(map(re.escape, kept))})", text)
        return "".join(part if place % 2 else _traditional(part) for place, part in enumerate(parts))

    def _kept(self, text: str) -> set[str]:
        """Find what stands in the shopper's words, too, and would come out otherwise."""
        own = "\n".join(self._written)
        repeated = {piece for run in _RUN.findall(text) for piece in _repeated(run, own)}
        return {piece for piece in repeated if _traditional(piece) != piece}


def script_of(events: Iterable[Event]) -> ChineseScript:
    """Learn from what a conversation's shopper has written."""
    script = ChineseScript()
    for event in events:
        if isinstance(event, UserUttered):
            script.read(event.text or "", event.metadata)
    return script


def _repeated(run: str, own: str) -> Iterable[str]:
    """Give the longest pieces of a run of characters that stand in other words, of two characters at least."""
    start = 0
    while start < len(run) - 1:
        end = start
        while end < len(run) and run[start : end + 1] in own:
            end += 1
        if end - start > 1:
            yield run[start:end]
        start = max(end, start + 1)


@cache
def _kind(letter: str) -> bool | None:
    """Tell whether a character is only in the traditional script (True), only in the simplified one, or undecided.

    Rare characters of names stand in no small character set, and therefore need a counterpart in the other script.
    """
    if not has_han(letter):
        return None
    if not _is_in(letter, "gb2312") and _converter("t2s").convert(letter) != letter:
        return True
    return False if not _is_in(letter, "big5") and _converter("s2t").convert(letter) != letter else None


def _is_in(letter: str, characters: str) -> bool:
    try:
        letter.encode(characters)
    except UnicodeEncodeError:
        return False
    return True


def _traditional(text: str) -> str:
    if not has_han(text):
        return text
    return _ANY_CUSTOMARY.sub(lambda found: _CUSTOMARY[found[0]], _converter("s2twp").convert(text))


@cache
def _converter(kind: str) -> OpenCC:
    return OpenCC(kind)
