"""A shop in which anything happens in any order, and what must be true of it after every step."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from shop.address_changes import do_address_change, propose_address_change
from shop.addresses import DeliveryAddress
from shop.arrivals import receive_return, refuse_return
from shop.audit import order_facts
from shop.cancellations import do_cancel, propose_cancel
from shop.carts import add_to_cart
from shop.changes import Done, Proposal, Yes
from shop.codes import remove_code, use_code
from shop.coupons import today
from shop.db import Sessions, make_sessions, reading, writing
from shop.errors import CodeNotValid, NotFound, Refused
from shop.fulfilment import deliver, pack, record_payment, settle_refund, ship
from shop.gift_cards import issue_gift_card
from shop.models import (
    AuditEntry,
    Base,
    Category,
    Coupon,
    CouponUse,
    Customer,
    DeliveryMethod,
    GiftCard,
    GiftCardUse,
    Order,
    OrderLine,
    Product,
    Promotion,
    Refund,
    Return,
    ReturnLine,
    Shipment,
    Variant,
    utc_now,
)
from shop.money import Money, to_coins
from shop.option_changes import do_option_change, propose_option_change
from shop.order_views import due, kept
from shop.orders import place_order, summarise_cart
from shop.promotions import running
from shop.receipts import Fact, append
from shop.refunds import exchange_worth, is_live, is_open, worth
from shop.reorders import do_reorder, propose_reorder
from shop.returns import ReturnItem, do_return, propose_return
from shop.shoppers import Shopper
from shop.terms import Terms, terms_of
from tests.shop.service import EMAIL, HOME, rules

RULES = rules()
SHOPPERS = (Shopper("web-ada", "ada"), Shopper("web-bo", "bo"), Shopper("web-guest"))
SKUS = ("SHIRT-S", "SHIRT-M", "SHIRT-L", "FERN-S", "FERN-L", "LAMP")
REASONS = tuple(reason.code for reason in RULES.returns.reasons)
PRICES = ("0.01", "3.33", "9.99", "19.99", "100.00", "1299.00")
# What is taken off, and on what: coupons that go with others and one that goes with none, and gift cards.
CODES = ("TENTH", "THREE", "ALONE", "GIFT-SMALL", "GIFT-LARGE", "GIFT-BO", "NONE")
TERMS = terms_of(RULES)
# What an entry tells beside the facts of its order.
BESIDE = ("cart", "quotes")
FAR = DeliveryAddress("Ada Lovelace", "9 Far Road", "London", "N1 1AA", "GB")

EVENTS = (
    *("buy", "pay", "pack", "pack some", "send", "arrive", "take in", "turn away", "settle") * 2,
    *("cancel", "cancel some", "return", "exchange", "address", "option", "reorder") * 2,
    *("pack", "send", "arrive", "return", "return", "return", "take in", "settle"),
    *("repeat", "count", "price", "price", "tell", "tell", "promote", "code", "drop code"),
    *("reorder", "old yes", "old yes", "old yes", "pack some", "pack some", "exchange"),
)

shoppers = st.sampled_from(SHOPPERS)
skus = st.sampled_from(SKUS)
# Choices, not integers: of those Hypothesis tries the constants it finds in the code, in no order that stays.
places = st.sampled_from(range(41))
quantities = st.sampled_from([3, 2, 1, 4])
codes = st.sampled_from([*CODES, "TENTH", "THREE", "GIFT-LARGE"])
terms = st.sampled_from([TERMS, TERMS, replace(TERMS, refund_first="gift_card")])
days = st.sampled_from([2, 0, 1, 2, 3, 5, 29, 30, 31, 40])
strangers = st.sampled_from([False] * 7 + [True])


class ServiceMachine(RuleBasedStateMachine):
    """Shoppers, the warehouse and the shelf, in random turns; `engine` is set by the test."""

    engine: ClassVar[Engine]
    steps: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.sessions: Sessions = make_sessions(self.engine)
        self.paid_in: dict[str, Decimal] = {}
        self.shelf: Counter[str] = Counter()
        self.pieces: Counter[str] = Counter()
        self.facts: dict[int, dict[str, Any]] = {}
        self.last_audit = 0
        self.keys = 0
        self.last: tuple[Callable[[Session, Yes], Done], Yes, Done] | None = None
        self.stale: tuple[Callable[[Session, Yes], Done], str] | None = None
        with writing(self.sessions) as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
            session.add_all(_goods())
            _issue_gift_cards(session)
        self.shelf.update(dict.fromkeys(SKUS, 10))
        self.pieces.update(self.shelf)

    def attempt(self, name: str, do: Callable[[Session], object]) -> None:
        """Do something in a transaction; a refusal is an answer, and must have changed nothing."""
        try:
            with writing(self.sessions) as session:
                do(session)
        except (Refused, NotFound) as refused:
            self.done[f"{name}: {type(refused).__name__}"] += 1
        else:
            self.done[name] += 1

    def ask(self, name: str, propose: Callable[[Session], Proposal], do: Callable[[Session, Yes], Done]) -> None:
        """Propose something, and say yes to it."""

        def both(session: Session) -> None:
            proposal = propose(session)
            self.stale = self.stale or (do, proposal.fingerprint)
            self.keys += 1
            said = Yes(proposal.fingerprint, f"key-{self.keys}")
            self.last = (do, said, do(session, said))

        self.attempt(name, both)

    def number(self, place: int, *states: str) -> str:
        """Name one of the orders in some states, mostly; else any, or one that does not exist."""
        with reading(self.sessions) as session:
            return _pick(session, Order.number, place, Order.state.in_(states)) or "999"

    def lines_of(self, number: str) -> dict[str, int]:
        with reading(self.sessions) as session:
            row = session.scalar(select(Order).where(Order.number == number))
            return {line.sku: kept(line) for line in row.lines if kept(line)} if row else {"SHIRT-S": 1}

    def owner(self, number: str, other: Shopper, stranger: bool) -> Shopper:
        """Give the shopper whose order it is, or any other."""
        if stranger:
            return other
        with reading(self.sessions) as session:
            shopper_id = session.scalar(select(Order.shopper_id).where(Order.number == number))
        return next((one for one in SHOPPERS if one.shopper_id == shopper_id), other)

    @initialize(
        wanted=st.lists(
            st.tuples(shoppers, skus, quantities, st.sampled_from([4, 1, 4, 1, 0, 2])), min_size=4, max_size=7
        )
    )
    def begin(self, wanted: list[tuple[Shopper, str, int, int]]) -> None:
        for place, (shopper, sku, quantity, steps) in enumerate(wanted):
            self.attempt("add", lambda session, args=(shopper, sku, quantity): add_to_cart(session, *args))
            if not place:
                self.tell_and_raise(shopper, sku)
                for code in ("GIFT-SMALL", "TENTH", "THREE", "ALONE", "NONE"):
                    self.enter(shopper, code)
                self.drop_code(shopper, "GIFT-SMALL")
            if place < 2:
                self.enter(shopper, "GIFT-LARGE")
            self.order(shopper, TERMS)
            moves = (self.pay, self.pack_all, self.send, lambda place: self.arrive(place, 2))
            for move in moves[:steps]:
                move(-1)

    @rule(what=st.sampled_from(EVENTS), place=places, shopper=shoppers, stranger=strangers, sku=skus, data=st.data())
    def something_happens(
        self, what: str, place: int, shopper: Shopper, stranger: bool, sku: str, data: st.DataObject
    ) -> None:
        # One rule for all: of several, Hypothesis leaves some out of a run, and no order would get to its end.
        events: dict[str, Callable[[], None]] = {
            "buy": lambda: self.buy(shopper, sku, data),
            "pay": lambda: self.pay(place),
            "pack": lambda: self.pack_all(place),
            "pack some": lambda: self.pack_some(place, sku, data.draw(quantities)),
            "send": lambda: self.send(place),
            "arrive": lambda: self.arrive(place, data.draw(days)),
            "take in": lambda: self.take_in(place, data.draw(st.booleans())),
            "turn away": lambda: self.turn_away(place),
            "settle": lambda: self.settle(place),
            "cancel": lambda: self.cancel(place, shopper, stranger, True, data),
            "cancel some": lambda: self.cancel(place, shopper, stranger, False, data),
            "return": lambda: self.send_back(place, shopper, stranger, False, data),
            "exchange": lambda: self.send_back(place, shopper, stranger, True, data),
            "address": lambda: self.move_house(place, shopper, data.draw(st.sampled_from([FAR, HOME]))),
            "option": lambda: self.change_option(place, shopper, data),
            "reorder": lambda: self.order_again(place, shopper),
            "repeat": self.repeat,
            "old yes": self.say_an_old_yes,
            "count": lambda: self.count_the_shelf(sku, data.draw(st.sampled_from(range(13)))),
            "price": lambda: self.price(sku, data.draw(st.sampled_from(PRICES))),
            "tell": lambda: self.tell(shopper, sku),
            "code": lambda: self.enter(shopper, data.draw(codes)),
            "drop code": lambda: self.drop_code(shopper, data.draw(codes)),
            "promote": lambda: self.promote(data.draw(st.sampled_from([10, 0, 33, 50, 100]))),
        }
        events[what]()

    def put(self, shopper: Shopper, sku: str, quantity: int) -> None:
        self.attempt("add", lambda session: add_to_cart(session, shopper, sku, quantity))

    def buy(self, shopper: Shopper, sku: str, data: st.DataObject) -> None:
        self.put(shopper, sku, data.draw(quantities))
        if data.draw(st.booleans()):
            self.put(shopper, data.draw(skus), 1)
        if data.draw(st.booleans()):
            self.tell(shopper, sku)
            self.price(sku, data.draw(st.sampled_from(PRICES)))
        for code in data.draw(st.lists(codes, max_size=3, unique=True)):
            self.enter(shopper, code)
        self.order(shopper, data.draw(terms))
        if data.draw(st.booleans()):
            self.pay(-1)

    def order(self, shopper: Shopper, held_to: Terms) -> None:
        self.attempt("order", lambda session: self._order(session, shopper, held_to))

    def _order(self, session: Session, shopper: Shopper, held_to: Terms) -> None:
        """Order the cart; what was summarised is what is ordered, and its codes add up."""
        summary = summarise_cart(session, shopper, email=EMAIL, terms=held_to)
        assert summary.due + sum((one.amount for one in summary.gift_payments), summary.due * 0) == summary.total
        placed = place_order(session, shopper, HOME, EMAIL, confirmed=summary.fingerprint, terms=held_to)
        assert (placed.total, placed.due) == (summary.total, summary.due)
        off = sum((line.discount.amount for line in placed.lines if line.discount), Decimal(0))
        assert off == sum(coupon.amount.amount for coupon in summary.coupons)
        for line in summary.lines:
            self._check_price(session, line.sku, line.unit_price)
            self.done["held price"] += line.raised
        self.done["coupon"] += bool(summary.coupons)
        self.done["two coupons"] += len(summary.coupons) > 1
        self.done["gift card"] += bool(summary.gift_payments)

    def _check_price(self, session: Session, sku: str, price: Money) -> None:
        """A price is today's, or a lower one that was told."""
        variant = session.scalars(select(Variant).where(Variant.sku == sku)).one()
        assert price <= running(session).price(variant, variant.product)

    def enter(self, shopper: Shopper, code: str) -> None:
        def do(session: Session) -> None:
            found = use_code(session, shopper, code, TERMS)
            self.done[f"code: {found.reason}" if isinstance(found, CodeNotValid) else "code used"] += 1

        self.attempt("code", do)

    def drop_code(self, shopper: Shopper, code: str) -> None:
        self.attempt("drop code", lambda session: remove_code(session, shopper, code, TERMS))

    def tell_and_raise(self, shopper: Shopper, sku: str) -> None:
        """Tell a price, and raise it by as much."""
        self.tell(shopper, sku)
        with writing(self.sessions) as session:
            session.execute(update(Variant).where(Variant.sku == sku).values(price=Variant.price * 2))

    def tell(self, shopper: Shopper, sku: str) -> None:
        """Tell a shopper today's price; it holds from then on."""

        def do(session: Session) -> None:
            variant = session.scalars(select(Variant).where(Variant.sku == sku)).one()
            cuts = running(session)
            price, cut = cuts.price(variant, variant.product), cuts.of(variant.product)
            record = f"variants/{sku}" + (f" + promotions/{cut.code}" if cut else "")
            told = [Fact("price", record, f"{price.amount} USD", "1", utc_now())]
            if cut:
                told.append(Fact("date", f"promotions/{cut.code}", cut.ends_at.isoformat(), "1", utc_now()))
            append(session, shopper, told)

        self.attempt("tell", do)

    def pay(self, place: int) -> None:
        number = self.number(place, "waiting_for_payment")

        def do(session: Session) -> None:
            row = _row(session, number)
            amount = due(row)
            record_payment(session, number, amount, row.currency)
            self.paid_in[number] = amount

        self.attempt("pay", do)

    def pack_all(self, place: int) -> None:
        number = self.number(place, "paid", "packed", "shipped")
        self.attempt("pack", lambda session: pack(session, number, "Post", f"T{number}-{self.steps}"))

    def pack_some(self, place: int, sku: str, quantity: int) -> None:
        number, parcel = self.number(place, "paid"), f"P{place}-{self.steps}"
        self.attempt("pack some", lambda session: pack(session, number, "Post", parcel, {sku: quantity}))

    def send(self, place: int) -> None:
        self.attempt(
            "send",
            lambda session: ship(session, _pick(session, Shipment.tracking_number, place, Shipment.state == "packed")),
        )

    def arrive(self, place: int, days: int) -> None:
        moment = utc_now() - dt.timedelta(days=days)
        self.attempt(
            "arrive",
            lambda session: deliver(
                session, _pick(session, Shipment.tracking_number, place, Shipment.state == "in_transit"), moment
            ),
        )

    def cancel(self, place: int, shopper: Shopper, stranger: bool, whole: bool, data: st.DataObject) -> None:
        number = self.number(place, "waiting_for_payment", "paid")
        who = self.owner(number, shopper, stranger)
        lines = None if whole else self.draw_pieces(number, data)
        self.ask(
            "cancel" if whole else "cancel some",
            lambda session: propose_cancel(session, who, RULES, number, lines),
            lambda session, said: do_cancel(session, who, RULES, number, said, lines),
        )

    def send_back(self, place: int, shopper: Shopper, stranger: bool, exchange: bool, data: st.DataObject) -> None:
        number = self.number(place, "delivered", "shipped")
        who = self.owner(number, shopper, stranger)
        reason = data.draw(st.sampled_from(REASONS[::-1]))
        pieces = self.draw_pieces(number, data).items()
        items = [ReturnItem(sku, count, reason, _other(sku, data) if exchange else None) for sku, count in pieces]
        self.ask(
            "exchange" if exchange else "return",
            lambda session: propose_return(session, who, RULES, number, items),
            lambda session, said: do_return(session, who, RULES, number, said, items),
        )

    def draw_pieces(self, number: str, data: st.DataObject) -> dict[str, int]:
        """Draw pieces of an order: mostly such that are in it, sometimes none or too many."""
        there = self.lines_of(number)
        chosen = (
            data.draw(st.lists(st.sampled_from(sorted(there)), max_size=3, min_size=1, unique=True)) if there else []
        )
        return {sku: data.draw(st.sampled_from([1, there[sku], 1, 1, 0, there[sku] + 1])) for sku in chosen}

    def take_in(self, place: int, restock: bool) -> None:
        def do(session: Session) -> None:
            rma = _pick(session, Return.rma_number, place, Return.state == "requested")
            receive_return(session, rma, restock=restock)
            if restock:
                self.pieces.update(_sent_back(session, rma))

        self.attempt("take in", do)

    def turn_away(self, place: int) -> None:
        self.attempt(
            "turn away",
            lambda session: refuse_return(
                session, _pick(session, Return.rma_number, place, Return.state == "requested"), "worn"
            ),
        )

    def settle(self, place: int) -> None:
        self.attempt(
            "settle",
            lambda session: settle_refund(session, _pick(session, Refund.id, place, Refund.state == "pending") or 0),
        )

    def move_house(self, place: int, shopper: Shopper, address: DeliveryAddress) -> None:
        number = self.number(place, "paid")
        who = self.owner(number, shopper, False)
        self.ask(
            "address",
            lambda session: propose_address_change(session, who, RULES, number, address),
            lambda session, said: do_address_change(session, who, RULES, number, said, address),
        )

    def change_option(self, place: int, shopper: Shopper, data: st.DataObject) -> None:
        number = self.number(place, "paid", "waiting_for_payment")
        who = self.owner(number, shopper, False)
        sku = next(iter(self.lines_of(number)), "SHIRT-S")
        new = _other(sku, data)
        self.ask(
            "option",
            lambda session: propose_option_change(session, who, RULES, number, sku, new),
            lambda session, said: do_option_change(session, who, RULES, number, said, sku, new),
        )

    def order_again(self, place: int, shopper: Shopper) -> None:
        number = self.number(place)
        who = self.owner(number, shopper, False)
        self.ask(
            "reorder",
            lambda session: propose_reorder(session, who, number),
            lambda session, said: do_reorder(session, who, number, said),
        )

    def repeat(self) -> None:
        """Say the last yes again: the answer is the first one, and nothing changes."""
        if self.last is None:
            return
        do, said, first = self.last
        with writing(self.sessions) as session:
            before = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
            assert do(session, said) == first
            assert session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) == before
        self.done["repeat"] += 1

    def say_an_old_yes(self) -> None:
        """Say yes to what was proposed long ago; it happens only where it still would do the same."""
        if self.stale is None:
            return
        do, confirmed = self.stale
        self.stale = None
        self.keys += 1
        self.attempt("old yes", lambda session: do(session, Yes(confirmed, f"key-{self.keys}")))

    def count_the_shelf(self, sku: str, pieces: int) -> None:
        with writing(self.sessions) as session:
            row = session.scalars(select(Variant).where(Variant.sku == sku)).one()
            self.shelf[sku] += pieces - row.stock
            self.pieces[sku] += pieces - row.stock
            row.stock = pieces

    def price(self, sku: str, price: str) -> None:
        with writing(self.sessions) as session:
            session.execute(update(Variant).where(Variant.sku == sku).values(price=Decimal(price)))

    def promote(self, percent: int) -> None:
        now = utc_now()
        runs = {"starts_at": now - dt.timedelta(days=1), "ends_at": now + dt.timedelta(days=1)}
        with writing(self.sessions) as session:
            session.execute(delete(Promotion))
            session.add(Promotion(code="ALL", name="All", percent=percent, **runs))

    @invariant()
    def everything_is_explained_and_adds_up(self) -> None:
        type(self).steps += 1
        with reading(self.sessions) as session:
            self._fold(session)
            orders = session.scalars(_everything()).all()
            for order in orders:
                assert order_facts(order) == self.facts[order.id], "the audit does not explain the order"
                self._check_money(order)
                _check_states(order)
                _check_returns(order)
            stocks = session.execute(select(Variant.sku, Variant.stock)).all()
            _check_gift_cards(session)
            _check_coupons(session)
        assert min(count for _, count in stocks) >= 0
        assert {sku: count for sku, count in stocks} == dict(self.shelf), "the audit does not explain the shelf"
        out = _pieces_out(orders)
        assert {sku: count + out[sku] for sku, count in stocks} == dict(self.pieces), "pieces were lost or made"

    def _fold(self, session: Session) -> None:
        """Add up what the audit says has happened since the last step."""
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.id > self.last_audit).order_by(AuditEntry.id)):
            assert entry.who
            assert entry.order_id is not None
            facts = self.facts.setdefault(entry.order_id, {})
            before = {name: value for name, value in entry.before.items() if name not in BESIDE}
            assert before == {name: facts[name] for name in before}
            facts.update({name: value for name, value in entry.after.items() if name not in BESIDE})
            self.shelf.update(entry.stock)
            self.last_audit = entry.id

    def _check_money(self, order: Order) -> None:
        refunds = Counter[str]()
        for refund in order.refunds:
            refunds[refund.kind] += refund.amount  # type: ignore[assignment]
        assert order.subtotal == sum(worth(line) for line in order.lines)
        assert order.total == order.subtotal + order.delivery_price
        assert 0 <= order.refunded == sum(refunds.values()) <= order.paid
        for amount in (order.total, order.paid, order.refunded, *(refund.amount for refund in order.refunds)):
            assert amount == to_coins(amount, order.currency), "a fraction of a cent"
        by_gift_cards = sum((use.amount for use in order.gift_card_uses), Decimal(0))
        onto_gift_cards = sum((refund.gift_amount for refund in order.refunds), Decimal(0))
        assert onto_gift_cards == sum((use.given_back for use in order.gift_card_uses), Decimal(0))
        assert order.refunded - onto_gift_cards <= order.paid - by_gift_cards
        _check_refund_order(order, by_gift_cards, onto_gift_cards)
        if _is_replacement(order):
            _check_credit(order)
        else:
            assert order.paid == self.paid_in.get(order.number, Decimal(0)) + by_gift_cards
        if order.state == "cancelled":
            assert order.refunded == order.paid
        elif order.payment_state == "pending":
            assert due(order) == order.total - (order.paid - order.refunded) > 0 or not order.paid
        else:
            assert order.paid - refunds["cancellation"] - refunds["option_change"] == order.total


