"""Slots that belong to looking around in the shop."""

from __future__ import annotations

# What a guest's looking around leaves behind goes with them when they sign in, as their cart does.
SHOPPING = frozenset(
    {
        "search_state",
        "candidate_skus",
        "earlier_skus",
        "focus_sku",
        "chosen_sku",
        "slate",
        "photo",
        "last_photo",
        "edits",
        "wishes",
    }
)
