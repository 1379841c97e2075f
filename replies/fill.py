"""Puts values in the place of placeholders; a value is only ever text, whatever is in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from replies.errors import Unfilled
from replies.facts import PLACEHOLDER, placeholders


def fill(reply: str, values: Mapping[str, str]) -> str:
    """Write a reply out.

    It is gone through once, so braces within a value stay what they are; signs that would turn or break the line are
    taken out of values.

    Args:
        reply: with placeholders.
        values: by name, formatted for the shopper's language.

    Raises:
        Unfilled: a placeholder has no value, or an empty one.
    """
    shown = {name: _plain(values.get(name, "")) for name in set(placeholders(reply))}
    missing = [name for name, value in shown.items() if not value]
    if missing:
        raise Unfilled(missing)
    return PLACEHOLDER.sub(lambda match: shown[match.group(1)], reply)


def _plain(value: str) -> str:
    """Give one line without control and formatting signs."""
    spaced = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in value)
    return " ".join("".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C").split())