def _pieces_out(orders: Sequence[Order]) -> Counter[str]:
    """Count the pieces that orders hold, and those put aside for exchanges."""
    out = Counter[str]()
    for order in orders:
        for line in order.lines:
            out[line.sku] += kept(line) if order.state != "cancelled" else 0
        for part in (part for back in order.returns if is_open(back) for part in back.exchange_lines):
            out[part.sku] += part.quantity
    return out


def _sent_back(session: Session, rma_number: str) -> Counter[str]:
    parts = select(OrderLine.sku, ReturnLine.quantity).join(ReturnLine, ReturnLine.order_line_id == OrderLine.id)
    rows = session.execute(parts.join(Return, Return.id == ReturnLine.return_id).where(Return.rma_number == rma_number))
    back = Counter[str]()
    for sku, quantity in rows:
        back[sku] += quantity
    return back


def _is_replacement(order: Order) -> bool:
    session = Session.object_session(order)
    assert session is not None
    return session.scalar(select(Return.id).where(Return.replacement_number == order.number)) is not None


def _check_refund_order(order: Order, by_gift_cards: Decimal, onto_gift_cards: Decimal) -> None:
    """Money goes back to one of both as a whole before the other gets any; no payment may have come in between."""
    if order.payment_state == "pending" or len({refund.state for refund in order.refunds} & {"credited"}):
        return
    otherwise = order.refunded - onto_gift_cards
    if order.refund_first == "gift_card":
        assert not otherwise or onto_gift_cards == by_gift_cards
    elif onto_gift_cards and not any(refund.kind in {"cancellation", "option_change"} for refund in order.refunds):
        assert otherwise == order.paid - by_gift_cards


