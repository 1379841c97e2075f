"""What becomes of simulated orders: payment, packing, parcels, delays, losses, cancellations and returns.

A plan holds every moment of an order's life, also those still to come. `at` cuts it off at a moment, so that an order
placed an hour before the end waits for payment or is paid, and is never delivered.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

Moment = dt.datetime

RETURN_REASONS = ("does not fit", "damaged on arrival", "not as described", "changed my mind", "arrived too late")
_RETURN_STEPS = ("requested", "approved", "received", "refunded")
# A courier has the parcel in the van for this long.
_IN_THE_VAN = dt.timedelta(hours=8)


@dataclass(frozen=True)
class ParcelPlan:
    """One parcel: what is in it, by position of the order's lines, and when it moves."""

    lines: tuple[int, ...]
    packed: Moment
    shipped: Moment
    promised: Moment
    delivered: Moment | None

    def state(self, now: Moment) -> str | None:
        """Name its state; None where it is not packed yet. A parcel that never arrives counts as lost a week late."""
        if now < self.packed:
            return None
        if now < self.shipped:
            return "packed"
        if self.delivered is None:
            return "lost" if now > self.promised + dt.timedelta(days=7) else "in_transit"
        if now >= self.delivered:
            return "delivered"
        return "out_for_delivery" if now >= self.delivered - _IN_THE_VAN else "in_transit"


@dataclass(frozen=True)
class ReturnPlan:
    """Some lines on their way back: when each step is taken; a refusal ends it early."""

    lines: tuple[int, ...]
    reason: str
    steps: tuple[tuple[str, Moment], ...]


@dataclass(frozen=True)
class OrderPlan:
    """Every moment of an order."""

    placed: Moment
    paid: Moment | None
    cancelled: Moment | None
    parcels: tuple[ParcelPlan, ...] = ()
    returned: ReturnPlan | None = None

    def at(self, now: Moment) -> OrderPlan:
        """Drop what has not happened by that moment; of a parcel in motion the later moments stay known."""
        cancelled = self.cancelled if self.cancelled and self.cancelled <= now else None
        return replace(
            self,
            paid=self.paid if self.paid and self.paid <= now else None,
            cancelled=cancelled,
            parcels=tuple(parcel for parcel in self.parcels if parcel.packed <= now),
            returned=_return_at(self.returned, now),
        )

    def states(self, now: Moment) -> tuple[str, str]:
        """Name the order's state and its payment state at a moment not before it was placed."""
        past = self.at(now)
        if past.cancelled:
            return "cancelled", "refunded" if past.paid else "failed"
        if not past.paid:
            return "waiting_for_payment", "pending"
        parcels = [parcel.state(now) for parcel in self.parcels]
        everything = tuple(sorted(line for parcel in self.parcels for line in parcel.lines))
        payment = "refunded" if past.is_refunded and past.returned_lines == everything else "paid"
        if all(state == "delivered" for state in parcels):
            return "delivered", payment
        if any(state not in {None, "packed"} for state in parcels):
            return "shipped", payment
        return ("packed" if any(parcels) else "paid"), payment

    @property
    def is_refunded(self) -> bool:
        """Tell whether a return has come to its refund."""
        return self.returned is not None and self.returned.steps[-1][0] == "refunded"

    @property
    def returned_lines(self) -> tuple[int, ...]:
        """The positions of the lines that come back."""
        return tuple(sorted(self.returned.lines)) if self.returned else ()

    def last_change(self, now: Moment) -> Moment:
        """Say when something last happened to the order."""
        past = self.at(now)
        moments = [past.placed, past.paid, past.cancelled]
        moments += [moment for parcel in past.parcels for moment in (parcel.packed, parcel.shipped, parcel.delivered)]
        moments += [moment for _, moment in past.returned.steps] if past.returned else []
        return max(moment for moment in moments if moment and moment <= now)


def _return_at(planned: ReturnPlan | None, now: Moment) -> ReturnPlan | None:
    steps = tuple(step for step in planned.steps if step[1] <= now) if planned else ()
    return replace(planned, steps=steps) if planned and steps else None


def plan_order(placed: Moment, lines: int, days: tuple[int, int], rng: np.random.Generator) -> OrderPlan:
    """Draw the life of an order.

    Args:
        placed: when it was placed.
        lines: how many lines it has.
        days: the fewest and most days that its delivery method promises.
        rng: where chance comes from.
    """
    fate = rng.random()
    if fate < 0.03:
        return OrderPlan(placed, None, placed + dt.timedelta(days=7))
    slow_payer = fate < 0.09
    paid = placed + _hours(rng, 6 if slow_payer else 0.01, 47 if slow_payer else 0.4)
    if fate > 0.97:
        return OrderPlan(placed, paid, paid + _hours(rng, 0.2, 3))
    packed = paid + _hours(rng, 4, 30)
    parcels = _plan_parcels(packed, lines, days, rng)
    return OrderPlan(placed, paid, None, parcels, _plan_return(parcels, lines, rng))


def _plan_parcels(
    packed: Moment, lines: int, days: tuple[int, int], rng: np.random.Generator
) -> tuple[ParcelPlan, ...]:
    if lines == 1 or rng.random() > 0.18:
        return (_parcel(tuple(range(lines)), packed, days, rng),)
    cut = int(rng.integers(1, lines))
    later = packed + _hours(rng, 20, 90)
    return _parcel(tuple(range(cut)), packed, days, rng), _parcel(tuple(range(cut, lines)), later, days, rng)


def _parcel(lines: tuple[int, ...], packed: Moment, days: tuple[int, int], rng: np.random.Generator) -> ParcelPlan:
    shipped = packed + _hours(rng, 1, 20)
    promised = shipped + dt.timedelta(days=days[1])
    late = rng.random() < 0.06
    took = _hours(rng, 24 * days[1], 24 * (days[1] + 4)) if late else _hours(rng, 24 * days[0] - 10, 24 * days[1] - 2)
    return ParcelPlan(lines, packed, shipped, promised, None if rng.random() < 0.004 else shipped + took)


def _plan_return(parcels: tuple[ParcelPlan, ...], lines: int, rng: np.random.Generator) -> ReturnPlan | None:
    arrivals = [parcel.delivered for parcel in parcels]
    if rng.random() > 0.07 or None in arrivals:
        return None
    moment = max(arrival for arrival in arrivals if arrival) + _hours(rng, 5, 24 * 20)
    refused = rng.random() < 0.08
    steps = [(_RETURN_STEPS[0], moment)]
    for step in ("refused",) if refused else _RETURN_STEPS[1:]:
        moment += _hours(rng, 10, 96)
        steps.append((step, moment))
    back = tuple(range(lines)) if rng.random() < 0.6 else (int(rng.integers(lines)),)
    return ReturnPlan(back, RETURN_REASONS[int(rng.integers(len(RETURN_REASONS)))], tuple(steps))


def _hours(rng: np.random.Generator, least: float, most: float) -> dt.timedelta:
    return dt.timedelta(seconds=round(3600 * rng.uniform(least, most)))
