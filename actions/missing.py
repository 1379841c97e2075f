"""What is said where nothing of the shop is what a message speaks of."""

from __future__ import annotations

from actions.said_goods import said_kinds
from actions.turn import Turn, clean_words
from shop.search import SearchQuery


def say_none(turn: Turn) -> None:
    """Say that there is no such thing, by the name that was said where the shop sells nothing called so."""
    kinds = [name for kind in said_kinds(turn) if (name := _only_goods(turn, kind))]
    kinds = [kind for kind in kinds if not turn.services.search.sells(kind)]
    if kinds and not turn.from_button and not any(_finds(turn, kind) for kind in kinds):
        quoted = (turn.labels.text("criteria.words", words=clean_words(kind)) for kind in kinds)
        turn.say("utter_kinds_missing", kinds=turn.labels.one_of(quoted))
    else:
        turn.say("utter_no_match_shown")


def _only_goods(turn: Turn, kind: str) -> str:
    """Cut off what is asked of goods: "iphone waterproof"."""
    asked = turn.services.topics.asked
    return " ".join(word for word in kind.split() if not (asked(word).truths or asked(word).fields))


def _finds(turn: Turn, text: str) -> bool:
    return bool(turn.services.search.search(SearchQuery(text=text, limit=1)).total)