def _check_gift_cards(session: Session) -> None:
    """Nothing on gift cards is lost or made: what orders took and gave back explains every balance."""
    taken = {
        key: amount - back
        for key, amount, back in session.execute(
            select(GiftCardUse.gift_card_id, func.sum(GiftCardUse.amount), func.sum(GiftCardUse.given_back)).group_by(
                GiftCardUse.gift_card_id
            )
        )
    }
    for card in session.scalars(select(GiftCard)):
        assert card.balance == card.amount - taken.get(card.id, Decimal(0))
        assert card.balance == to_coins(card.balance, card.currency)


def _check_coupons(session: Session) -> None:
    """No coupon is used more often than it may be."""
    used = select(func.count(CouponUse.id)).where(CouponUse.given_back_at.is_(None))
    for coupon in session.scalars(select(Coupon)):
        count = session.scalar(used.where(CouponUse.coupon_id == coupon.id)) or 0
        assert coupon.uses is None or count <= coupon.uses
    assert not session.scalar(used.join(Order).where(Order.state == "cancelled", CouponUse.order_id.is_not(None))), (
        "a coupon of a cancelled order was not given back"
    )


def _check_credit(order: Order) -> None:
    """A replacement is paid with what was paid for what came back, and with nothing else."""
    session = Session.object_session(order)
    assert session is not None
    back = session.scalars(select(Return).where(Return.replacement_number == order.number)).one()
    credits = select(Refund.amount).where(Refund.return_id == back.id, Refund.state == "credited")
    # What was worth nothing is paid with nothing.
    assert order.paid == sum(session.scalars(credits)) == exchange_worth(back)


