"""Numbers that shoppers are given for returns and tickets: nobody guesses one, and everyone can read it aloud."""

from __future__ import annotations

import secrets

# Letters and digits that are not mistaken for one another when read aloud or copied; 50 bits of chance.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10


def new_public_number(prefix: str) -> str:
    """Mint a number such as "RMA-7K2M9QX4TD"."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
