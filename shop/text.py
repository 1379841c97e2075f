"""Text that came from outside: what may be looked up or stored, and digits of any script."""

from __future__ import annotations

import unicodedata


def is_key(text: str, limit: int) -> bool:
    """Tell whether a text can be a stored key at all: not empty, not too long, with no control characters.

    PostgreSQL refuses NUL and broken surrogates with an error of its own; no key of ours holds them.
    """
    return 0 < len(text) <= limit and text.isprintable()


def ascii_digits(text: str) -> str:
    """Write full-width and other forms plainly, and the digits of every script as 0 to 9.

    >>> ascii_digits("１００１"), ascii_digits("۱۲۳")
    ('1001', '123')
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)


def tidy_words(text: str, limit: int) -> str:
    r"""Make a shopper's own words fit to be kept: no markup, no control characters, one line, cut at a limit.

    >>> tidy_words(" <b>It \x00 broke</b>\n twice ", 14)
    'bIt broke/b tw'
    """
    plain = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", text))
    return " ".join("".join(char for char in plain if char not in "<>{}").split())[:limit].rstrip()
