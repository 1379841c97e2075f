"""Delivery addresses and contacts, checked field by field.

What passes is stored exactly as normalised here, and always as a bound value, never as part of a statement: a street
may hold `'); DROP TABLE orders;--`. Names may not: they allow letters and marks of any script, spaces and . ' - , only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from shop.countries import country_said
from shop.errors import InvalidAddress
from shop.text import ascii_digits

_LIMITS = {"name": 200, "email": 254, "street": 300, "city": 100, "postcode": 12, "country": 60}
FIELDS = tuple(_LIMITS)

# The typographic apostrophe and hyphen, and the dots between the parts of a transliterated name, are spelling too.
_NAME_MARKS = frozenset(" .'-,’‐·・")
_STREET_MARKS = _NAME_MARKS | frozenset('/#&()":;+°–@*')
# Joiners carry meaning inside words of Persian and of the scripts of India.
_JOINERS = frozenset("\u200c\u200d")
_POSTCODE_MINIMUM = 3
# What stands in a sentence and in no city's name.
_SENTENCE = re.compile(r"[说了吗嘛呀啊我你您呢]|\b(?:i|you|we|said|told|already|what|why|just)\b", re.IGNORECASE)


@dataclass(frozen=True)
class DeliveryAddress:
    """Where an order goes; made only of checked, normalised fields, else InvalidAddress names the wrong one.

    >>> DeliveryAddress("Ada Lovelace", "12 Mill Lane", "Cambridge", "cb1 2ab", "United Kingdom").country
    'GB'
    """

    name: str
    street: str
    city: str
    postcode: str
    country: str

    def __post_init__(self) -> None:
        """Check and normalise every field."""
        for field in ("name", "street", "city", "postcode", "country"):
            object.__setattr__(self, field, check_field(field, getattr(self, field)))


def check_field(field: str, text: str) -> str:
    """Normalise one field of an address or contact.

    Args:
        field: one of FIELDS.
        text: what the shopper wrote.

    Raises:
        InvalidAddress: the text cannot be used as that field.
    """
    tidy = _tidy(text)
    checked = _CHECKS[field](tidy) if tidy is not None and len(tidy) <= _LIMITS[field] else None
    if checked is None or len(checked) > _LIMITS[field]:
        raise InvalidAddress(field, text)
    return checked


def _tidy(text: str) -> str | None:
    """Join what is written in several characters, and spaces; None where it holds what is no text at all."""
    stripped = unicodedata.normalize("NFC", text).strip()
    for char in stripped:
        category = unicodedata.category(char)
        # Controls, broken surrogates, private and unassigned characters, text direction overrides, line breaks.
        if (category.startswith("C") or category in {"Zl", "Zp"}) and char not in _JOINERS:
            return None
    return " ".join(stripped.split())


def _check_name(text: str) -> str | None:
    return text if _made_of(text, "LM", _NAME_MARKS) and _has(text, str.isalpha) else None


def _check_city(text: str) -> str | None:
    plain = _made_of(text, "LMN", _NAME_MARKS | frozenset("()/")) and _has(text, str.isalpha)
    # Who says "I told you already" answers something, and names no city.
    return text if plain and not _SENTENCE.search(text) else None


def _check_street(text: str) -> str | None:
    return text if _made_of(text, "LMN", _STREET_MARKS) and _has(text, str.isalnum) else None


def _check_postcode(text: str) -> str | None:
    code = " ".join(ascii_digits(text).upper().split())
    plain = all(char.isascii() and (char.isalnum() or char in " -") for char in code)
    return code if plain and len(code) >= _POSTCODE_MINIMUM and _has(code, str.isdigit) else None


def _check_email(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "name": _check_name,
    "email": _check_email,
    "street": _check_street,
    "city": _check_city,
    "postcode": _check_postcode,
    "country": country_said,
}


def _made_of(text: str, categories: str, marks: frozenset[str]) -> bool:
    allowed = marks | _JOINERS
    return all(char in allowed or unicodedata.category(char)[0] in categories for char in text)


def _has(text: str, kind: Callable[[str], bool]) -> bool:
    return any(kind(char) for char in text)
