"""What a message asks of a product besides what its intent says: "how much is it, and in which colours?"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from actions.desk_words import holds_any, says_any
from actions.turn import Turn

# "How much light does it want?" asks for no price.
_NO_PRICE: Final = re.compile(r"how much (?:\w+ )?(?:light|sun|sunlight|water|shade|space|room|storage|memory|power)\b")
_OPTIONS: Final = {"color": "naming.asks_color", "size": "naming.asks_size"}


def asks_price(turn: Turn) -> bool:
    """Tell whether a message asks what something costs; what its delivery costs is no price of it."""
    text = _NO_PRICE.sub(" ", turn.text.casefold())
    asks = not turn.from_button and holds_any(turn, text, "naming.asks_price")
    return asks and not says_any(turn, "naming.speaks_of_delivery")


def asks_stock(turn: Turn) -> bool:
    """Tell whether a message asks whether something is to be had."""
    return _asks(turn, "naming.asks_stock")


def asks_suiting(turn: Turn) -> bool:
    """Tell whether a message asks what something is good for."""
    return _asks(turn, "naming.asks_suiting")


def asks_colour(turn: Turn) -> bool:
    """Tell whether a message asks which colour something has."""
    return _asks(turn, _OPTIONS["color"])


def options_asked(turn: Turn) -> Iterator[str]:
    """Give the options whose values a message asks for, by their names."""
    yield from (name for name, label in _OPTIONS.items() if _asks(turn, label))


def _asks(turn: Turn, label: str) -> bool:
    return not turn.from_button and says_any(turn, label)
