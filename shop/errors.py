"""Everything that can go wrong in the shop, as exceptions that carry their data."""

# ShopError
# |-- NotFound
# |   |-- ProductNotFound        slug
# |   |-- VariantNotFound        sku
# |   |-- OrderNotFound          number
# |   |-- CustomerNotFound       customer_id
# |   `-- CartLineNotFound       sku
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
# |-- ShopUnavailable            reason (the database is locked, gone or refuses us)
# |-- MessageNotSent           reason (the mail server does not take it)
# `-- IndexMismatch              path, expected, found (an index built by another model or layout)

from __future__ import annotations

import datetime as dt


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
