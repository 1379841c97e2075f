"""Text that came from outside: what may be looked up or stored, and digits of any script."""

from __future__ import annotations


def is_key(text: str, limit: int) -> bool:
    """Tell whether a text can be a stored key at all: not empty, not too long, with no control characters.

    PostgreSQL refuses NUL and broken surrogates with an error of its own; no key of ours holds them.
    """
    return 0 < len(text) <= limit and text.isprintable()
