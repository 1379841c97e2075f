"""Which size is the shopper's own: not the one that pinches, and none that lies between two."""

from __future__ import annotations

import re

from actions.desk_words import says_any
from actions.turn import Turn
from shop.text import ascii_digits

_BETWEEN = re.compile(r"\d{2}(?:\.5|半)|\d{2}\s*(?:-|–|~|to|or|and|到|至|或)\s*\d{2}", re.IGNORECASE)
_OWN = re.compile(
    r"(\d{2})\s*(?:码|号)?\s*(?:才)?是我(?:的)?(?:码|尺码|号)|我(?:平时)?(?:的码|的尺码|穿)(?:是|的是)?\s*(\d{2})|"
    r"(\d{2}) is my size|my size is (\d{2})|i (?:wear|take|am) (?:a )?(?:size )?(\d{2})",
    re.IGNORECASE,
)


def is_no_own_size(turn: Turn) -> bool:
    """Tell whether the size that a message names is said not to fit, or lies between two."""
    return says_any(turn, "wishes.misfit") or _BETWEEN.search(ascii_digits(turn.text)) is not None


def own_size(turn: Turn) -> str | None:
    """Give the size that a message says to be the shopper's, where it takes another one back."""
    said = None if turn.from_button or is_no_own_size(turn) else _OWN.search(ascii_digits(turn.text))
    return next(filter(None, said.groups()), None) if said else None
