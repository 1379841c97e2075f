"""What can be wrong with what a person hands in; the message is shown as it is."""

from __future__ import annotations


class MiningError(Exception):
    """A database, a file of messages or a review cannot be used; the message says why, and what to do."""
