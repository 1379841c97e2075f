"""Points that no row has a name for, such as how often to water a plant: what texts of the shop say on them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.advice_words import Point
from actions.pending import PERSON
from actions.replying import language_of
from actions.turn import Button, Turn
from shop.catalogue import ProductView

_QUOTED = 2


def points_asked(turn: Turn, product: ProductView, question: str) -> list[Point]:
    """Give the points that a question asks after; what the product is, such as a lens, is none of them."""
    noun = product.name.split()[-1]
    found = turn.services.advice.points_in(question)
    return [point for point in found if not _states(point, noun)]


def tell_points(turn: Turn, product: ProductView, points: Sequence[Point], buttons: Sequence[Button]) -> None:
    """Quote what the shop's texts say on points, and name those that they say nothing on."""
    sentences = turn.services.topics.sentences(product.description)
    quoted = [next((one for one in sentences if _states(point, one)), "") for point in points]
    told = list(dict.fromkeys(filter(None, quoted)))[:_QUOTED]
    unsaid = [point for point, quote in zip(points, quoted, strict=True) if not quote]
    missing = [point for point in unsaid if not _states(point, product.name)]
    turn.ask_later(PERSON)
    if told:
        response = "utter_says_on_that" if missing else "utter_described"
        turn.say(response, name=product.name, quote=" ".join(told), buttons=() if missing else buttons)
    elif len(missing) < len(unsaid):
        turn.say("utter_called_so", name=product.name)
    if missing:
        say_points_unknown(turn, product, missing, buttons)


def say_points_unknown(turn: Turn, product: ProductView, points: Sequence[Point], buttons: Sequence[Button]) -> None:
    """Say which points the shop's texts leave open."""
    called = turn.labels.all_of(point.called[language_of(turn)] for point in points)
    turn.say("utter_points_not_stated", name=product.name, points=called, buttons=buttons)


def tell_points_besides(turn: Turn, product: ProductView, question: str, buttons: Sequence[Button]) -> None:
    """Say that points which are asked beside something else stand in no text, where they do not."""
    open_points = [one for one in points_asked(turn, product, question) if not _states(one, product.description)]
    if open_points:
        turn.ask_later(PERSON)
        say_points_unknown(turn, product, open_points, buttons)


def _states(point: Point, text: str) -> bool:
    return re.search(point.stated, text.casefold()) is not None
