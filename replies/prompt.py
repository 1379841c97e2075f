"""The prompt: short, of one form, and such that nothing a shopper or a product text says can be taken for a part of it.

    <en><judge_suitability><facts>{product.1}<name>waterproof<yes><asked>waterproof<shopper>good in rain?<reply>

Marks are tokens of their own, and their signs are taken out of everything that is data. Numbers in data become "#":
the model never reads a value, so it has none to repeat.
"""

from __future__ import annotations

import re
import unicodedata

from replies.facts import ACTS, KINDS, LANGUAGES, PLACED, PLACEHOLDER, Fact, Kind
from replies.situation import Situation

FACTS, ASKED, SHOPPER, TURN, REPLY, END = "<facts>", "<asked>", "<shopper>", "<turn>", "<reply>", "<end>"
DISPUTED = "<disputed>"
PAD, UNKNOWN = "<pad>", "<unk>"
MOST_TURNS, MOST_TURN, MOST_PASSAGE = 2, 200, 600
"""How many of the shopper's last messages are read, and how many characters of each and of a policy passage."""

_TRUTH_MARKS = {"yes": "<yes>", "no": "<no>", "unknown": "<unknown>"}
_KIND_MARKS: dict[Kind, str] = {kind: f"<{kind}>" for kind in KINDS if kind != "truth"}
_SIGNS = re.compile(r"[<>{}\[\]|\\]")
_NUMBER = re.compile(r"[\d\u2150-\u218f\u2460-\u24ff]+([.,:][\d]+)*")
_URL = re.compile(r"\S*(?:://|www\.)\S*", re.IGNORECASE)
_PRODUCTS = {str(number): f"<{number}>" for number in range(1, 10)}


def marks() -> list[str]:
    """Give every mark that is a token of its own."""
    kinds = [*_TRUTH_MARKS.values(), *_KIND_MARKS.values()]
    heads = [f"<{value}>" for value in (*LANGUAGES, *ACTS)]
    return [PAD, UNKNOWN, END, REPLY, FACTS, ASKED, SHOPPER, TURN, DISPUTED, *heads, *kinds, *_PRODUCTS.values()]


def fixed_part(situation: Situation) -> str:
    """Write what all prompts of an act and language begin with."""
    return f"<{situation.language}><{situation.act}>{FACTS}"


def prompt_of(situation: Situation) -> str:
    """Write the prompt of a situation; the reply and `<end>` follow it."""
    names = situation.names
    told = dict.fromkeys(_told(fact, situation) for fact in situation.facts)
    asked = " ".join(f"{{{name}}}" if name in names else _words(name) for name in situation.asked)
    turns = TURN.join(filter(None, (clean(turn) for turn in situation.turns[-MOST_TURNS:])))
    return f"{fixed_part(situation)}{''.join(told)}{ASKED}{asked}{SHOPPER}{turns}{REPLY}"


def clean(text: str, most: int = MOST_TURN) -> str:
    """Make data of a text: one line of at most `most` characters, without marks, numbers, addresses or hidden signs."""
    # Cut first, generously: folding 10,000 characters that are then thrown away costs time.
    text = unicodedata.normalize("NFKC", text[: 8 * most])
    text = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    text = _NUMBER.sub("#", _SIGNS.sub(" ", _URL.sub(" ", text)))
    return " ".join(text.split()).lower()[:most].strip()


def clean_passage(text: str, names: frozenset[str]) -> str:
    """Make data of a policy text, whose placeholders stay where there is a fact for them."""
    parts: list[str] = []
    last = 0
    for match in PLACEHOLDER.finditer(text):
        parts.append(_plain(text[last : match.start()]))
        parts.append(match.group() if match.group()[1:-1] in names else "")
        last = match.end()
    parts.append(_plain(text[last:]))
    return "".join(parts)[:MOST_PASSAGE].strip()


def _told(fact: Fact, situation: Situation) -> str:
    if fact.name in situation.disputed:
        return _words(fact.name) + DISPUTED
    if fact.kind in PLACED:
        return f"{{{fact.name}}}{_KIND_MARKS[fact.kind]}"
    if fact.kind == "truth":
        return _words(fact.name) + _TRUTH_MARKS[fact.value]
    if fact.kind == "passage":
        return f"{_KIND_MARKS[fact.kind]}{clean_passage(fact.value, situation.names)}"
    # Which of the products it is must be read; the number of one would be hidden as a value.
    told = f"{{{fact.value}}}" if fact.value in situation.names else clean(fact.value)
    return f"{_words(fact.name)}{_KIND_MARKS[fact.kind]}{told}"


def _words(name: str) -> str:
    """Write a fact's name as words, which the tokenizer knows better than names of fields."""
    attribute, _, product = name.partition(".")
    return attribute.replace("_", " ") + _PRODUCTS.get(product, "")


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("\n", " ")
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    return _NUMBER.sub("#", _SIGNS.sub(" ", text))
