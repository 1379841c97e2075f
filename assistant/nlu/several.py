"""Tells whether a message asks for several things, and what each of them is.

A message is split only where each part is by itself surely understood as a request, and neighbours ask for different
things, or for the same of different orders or products. All else stays whole: "black and white shoes", "a laptop and a
mouse" (one search), "yes, and thanks". Greetings and thanks are no requests. A part that is nothing but another number
or product ("and 1002?") asks of it what the part before it asked.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.nlu.apart import ADD, DOING, LINKED, OF_A_PRODUCT, POLICY, REMOVE, UNLINKED, WISH, are_apart, differ
from assistant.nlu.asides import ONLY_ASKED, adds_nothing, is_chat, is_own_question
from assistant.nlu.intents import (
    ABOUT_BOUGHT,
    ANSWERING,
    CHANGE_QUANTITY,
    CHANGING,
    CODES,
    INFORM,
    NUMBERED,
    READDRESSING,
    RECOMMENDING,
    REPORTING,
    SEARCHING,
)
from assistant.nlu.language import ENTITY as LANGUAGE
from assistant.nlu.pieces import Cutter, Piece
from assistant.nlu.request import (
    NUMBER,
    ORDER,
    POINTING,
    POLITE,
    TRACK,
    Request,
    Span,
    each_order,
    of_order,
    stretch_of,
)
from assistant.nlu.scope import FALLBACK
from assistant.nlu.speech_forms import asks, has_question_mark, is_plain_yes, tells, turns_away

Parse = Callable[[str], Awaitable[Mapping[str, Any]]]

# Longer ones are prose, of which each sentence says something else about one thing.
MOST_PIECES = 12

CHECK_OUT, AFFIRM = "check_out", "affirm"
# What waits for an answer: a yes to an order, to a change of one, to something else, a value, or a form to be filled.
ORDER_YES, CASE_YES, YES, VALUE, FORM = "order", "case", "yes", "value", "form"
# What changes an order that waits for its yes.
AMENDING = CHANGING | CODES | {READDRESSING}
# "Yes, do it": so few letters may stand behind a yes that says the same once more.
_SHORT = 12
# "Two balls. And two more balls" are four.
_MORE = re.compile(r"\b(?:more|another|extra|again|other|also|too)\b|再|又|另|多|也|还")
LEANING: Mapping[str, Sequence[Sequence[str]]] = {
    **dict.fromkeys(OF_A_PRODUCT, (("product", "sku"), ("product_query",), ("ordinal",))),
    TRACK: ((ORDER,),),
    REMOVE: (("product", "sku"),),
    ADD: (("product", "sku", "quantity"),),
}
"""Of what kinds a bare value takes over which intent."""


async def requests_of(text: str, cutter: Cutter, parse: Parse, waits: str = "") -> list[Request]:
    """Give the requests of a message, in order.

    Args:
        text: what the shopper wrote.
        cutter: knows where a message may be cut.
        parse: asks the model; called for a message with a cut point alone.
        waits: what the assistant waits for, which the message may begin with: `ORDER_YES`, `VALUE` or the like.

    Returns:
        Several requests; or one, which is the whole message, or all of it that asks for something; or none, where it
        has no cut point and was not parsed.
    """
    pieces = cutter.cut(text)
    if not 1 < len(pieces) <= MOST_PIECES:
        return []
    whole = Request(text, await parse(text))
    splitting = _Splitting(text, cutter, parse, waits)
    # Where the pieces are in doubt, an order each that is asked after is still better than the first alone.
    requests = await splitting.requests(pieces) or each_order(whole)
    is_whole = len(requests) == 1 and not splitting.leaves_out
    return [whole] if is_whole else [_in_language_of(whole, one) for one in requests]


def _in_language_of(whole: Request, request: Request) -> Request:
    """Answer each request in the language of the message, also one that tells none, or another."""
    told = [one for one in whole.parsed["entities"] if one["entity"] == LANGUAGE]
    named = [one for one in request.parsed["entities"] if one["entity"] != LANGUAGE]
    return replace(request, parsed={**request.parsed, "entities": [*told, *named]})


class _Splitting:
    """One message while it is being split."""

    def __init__(self, text: str, cutter: Cutter, parse: Parse, waits: str) -> None:
        self._text, self._cutter, self._waits = text, cutter, waits
        self._model, self._read_before = parse, dict[str, Mapping[str, Any]]()
        self.leaves_out = False
        """Whether a piece only speaks of the request beside it, and would change how that is understood."""

    async def requests(self, pieces: Sequence[Piece]) -> list[Request]:
        """Give what the pieces ask for, behind the answer that they begin with; none where one of them is in doubt."""
        answers = await self._answers(pieces)
        rest = await self._asked(pieces[len(answers) :])
        if not answers or not rest:
            return rest
        answer, behind = answers[-1] if answers[-1].intent == INFORM else answers[0], pieces[len(answers)]
        if self._is_answer(answer, rest, behind, says_again=any(one.intent not in ANSWERING for one in answers)):
            return [answer, *rest]
        # A yes that may be meant is not left out.
        may_answer = self._waits in (YES, CASE_YES, ORDER_YES) and is_plain_yes(answer.text)
        return rest if len(rest) > 1 and not may_answer and answer.intent != INFORM else []

    async def _asked(self, pieces: Sequence[Piece]) -> list[Request]:
        requests: list[Request] = []
        for piece in pieces:
            more = await self._with(requests, piece)
            if more is None:
                return []
            requests = more
        each = [one for request in requests for one in each_order(request)]
        is_clear = all(one.is_request or one.is_unknown_question for one in each)
        each = _each_once([one for one in each if not is_chat(one)])
        is_clear = is_clear and any(one.is_request for one in each) and not _tells_first(each)
        return each if is_clear and not _renumbered(each) else []

    async def _parse(self, text: str) -> Mapping[str, Any]:
        if text not in self._read_before:
            self._read_before[text] = await self._model(text)
        return self._read_before[text]

    async def _answers(self, pieces: Sequence[Piece]) -> list[Request]:
        """Give the pieces that a message begins with and that answer a question, or take note: "yes, do it", "ok"."""
        answers: list[Request] = []
        for piece in pieces[:-1]:
            found = await self._read(piece)
            is_value = found.intent == INFORM and self._is_value(found)
            says_again = bool(answers) and not piece.is_linked and self._does_it(found)
            if not (found.intent in ANSWERING or is_value or says_again):
                return answers
            answers.append(found)
            if is_value:
                return answers
        return answers

    def _is_value(self, found: Request) -> bool:
        """Tell whether a piece is a value that answers, or says how many are wanted of what was shown."""
        return bool(found.kinds) and (
            self._waits == VALUE or (not self._waits and found.kinds <= {"quantity", "ordinal"})
        )

    def _does_it(self, found: Request) -> bool:
        """Tell whether a piece only says once more that what was proposed be done: "确定，退吧"."""
        done = {CASE_YES: ABOUT_BOUGHT | {READDRESSING, CHANGE_QUANTITY}, ORDER_YES: frozenset({CHECK_OUT})}
        is_done = found.intent in done.get(self._waits, ())
        return is_done and not found.kinds and len(found.text) <= _SHORT

    def _is_answer(self, answer: Request, rest: Sequence[Request], behind: Piece, *, says_again: bool) -> bool:
        """Tell whether what a message begins with is the answer that is waited for, and the rest another matter."""
        is_apart = behind.is_linked or behind.follows_sentence
        if turns_away(behind.link + behind.text) or self._waits == FORM:
            return False
        if answer.intent == INFORM:
            return is_apart
        if self._waits not in (YES, CASE_YES, ORDER_YES):
            return False
        if answer.intent != AFFIRM:
            return len(rest) > 1
        is_plain = says_again or (is_plain_yes(answer.text) and is_apart)
        return is_plain and not (self._waits == ORDER_YES and rest[0].intent in AMENDING)

    async def _with(self, requests: list[Request], piece: Piece) -> list[Request] | None:
        """Add a piece, as a request of its own or to the one before; None where neither can be."""
        found = await self._read(piece)
        if found.intent in POLITE or (requests and found.intent == AFFIRM):
            return requests
        if requests and adds_nothing(requests[-1], found):
            self.leaves_out = True
            return requests
        if found.intent in ANSWERING:
            return None
        chats = is_chat(found)
        if not requests:
            if chats and not found.is_request:
                return requests
            return [found] if self._is_something(found) else None
        *others, before = requests
        if is_chat(before):
            joined = await self._told_on(before, found)
            return [joined or found] if joined or self._is_something(found) else None
        leaning = await self._leaning(before, found)
        if leaning:
            return [*requests, leaning]
        if is_own_question(before, found, piece):
            return [*requests, found]
        completes = self._is_bare_search(found, piece) or self._is_bare_order(before, found)
        chats = chats or (found.intent == REPORTING and not found.asks and before.intent in OF_A_PRODUCT | {POLICY})
        if not (completes or chats) and are_apart(before, found, piece):
            return [*requests, found]
        joined = await self._joined(before, found)
        if joined:
            return [*others, joined]
        return requests if chats else None

    @staticmethod
    def _is_something(found: Request) -> bool:
        """Tell whether a message can begin with a piece."""
        return found.is_request or found.is_unknown_question or bool(found.named(*POINTING))

    async def _read(self, piece: Piece) -> Request:
        """Read a piece; joining words are taken for its own only where it says nothing without them."""
        found = await self._stretch(piece.start, piece.end, piece.closing)
        if found.intent != FALLBACK or piece.joined == piece.start:
            return found
        again = await self._stretch(piece.joined, piece.end, piece.closing)
        return again if again.is_request else found

    async def _stretch(self, start: int, end: int, closing: str = "") -> Request:
        text = self._text[start:end]
        parsed = await self._parse(text)
        return Request(text, parsed, start, end, asks(text), has_question_mark(closing), tells(text))

    def _is_bare_search(self, found: Request, piece: Piece) -> bool:
        """Tell whether a piece only names goods, a price or a colour: that is what the rest of the message asks for."""
        if found.asks or (piece.follows_sentence and not found.is_marked):
            return False
        return found.intent in SEARCHING | {WISH} and self._is_bare(found, found.spans(*found.kinds))

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
        joined = replace(joined, asks=before.asks or found.asks, is_marked=found.is_marked, tells=found.tells)
        same = joined.intent == head.intent or {joined.intent, head.intent} <= SEARCHING | {RECOMMENDING}
        return joined if same and joined.is_request else None

    async def _told_on(self, before: Request, found: Request) -> Request | None:
        """Take what is told and the next piece for one: the same told on, or told to say what is asked then."""
        if before.end is None or found.end is None:
            return None
        joined = await self._stretch(before.start, found.end)
        if joined.intent == found.intent and joined.is_request:
            return replace(joined, asks=found.asks, is_marked=found.is_marked, tells=found.tells)
        tells_on = joined.intent == before.intent and found.intent not in DOING and not found.asks
        return replace(joined, tells=True, is_marked=found.is_marked) if tells_on else None

    async def _leaning(self, before: Request, found: Request) -> Request | None:
        """Ask of a bare value what the request before asks of its own."""
        if before.intent in OF_A_PRODUCT and found.intent == before.intent and found.asks and found.score >= UNLINKED:
            return None  # "is it loud?" behind "it has a cable"
        for kinds in LEANING.get(before.intent, ()):
            old, new = stretch_of(before.spans(*kinds)), stretch_of(found.spans(*kinds))
            if kinds == (ORDER,):  # alone it may be read as a price or a quantity
                new = stretch_of([one.span() for one in NUMBER.finditer(found.text)])
            if old and new and self._is_bare(found, [new]):
                value = found.text[new[0] : new[1]]
                text = before.text[: old[0]] + value + before.text[old[1] :]
                asked = of_order(before, value) if kinds == (ORDER,) else Request(text, await self._parse(text))
                return asked if asked.intent == before.intent and differ(before, asked) else None
        return await self._more_to_add(before, found)

    async def _more_to_add(self, before: Request, found: Request) -> Request | None:
        """Add so many of another thing, too: "add 2 tripods and 3 ropes to my cart"."""
        counted = stretch_of(before.spans("quantity", "product"))
        leads = [first for first, _ in before.spans("product_query")]
        if (
            before.intent != ADD
            or not before.named("quantity")
            or not counted
            or min(leads, default=counted[0]) < counted[0]
        ):
            return None
        if found.is_request and found.score >= LINKED:
            return None
        text = before.text[: counted[0]] + found.text
        asked = Request(text, await self._parse(text))
        is_more = asked.intent == ADD and asked.score >= LINKED and asked.named("quantity") and differ(before, asked)
        return asked if is_more else None


def _each_once(requests: Sequence[Request]) -> list[Request]:
    """Leave out what is asked once more behind something else, and of nothing else."""
    last = {one.intent: place for place, one in enumerate(requests)}
    return [
        one
        for place, one in enumerate(requests)
        if (one.intent not in ONLY_ASKED or one.named(*POINTING) or last[one.intent] == place)
        and not any(_says_again(one, other) for other in requests[:place])
    ]


def _says_again(one: Request, other: Request) -> bool:
    """Tell whether a request puts in so many of the same as one before it: "网球要两个。网球加两个"."""
    if not one.intent == other.intent == ADD or _MORE.search(one.text.casefold()):
        return False
    said, before = (
        {(each["entity"], each["value"]) for each in request.parsed["entities"] if each["entity"] != LANGUAGE}
        for request in (one, other)
    )
    return said == before and {"quantity", "product_query"} <= {name for name, _ in said}


def _tells_first(requests: Sequence[Request]) -> bool:
    """Tell whether a request of what was bought is led up to by a story: "I ordered some. Can I cancel one?"."""
    told = [
        place
        for place, one in enumerate(requests)
        if one.intent == REPORTING and one.tells and not one.named(*POINTING)
    ]
    return any(one.intent in ABOUT_BOUGHT for one in requests[told[0] + 1 :]) if told else False


def _renumbered(requests: Sequence[Request]) -> bool:
    """Tell whether a request points at a place in a list from which one before it takes something out."""
    places = [place for place, one in enumerate(requests) if one.intent == REMOVE]
    return any(one.named("ordinal") for one in requests[places[0] + 1 :]) if places else False
