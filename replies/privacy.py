"""Takes personal data out of chats: names, addresses, telephone numbers, e-mails, accounts, card and order numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from replies.chats import Message

PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("link", re.compile(r"(?:https?://|www\.)\S+", re.I)),
    (
        "address",
        re.compile(
            r"\b\d{1,5}[a-z]?(?:\s+[a-z0-9.'-]+){0,4}\s+(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|"
            r"way|court|ct|square|place|pl)\b\.?(?:[\s,]+(?:[a-z.'-]+[\s,]+){0,4}[a-z]{2}\s+\d{5}(?:-\d{4})?)?",
            re.I,
        ),
    ),
    (
        "address",
        re.compile(r"[一-鿿]{2,8}(?:省|市|区|县)[一-鿿\d]{0,20}?(?:路|街|道|巷|村|小区)\d*号?[一-鿿\d-]{0,10}"),
    ),
    ("address", re.compile(r"\b[a-z]{2}\s+\d{5}(?:-\d{4})?\b", re.I)),
    ("card", re.compile(r"\b\d(?:[ -]?\d){12,18}\b")),
    (
        "phone",
        re.compile(r"(?<![\w.])(?:\+\d{1,3}[\s-]?)?(?:\(\d{2,5}\)[\s-]?|\d{2,5}[\s-])\d{2,4}[\s-]?\d{3,5}(?!\w)"),
    ),
    ("phone", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    ("number", re.compile(r"(?<![\w.])#?(?=[a-z-]*\d)(?:[a-z]{1,4}-?)?\d{5,}(?:-?\w+)*\b", re.I)),
    ("account", re.compile(r"\b[a-z]{3,}\d{2,}\b", re.I)),
)
SAYS_NAME: Final = (
    re.compile(r"\b(?:my name is|my name's|i am called|this is|name:)\s+([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})"),
    re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+([A-Z][\w'-]+)"),
    re.compile(r"(?:我叫|我是|姓名[:：]?|名字是)([一-鿿]{2,4})(?=[，。,.\s]|$)"),
    re.compile(r"([一-鿿]{1,3})(?=先生|女士|小姐)"),
)
ASKS_NAME: Final = re.compile(r"\bname\b|account id|姓名|名字|怎么称呼", re.I)
ANSWERS_NAME: Final = re.compile(r"\s*([^\W\d_]+(?:[ '-][^\W\d_]+){1,2}|[一-鿿]{2,4})\s*[.!。]?\s*")


def names_in(chat: Sequence[Message]) -> list[str]:
    """Give the names that a shopper gave, in a sentence or as the answer to who it is."""
    found: list[str] = []
    asked = False
    for message in chat:
        for pattern in SAYS_NAME:
            found.extend(pattern.findall(message.text))
        if message.speaker == "shopper" and asked and (answer := ANSWERS_NAME.fullmatch(message.text)):
            found.append(answer[1])
        asked = message.speaker == "agent" and bool(ASKS_NAME.search(message.text))
    parts = [part for name in found for part in (name, *name.split()) if len(part) > 1]
    return sorted(set(parts), key=len, reverse=True)


def masked(text: str, names: Iterable[str]) -> str:
    """Put `[email]`, `[name]` and the like in place of personal data."""
    for kind, pattern in PATTERNS:
        text = pattern.sub(f"[{kind}]", text)
    for name in names:
        edge = r"\b" if name.isascii() else ""
        text = re.sub(rf"{edge}{re.escape(name)}{edge}", "[name]", text, flags=re.I)
    return text


def nameless(text: str) -> str:
    """Put `[email]`, `[name]` and the like in place of personal data in what a shopper says, and of who they say to be.

    >>> nameless("I'm Jo, my name is Jo Doe, write to jo@shop.example")
    "I'm [name], my name is [name], write to [email]"
    """
    return masked(text, names_in([Message("shopper", text)]))


def is_masked(text: str) -> bool:
    """Tell whether personal data stood in a text."""
    return re.search(r"\[(?:email|link|address|card|phone|number|account|name)\]", text) is not None
