"""What a search looks for after one more message: other goods, more said of the same goods, or fewer of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from actions.desk_words import label_pattern, says_any
from actions.said_goods import joined_kinds, kinds_of, said_kinds, stems_of, took_back
from actions.turn import Turn
from shop.carts import view_cart
from shop.search import Filters, SearchQuery


def wished_text(turn: Turn, before: str) -> str:
    """Give the words of a search after a message.

    Goods of a kind that the shop names take the place of those before; other words say more of them.

    Args:
        turn: the turn.
        before: what was looked for until now.
    """
    kept, said = _still_wished(turn, before), said_kinds(turn)
    new = [kind for kind in said if not any(stems_of(turn, kind) <= stems_of(turn, old) for old in kept)]
    if not said and says_any(turn, "search.anything"):
        # "Anything under 30" gives up what was not found.
        kept = [kind for kind in kept if turn.services.search.search(SearchQuery(kind, limit=1)).total]
    if says_any(turn, "search.adds"):
        kept = [kind for kind in kept if not _is_taken(turn, kind)]
    if not kept or any(_is_a_kind(turn, kind) for kind in new):
        return joined_kinds([*kept, *new] if says_any(turn, "search.adds") else said)
    if said and not new and says_any(turn, "search.only"):
        return joined_kinds(old for old in kept if any(stems_of(turn, kind) <= stems_of(turn, old) for kind in said))
    return joined_kinds(" ".join([kind, *new]) for kind in kept)


def names_other_goods(turn: Turn, before: str) -> bool:
    """Tell whether a message wishes for goods of another kind than those that were looked for."""
    old = stems_of(turn, before)
    new = [kind for kind in said_kinds(turn) if not stems_of(turn, kind) & old]
    adds = says_any(turn, "search.adds")
    return bool(before) and not adds and any(turn.services.search.sells(kind) for kind in new)


def freed(turn: Turn, filters: Filters) -> Filters:
    """Drop the filters that a message takes back, or says not to matter: "any colour is fine"."""
    if says_any(turn, "search.any_colour"):
        filters = replace(filters, colours=())
    if says_any(turn, "search.any_size"):
        filters = replace(filters, options={}, option_values=())
    if says_any(turn, "search.any_brand"):
        filters = replace(filters, brands=())
    if says_any(turn, "search.any_price"):
        filters = replace(filters, price_min=None, price_max=None, price_near=None)
    return replace(filters, colours=_not_taken_back(turn, filters.colours), brands=_kept(turn, filters.brands))


def _is_taken(turn: Turn, kind: str) -> bool:
    """Tell whether goods of a kind lie in the cart: what is wished for besides takes their place."""
    with turn.reading() as session:
        lying = {line.product_slug for line in view_cart(session, turn.shopper).lines}
    hits = turn.services.search.search(SearchQuery(kind)).hits if lying else ()
    return any(hit.product_slug in lying for hit in hits)


def prefers(turn: Turn) -> bool:
    """Tell whether a colour that a message names is only preferred, and no must."""
    return bool(turn.entities("colour")) and says_any(turn, "search.preferably")


def _is_a_kind(turn: Turn, said: str) -> bool:
    """Tell whether words name goods, if only such as the shop has something near to, and do not say more of others."""
    search = turn.services.search
    return search.sells(said) or search.search(SearchQuery(said, limit=1)).near


def _still_wished(turn: Turn, before: str) -> list[str]:
    """Give the kinds of goods of a search without the words that a message takes back."""
    kinds = [kind for kind in kinds_of(before) if not took_back(turn, kind)]
    words = [" ".join(word for word in kind.split() if not took_back(turn, word)) for kind in kinds]
    return [kind for kind in words if kind]


def _not_taken_back(turn: Turn, colours: Sequence[str]) -> tuple[str, ...]:
    """Leave out colours that are taken back; where others are named, also one that is too dear."""
    kept = [colour for colour in colours if not _is_taken_back(turn, colour)]
    if len(kept) > 1:
        kept = [colour for colour in kept if not _is_too_dear(turn, colour)] or kept
    return tuple(kept)


def _kept(turn: Turn, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in values if not took_back(turn, value))


def _is_taken_back(turn: Turn, colour: str) -> bool:
    return took_back(turn, colour) or took_back(turn, turn.labels.said(colour))


def _is_too_dear(turn: Turn, colour: str) -> bool:
    closing = label_pattern(turn, "search.too_dear").pattern
    names = (re.escape(name.casefold()) for name in {colour, turn.labels.said(colour)})
    return any(re.search(rf"{name}[^,，。.;!?！？]*{closing}", turn.text.casefold()) for name in names)
