"""Requests that change something."""

from __future__ import annotations

# Of these a shopper may believe that they are done.
CHANGING = frozenset(
    {
        "add_to_cart",
        "cancel_order",
        "change_address",
        "change_quantity",
        "check_out",
        "clear_cart",
        "complain",
        "exchange_product",
        "remove_code",
        "remove_from_cart",
        "reorder",
        "report_problem",
        "request_invoice",
        "return_product",
        "talk_to_person",
        "use_code",
    }
)
