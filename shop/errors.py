"""Everything that can go wrong in the shop, as exceptions that carry their data."""

# ShopError
# |-- NotFound
# |   |-- ProductNotFound        slug
# |   |-- VariantNotFound        sku
# |   |-- OrderNotFound          number
# |   |-- CustomerNotFound       customer_id
# |   |-- CartLineNotFound       sku
# |   |-- OrderLineNotFound      number, sku
# |   |-- ReturnNotFound         rma_number
# |   |-- CodeNotInCart          code
# |   |-- TicketNotFound         number
# |   `-- ReplyNotFound          reply_id
# |-- Refused
# |   |-- InvalidQuantity        quantity, minimum, maximum
# |   |-- NotEnoughStock         sku, name, asked, available
# |   |-- NotForSale             sku
# |   |-- EmptyCart
# |   |-- CurrencyMismatch       expected, got
# |   |-- NoDeliveryMethod       currency, code (code is None where none was asked for)
# |   |-- CartChanged            confirmed, now (what the shopper said yes to is no longer what is in the cart)
# |   |-- InvalidAddress         field, value
# |   |-- CodeRefused            tries_left
# |   |-- AccessLocked           until
# |   `-- TooManyRequests        limit
# |   |-- CodeNotValid           reason, code, rule, facts (of a coupon or gift card; see there)
# |   |-- TooManyGuesses         until, rule
# |   |-- PolicyRefusal          rule, version, reason, facts (what the rule was held against)
# |   |-- ProposalChanged        confirmed, now (what the shopper said yes to is no longer what would happen)
# |   |-- KeyReused              key (it stands for another change)
# |   |-- UnknownReason          reason, known
# |   |-- NamedTwice             sku
# |   |-- NothingToBuy           number
# |   |-- TooManyTickets         limit
# |   |-- InvalidInvoice         field, value
# |   |-- InvoiceAsked           number (an open request for the order says something else)
# |   |-- InvalidRating          rating, best
# |   |-- InvalidThumb           thumb
# |   |-- WrongState             what, state, allowed (of the shop's own side)
# |   `-- WrongPayment           number, due, got
# |-- ShopUnavailable            reason (the database is locked, gone or refuses us)
# |-- MessageNotSent           reason (the mail server does not take it)
# `-- IndexMismatch              path, expected, found (an index built by another model or layout)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.policy_rules import Citation


class ShopError(Exception):
    """Base of every error that the shop raises on purpose."""


class NotFound(ShopError):
    """Something that was named does not exist, or not for this shopper."""


class ProductNotFound(NotFound):
    """No active product has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"no product {slug!r}")
        self.slug = slug


class VariantNotFound(NotFound):
    """No active variant has this SKU."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"no variant with SKU {sku!r}")
        self.sku = sku


class OrderNotFound(NotFound):
    """No order of this shopper has this number; whether another's has is never told."""

    def __init__(self, number: str) -> None:
        super().__init__(f"no order {number!r} for this shopper")
        self.number = number


class CustomerNotFound(NotFound):
    """No customer has this public id."""

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"no customer {customer_id!r}")
        self.customer_id = customer_id


class CartLineNotFound(NotFound):
    """The cart has no line for this SKU."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"SKU {sku!r} is not in the cart")
        self.sku = sku


class OrderLineNotFound(NotFound):
    """The order has no line for this SKU, or none of it is left."""

    def __init__(self, number: str, sku: str) -> None:
        super().__init__(f"SKU {sku!r} is not in order {number!r}")
        self.number, self.sku = number, sku


class ReturnNotFound(NotFound):
    """No return of this shopper has this RMA number; whether another's has is never told."""

    def __init__(self, rma_number: str) -> None:
        super().__init__(f"no return {rma_number!r} for this shopper")
        self.rma_number = rma_number


class CodeNotInCart(NotFound):
    """No such coupon or gift card waits in the cart."""

    def __init__(self, code: str) -> None:
        super().__init__("no such code is in the cart")
        self.code = code


class TicketNotFound(NotFound):
    """No ticket of this shopper has this number; whether another's has is never told."""

    def __init__(self, number: str) -> None:
        super().__init__(f"no ticket {number!r} for this shopper")
        self.number = number


class ReplyNotFound(NotFound):
    """No reply that this shopper was given has this id; whether another was is never told."""

    def __init__(self, reply_id: str) -> None:
        super().__init__(f"no reply {reply_id[:40]!r} is kept for this shopper")
        self.reply_id = reply_id


class Refused(ShopError):
    """The shop understood what was asked and will not do it."""


class InvalidQuantity(Refused):
    """A quantity outside of what one cart line may hold."""

    def __init__(self, quantity: int, minimum: int, maximum: int) -> None:
        super().__init__(f"quantity {quantity} is not between {minimum} and {maximum}")
        self.quantity, self.minimum, self.maximum = quantity, minimum, maximum


class NotEnoughStock(Refused):
    """Fewer pieces are in stock than were asked for."""

    def __init__(self, sku: str, name: str, asked: int, available: int) -> None:
        super().__init__(f"{asked} of {sku!r} asked, {available} in stock")
        self.sku, self.name, self.asked, self.available = sku, name, asked, available


class NotForSale(Refused):
    """The variant or its product has been taken off the shelf."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"SKU {sku!r} is not for sale")
        self.sku = sku


class EmptyCart(Refused):
    """A check-out needs at least one cart line."""

    def __init__(self) -> None:
        super().__init__("the cart is empty")


class CurrencyMismatch(Refused):
    """A cart holds one currency only."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"the cart is in {expected}, the variant in {got}")
        self.expected, self.got = expected, got


