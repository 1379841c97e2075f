"""Decides what a message that starts with a slash may do.

Rasa lets any text of the form ``/intent{"entity": "value"}`` skip language understanding. Buttons need that; a shopper
who types it must not reach more than a button could. So the intent must be one of the domain's own, the entities must
be the domain's too, and their values short, simple and as clean as typed text. Anything else (``/restart``, unknown
names, broken JSON) loses its slash and is read as plain words.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.domain import Domain

from assistant.channels.messages import clean_text

MAX_VALUE_CHARACTERS = 200
MAX_LIST = 10

_POSTBACK = re.compile(r"/(?P<intent>[a-z][a-z0-9_]*)\s*(?P<entities>\{.*\})?", re.DOTALL)
# Rasa strips white space of any kind before it looks for the slash.
_LEADING = re.compile(r"[/\s]+")
# Results of the classifier's doubt, which no button offers.
_NEVER_OFFERED = frozenset({"nlu_fallback", "out_of_scope"})


def admit(text: str, domain: Domain) -> str:
    """Give the text that Rasa may read: a checked postback in one canonical form, or plain words.

    Args:
        text: A cleaned message.
        domain: The trained model's domain, which says what a button can hold.
    """
    if not text.startswith("/"):
        return text
    postback = _read(text, domain)
    # Words that are nothing but slashes still deserve an answer.
    return postback or _LEADING.sub("", text, count=1) or "?"


def _read(text: str, domain: Domain) -> str | None:
    match = _POSTBACK.fullmatch(text)
    if match is None or match["intent"] not in _offered(domain):
        return None
    try:
        entities = json.loads(match["entities"] or "{}")
    except (ValueError, RecursionError):
        return None
    if not all(name in domain.entities and _is_simple(value) for name, value in entities.items()):
        return None
    return f"/{match['intent']}{json.dumps(entities, ensure_ascii=False) if entities else ''}"


def _offered(domain: Domain) -> frozenset[str]:
    return frozenset(domain.intents) - frozenset(DEFAULT_INTENTS) - _NEVER_OFFERED


def _is_simple(value: Any) -> bool:
    if isinstance(value, list):
        return 0 < len(value) <= MAX_LIST and all(_is_scalar(entry) for entry in value)
    return _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    if isinstance(value, str):
        # A JSON escape can hold what `clean_text` has taken out of the message: NUL, or half a character.
        return 0 < len(value) <= MAX_VALUE_CHARACTERS and clean_text(value) == value.strip()
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 10**12