def _check_states(order: Order) -> None:
    if order.state == "cancelled":
        assert not order.shipments
        assert not order.returns
    if order.state in {"shipped", "delivered"}:
        assert order.shipments
    for line in order.lines:
        sent = sum(
            part.quantity for parcel in order.shipments for part in parcel.lines if part.order_line_id == line.id
        )
        assert sent <= kept(line)


def _check_returns(order: Order) -> None:
    live = [back for back in order.returns if is_live(back)]
    for line in order.lines:
        parts = [part for back in live for part in back.lines if part.order_line_id == line.id]
        pieces, money = sum(part.quantity for part in parts), sum(part.refund for part in parts)
        assert pieces <= kept(line)
        assert money <= worth(line)
        if pieces == kept(line) and parts:
            assert money == worth(line), "a line that came back as a whole is not paid back as a whole"
    promised = sum((back.refund + exchange_worth(back) for back in live), Decimal(0))
    assert promised <= order.total
    pieces = sum(part.quantity for back in live for part in back.lines)
    if (
        live
        and pieces == sum(kept(line) for line in order.lines)
        and all(back.kind == "return" for back in order.returns)
    ):
        assert promised == order.total, "what came back as a whole is not paid back as a whole"


def _everything() -> Any:
    return select(Order).options(
        selectinload(Order.lines),
        selectinload(Order.refunds),
        selectinload(Order.gift_card_uses),
        selectinload(Order.coupon_uses),
        selectinload(Order.shipments).selectinload(Shipment.lines),
        selectinload(Order.returns).options(selectinload(Return.lines), selectinload(Return.exchange_lines)),
    )