class NoDeliveryMethod(Refused):
    """The shop has no way to send this order: none in its currency, or none with the code asked for."""

    def __init__(self, currency: str, code: str | None = None) -> None:
        super().__init__(f"no delivery method {code or 'at all'!r} in {currency}")
        self.currency, self.code = currency, code


class CartChanged(Refused):
    """Lines, prices or delivery are not what the shopper confirmed; nothing was ordered."""

    def __init__(self, confirmed: str, now: str) -> None:
        super().__init__(f"the shopper confirmed {confirmed}, the cart is {now}")
        self.confirmed, self.now = confirmed, now


class InvalidAddress(Refused):
    """A field of a delivery address or contact that cannot be used."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{field} is not usable")
        self.field, self.value = field, value


class CodeRefused(Refused):
    """A one-time code that opens nothing; why is not told."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"the code opens nothing, {tries_left} tries are left")
        self.tries_left = tries_left


class AccessLocked(Refused):
    """Too many wrong codes were entered."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(f"locked until {until}")
        self.until = until


class TooManyRequests(Refused):
    """More was asked for within an hour than the shop allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} within an hour")
        self.limit = limit


class MessageNotSent(ShopError):
    """A message was not taken by whoever should send it; the reason names the kind of fault and no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the message was not sent ({reason})")
        self.reason = reason


class CodeNotValid(Refused):
    """A coupon or gift card that cannot be used, or not with this cart.

    `reason` is "unknown" (there is none, or it is another customer's), "not_begun", "expired", "used_up",
    "used_by_you", "currency", "products", "promotions", "minimum", "coupons" (it does not go with another one),
    "too_many" or "empty" (a gift card without money); `facts` hold what the rule was held against. `code` is the
    coupon's, or the last signs of a gift card.
    """

    def __init__(self, reason: str, code: str, rule: Citation, facts: Mapping[str, object]) -> None:
        super().__init__(f"the code does not hold by {rule} ({reason})")
        self.reason, self.code, self.rule, self.facts = reason, code, rule, facts


class TooManyGuesses(Refused):
    """Too many codes that are none were entered; none is looked at until then."""

    def __init__(self, until: dt.datetime, rule: Citation) -> None:
        super().__init__(f"too many wrong codes, none is taken until {until}")
        self.until, self.rule = until, rule


class PolicyRefusal(Refused):
    """A rule of the shop forbids the change.

    `reason` is a word such as "state", "window" or "category"; `facts` hold what the rule was held against, such as the
    state of the order or the last day of the window.
    """

    def __init__(self, rule: str, version: str, reason: str, facts: Mapping[str, object]) -> None:
        super().__init__(f"rule {rule!r} of version {version!r} forbids it ({reason}): {facts!r}")
        self.rule, self.version, self.reason, self.facts = rule, version, reason, facts


class ProposalChanged(Refused):
    """The change would no longer do what the shopper said yes to; nothing was changed."""

    def __init__(self, confirmed: str, now: str) -> None:
        super().__init__(f"the shopper confirmed {confirmed}, it would now be {now}")
        self.confirmed, self.now = confirmed, now


class KeyReused(Refused):
    """The idempotency key stands for another change, which was made; nothing was changed now."""

    def __init__(self, key: str) -> None:
        super().__init__(f"key {key!r} stands for another change")
        self.key = key


class UnknownReason(Refused):
    """The shop has no such reason for a return."""

    def __init__(self, reason: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{reason!r} is none of {known!r}")
        self.reason, self.known = reason, known


class NamedTwice(Refused):
    """The same thing was named twice in one request."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"SKU {sku!r} is named twice")
        self.sku = sku


class NothingToBuy(Refused):
    """Nothing of the order can be bought again now."""

    def __init__(self, number: str) -> None:
        super().__init__(f"nothing of order {number!r} can be bought now")
        self.number = number


class TooManyTickets(Refused):
    """More tickets were opened within an hour than the shop takes from one shopper."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} tickets within an hour")
        self.limit = limit


class InvalidInvoice(Refused):
    """A field of an invoice request that cannot be used: "kind", "title" or "tax_id"."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{field} is not usable")
        self.field, self.value = field, value


class InvoiceAsked(Refused):
    """An invoice of the order has been asked for already, with other details, and is not sent yet."""

    def __init__(self, number: str) -> None:
        super().__init__(f"an invoice of order {number!r} has been asked for already")
        self.number = number


class InvalidRating(Refused):
    """A rating that is none of 1 to the best."""

    def __init__(self, rating: int, best: int) -> None:
        super().__init__(f"rating {rating} is not between 1 and {best}")
        self.rating, self.best = rating, best


class InvalidThumb(Refused):
    """What a shopper thinks of a reply is neither up nor down."""

    def __init__(self, thumb: str) -> None:
        super().__init__(f"a thumb cannot be {thumb[:20]!r}")
        self.thumb = thumb


class WrongState(Refused):
    """What the shop's own side asked for does not follow from where the order, parcel or return stands."""

    def __init__(self, what: str, state: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{what} is {state!r}, it must be one of {allowed!r}")
        self.what, self.state, self.allowed = what, state, allowed


class WrongPayment(Refused):
    """A payment is not what the order comes to."""

    def __init__(self, number: str, due: str, got: str) -> None:
        super().__init__(f"order {number!r} comes to {due}, {got} was paid")
        self.number, self.due, self.got = number, due, got


class ShopUnavailable(ShopError):
    """The database is locked, gone or refuses us; the change was not made."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the shop database does not answer: {reason}")
        self.reason = reason


class IndexMismatch(ShopError):
    """An index on disk was built by another model or in another layout."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(
            f"{path} was built for {found!r}, not for {expected!r}: delete it, it is rebuilt at the next start"
        )
        self.path, self.expected, self.found = path, expected, found
