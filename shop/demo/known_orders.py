"""The orders of the demo's three known customers: every state once, under numbers that stay.

| order | customer | what it shows |
| --- | --- | --- |
| 1001 | demo-ada | shipped, the parcel is on its way |
| 1002 | demo-ada | delivered |
| 1003 | demo-ada | waiting for payment |
| 1004 | demo-bo | shipped in part: one parcel delivered, the other still packed |
| 1005 | demo-bo | packed |
| 1006 | demo-bo | paid |
| 1007 | demo-cleo | delivered, returned and refunded in part (RMA-1007) |
| 1008 | demo-cleo | cancelled and refunded |
| 1009 | demo-cleo | delivered, a return is requested (RMA-1009) |
| 1010 | demo-cleo | paid, express |

The newest order of each is newer than any simulated one, so that they head the list of customers to sign in as.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shop.delivery import DeliveryOffer
from shop.demo.offers import EXPRESS, STANDARD
from shop.simulator_orders import OrderPlan, ParcelPlan, ReturnPlan


@dataclass(frozen=True)
class KnownOrder:
    """An order with its number, its customer and its lines as (SKU, quantity)."""

    number: str
    customer: str
    method: DeliveryOffer
    lines: tuple[tuple[str, int], ...]
    plan: OrderPlan


def known_orders(end: dt.datetime) -> tuple[KnownOrder, ...]:
    """Lay out the known orders so that each is in its state at the end."""

    def ago(days: float) -> dt.datetime:
        return end - dt.timedelta(days=days)

    def parcel(lines: Sequence[int], packed: float, shipped: float, delivered: float) -> ParcelPlan:
        promised = ago(shipped - STANDARD.days_max)
        return ParcelPlan(tuple(lines), ago(packed), ago(shipped), promised, ago(delivered))

    def returned(lines: Sequence[int], reason: str, steps: Mapping[str, float]) -> ReturnPlan:
        return ReturnPlan(tuple(lines), reason, tuple((step, ago(days)) for step, days in steps.items()))

    refund = returned([1], "damaged on arrival", {"requested": 24, "approved": 23, "received": 18, "refunded": 16})
    request = returned([0], "does not fit", {"requested": 1})
    plans: tuple[tuple[str, DeliveryOffer, tuple[tuple[str, int], ...], OrderPlan], ...] = (
        ("demo-ada", STANDARD, (("L2201316", 1), ("834444", 1)), _plan(ago(3), parcel([0, 1], 2, 1.5, -2.5))),
        ("demo-ada", STANDARD, (("IHD455T2", 2),), _plan(ago(40), parcel([0], 39, 38.5, 35))),
        ("demo-ada", STANDARD, (("A4TKLA45535", 1),), OrderPlan(ago(0.02), None, None)),
        (
            "demo-bo",
            STANDARD,
            (("RS0042", 1), ("B07CNGXVXT", 2)),
            _plan(ago(6), parcel([0], 5.5, 5, 1.2), parcel([1], 0.5, -0.5, -4)),
        ),
        ("demo-bo", STANDARD, (("WTB1418XB06", 1),), _plan(ago(1.5), parcel([0], 0.4, -0.3, -4))),
        ("demo-bo", STANDARD, (("AR4561-42", 1),), _plan(ago(0.03), parcel([0], -0.7, -1, -5))),
        (
            "demo-cleo",
            STANDARD,
            (("404.068.14", 2), ("B45809LSW", 1)),
            _plan(ago(35), parcel([0, 1], 34, 33.5, 29), refund=refund),
        ),
        ("demo-cleo", STANDARD, (("CH00001-02", 1),), OrderPlan(ago(12), ago(11.9), ago(11.5))),
        ("demo-cleo", STANDARD, (("003.600.02", 1),), _plan(ago(9), parcel([0], 8.5, 8, 4), refund=request)),
        ("demo-cleo", EXPRESS, (("A44352", 3),), _plan(ago(0.04), parcel([0], -0.3, -0.5, -1.6))),
    )
    return tuple(KnownOrder(str(1001 + place), *plan) for place, plan in enumerate(plans))


def _plan(placed: dt.datetime, *parcels: ParcelPlan, refund: ReturnPlan | None = None) -> OrderPlan:
    return OrderPlan(placed, placed + dt.timedelta(minutes=4), None, parcels, refund)
