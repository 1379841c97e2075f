"""Why a shopper's photo cannot be looked at.

PhotoError
├── PhotoGone       it is not there, no longer, or not this shopper's: nobody learns which
├── PhotoRefused    reason: what is wrong with it, or with the address it is to be fetched from
└── PhotosFull      so many are on their way that another must wait
"""

from __future__ import annotations

from enum import StrEnum

from vision.errors import Refusal


class AddressRefusal(StrEnum):
    """Why nothing usable came from an address."""

    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"


class PhotoError(Exception):
    """Base of what can be wrong with a shopper's photo."""


class PhotoGone(PhotoError):
    """A photo that is not there, that is no longer kept, or that another shopper has uploaded."""


class PhotoRefused(PhotoError):
    """A photo, or an address of one, that is not taken.

    Args:
        reason: what is wrong, of either enumeration.
    """

    def __init__(self, reason: Refusal | AddressRefusal) -> None:
        super().__init__(str(reason))
        self.reason = reason


class PhotosFull(PhotoError):
    """As many photos are being read as memory is set aside for."""
