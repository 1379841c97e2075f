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
# Two such words, or one such sign, stand in no name; one alone may be a name, as Will is.
_SPOKEN = re.compile(
    r"\b(?:i|i'm|i'd|i'll|i've|it|it's|its|is|are|was|me|we|this|that|what|what's|which|how|why|when|where|who|not|"
    r"don't|haven't|didn't|isn't|can|can't|want|need|wait|cancel|stop|please|just|only|now|later|first|have|had|"
    r"decided|know|there|here|put|change|keep|go|ok|okay|sorry|never|mind|order|but|for|with|hold|yet|still|before)\b"
)
_SPOKEN_HAN = re.compile(
    r"[我你您吗嘛呢呀啊吧？！。]|怎么|什么|多少|等等|等一下|取消|还没|不要|先不|先别|算了|不对|订单|下单"
)
_MOST_WORDS = 8


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


def is_sentence(text: str) -> bool:
    """Tell whether a text says something, and is nobody's name.

    >>> is_sentence("wait, I haven't decided"), is_sentence("等一下，我还没想好"), is_sentence("Will Young")
    (True, True, False)
    """
    plain = text.casefold().replace("’", "'")
    too_long = len(plain.split()) > _MOST_WORDS
    return too_long or len(set(_SPOKEN.findall(plain))) > 1 or _SPOKEN_HAN.search(plain) is not None


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
