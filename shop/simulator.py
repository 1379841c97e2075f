"""A seeded simulator of shoppers with tastes: who looks at what, puts it aside and buys it, over half a year.

It knows no database: it takes items and gives events and baskets. The same seed, items and end give the same behaviour,
row by row. "view" is a product that was shown and looked at, "click" one that was opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from shop.simulator_tastes import Floats, Market, SimulatedItem, SimulationSettings

__all__ = ["Basket", "Behaviour", "Event", "SimulatedItem", "SimulationSettings", "simulate"]

SOURCES = ("storefront", "search", "recommendation", "chat")
_SOURCE_SHARES = (0.45, 0.30, 0.15, 0.10)
_HOURS = np.array((1, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 12, 7, 3))
_WEEKEND = 1.35
# No visit begins so late that it would still go on at the end.
_QUIET = dt.timedelta(hours=2)


class Event(NamedTuple):
    """One thing that a customer did with an item; customer, item and variant are positions."""

    customer: int
    item: int
    variant: int | None
    kind: str
    source: str
    at: dt.datetime
    quantity: int = 1


class BasketLine(NamedTuple):
    """So many pieces of one variant."""

    item: int
    variant: int
    quantity: int


class Basket(NamedTuple):
    """What a customer bought at once."""

    customer: int
    at: dt.datetime
    lines: tuple[BasketLine, ...]


@dataclass(frozen=True)
class Behaviour:
    """Everything that happened, in order of time, and the category that each customer leans to."""

    segments: tuple[str, ...]
    events: tuple[Event, ...]
    baskets: tuple[Basket, ...]


def simulate(items: Sequence[SimulatedItem], settings: SimulationSettings) -> Behaviour:
    """Let customers come and go until the end."""
    rng = np.random.default_rng(settings.seed)
    market = Market(items, settings, rng)
    events: list[Event] = []
    baskets: list[Basket] = []
    for customer in range(settings.customers):
        for visit in _visits(market, customer, settings, rng):
            events += visit.events
            if visit.bought:
                baskets.append(Basket(customer, visit.clock, tuple(visit.bought)))
    events.sort(key=lambda event: event.at)
    baskets.sort(key=lambda basket: basket.at)
    return Behaviour(market.segments, tuple(events), tuple(baskets))


def _visits(market: Market, customer: int, settings: SimulationSettings, rng: np.random.Generator) -> Iterator[_Visit]:
    had = np.zeros(len(market.items))
    for at in _times(int(rng.poisson(settings.sessions * rng.gamma(1.6, 1 / 1.6))), settings, rng):
        visit = _Visit(market, customer, at, rng)
        visit.browse(market.liking(customer, at, had), market.focus(customer))
        for line in visit.bought:
            had[line.item] += 1
        yield visit


def _times(count: int, settings: SimulationSettings, rng: np.random.Generator) -> list[dt.datetime]:
    """Draw when a customer comes: more of late, at week-ends and in the evening."""
    first = settings.end - dt.timedelta(days=settings.days)
    weekdays = np.array([(first + dt.timedelta(days=day)).weekday() for day in range(settings.days)])
    weights = np.linspace(0.7, 1.3, settings.days) * np.where(weekdays >= 5, _WEEKEND, 1.0)
    days = rng.choice(settings.days, size=count, p=weights / weights.sum())
    hours = rng.choice(24, size=count, p=_HOURS / _HOURS.sum()) + rng.random(count)
    drawn = [
        first + dt.timedelta(days=int(day), seconds=int(hour * 3600)) for day, hour in zip(days, hours, strict=True)
    ]
    return sorted(min(at, settings.end - _QUIET) for at in drawn)


class _Visit:
    """One customer in the shop, once."""

    def __init__(self, market: Market, customer: int, at: dt.datetime, rng: np.random.Generator) -> None:
        self._market, self._customer, self._rng = market, customer, rng
        self._source = SOURCES[int(rng.choice(len(SOURCES), p=_SOURCE_SHARES))]
        self.clock = at
        self.events: list[Event] = []
        self.bought: list[BasketLine] = []

    def browse(self, liking: Floats, focus: Floats) -> None:
        """Look at a few items, open some, put fewer aside, and perhaps buy those."""
        rng = self._rng
        score = liking + 1.8 * focus + rng.gumbel(size=len(liking))
        basket = []
        for item in np.argsort(-score)[: 1 + int(rng.poisson(3.4))]:
            line = self._consider(int(item), float(liking[item]))
            if line:
                basket.append(line)
        if basket and rng.random() < 0.71:
            self._buy(basket)

    def _consider(self, item: int, liking: float) -> BasketLine | None:
        self._note("view", item, seconds=40)
        if not self._perhaps(0.8 * liking - 1.7):
            if self._source == "recommendation" and self._perhaps(-liking - 0.6):
                self._note("dismiss", item, seconds=3)
            return None
        self._note("click", item, seconds=15)
        if not self._perhaps(0.6 * liking - 1.7):
            return None
        line = BasketLine(item, self._market.variant_for(self._customer, item), 1 + int(self._rng.random() < 0.1))
        self._note("cart", item, line.variant, line.quantity, seconds=30)
        return line

    def _buy(self, basket: Sequence[BasketLine]) -> None:
        self.clock += dt.timedelta(seconds=60 + int(self._rng.exponential(90)))
        self.bought = list(basket)
        for line in basket:
            self._note("purchase", line.item, line.variant, line.quantity)

    def _note(self, kind: str, item: int, variant: int | None = None, quantity: int = 1, seconds: float = 0) -> None:
        self.clock += dt.timedelta(seconds=int(seconds * (0.3 + self._rng.exponential(0.7))))
        self.events.append(Event(self._customer, item, variant, kind, self._source, self.clock, quantity))

    def _perhaps(self, log_odds: float) -> bool:
        return bool(self._rng.random() < 1 / (1 + np.exp(-log_odds)))
