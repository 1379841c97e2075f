"""Tells whether a message asks for several things, and what each of them is.

A message is split only where each part is by itself surely understood as a request, and neighbours ask for different
things, or for the same of different orders or products. All else stays whole: "black and white shoes", "a laptop and a
mouse" (one search), "yes, and thanks". Greetings and thanks are no requests. A part that is nothing but another number
or product ("and 1002?") asks of it what the part before it asked.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.nlu.intents import (
    ABOUT_BOUGHT,
    ABOUT_ORDER,
    ANSWERING,
    CHANGING,
    CHOOSING,
    JUDGING,
    NUMBERED,
    READDRESSING,
    REASONED,
    RECOMMENDING,
    REPORTING,
    SEARCHING,
    STARTING_FROM_ONE,
)
from assistant.nlu.language import ENTITY as LANGUAGE
from assistant.nlu.pieces import Cutter, Piece
from assistant.nlu.scope import FALLBACK, SCORE

Parse = Callable[[str], Awaitable[Mapping[str, Any]]]
Span = tuple[int, int]

# Longer ones are prose, of which each sentence says something else about one thing.
MOST_PIECES = 8
# The score that both neighbours must reach: behind a word such as "then", a question mark or a semicolon, and behind
# nothing but a comma or a point, where a reason is often given. Chosen on the validation messages.
LINKED, UNLINKED = 0.35, 0.6

POLITE = frozenset({"greet", "thank", "goodbye"})
OUT_OF_SCOPE, POLICY, TRACK = "out_of_scope", "ask_policy", "track_order"
ADD, REMOVE, REFINE, WISH = "add_to_cart", "remove_from_cart", "refine_search", "state_wish"
CART, CHECK_OUT, HELP, UNDO = "view_cart", "check_out", "ask_help", "undo_adjustment"
NO_REQUEST = POLITE | ANSWERING | {"inform", FALLBACK, OUT_OF_SCOPE}
ORDER = "order_number"
POINTING = (ORDER, "sku", "product", "product_query", "ordinal")
# Asked of one thing at a time, so that a second thing is a second request.
OF_A_PRODUCT = frozenset({"show_details", "ask_price", "ask_stock", "ask_option", "ask_similar"})
LEANING: Mapping[str, Sequence[Sequence[str]]] = {
    **dict.fromkeys(OF_A_PRODUCT, (("product", "sku"), ("product_query",), ("ordinal",))),
    TRACK: ((ORDER,),),
    REMOVE: (("product", "sku"),),
    ADD: (("product", "sku", "quantity"),),
}
"""Of what kinds a bare value takes over which intent."""

# What is judged or taken back is often only remarked, and needs as much certainty behind a question as behind a comma.
REMARKS = JUDGING | {UNDO}
# "Not a refund" tells what somebody does not want of the desk.
DENIED = ABOUT_BOUGHT | ABOUT_ORDER | {READDRESSING}

_NUMBER = re.compile(r"\d{3,}")
_DENYING = re.compile(
    r"\s*(?:不要|不想|不用|不是要|我不要|我不想|not?\b|i (?:do not|don.?t) (?:want|need)\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Request:
    """One thing that a message asks for.

    Attributes:
        text: what asks for it.
        parsed: what the model made of the text.
        start: where it begins in the message.
        end: one past its last letter; None of one that was worded anew, which cannot be continued.
    """

    text: str
    parsed: Mapping[str, Any]
    start: int = 0
    end: int | None = None

    @property
    def intent(self) -> str:
        """What is asked."""
        return self.parsed["intent"]["name"] or FALLBACK

    @property
    def score(self) -> float:
        """How sure that is, from 0 to 1."""
        return float(self.parsed.get(SCORE, self.parsed["intent"]["confidence"]))

    @property
    def is_request(self) -> bool:
        """Tell whether it asks for something that the assistant understands."""
        return self.intent not in NO_REQUEST

    def named(self, *kinds: str) -> set[tuple[str, str]]:
        """Give what it names of some kinds."""
        return {(one["entity"], str(one["value"])) for one in self.parsed["entities"] if one["entity"] in kinds}

    def spans(self, *kinds: str) -> list[Span]:
        """Give where values of some kinds stand; of an order number without the words that lead to it."""
        return sorted({self._span(one) for one in self.parsed["entities"] if one["entity"] in kinds})

    def _span(self, value: Mapping[str, Any]) -> Span:
        digits = _NUMBER.search(self.text, value["start"], value["end"]) if value["entity"] == ORDER else None
        return digits.span() if digits else (value["start"], value["end"])


async def requests_of(text: str, cutter: Cutter, parse: Parse) -> list[Request]:
    """Give the requests of a message, in order.

    Args:
        text: what the shopper wrote.
        cutter: knows where a message may be cut.
        parse: asks the model; called for a message with a cut point alone.

    Returns:
        Several requests; or one, which is the whole message, or all of it that asks for something; or none, where it
        has no cut point and was not parsed.
    """
    pieces = cutter.cut(text)
    if not 1 < len(pieces) <= MOST_PIECES:
        return []
    whole = Request(text, await parse(text))
    splitting = _Splitting(text, cutter, parse)
    # Where the pieces are in doubt, an order each that is asked after is still better than the first alone.
    requests = await splitting.requests(pieces) or _each_order(whole)
    is_whole = len(requests) == 1 and not splitting.leaves_out
    return [whole] if is_whole else [_in_language_of(whole, one) for one in requests]


def _in_language_of(whole: Request, request: Request) -> Request:
    """Answer each request in the language of the message, also one that tells none, or another."""
    told = [one for one in whole.parsed["entities"] if one["entity"] == LANGUAGE]
    named = [one for one in request.parsed["entities"] if one["entity"] != LANGUAGE]
    return replace(request, parsed={**request.parsed, "entities": [*told, *named]})


class _Splitting:
    """One message while it is being split."""

    def __init__(self, text: str, cutter: Cutter, parse: Parse) -> None:
        self._text, self._cutter, self._parse = text, cutter, parse
        self.leaves_out = False
        """Whether a piece only speaks of the request beside it, and would change how that is understood."""

    async def requests(self, pieces: Sequence[Piece]) -> list[Request]:
        """Give what the pieces ask for; none where one of them is in doubt."""
        requests: list[Request] = []
        for piece in pieces:
            more = await self._with(requests, piece)
            if more is None:
                return []
            requests = more
        each = [one for request in requests for one in _each_order(request)]
        return each if all(one.is_request for one in each) and not _renumbered(each) else []

    async def _with(self, requests: list[Request], piece: Piece) -> list[Request] | None:
        """Add a piece, as a request of its own or to the one before; None where neither can be."""
        found = await self._read(piece)
        if found.intent in POLITE:
            return requests
        if requests and _adds_nothing(requests[-1], found):
            self.leaves_out = True
            return requests
        if found.intent in ANSWERING | {OUT_OF_SCOPE}:
            return None
        if not requests:
            return [found] if found.is_request or found.named(*POINTING) else None
        *others, before = requests
        leaning = await self._leaning(before, found)
        if leaning:
            return [*requests, leaning]
        completes = self._is_bare_search(found) or self._is_bare_order(before, found)
        if not completes and are_apart(before, found, piece):
            return [*requests, found]
        joined = await self._joined(before, found)
        return [*others, joined] if joined else None

    async def _read(self, piece: Piece) -> Request:
        """Read a piece; joining words are taken for its own only where it says nothing without them."""
        found = Request(piece.text, await self._parse(piece.text), piece.start, piece.end)
        if found.intent != FALLBACK or piece.joined == piece.start:
            return found
        again = await self._stretch(piece.joined, piece.end)
        return again if again.is_request else found

    async def _stretch(self, start: int, end: int) -> Request:
        text = self._text[start:end]
        return Request(text, await self._parse(text), start, end)

    def _is_bare_search(self, found: Request) -> bool:
        """Tell whether a piece only names goods, a price or a colour: that is what the rest of the message asks for."""
        kinds = {one["entity"] for one in found.parsed["entities"]} - {LANGUAGE}
        return found.intent in SEARCHING | {WISH} and self._is_bare(found, found.spans(*kinds))

    def _is_bare_order(self, before: Request, found: Request) -> bool:
        """Tell whether a piece is only the number of the order that the one before is about."""
        is_about_one = before.intent in NUMBERED - {TRACK} and not before.named(ORDER)
        return is_about_one and found.named(ORDER) != set() and self._is_bare(found, found.spans(ORDER))

    def _is_bare(self, found: Request, spans: Sequence[Span]) -> bool:
        """Tell whether a piece says nothing beside some values."""
        taken = {place for start, end in spans for place in range(start, end)}
        return self._cutter.is_empty("".join(" " if at in taken else letter for at, letter in enumerate(found.text)))

    async def _joined(self, before: Request, found: Request) -> Request | None:
        """Take two pieces for one request, where they read as one."""
        if before.end is None or found.end is None:
            return None
        joined, head = await self._stretch(before.start, found.end), before if before.is_request else found
        same = joined.intent == head.intent or {joined.intent, head.intent} <= SEARCHING | {RECOMMENDING}
        return joined if same and joined.is_request else None

    async def _leaning(self, before: Request, found: Request) -> Request | None:
        """Ask of a bare value what the request before asks of its own."""
        for kinds in LEANING.get(before.intent, ()):
            old, new = _stretch_of(before.spans(*kinds)), _stretch_of(found.spans(*kinds))
            if kinds == (ORDER,):  # alone it may be read as a price or a quantity
                new = _stretch_of([one.span() for one in _NUMBER.finditer(found.text)])
            if old and new and self._is_bare(found, [new]):
                value = found.text[new[0] : new[1]]
                text = before.text[: old[0]] + value + before.text[old[1] :]
                asked = _of_order(before, value) if kinds == (ORDER,) else Request(text, await self._parse(text))
                return asked if asked.intent == before.intent and _differ(before, asked) else None
        return await self._more_to_add(before, found)

    async def _more_to_add(self, before: Request, found: Request) -> Request | None:
        """Add so many of another thing, too: "add 2 tripods and 3 ropes to my cart"."""
        counted = _stretch_of(before.spans("quantity", "product"))
        if before.intent != ADD or not before.named("quantity") or not counted:
            return None
        if found.is_request and found.score >= LINKED:
            return None
        text = before.text[: counted[0]] + found.text
        asked = Request(text, await self._parse(text))
        is_more = asked.intent == ADD and asked.score >= LINKED and asked.named("quantity") and _differ(before, asked)
        return asked if is_more else None


def _each_order(request: Request) -> list[Request]:
    """Ask for one order at a time: "where are 1001 and 1002"."""
    numbers = list(dict.fromkeys(request.text[first:last] for first, last in request.spans(ORDER)))
    if request.intent != TRACK or len(numbers) < 2:
        return [request]
    return [_of_order(request, number) for number in numbers]


def _of_order(request: Request, number: str) -> Request:
    """Ask the same of one order. The model is not asked again: other digits say nothing else."""
    start, last = _stretch_of(request.spans(ORDER)) or (0, 0)
    text = request.text[:start] + number + request.text[last:]
    named = {"entity": ORDER, "value": number, "start": start, "end": start + len(number)}
    others = [one for one in request.parsed["entities"] if one["entity"] != ORDER]
    return Request(text, {**request.parsed, "text": text, "entities": [*others, named]})


def _adds_nothing(before: Request, found: Request) -> bool:
    """Tell whether a piece only speaks of the request before: how that is done, where to, or what not to do instead."""
    if not before.is_request:
        return False
    if found.intent == HELP:
        return True
    if found.intent in DENIED:
        is_where_to = before.intent == CHECK_OUT and found.intent == READDRESSING
        return (is_where_to or bool(_DENYING.match(found.text))) and not found.named(ORDER)
    return False


def are_apart(before: Request, found: Request, piece: Piece) -> bool:
    """Tell whether two neighbours surely ask for different things."""
    if not (before.is_request and found.is_request):
        return False
    threshold = LINKED if piece.is_linked and found.intent not in REMARKS else UNLINKED
    if not all(one.score >= threshold or _names_order(one) for one in (before, found)):
        return False
    if before.intent != found.intent:
        if _tells_of(before.intent, found.intent, piece):
            return False
        if not piece.is_linked and any(tell(before, found) for tell in (_completes, _leads_to, _tells_of_bought)):
            return False
        return not (_are_one_search({before.intent, found.intent}) or _names_nothing(before, found))
    if _is_more_of_one(before, found):
        return False
    return _differ(before, found) or (before.intent == POLICY and piece.follows_question)


def _tells_of(before: str, found: str, piece: Piece) -> bool:
    """Tell whether one tells of the other: "not for me, it's a gift", "a sofa, not leather", "return it, it broke"."""
    if found == WISH:
        return before in SEARCHING | CHOOSING
    if not piece.is_linked and {before, found} <= REASONED and REPORTING in {before, found}:
        return True
    return not piece.is_linked and {before, found} <= JUDGING | STARTING_FROM_ONE


def _completes(before: Request, found: Request) -> bool:
    """Tell whether the second only says what to do with what the first names: "三脚架要5个，加购物车"."""
    return before.intent in CHANGING | {CART} and found.intent in CHANGING and not found.named(*POINTING, "reference")


def _leads_to(before: Request, found: Request) -> bool:
    """Tell whether the first, which hardly asks, only says of which order the second is: "订单1001里买了42码，想换"."""
    about_one = found.intent in NUMBERED - {TRACK} and not found.named(ORDER)
    return before.intent == TRACK and before.score < UNLINKED and about_one


def _tells_of_bought(before: Request, found: Request) -> bool:
    """Tell whether the second says why what was bought comes back, or as what: "退货，用不上了", "换货，要46码"."""
    is_of_shown = found.intent in SEARCHING | JUDGING | {REMOVE, WISH}
    return before.intent in ABOUT_BOUGHT and is_of_shown and not found.named(*POINTING)


def _are_one_search(intents: set[str]) -> bool:
    """Tell whether two intents look for one thing: it is named, narrowed down, sorted, or like another but smaller."""
    return intents <= SEARCHING or (REFINE in intents and intents <= SEARCHING | CHOOSING)


def _names_nothing(before: Request, found: Request) -> bool:
    """Tell whether the second looks for what the first is about: "is it a zoom? I need something like 70-200"."""
    kinds = {one["entity"] for one in found.parsed["entities"]} - {LANGUAGE}
    is_choice = before.intent in SEARCHING | OF_A_PRODUCT and found.intent in {RECOMMENDING, *SEARCHING}
    return is_choice and not kinds & {"product_query", "product", "category", "brand", "sku", "ordinal", "reference"}


def _is_more_of_one(before: Request, found: Request) -> bool:
    """Tell whether the same is hardly asked of something else: "is it mechanical, and good for gaming?"."""
    names_one = found.named("product", "sku", "ordinal")
    return found.intent == "ask_option" and before.intent == found.intent and not names_one and found.score < UNLINKED


def _names_order(request: Request) -> bool:
    """Tell whether an order is asked after by its number, which leaves little doubt; scores waver with the digits."""
    return request.intent == TRACK and bool(request.named(ORDER))


def _differ(before: Request, found: Request) -> bool:
    """Tell whether two requests of one intent are about different orders or products."""
    own, other = (one.named(*POINTING) for one in (before, found))
    if not own or not other or own & other:
        return False
    if before.intent == ADD:  # which adds several things at once, but not so many of one and so many of another
        return bool(before.named("quantity") | found.named("quantity"))
    return before.intent in OF_A_PRODUCT | CHANGING | {TRACK}


def _renumbered(requests: Sequence[Request]) -> bool:
    """Tell whether a request points at a place in a list from which one before it takes something out."""
    places = [place for place, one in enumerate(requests) if one.intent == REMOVE]
    return any(one.named("ordinal") for one in requests[places[0] + 1 :]) if places else False


def _stretch_of(spans: Sequence[Span]) -> Span | None:
    """Give the stretch that values take up together."""
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
