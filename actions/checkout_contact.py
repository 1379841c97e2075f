"""The contact that an order is sent to: what was entered in this conversation, and what is known from before."""

from __future__ import annotations

from collections.abc import Mapping

from actions.desk_words import says_any
from actions.turn import Turn
from shop.contact_text import COMPANY, with_company
from shop.customers import CustomerView, get_customer
from shop.orders import OrderView, list_orders

# The form's slots, in the order in which they are asked, with the field of an address that each one holds.
SLOTS = {
    "ship_name": "name",
    "ship_email": "email",
    "ship_street": "street",
    "ship_city": "city",
    "ship_postcode": "postcode",
    "ship_country": "country",
}
# What is asked of nobody: a firm's name, and the way to send it where it is not the shop's first.
COMPANY_SLOT, METHOD_SLOT = "order_company", "order_method"
_LOOKED = 30


def entered(turn: Turn) -> dict[str, str] | None:
    """Give the whole contact that was entered, a firm's name in its street; None while a part is missing."""
    contact = {slot: turn.slot(slot) for slot in SLOTS}
    if not all(contact.values()):
        return None
    return {**contact, "ship_street": with_company(contact["ship_street"], turn.slot(COMPANY_SLOT))}


def account(turn: Turn) -> CustomerView | None:
    """Fetch the account of who is signed in."""
    if turn.shopper.customer_id is None:
        return None
    with turn.reading() as session:
        return get_customer(session, turn.shopper.customer_id)


def account_contact(customer: CustomerView) -> dict[str, str]:
    """Give what an account knows of a contact, by slots."""
    contact = {"ship_name": customer.name, "ship_email": customer.email}
    address = customer.default_address
    if address is None:
        return contact
    return {slot: customer.email if field == "email" else getattr(address, field) for slot, field in SLOTS.items()}


def remember_fields(turn: Turn, fields: Mapping[str, str]) -> None:
    """Remember parts of a contact, a firm's name among them."""
    slots = {field: slot for slot, field in SLOTS.items()} | {COMPANY: COMPANY_SLOT}
    turn.remember(**{slots[name]: text for name, text in fields.items()})


def forget_address(turn: Turn) -> None:
    """Keep no address longer than a check-out needs it."""
    turn.remember(**dict.fromkeys((*SLOTS, COMPANY_SLOT, METHOD_SLOT)))


def address_text(turn: Turn, contact: Mapping[str, str]) -> str:
    """Write an address on one line, as posts of its readers' language do."""
    return turn.labels.address(**{SLOTS[slot]: value for slot, value in contact.items() if SLOTS[slot] != "email"})


def says_same_address(turn: Turn) -> bool:
    """Tell whether a message wants an order to go where an earlier one went."""
    return says_any(turn, "checkout.same_words") and says_any(turn, "checkout.address_words")


def earlier_contact(turn: Turn) -> dict[str, str] | None:
    """Give the contact of the shopper's own order that a message names by number or goods, else of the newest one."""
    from actions.which_order import holding  # Orders lead to the desk, and the desk to the check-out.

    with turn.reading() as session:
        orders = list_orders(session, turn.shopper, limit=_LOOKED)
    numbered = [order for order in orders if order.number in turn.text]
    named = numbered or holding(turn, orders) or orders
    return _contact_of(named[0]) if named else None


def _contact_of(order: OrderView) -> dict[str, str]:
    return {
        slot: order.email if field == "email" else str(getattr(order, f"ship_{field}")) for slot, field in SLOTS.items()
    }
