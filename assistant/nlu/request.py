"""One thing that a message asks for, and the same of another order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.nlu.intents import ANSWERING
from assistant.nlu.language import ENTITY as LANGUAGE
from assistant.nlu.scope import FALLBACK, SCORE

Span = tuple[int, int]

POLITE = frozenset({"greet", "thank", "goodbye"})
OUT_OF_SCOPE = "out_of_scope"
NO_REQUEST = POLITE | ANSWERING | {"inform", FALLBACK, OUT_OF_SCOPE}
ORDER, TRACK = "order_number", "track_order"
POINTING = (ORDER, "sku", "product", "product_query", "ordinal")

NUMBER = re.compile(r"\d{3,}")


@dataclass(frozen=True)
class Request:
    """One thing that a message asks for.

    Attributes:
        text: what asks for it.
        parsed: what the model made of the text.
        start: where it begins in the message.
        end: one past its last letter; None of one that was worded anew, which cannot be continued.
        asks: whether it has the words of a question.
        is_marked: whether a question mark stands behind it.
        tells: whether it has the form of a statement, which asks for nothing by itself.
    """

    text: str
    parsed: Mapping[str, Any]
    start: int = 0
    end: int | None = None
    asks: bool = False
    is_marked: bool = False
    tells: bool = False

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

    @property
    def is_unknown_question(self) -> bool:
        """Tell whether it asks something that was not understood, and deserves a word all the same."""
        return self.asks and self.intent in {FALLBACK, OUT_OF_SCOPE}

    @property
    def kinds(self) -> set[str]:
        """Give the kinds of all that it names."""
        return {one["entity"] for one in self.parsed["entities"]} - {LANGUAGE}

    def named(self, *kinds: str) -> set[tuple[str, str]]:
        """Give what it names of some kinds."""
        return {(one["entity"], str(one["value"])) for one in self.parsed["entities"] if one["entity"] in kinds}

    def spans(self, *kinds: str) -> list[Span]:
        """Give where values of some kinds stand; of an order number without the words that lead to it."""
        return sorted({self._span(one) for one in self.parsed["entities"] if one["entity"] in kinds})

    def _span(self, value: Mapping[str, Any]) -> Span:
        digits = NUMBER.search(self.text, value["start"], value["end"]) if value["entity"] == ORDER else None
        return digits.span() if digits else (value["start"], value["end"])


def each_order(request: Request) -> list[Request]:
    """Ask for one order at a time: "where are 1001 and 1002"."""
    numbers = list(dict.fromkeys(request.text[first:last] for first, last in request.spans(ORDER)))
    if request.intent != TRACK or len(numbers) < 2:
        return [request]
    return [of_order(request, number) for number in numbers]


def of_order(request: Request, number: str) -> Request:
    """Ask the same of one order. The model is not asked again: other digits say nothing else."""
    start, last = stretch_of(request.spans(ORDER)) or (0, 0)
    text = request.text[:start] + number + request.text[last:]
    named = {"entity": ORDER, "value": number, "start": start, "end": start + len(number)}
    others = [one for one in request.parsed["entities"] if one["entity"] != ORDER]
    return Request(text, {**request.parsed, "text": text, "entities": [*others, named]})


def stretch_of(spans: Sequence[Span]) -> Span | None:
    """Give the stretch that values take up together."""
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
