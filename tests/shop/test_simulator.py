"""The simulator of shoppers: repeatable, in order, and with tastes that can be learned."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import numpy as np
import pytest

from shop.simulator import Behaviour, SimulatedItem, SimulationSettings, simulate
from shop.simulator_orders import OrderPlan, ParcelPlan, plan_order

END = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
CATEGORIES = ("Computers", "Photo", "Footwear", "Plants", "Furniture")
SMALL = SimulationSettings(end=END, customers=60)


def catalogue(count: int = 50) -> tuple[SimulatedItem, ...]:
    rng = np.random.default_rng(3)
    return tuple(
        SimulatedItem(
            category=CATEGORIES[number % len(CATEGORIES)],
            brand=f"brand {rng.integers(12)}",
            colour=str(rng.choice(["black", "white", "blue"])),
            prices=tuple(float(price) for price in rng.uniform(5, 500, 1 + number % 4)),
        )
        for number in range(count)
    )


@pytest.fixture(scope="module")
def behaviour() -> Behaviour:
    return simulate(catalogue(), SimulationSettings(end=END, customers=800))


def test_the_same_seed_items_and_end_give_the_same_rows() -> None:
    assert simulate(catalogue(), SMALL) == simulate(catalogue(), SMALL)


def test_another_seed_gives_other_rows() -> None:
    assert simulate(catalogue(), SMALL) != simulate(catalogue(), SimulationSettings(end=END, customers=60, seed=8))


def test_another_end_only_moves_half_a_year_to_other_days() -> None:
    week = dt.timedelta(days=7)
    later = simulate(catalogue(), SimulationSettings(end=END + week, customers=60))
    assert [event._replace(at=event.at - week) for event in later.events] == list(simulate(catalogue(), SMALL).events)


def test_nothing_happens_outside_of_the_half_year(behaviour: Behaviour) -> None:
    times = [event.at for event in behaviour.events]
    assert times == sorted(times)
    assert END - dt.timedelta(days=182) <= times[0]
    assert times[-1] < END
    assert END - times[-1] < dt.timedelta(days=1)


def test_what_is_bought_was_put_aside_opened_and_seen_before(behaviour: Behaviour) -> None:
    seen: dict[tuple[int, int], set[str]] = defaultdict(set)
    needed = {"click": {"view"}, "cart": {"click"}, "purchase": {"cart"}}
    for event in behaviour.events:
        assert needed.get(event.kind, set()) <= seen[event.customer, event.item]
        seen[event.customer, event.item].add(event.kind)


def test_every_purchase_is_a_line_of_a_basket(behaviour: Behaviour) -> None:
    bought = Counter(
        (event.customer, event.item, event.variant, event.quantity)
        for event in behaviour.events
        if event.kind == "purchase"
    )
    lines = Counter((basket.customer, *line) for basket in behaviour.baskets for line in basket.lines)
    assert bought == lines


def test_behaviour_has_the_shape_of_a_funnel(behaviour: Behaviour) -> None:
    kinds = Counter(event.kind for event in behaviour.events)
    assert kinds["view"] > kinds["click"] > kinds["cart"] > kinds["purchase"] > 0
    assert kinds["dismiss"] > 0


def recalls(behaviour: Behaviour, items: tuple[SimulatedItem, ...], k: int = 10) -> dict[str, float]:
    """Learn from the first 80 % of events, and see how much of what was bought in the rest each way finds."""
    cut = int(len(behaviour.events) * 0.8)
    category = np.array([CATEGORIES.index(item.category) for item in items])
    popular = np.ones(len(items))
    affinity = np.ones((len(behaviour.segments), len(CATEGORIES)))
    for event in behaviour.events[:cut]:
        if event.kind in {"click", "cart", "purchase"}:
            popular[event.item] += 1
            affinity[event.customer, category[event.item]] += 1
    wanted: dict[int, set[int]] = defaultdict(set)
    for event in behaviour.events[cut:]:
        if event.kind == "purchase":
            wanted[event.customer].add(event.item)
    chance = np.random.default_rng(0)
    found: dict[str, list[float]] = defaultdict(list)
    for customer, items_wanted in wanted.items():
        personal = popular * (affinity[customer] / affinity.mean(axis=0))[category]
        scores = {"chance": chance.random(len(items)), "popular": popular, "personal": personal}
        for name, score in scores.items():
            top = set(np.argsort(-score)[:k].tolist())
            found[name].append(len(top & items_wanted) / min(k, len(items_wanted)))
    return {name: float(np.mean(values)) for name, values in found.items()}


def test_tastes_can_be_learned_beyond_popularity(behaviour: Behaviour) -> None:
    recall = recalls(behaviour, catalogue())
    assert recall["popular"] > recall["chance"] + 0.1
    assert recall["personal"] > recall["popular"] + 0.08
    # What is simulated is noisy too: nobody should look perfect on it.
    assert recall["personal"] < 0.9


def test_shoppers_who_mind_prices_buy_cheaper_things() -> None:
    twins = tuple(SimulatedItem("Plants", "brand", "green", (price,)) for price in (5.0, 50.0, 500.0) for _ in range(4))
    bought = Counter(
        event.item // 4
        for event in simulate(twins, SimulationSettings(end=END, customers=500)).events
        if event.kind == "purchase"
    )
    assert bought[0] > bought[1] > bought[2]


def test_an_order_goes_through_its_states_one_after_the_other() -> None:
    rng = np.random.default_rng(0)
    order = ["waiting_for_payment", "paid", "packed", "shipped", "delivered"]
    for _ in range(200):
        plan = plan_order(END, int(rng.integers(1, 4)), (3, 5), rng)
        states = [plan.states(END + dt.timedelta(hours=hour))[0] for hour in range(0, 24 * 40, 3)]
        reached = list(dict.fromkeys(states))
        usual = [state for state in reached if state != "cancelled"]
        assert usual == sorted(usual, key=order.index)
        assert "cancelled" not in reached[:-1]


def test_all_states_and_ends_occur() -> None:
    rng = np.random.default_rng(0)
    plans = [plan_order(END, 2, (3, 5), rng) for _ in range(3000)]
    late = END + dt.timedelta(days=90)
    assert {plan.states(late) for plan in plans} == {
        ("cancelled", "failed"),
        ("cancelled", "refunded"),
        ("delivered", "paid"),
        ("delivered", "refunded"),
        ("shipped", "paid"),
    }
    assert {parcel.state(late) for plan in plans for parcel in plan.parcels} == {"delivered", "lost"}
    assert {plan.at(late).returned.steps[-1][0] for plan in plans if plan.returned} == {"refunded", "refused"}
    assert {len(plan.parcels) for plan in plans} == {0, 1, 2}


def test_a_parcel_names_each_of_its_states() -> None:
    hours = [END + dt.timedelta(hours=hour) for hour in (1, 2, 30, 48)]
    parcel = ParcelPlan((0,), hours[0], hours[1], hours[2], hours[3])
    at = {hour: parcel.state(END + dt.timedelta(hours=hour)) for hour in (0, 1, 3, 45, 48)}
    assert at == {0: None, 1: "packed", 3: "in_transit", 45: "out_for_delivery", 48: "delivered"}


def test_an_order_of_which_one_parcel_is_still_packed_is_shipped() -> None:
    hour = dt.timedelta(hours=1)
    gone = ParcelPlan((0,), END - 40 * hour, END - 30 * hour, END + 90 * hour, END - 2 * hour)
    here = ParcelPlan((1,), END - hour, END + hour, END + 90 * hour, END + 50 * hour)
    plan = OrderPlan(END - 50 * hour, END - 49 * hour, None, (gone, here))
    assert plan.states(END) == ("shipped", "paid")
    assert plan.last_change(END) == END - hour


def test_an_end_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        SimulationSettings(end=dt.datetime(2026, 3, 1))