def _row(session: Session, number: str) -> Order:
    row = session.scalar(select(Order).where(Order.number == number))
    return row or Order(total=Decimal(0), paid=Decimal(0), refunded=Decimal(0), state="", currency="USD")


def _pick(session: Session, column: Any, place: int, *wanted: Any) -> Any:
    """Name one of the rows as wanted, three times in four where there is one; the newest for -1; nothing for none."""
    query = select(column).order_by(column.class_.id)
    values = list(session.scalars(query.where(*wanted))) if place % 4 != 3 else []
    values = values or list(session.scalars(query))
    return values[place % len(values)] if values else ""


def _other(sku: str, data: st.DataObject) -> str:
    """Draw another option of the same thing, or now and then of another."""
    family = [one for one in SKUS if one[:4] == sku[:4] and one != sku]
    return data.draw(st.sampled_from([*family * 3, "FERN-L"]))


def _variant(sku: str, price: str) -> Variant:
    return Variant(sku=sku, name=sku, price=Decimal(price), currency="USD", stock=10)


def _coupon(code: str, kind: str, value: str, **fields: Any) -> Coupon:
    return Coupon(code=code, name=code, kind=kind, value=Decimal(value), currency="USD", **fields)


def _issue_gift_cards(session: Session) -> None:
    bo = session.scalar(select(Customer.id).where(Customer.public_id == "bo"))
    issue_gift_card(session, Money("4.44", "USD"), code="GIFT-SMALL", last_day=today())
    issue_gift_card(session, Money("600.00", "USD"), code="GIFT-LARGE")
    issue_gift_card(session, Money("30.00", "USD"), code="GIFT-BO", customer_id=bo)


def _goods() -> list[Base]:
    plants = Category(slug="home-garden/plants", name="Plants")
    shirt = [_variant("SHIRT-S", "19.99"), _variant("SHIRT-M", "19.99"), _variant("SHIRT-L", "21.49")]
    fern = [_variant("FERN-S", "9.99"), _variant("FERN-L", "14.99")]
    post = {"code": "standard", "name": "Standard", "currency": "USD", "days_min": 3, "days_max": 5}
    return [
        Product(slug="shirt", name="Shirt", variants=shirt),
        Product(slug="fern", name="Fern", variants=fern, categories=[plants]),
        Product(slug="lamp", name="Lamp", variants=[_variant("LAMP", "0.05")]),
        DeliveryMethod(price=Decimal("4.95"), free_from=Decimal(100), **post),
        Customer(public_id="ada", email="ada@example.com", name="Ada"),
        Customer(public_id="bo", email="bo@example.com", name="Bo"),
        _coupon("TENTH", "percent", "10", with_coupons=True),
        _coupon("THREE", "amount", "3.33", with_coupons=True, with_promotions=False, minimum=Decimal(5)),
        _coupon("ALONE", "amount", "7.77", uses=2, uses_each=1),
    ]
