"""Put the demo shop together: catalogue, offers, customers, behaviour and orders, the last four in one transaction.

Building again replaces what is simulated and leaves what shoppers did themselves: their carts and orders stay. Prices
and stock are those of the demo again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shop.db import Sessions, writing
from shop.delivery import write_offers
from shop.demo.codes import write_codes
from shop.demo.goods import Goods, load_goods
from shop.demo.known_orders import known_orders
from shop.demo.launches import launches, since_launch, write_launches
from shop.demo.offers import CURRENCY, EXPRESS, STANDARD, vary_stock, write_promotions
from shop.demo.order_rows import DemoOrder, shopper_id_of, write_orders
from shop.demo.people import KNOWN, Person, invent_people, write_people
from shop.importers.importing import import_file
from shop.importers.reading import ReadingSettings
from shop.migrate import upgrade
from shop.models import Interaction, Order
from shop.order_numbers import reserve_numbers
from shop.simulator import Basket, Behaviour, SimulationSettings, simulate
from shop.simulator_orders import plan_order

# Numbers below are for the known orders.
_FIRST_SIMULATED = 1101
_EXPRESS_SHARE = 0.2
_BATCH = 10_000


@dataclass(frozen=True)
class DemoCounts:
    """How much was written."""

    customers: int
    interactions: int
    orders: int


@dataclass(frozen=True)
class DemoSources:
    """What a demo is built from: the unpacked npm package, the shop's image folder, and how much is simulated."""

    vendure: Path
    images: Path
    simulation: SimulationSettings


def build_demo(sessions: Sessions, url: str, sources: DemoSources, console: Console) -> DemoCounts | None:
    """Migrate, import and simulate; give None where the sample catalogue did not land as a whole."""
    upgrade(url)
    catalogue = sources.vendure / "assets" / "products.csv"
    report = import_file(sessions, "vendure", catalogue, ReadingSettings(CURRENCY), sources.images)
    report.print_to(console)
    if report.exit_code:
        return None
    return write_demo(sessions, sources.simulation, console)


def write_demo(sessions: Sessions, settings: SimulationSettings, console: Console) -> DemoCounts:
    """Replace everything simulated."""
    with writing(sessions) as session:
        goods = load_goods(session, "vendure")
    with console.status("simulating half a year of shoppers"):
        behaviour = simulate(goods.items, settings)
    people = [*invent_people(behaviour.segments, settings.seed), *KNOWN]
    with console.status("writing customers, behaviour and orders"), writing(sessions) as session:
        return _write(session, goods, behaviour, people, settings)


def _write(
    session: Session, goods: Goods, behaviour: Behaviour, people: Sequence[Person], settings: SimulationSettings
) -> DemoCounts:
    session.execute(delete(Interaction).where(Interaction.simulated))
    session.execute(delete(Order).where(Order.simulated))
    write_offers(session, (STANDARD, EXPRESS))
    write_promotions(session, settings.end)
    known = _known(goods, people, settings.end)
    keep = frozenset(good.sku for order in known for good, _ in order.lines)
    vary_stock(session, keep=keep)
    launched = launches(goods, settings.end, established=keep)
    write_launches(session, launched)
    behaviour = since_launch(behaviour, goods, launched)
    customers = write_people(session, people, since=settings.end - dt.timedelta(days=settings.days + 30))
    write_codes(session, customers, settings.end)
    taken = set(session.scalars(select(Order.number)))
    orders = [*known, *_simulated(goods, behaviour.baskets, people, settings, taken)]
    write_orders(session, orders, customers, settings.end)
    _reserve_beyond(session, max(int(order.number) for order in orders))
    interactions = [*_known_purchases(known, customers), *_interactions(goods, behaviour, people, customers)]
    for start in range(0, len(interactions), _BATCH):
        session.execute(insert(Interaction), interactions[start : start + _BATCH])
    return DemoCounts(len(people), len(interactions), len(orders))


def _known(goods: Goods, people: Sequence[Person], end: dt.datetime) -> list[DemoOrder]:
    by_sku, by_id = goods.by_sku(), {person.public_id: person for person in people}
    return [
        DemoOrder(
            known.number,
            by_id[known.customer],
            known.method,
            tuple((by_sku[sku], quantity) for sku, quantity in known.lines),
            known.plan,
        )
        for known in known_orders(end)
    ]


def _simulated(
    goods: Goods, baskets: Sequence[Basket], people: Sequence[Person], settings: SimulationSettings, taken: set[str]
) -> list[DemoOrder]:
    """Give each basket a number, a way to be sent and a fate; numbers of shoppers' own orders are stepped over."""
    rng = np.random.default_rng([settings.seed, 2])
    orders, number = [], _FIRST_SIMULATED - 1
    for basket in baskets:
        number += 1
        while str(number) in taken:
            number += 1
        method = EXPRESS if rng.random() < _EXPRESS_SHARE else STANDARD
        lines = tuple((goods.variants[line.item][line.variant], line.quantity) for line in basket.lines)
        plan = plan_order(basket.at, len(lines), (method.days_min, method.days_max), rng)
        orders.append(DemoOrder(str(number), people[basket.customer], method, lines, plan))
    return orders


def _reserve_beyond(session: Session, highest: int) -> None:
    """Make sure that the next order of a shopper gets a number that no simulated order has."""
    following = int(reserve_numbers(session)[0])
    if following <= highest:
        reserve_numbers(session, highest - following)


def _known_purchases(orders: Sequence[DemoOrder], customers: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "shopper_id": shopper_id_of(order.person),
            "customer_id": customers[order.person.public_id],
            "product_id": good.product_id,
            "variant_id": good.variant_id,
            "kind": "purchase",
            "quantity": quantity,
            "source": "storefront",
            "happened_at": order.plan.placed,
            "simulated": True,
        }
        for order in orders
        for good, quantity in order.lines
    ]


def _interactions(
    goods: Goods, behaviour: Behaviour, people: Sequence[Person], customers: dict[str, int]
) -> list[dict[str, object]]:
    shoppers = [shopper_id_of(person) for person in people]
    rows = [customers[person.public_id] for person in people]
    return [
        {
            "shopper_id": shoppers[event.customer],
            "customer_id": rows[event.customer],
            "product_id": goods.variants[event.item][0].product_id,
            "variant_id": None if event.variant is None else goods.variants[event.item][event.variant].variant_id,
            "kind": event.kind,
            "quantity": event.quantity,
            "source": event.source,
            "happened_at": event.at,
            "simulated": True,
        }
        for event in behaviour.events
    ]
