"""Why simulated shoppers want things: tastes of customers, appeal of items, seasons, trends and noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_HIDDEN = 6


@dataclass(frozen=True)
class SimulatedItem:
    """What the simulator needs to know of a product; prices are those of its variants, in the shop's order."""

    category: str
    brand: str
    colour: str
    prices: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse an item that nobody could buy."""
        if not self.prices:
            raise ValueError("an item needs at least one variant")


@dataclass(frozen=True)
class SimulationSettings:
    """How much is simulated: nothing happens after `end`; a customer comes `sessions` times on average."""

    end: dt.datetime
    seed: int = 7
    customers: int = 2000
    days: int = 182
    sessions: float = 7.85

    def __post_init__(self) -> None:
        """Refuse an end that is not a moment: half a day would be lost or won by the zone."""
        if self.end.tzinfo is None:
            raise ValueError(f"end {self.end!r} has no time zone")


class Market:
    """The items with their appeal by week, and the customers with their tastes."""

    def __init__(self, items: Sequence[SimulatedItem], settings: SimulationSettings, rng: np.random.Generator) -> None:
        self.items, self._settings, self._rng = items, settings, rng
        self._categories, self._category = _codes([item.category for item in items])
        cheapest = np.log([min(item.prices) + 1.0 for item in items])
        self._price = (cheapest - cheapest.mean()) / (cheapest.std() or 1.0)
        # Dear things are bought once; of cheap ones another may be wanted soon.
        self._sated = 0.6 + 2.2 * np.argsort(np.argsort(cheapest)) / len(items)
        self._appeal = self._draw_appeal()
        self._shares = self._draw_shares()
        self._affinity = self._draw_affinity()
        self._sizes = rng.random((settings.customers, len(self._categories)))

    @property
    def segments(self) -> tuple[str, ...]:
        """The category that each customer leans to most."""
        return tuple(self._categories[code] for code in self._shares.argmax(axis=1))

    def liking(self, customer: int, at: dt.datetime, had: Floats) -> Floats:
        """Say how much a customer likes each item at that time, around zero; `had` counts what they have bought."""
        week = len(self._appeal) - 1 - (self._settings.end - at).days // 7
        own = self._affinity[customer]
        liking: Floats = own - own.mean() + self._appeal[week] - had * self._sated
        return liking

    def focus(self, customer: int) -> Floats:
        """Draw what a visit is about: 1 for the items of one category, drawn by taste, and 0 for the others."""
        shares = self._shares[customer]
        return np.asarray(self._category == self._rng.choice(len(shares), p=shares), dtype=np.float64)

    def variant_for(self, customer: int, item: int) -> int:
        """Choose a variant: each customer has a size, and now and then takes another."""
        variants = len(self.items[item].prices)
        if self._rng.random() < 0.1:
            return int(self._rng.integers(variants))
        return int(self._sizes[customer, self._category[item]] * variants)

    def _draw_appeal(self) -> Floats:
        """Draw popularity by week and item: a base, a random walk, and a season for each category."""
        rng, items = self._rng, len(self.items)
        weeks = self._settings.days // 7 + 1
        walk = np.cumsum(rng.normal(0, 0.12, (weeks, items)), axis=0)
        phase = rng.uniform(0, 2 * np.pi, len(self._categories))[self._category]
        season = 0.35 * np.sin(2 * np.pi * np.arange(weeks)[:, None] / 52 + phase)
        appeal: Floats = rng.normal(0, 0.6, items) + walk + season
        return appeal

    def _draw_shares(self) -> Floats:
        customers, categories = self._settings.customers, len(self._categories)
        weights = np.full((customers, categories), 0.35)
        weights[np.arange(customers), self._rng.integers(categories, size=customers)] += 2.0
        drawn = self._rng.gamma(weights)
        shares: Floats = drawn / drawn.sum(axis=1, keepdims=True)
        return shares

    def _draw_affinity(self) -> Floats:
        rng, customers = self._rng, self._settings.customers
        brands, brand = _codes([item.brand for item in self.items])
        colours, colour = _codes([item.colour for item in self.items])
        minds_price = rng.gamma(2.0, 0.25, customers)[:, None]
        hidden = rng.normal(0, 1, (customers, _HIDDEN)) @ rng.normal(0, 1, (_HIDDEN, len(self.items)))
        affinity: Floats = (
            0.9 * np.log(self._shares + 0.02)[:, self._category]
            + rng.normal(0, 0.5, (customers, len(brands)))[:, brand]
            + rng.normal(0, 0.35, (customers, len(colours)))[:, colour]
            - minds_price * self._price
            + 0.5 * hidden / np.sqrt(_HIDDEN)
        )
        return affinity


def _codes(names: Sequence[str]) -> tuple[list[str], Codes]:
    known = sorted(set(names))
    return known, np.array([known.index(name) for name in names])
