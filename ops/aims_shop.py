"""The shop's side of written conversations: orders that were placed before, and what a conversation leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops.aims import Aim, AimNotReadable, End, Goods
from ops.service_dialogues import Placed
from ops.service_shop import place_order
from shop.carts import view_cart
from shop.db import Sessions, reading, writing
from shop.models import Order, Return, Variant
from shop.shoppers import Shopper

# Of returns that nothing has called off.
_COMING = ("requested", "approved", "received", "refunded")


class AimsShop:
    """A shop's versions by name, and what one shopper has in it."""

    def __init__(self, sessions: Sessions) -> None:
        """Read the names of all versions."""
        self._sessions = sessions
        with reading(sessions) as session:
            self._names = {row.sku: _name(row) for row in session.scalars(select(Variant))}
        self._skus = {name: sku for sku, name in self._names.items()}

    def place(self, shopper_id: str, aim: Aim, numbers: Mapping[str, str]) -> None:
        """Write the orders that the shopper of a conversation has had."""
        with writing(self._sessions) as session:
            for order in aim.orders:
                skus = tuple(self._sku(aim, name) for name, count in order.lines.items() for _ in range(count))
                placed = Placed(numbers[order.key], skus, order.state, order.delivered_days_ago)
                place_order(session, shopper_id, placed)

    def left_by(self, shopper_id: str, numbers: Mapping[str, str]) -> End:
        """Read what a conversation has left."""
        with reading(self._sessions) as session:
            cart = {self._names[line.sku]: line.quantity for line in view_cart(session, Shopper(shopper_id)).lines}
            orders = list(session.scalars(select(Order).where(Order.shopper_id == shopper_id)))
            before = {order.number: order for order in orders}
            new = [order for order in orders if order.number not in numbers.values()]
            ordered = Counter[str]()
            for order in new:
                ordered.update({self._names[line.sku]: line.quantity for line in order.lines})
            own = {key: before[number] for key, number in numbers.items()}
            cancelled = {key: self._cancelled(order) for key, order in own.items()}
            returned = {key: self._returned(session, order) for key, order in own.items()}
            return End(cart, dict(ordered), _filled(cancelled), _filled(returned))

    def check(self, aim: Aim) -> None:
        """Refuse a conversation that speaks of goods the shop has not.

        Raises:
            AimNotReadable: it does.
        """
        for part in (*(order.lines for order in aim.orders), aim.end.cart, aim.end.ordered):
            for name in part:
                self._sku(aim, name)

    def _sku(self, aim: Aim, name: str) -> str:
        if name not in self._skus:
            raise AimNotReadable(aim.name, f"the shop has no {name!r}")
        return self._skus[name]

    def _cancelled(self, order: Order) -> Goods:
        whole = order.state == "cancelled"
        counted = {self._names[line.sku]: line.quantity if whole else line.cancelled for line in order.lines}
        return {name: count for name, count in counted.items() if count}

    def _returned(self, session: Session, order: Order) -> Goods:
        names = {line.id: self._names[line.sku] for line in order.lines}
        counted = Counter[str]()
        for back in session.scalars(select(Return).where(Return.order_id == order.id, Return.state.in_(_COMING))):
            counted.update({names[line.order_line_id]: line.quantity for line in back.lines})
        return dict(counted)


def _name(row: Variant) -> str:
    options = ", ".join(option.value for option in row.options)
    return f"{row.product.name} / {options}" if options else row.product.name


def _filled(parts: Mapping[str, Goods]) -> dict[str, Goods]:
    return {key: part for key, part in parts.items() if part}
