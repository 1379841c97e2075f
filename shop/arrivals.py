"""What comes back arrives at the warehouse: money is granted, a replacement is ordered, or the return is refused.

For the shop's own side, never for the conversation; see `shop.fulfilment`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.audit import Change, Facts, asked_by_shop, order_facts, record
from shop.errors import ReturnNotFound, WrongState
from shop.models import ExchangeLine, GiftCardUse, Order, OrderLine, Return
from shop.order_numbers import reserve_numbers
from shop.orders import locked_order
from shop.refunds import exchange_worth, grant, is_open
from shop.stock import give_back_stock

_WAREHOUSE = "warehouse"


def receive_return(session: Session, rma_number: str, *, restock: bool = True) -> None:
    """Note that the goods of a return have arrived: its refund is granted, or what was asked for in their place sent.

    Args:
        session: a session of `shop.db.writing`.
        rma_number: the return.
        restock: whether they can be sold again.

    Raises:
        ReturnNotFound: there is none of this number.
        WrongState: it has arrived already, or was refused.
    """
    order, back, before = _locked_return(session, rma_number)
    back.state = "received"
    grant(order, "return" if back.kind == "return" else "exchange", back.refund, back)
    stock = give_back_stock(session, _pieces(order, back)) if restock else {}
    if back.kind == "exchange":
        # Last, as in `place_order`: whoever orders holds their pieces while waiting for a number.
        _send_replacement(session, order, back)
    record(session, order, Change("receive_return", before, stock), asked_by_shop(_WAREHOUSE))


def refuse_return(session: Session, rma_number: str, why: str) -> None:
    """Refuse a return, as when the goods are worn: nothing is paid, what was put aside goes back on the shelf.

    Raises:
        ReturnNotFound, WrongState: see `receive_return`.
    """
    order, back, before = _locked_return(session, rma_number)
    back.state, back.refund, back.delivery_refund = "refused", Decimal(0), Decimal(0)
    stock = give_back_stock(session, [(part.variant_id, part.quantity) for part in back.exchange_lines])
    record(session, order, Change("refuse_return", before, stock), asked_by_shop(_WAREHOUSE, why))


def _locked_return(session: Session, rma_number: str) -> tuple[Order, Return, Facts]:
    number = session.scalar(select(Order.number).join(Return).where(Return.rma_number == rma_number))
    order = locked_order(session, Order.number == number) if number is not None else None
    if order is None:
        raise ReturnNotFound(rma_number)
    back = next(one for one in order.returns if one.rma_number == rma_number)
    if not is_open(back):
        raise WrongState("the return", back.state, ("requested", "approved"))
    return order, back, order_facts(order)


def _pieces(order: Order, back: Return) -> list[tuple[int | None, int]]:
    variants = {line.id: line.variant_id for line in order.lines}
    return [(variants[part.order_line_id], part.quantity) for part in back.lines]


def _send_replacement(session: Session, order: Order, back: Return) -> None:
    """Order what was put aside; it is paid with what was paid for the goods that came back."""
    total = exchange_worth(back)
    replacement = _replacement(order, back.exchange_lines, total)
    replacement.number = reserve_numbers(session)[0]
    for card_id, part in grant(order, "exchange", total, back, state="credited"):
        # What a gift card has paid goes back onto it, should the replacement come back.
        replacement.gift_card_uses.append(GiftCardUse(gift_card_id=card_id, amount=part, given_back=Decimal(0)))
    back.replacement_number = replacement.number
    session.add(replacement)
    session.flush()
    # No stock is moved: the pieces left the shelf when the exchange was asked for.
    record(session, replacement, Change("send_replacement", {}), asked_by_shop(_WAREHOUSE, back.rma_number))


def _replacement(order: Order, parts: Sequence[ExchangeLine], total: Decimal) -> Order:
    copied = ("shopper_id", "customer_id", "email", "currency", "delivery_method", "simulated", "refund_first")
    address = ("ship_name", "ship_street", "ship_city", "ship_postcode", "ship_country")
    return Order(
        **{name: getattr(order, name) for name in (*copied, *address)},
        state="paid",
        payment_state="paid",
        subtotal=total,
        delivery_price=Decimal(0),
        total=total,
        paid=total,
        lines=[_replacement_line(part) for part in parts],
    )


def _replacement_line(part: ExchangeLine) -> OrderLine:
    """Copy what is sent; where its worth has no exact price a piece, the next higher one and a discount make it up."""
    price = (part.worth / part.quantity).quantize(Decimal("0.0001"), rounding="ROUND_UP")
    return OrderLine(
        variant_id=part.variant_id,
        sku=part.sku,
        name=part.name,
        options=dict(part.options),
        unit_price=price,
        quantity=part.quantity,
        discount=price * part.quantity - part.worth,
    )
