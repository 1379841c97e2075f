"""Coupons and gift cards: each rule by which one holds or not, what it takes off or pays, and what comes back."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from shop.arrivals import receive_return
from shop.cancellations import do_cancel, propose_cancel
from shop.carts import add_to_cart, clear_cart, set_quantity, view_cart
from shop.codes import CodeUse, remove_code, use_code
from shop.coupons import spread, today
from shop.db import Sessions, reading, writing
from shop.errors import CartChanged, CodeNotInCart, CodeNotValid, EmptyCart, TooManyGuesses, WrongPayment
from shop.fulfilment import deliver, pack, record_payment, ship
from shop.gift_cards import issue_gift_card, new_code
from shop.models import (
    Base,
    Category,
    CodeTry,
    Coupon,
    CouponCategory,
    CouponUse,
    Customer,
    GiftCard,
    Product,
    Promotion,
    Variant,
    utc_now,
)
from shop.money import Money
from shop.orders import find_order, place_order, summarise_cart
from shop.refunds import refund_status
from shop.returns import ReturnItem, do_return, propose_return
from shop.shoppers import Shopper
from shop.terms import Terms, terms_of
from tests.shop.service import EMAIL, HOME, audit, order_row, rules, usd, yes

RULES = rules()
TERMS = terms_of(RULES)
DAY = dt.timedelta(days=1)
BO = Shopper("web-bo", "bo")
CARD = "CARD-TEST-2345-6789"


@pytest.fixture
def codes(shelf: Sessions) -> Sessions:
    """The small shop with a few codes, a category and another customer."""
    with writing(shelf) as session:
        clothes = Category(slug="clothes", name="Clothes")
        session.add_all([clothes, Customer(public_id="bo", email="bo@example.com", name="Bo")])
        shirt = session.scalars(select(Product).where(Product.slug == "shirt")).one()
        shirt.categories.append(clothes)
        session.flush()
        for_clothes = CouponCategory(category_id=clothes.id)
        session.add_all(
            [
                _coupon("TEN", "percent", "10", with_coupons=True),
                _coupon("FIVE", "amount", "5", with_coupons=True),
                _coupon("ALONE", "amount", "7"),
                _coupon("CLOTHES", "percent", "50", categories=[for_clothes]),
                _coupon("FULLPRICE", "percent", "10", with_promotions=False),
            ]
        )
        issue_gift_card(session, usd("50.00"), code=CARD)
    return shelf


def _coupon(code: str, kind: str, value: str, **fields: Any) -> Coupon:
    return Coupon(code=code, name=code, kind=kind, value=Decimal(value), currency="USD", **fields)


def fill(shop: Sessions, shopper: Shopper, **quantities: int) -> None:
    with writing(shop) as session:
        for sku, quantity in quantities.items():
            add_to_cart(session, shopper, sku.replace("_", "-"), quantity)


def use(shop: Sessions, shopper: Shopper, code: str, terms: Terms = TERMS) -> CodeUse | CodeNotValid:
    with writing(shop) as session:
        return use_code(session, shopper, code, terms)


def used(shop: Sessions, shopper: Shopper, code: str) -> CodeUse:
    found = use(shop, shopper, code)
    assert isinstance(found, CodeUse), found
    return found


def refused(shop: Sessions, shopper: Shopper, code: str) -> CodeNotValid:
    before = _waiting(shop, shopper)
    found = use(shop, shopper, code)
    assert isinstance(found, CodeNotValid)
    assert _waiting(shop, shopper) == before
    return found


def _waiting(shop: Sessions, shopper: Shopper) -> tuple[list[str], list[str]]:
    with reading(shop) as session:
        cart = view_cart(session, shopper, TERMS)
    return [one.code for one in cart.coupons], [one.hint for one in cart.gift_cards]


def change(shop: Sessions, code: str, **values: object) -> None:
    with writing(shop) as session:
        session.execute(update(Coupon).where(Coupon.code == code).values(**values))


def order(shop: Sessions, shopper: Shopper, email: str = EMAIL, terms: Terms = TERMS) -> str:
    with writing(shop) as session:
        return place_order(session, shopper, HOME, email, terms=terms).number


def balance(shop: Sessions) -> Decimal:
    with reading(shop) as session:
        return session.scalars(select(GiftCard.balance).where(GiftCard.hint == CARD[-4:])).one()


def promote(shop: Sessions, percent: int) -> None:
    with writing(shop) as session:
        now = utc_now()
        session.add(Promotion(code="ALL", name="All", percent=percent, starts_at=now - DAY, ends_at=now + DAY))


def test_a_percentage_is_taken_off_and_spread_over_the_lines_to_the_cent(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=3, LAPTOP_13_8=1)
    view = used(codes, ada, "ten").cart
    assert view.subtotal is not None
    assert view.total == view.subtotal - view.coupons[0].amount
    parts = [line.discount for line in view.lines if line.discount]
    assert sum(part.amount for part in parts) == view.coupons[0].amount.amount
    assert view.coupons[0].amount == Money(
        (view.subtotal.amount / 10).quantize(Decimal("0.01"), "ROUND_HALF_UP"), "USD"
    )


def test_an_amount_takes_off_no_more_than_there_is(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    change(codes, "FIVE", value=Decimal(5000))
    assert used(codes, ada, "FIVE").cart.total == usd(0)


@pytest.mark.parametrize("text", ["ten", " T-E-N ", "ｔｅｎ", "TEN\n"])
def test_a_code_is_found_however_it_is_typed(codes: Sessions, ada: Shopper, text: str) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    assert used(codes, ada, text).coupon


@pytest.mark.parametrize("text", ["", "   ", "\x00", "'; DROP TABLE coupons;--", "9" * 1000, "TEN' OR '1'='1", "💥"])
def test_weird_codes_are_unknown(codes: Sessions, ada: Shopper, text: str) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    assert refused(codes, ada, text).reason == "unknown"


def test_a_coupon_entered_twice_takes_off_once(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    first, second = used(codes, ada, "TEN"), used(codes, ada, "TEN")
    assert (first.already, second.already) == (False, True)
    assert first.cart == second.cart


def test_a_coupon_holds_on_its_first_and_last_day_and_on_no_other(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    change(codes, "TEN", first_day=today() + DAY)
    begins = refused(codes, ada, "TEN")
    assert (begins.reason, begins.facts) == ("not_begun", {"first_day": today() + DAY})
    change(codes, "TEN", first_day=today() - 2 * DAY, last_day=today() - DAY)
    ended = refused(codes, ada, "TEN")
    assert (ended.reason, ended.facts) == ("expired", {"last_day": today() - DAY})
    change(codes, "TEN", first_day=today(), last_day=today())
    assert used(codes, ada, "TEN").coupon


def test_a_minimum_counts_what_the_coupon_is_for(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1, LAPTOP_13_8=1)
    with reading(codes) as session:
        shirt = session.scalars(select(Variant.price).where(Variant.sku == "SHIRT-BLACK")).one()
    change(codes, "CLOTHES", minimum=shirt * 2)
    short = refused(codes, ada, "CLOTHES")
    assert short.reason == "minimum"
    assert short.facts == {"minimum": usd(str(shirt * 2)), "reached": usd(str(shirt))}
    fill(codes, ada, SHIRT_BLACK=1)
    assert used(codes, ada, "CLOTHES").coupon


def test_a_coupon_takes_off_what_it_is_for_and_nothing_else(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    other = refused(codes, ada, "CLOTHES")
    assert (other.reason, other.facts) == ("products", {"categories": ("Clothes",)})
    fill(codes, ada, SHIRT_BLACK=1)
    lines = used(codes, ada, "CLOTHES").cart.lines
    assert [line.sku for line in lines if line.discount] == ["SHIRT-BLACK"]


def test_a_coupon_in_another_currency_is_refused(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    change(codes, "FIVE", currency="EUR")
    assert refused(codes, ada, "FIVE").facts == {"currency": "EUR", "cart": "USD"}


def test_a_coupon_may_not_hold_for_reduced_prices(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    promote(codes, 20)
    assert refused(codes, ada, "FULLPRICE").reason == "promotions"
    assert used(codes, ada, "TEN").coupon


def test_two_coupons_go_together_only_where_both_do(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, "TEN")
    both = used(codes, ada, "FIVE")
    assert both.cart.total == usd("1299.00") - usd("129.90") - usd("5.00")
    beyond = refused(codes, ada, "ALONE")
    assert (beyond.reason, beyond.facts, beyond.rule.rule) == ("coupons", {"other": "TEN"}, "payment.coupons")


def test_an_order_takes_no_more_coupons_than_the_rule_says(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    change(codes, "ALONE", with_coupons=True)
    used(codes, ada, "TEN")
    used(codes, ada, "FIVE")
    assert refused(codes, ada, "ALONE").facts == {"limit": TERMS.coupons}


def test_a_coupon_is_used_up_by_all_together(codes: Sessions, ada: Shopper) -> None:
    change(codes, "TEN", uses=1)
    fill(codes, ada, SHIRT_BLACK=1)
    fill(codes, BO, SHIRT_BLACK=1)
    used(codes, ada, "TEN")
    used(codes, BO, "TEN")
    order(codes, ada)
    with reading(codes) as session:
        summary = summarise_cart(session, BO, terms=TERMS)
    assert [idle.reason for idle in summary.idle] == ["used_up"]
    assert summary.total == summary.subtotal + summary.delivery_price


def test_the_last_use_goes_to_one_of_two_who_order_at_once(codes: Sessions, ada: Shopper) -> None:
    change(codes, "TEN", uses=1)
    shoppers = (ada, BO)
    confirmed = {}
    for shopper in shoppers:
        fill(codes, shopper, SHIRT_BLACK=1)
        used(codes, shopper, "TEN")
        with reading(codes) as session:
            confirmed[shopper] = summarise_cart(session, shopper, email=EMAIL, terms=TERMS).fingerprint
    gate = threading.Barrier(2)

    def place(shopper: Shopper) -> bool:
        gate.wait()
        try:
            with writing(codes) as session:
                email = f"{shopper.customer_id}@example.com"
                place_order(session, shopper, HOME, email, confirmed=confirmed[shopper], terms=TERMS)
        except CartChanged:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(place, shoppers)) == [False, True]
    with reading(codes) as session:
        assert len(session.scalars(select(CouponUse)).all()) == 1


def test_a_customer_uses_a_coupon_no_more_often_than_it_says(codes: Sessions, ada: Shopper) -> None:
    change(codes, "TEN", uses_each=1)
    fill(codes, ada, SHIRT_BLACK=1)
    used(codes, ada, "TEN")
    order(codes, ada)
    again = Shopper("another-tab", "ada")
    fill(codes, again, SHIRT_BLACK=1)
    assert refused(codes, again, "TEN").reason == "used_by_you"
    fill(codes, BO, SHIRT_BLACK=1)
    assert used(codes, BO, "TEN").coupon


def test_a_guest_is_known_again_by_the_address_of_an_order(codes: Sessions) -> None:
    change(codes, "TEN", uses_each=1)
    one, other = Shopper("web-1"), Shopper("web-2")
    for guest in (one, other):
        fill(codes, guest, SHIRT_BLACK=1)
        used(codes, guest, "TEN")
    order(codes, one, "Same@Example.com")
    with reading(codes) as session:
        shown = summarise_cart(session, other, email="same@example.com", terms=TERMS)
    assert [idle.reason for idle in shown.idle] == ["used_by_you"]
    number = order(codes, other, "same@example.com")
    with reading(codes) as session:
        assert find_order(session, other, number).total == shown.total


def test_another_customers_coupon_and_gift_card_are_unknown(codes: Sessions, ada: Shopper) -> None:
    with writing(codes) as session:
        bo = session.scalars(select(Customer.id).where(Customer.public_id == "bo")).one()
        session.execute(update(Coupon).where(Coupon.code == "TEN").values(customer_id=bo))
        session.execute(update(GiftCard).values(customer_id=bo))
    fill(codes, ada, SHIRT_BLACK=1)
    fill(codes, BO, SHIRT_BLACK=1)
    unknown = refused(codes, ada, "NOSUCH")
    for code in ("TEN", CARD):
        mine = refused(codes, ada, code)
        assert (mine.reason, mine.code, mine.facts, mine.rule) == ("unknown", "", {}, unknown.rule)
        assert used(codes, BO, code)


def test_guesses_end_after_some_and_a_right_code_is_not_looked_at_then(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    for place in range(TERMS.guesses):
        assert refused(codes, ada, f"GUESS{place}").reason == "unknown"
    with pytest.raises(TooManyGuesses) as locked:
        use(codes, ada, "TEN")
    assert locked.value.until > utc_now()
    tab = Shopper("another-tab", "ada")
    fill(codes, tab, SHIRT_BLACK=1)
    with pytest.raises(TooManyGuesses):
        use(codes, tab, "TEN")
    fill(codes, BO, SHIRT_BLACK=1)
    assert used(codes, BO, "TEN").coupon
    with writing(codes) as session:
        session.execute(update(CodeTry).values(tried_at=utc_now() - dt.timedelta(hours=2)))
    assert used(codes, ada, "TEN").coupon


def test_a_code_for_an_empty_cart_is_not_looked_at(codes: Sessions, ada: Shopper) -> None:
    for code in ("TEN", "NOSUCH"):
        with pytest.raises(EmptyCart):
            use(codes, ada, code)


def test_a_code_is_taken_out_again(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    used(codes, ada, "TEN")
    used(codes, ada, CARD)
    with writing(codes) as session:
        left = remove_code(session, ada, CARD[-4:], TERMS)
    assert ([one.code for one in left.coupons], left.gift_cards) == (["TEN"], ())
    with writing(codes) as session:
        assert remove_code(session, ada, "ten", TERMS).total == left.subtotal
    for shopper in (ada, BO):
        with pytest.raises(CodeNotInCart), writing(codes) as session:
            remove_code(session, shopper, "TEN", TERMS)


def test_an_emptied_cart_keeps_no_codes(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    used(codes, ada, "TEN")
    with writing(codes) as session:
        clear_cart(session, ada)
    fill(codes, ada, SHIRT_BLACK=1)
    assert _waiting(codes, ada) == ([], [])


def test_a_coupon_that_holds_no_more_waits_and_takes_nothing_off(codes: Sessions, ada: Shopper) -> None:
    change(codes, "TEN", minimum=Decimal("25"))
    fill(codes, ada, SHIRT_BLACK=3)
    used(codes, ada, "TEN")
    with writing(codes) as session:
        view = set_quantity(session, ada, "SHIRT-BLACK", 1, TERMS)
    assert (view.coupons, [idle.reason for idle in view.idle]) == ((), ["minimum"])
    with writing(codes) as session:
        assert set_quantity(session, ada, "SHIRT-BLACK", 3, TERMS).coupons


def test_a_gift_card_pays_a_part_and_the_rest_is_due(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, CARD)
    number = order(codes, ada)
    with reading(codes) as session:
        placed = find_order(session, ada, number)
    assert (placed.total, placed.gift_paid, placed.due) == (usd("1299.00"), usd("50.00"), usd("1249.00"))
    assert balance(codes) == 0
    with pytest.raises(WrongPayment), writing(codes) as session:
        record_payment(session, number, Decimal("1299.00"), "USD")
    with writing(codes) as session:
        record_payment(session, number, Decimal("1249.00"), "USD")
    with reading(codes) as session:
        paid = find_order(session, ada, number)
    assert (paid.state, paid.paid, paid.due) == ("paid", usd("1299.00"), usd(0))


def test_a_gift_card_that_pays_all_pays_the_order(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    used(codes, ada, CARD)
    number = order(codes, ada)
    with reading(codes) as session:
        placed = find_order(session, ada, number)
    assert (placed.state, placed.payment_state, placed.due) == ("paid", "paid", usd(0))
    assert balance(codes) == Decimal(50) - placed.total.amount > 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"last_day": today() - DAY}, "expired"),
        ({"currency": "EUR"}, "currency"),
        ({"balance": Decimal(0)}, "empty"),
    ],
    ids=["over", "in euros", "used up"],
)
def test_a_gift_card_that_cannot_pay_is_refused(
    codes: Sessions, ada: Shopper, values: dict[str, object], reason: str
) -> None:
    fill(codes, ada, SHIRT_BLACK=1)
    with writing(codes) as session:
        session.execute(update(GiftCard).values(**values))
    refusal = refused(codes, ada, CARD)
    assert (refusal.reason, refusal.code, refusal.rule.rule) == (reason, CARD[-4:], "payment.gift-cards")


def test_a_gift_card_in_two_carts_pays_once(codes: Sessions, ada: Shopper) -> None:
    confirmed = {}
    for shopper in (ada, BO):
        fill(codes, shopper, LAPTOP_13_8=1)
        used(codes, shopper, CARD)
        with reading(codes) as session:
            confirmed[shopper] = summarise_cart(session, shopper, email=EMAIL, terms=TERMS).fingerprint
    with writing(codes) as session:
        place_order(session, ada, HOME, EMAIL, confirmed=confirmed[ada], terms=TERMS)
    with pytest.raises(CartChanged), writing(codes) as session:
        place_order(session, BO, HOME, EMAIL, confirmed=confirmed[BO], terms=TERMS)
    assert balance(codes) == 0


def test_the_code_of_a_gift_card_is_kept_nowhere(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, CARD)
    order(codes, ada)
    plain = CARD.replace("-", "")
    with reading(codes) as session:
        for table in Base.metadata.sorted_tables:
            text = str(session.execute(select(table)).all())
            assert CARD not in text
            assert plain not in text


def test_minted_codes_are_long_and_differ() -> None:
    minted = {new_code() for _ in range(100)}
    assert len(minted) == 100
    assert all(len(code.replace("-", "")) == 16 for code in minted)


@pytest.mark.parametrize(
    ("first", "card_part"), [("card", "0.00"), ("gift_card", "19.99")], ids=["card first", "gift card first"]
)
def test_a_part_that_is_cancelled_goes_back_by_the_rule(
    codes: Sessions, ada: Shopper, first: Any, card_part: str
) -> None:
    fill(codes, ada, LAPTOP_13_8=1, SHIRT_BLACK=1)
    used(codes, ada, CARD)
    number = order(codes, ada, terms=Terms(refund_first=first))
    moved_paid(codes, number)
    shirt = cancel(codes, ada, number, {"SHIRT-BLACK": 1})
    assert balance(codes) == Decimal(card_part)
    with reading(codes) as session:
        row = order_row(session, number)
        assert row.refunded == shirt.amount
        assert [refund.gift_amount for refund in row.refunds] == [Decimal(card_part)]


def moved_paid(shop: Sessions, number: str) -> None:
    with writing(shop) as session:
        row = order_row(session, number)
        record_payment(session, number, row.total - row.paid, "USD")


def cancel(shop: Sessions, shopper: Shopper, number: str, lines: dict[str, int] | None = None) -> Money:
    with writing(shop) as session:
        proposal = propose_cancel(session, shopper, RULES, number, lines)
        do_cancel(session, shopper, RULES, number, yes(proposal), lines)
    return proposal.refund


def test_a_cancelled_order_gives_back_the_card_the_gift_card_and_the_coupon(codes: Sessions, ada: Shopper) -> None:
    change(codes, "TEN", uses_each=1)
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, "TEN")
    used(codes, ada, CARD)
    number = order(codes, ada)
    moved_paid(codes, number)
    assert cancel(codes, ada, number) == usd("1169.10")
    assert balance(codes) == 50
    with reading(codes) as session:
        (back,) = refund_status(session, ada, RULES, number)
    assert (back.amount, back.to_gift_cards, back.state) == (usd("1169.10"), usd("50.00"), "pending")
    fill(codes, ada, SHIRT_BLACK=1)
    assert used(codes, ada, "TEN").coupon


def test_an_unpaid_order_that_is_cancelled_gives_the_gift_card_back_at_once(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, CARD)
    number = order(codes, ada)
    assert cancel(codes, ada, number) == usd("50.00")
    assert balance(codes) == 50
    with reading(codes) as session:
        (back,) = refund_status(session, ada, RULES, number)
    assert (back.state, back.to_gift_cards) == ("paid", usd("50.00"))


def test_a_part_of_an_unpaid_order_gives_back_only_what_is_too_much(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1, SHIRT_BLACK=1)
    used(codes, ada, CARD)
    number = order(codes, ada)
    cancel(codes, ada, number, {"LAPTOP-13-8": 1})
    with reading(codes) as session:
        left = find_order(session, ada, number)
    assert (left.state, left.due) == ("paid", usd(0))
    assert balance(codes) == Decimal(50) - left.total.amount


def test_a_return_is_paid_back_in_the_same_order(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, CARD)
    number = order(codes, ada)
    moved_paid(codes, number)
    moved_on(codes, number)
    items = [ReturnItem("LAPTOP-13-8", 1, "changed my mind")]
    with writing(codes) as session:
        proposal = propose_return(session, ada, RULES, number, items)
        rma = do_return(session, ada, RULES, number, yes(proposal), items).rma_number
    with writing(codes) as session:
        receive_return(session, str(rma))
    assert balance(codes) == 50
    with reading(codes) as session:
        row = order_row(session, number)
        assert (row.refunded, row.refunds[0].gift_amount) == (row.paid, Decimal(50))


def moved_on(shop: Sessions, number: str) -> None:
    with writing(shop) as session:
        pack(session, number, "Post", f"T{number}")
        ship(session, f"T{number}")
        deliver(session, f"T{number}")


def test_the_audit_tells_coupons_gift_cards_and_discounts(codes: Sessions, ada: Shopper) -> None:
    fill(codes, ada, LAPTOP_13_8=1)
    used(codes, ada, "TEN")
    used(codes, ada, CARD)
    order(codes, ada)
    (entry,) = audit(codes)
    told = {name.split()[0]: value for name, value in entry.after.items() if name.startswith(("coupon", "gift"))}
    assert told["coupon"] == {"amount": "129.9", "given_back": False}
    assert told["gift"] == {"amount": "50", "given_back": "0"}


@given(
    lines=st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    share=st.integers(0, 100),
)
def test_parts_add_up_and_none_is_more_than_its_line(lines: list[int], share: int) -> None:
    over = [Decimal(line) / 100 for line in lines]
    amount = (sum(over) * share / 100).quantize(Decimal("0.01"), "ROUND_DOWN")
    parts = spread(amount, over, "USD")
    assert sum(parts) == amount
    assert all(0 <= part <= whole for part, whole in zip(parts, over, strict=True))
