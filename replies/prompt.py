"""The prompt: short, of one form, and such that nothing a shopper or a product text says can be taken for a part of it.

    <en><judge_suitability><facts>{product.1}<name>waterproof<yes><asked>waterproof<shopper>good in rain?<reply>

Marks are tokens of their own, and their signs are taken out of everything that is data. Numbers in data become "#":
the model never reads a value, so it has none to repeat.
"""

from __future__ import annotations

import re
import unicodedata

from replies.examples import Situation
from replies.facts import MOST_PASSAGE, Act, Fact, Kind, Language, allowed_names

FACTS, ASKED, SHOPPER, TURN, REPLY, END = "<facts>", "<asked>", "<shopper>", "<turn>", "<reply>", "<end>"
PAD, UNKNOWN = "<pad>", "<unk>"
MOST_TURNS, MOST_TURN = 2, 200
"""How many of the shopper's last messages are read, and how many characters of each."""

_TRUTH_MARKS = {"yes": "<yes>", "no": "<no>", "unknown": "<unknown>"}
_KIND_MARKS: dict[Kind, str] = {kind: f"<{kind}>" for kind in Kind if kind is not Kind.TRUTH}
_SIGNS = re.compile(r"[<>{}\[\]|\\]")
_NUMBER = re.compile(r"[\d\u2150-\u218f\u2460-\u24ff]+([.,:][\d]+)*")
_URL = re.compile(r"\S*(?:://|www\.)\S*", re.IGNORECASE)
_BRACED = re.compile(r"\{[^{}]*\}")


def marks() -> list[str]:
    """Give every mark that is a token of its own."""
    kinds = [*_TRUTH_MARKS.values(), *_KIND_MARKS.values()]
    heads = [f"<{value}>" for value in (*Language, *Act)]
    return [PAD, UNKNOWN, END, REPLY, FACTS, ASKED, SHOPPER, TURN, *heads, *kinds]


def fixed_part(situation: Situation) -> str:
    """Write what all prompts of an act and language begin with."""
    return f"<{situation.language}><{situation.act}>{FACTS}"


def prompt_of(situation: Situation) -> str:
    """Write the prompt of a situation; the reply and `<end>` follow it."""
    names = allowed_names(situation.facts)
    facts = "".join(_fact(fact, names) for fact in situation.facts)
    asked = " ".join(f"{{{name}}}" if name in names else _words(name) for name in situation.asked)
    turns = TURN.join(filter(None, (clean(turn) for turn in situation.turns[-MOST_TURNS:])))
    return f"{fixed_part(situation)}{facts}{ASKED}{asked}{SHOPPER}{turns}{REPLY}"


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
    for match in _BRACED.finditer(text):
        parts.append(_plain(text[last : match.start()]))
        parts.append(match.group() if match.group()[1:-1] in names else "")
        last = match.end()
    parts.append(_plain(text[last:]))
    return "".join(parts)[:MOST_PASSAGE].strip()


def _fact(fact: Fact, names: frozenset[str]) -> str:
    if fact.placeholder:
        return fact.placeholder + _KIND_MARKS[fact.kind]
    if fact.kind is Kind.TRUTH:
        return _words(fact.name) + _TRUTH_MARKS[fact.value]
    if fact.kind is Kind.PASSAGE:
        return f"{_KIND_MARKS[fact.kind]}{clean_passage(fact.value, names)}"
    return f"{_words(fact.name)}{_KIND_MARKS[fact.kind]}{clean(fact.value, MOST_TURN)}{_KIND_MARKS[fact.kind]}"


def _words(name: str) -> str:
    """Write a fact's name as words, which the tokenizer knows better than names of fields."""
    return _NUMBER.sub("#", name).replace("_", " ").replace(".", " ")


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("\n", " ")
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    return _NUMBER.sub("#", _SIGNS.sub(" ", text))
