"""Addresses in free text: what of a street, a city, a postcode and a country a message names.

Read is only what has the form of an address: "number street, city postcode", a street with its number before a
postcode and a city, or 省, 市, 区, 路 and 号. What is read is shown to the shopper before anything is done by it, so
that a part which was cut in the wrong place is seen; what has no such form is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shop.chinese_addresses import find_chinese_address
from shop.countries import country_code
from shop.text import ascii_digits

_TYPES = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|court|ct|place|pl|square|sq|boulevard|blvd|close|crescent|cres|"
    "terrace|gardens|grove|hill|mews|parade|row|walk|broadway|highway|hwy|parkway|pkwy|circle|trail|quay|wharf|vale|croft|esplanade|promenade|alley"
)
_UNIT = r"(?:(?:(?:flat|apartment|apt|unit|suite|room|floor)\.?\s*\w*\d\w*|\w+\s+floor)\s*,?\s*)"
_SIDE = r"(?:\s+(?:north|south|east|west|[ns][ew]|[nsew])\b)?"
# Words that stand in a sentence and in no name of a street or a city.
_SPOKEN = (
    "to my is it please pls send should for order instead thanks thank because and not i the a when by if as "
    "so but or with from now today tomorrow asap then that this at in of on we you can could would will be me "
    "ok okay yes no under over below above than about around only postcode zip code dollars usd euros inch "
    "inches gb"
)
_NO_NAMES = frozenset(_SPOKEN.split())
_NO_STREETS = _NO_NAMES - {"the", "of", "st"}
_STREET = re.compile(
    rf"(?P<unit>{_UNIT}?)(?<![\w.#-])(?P<number>\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}}[A-Za-z]?)?)\s+"
    rf"(?P<name>(?:[^\W\d][\w.'’-]*\s+){{1,4}}?(?:{_TYPES})\b\.?{_SIDE})(?P<after>\s*,?\s*{_UNIT}?)",
    re.IGNORECASE,
)
# Without a word that says what it is, only what a postcode follows is a street: "Hauptstraße 5, 10115 Berlin".
_PLAIN_STREET = re.compile(
    r"(?P<street>(?<![\w.#-])\d{1,5}[A-Za-z]?\s+[^\W\d][^\d,;\n]{2,60}|[^\W\d][^\d,;:\n]{2,60}\s\d{1,5}\s?[A-Za-z]?)\s*,\s*"
    r"(?=(?:[^\d,;\n]{2,40},?\s)?(?:[A-Z]{1,2}-)?(?P<code>\d{4,5}|\d{3} \d\d)(?!\d))"
)
_LEAD = re.compile(r".*\b(?:to|is|at|it's|its|address|now|instead)\b\s*:?\s*", re.IGNORECASE | re.DOTALL)
_UK = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_CANADA = re.compile(r"\b([A-Z]\d[A-Z])[\s-]?(\d[A-Z]\d)\b", re.IGNORECASE)
_STATE = re.compile(r"(?:,\s*|\s)(?P<state>[A-Z]{2})\.?,?\s+(?P<zip>\d{5}(?:-\d{4})?)(?!\d)")
_IRELAND = re.compile(r"\b([AC-FHKNPRTV-Y]\d[\dW])\s?([\dAC-FHKNPRTV-Y]{4})\b")
# Some are written in two groups, as the Swedish 411 06.
_DIGITS = re.compile(r"(?<![\w-])(?:\d{4,6}(?:-\d{4})?|\d{3} \d\d)(?![\w-])")
# Of the letters of a British postcode these are of places that are no part of the country by the ISO.
_ISLANDS = ("JE", "GY", "IM")
_ENDS = re.compile(r"[;:!?。；！？\n]|\.(?:\s|$)|\s[-–(]")
# How an answer is led in and rounded off.
_AROUND = re.compile(
    r"^\s*(?:in|it's|its|it is|that's|that is)\s+|[\s,]+(?:please|pls|thanks|thank you)[.! ]*$", re.IGNORECASE
)
_LONGEST_CITY = 4
_LONGEST = 400


@dataclass(frozen=True)
class FoundAddress:
    """What a message names of an address, and from where to where in it.

    Attributes:
        fields: what was found of "street", "city", "postcode" and "country"; never empty.
    """

    fields: Mapping[str, str]
    start: int
    end: int

    @property
    def has_more(self) -> bool:
        """Tell whether more than a street was found."""
        return len(self.fields) > 1


def find_address(text: str) -> FoundAddress | None:
    """Find an address at the beginning of a message, however long it is; None where nothing has the form of a street.

    >>> find_address("send it to 12 Baker Street, London NW1 6XE please").fields
    {'street': '12 Baker Street', 'city': 'London', 'postcode': 'NW1 6XE', 'country': 'GB'}
    >>> find_address("改到上海市浦东新区世纪大道100号").fields
    {'street': '浦东新区世纪大道100号', 'city': '上海市', 'country': 'CN'}
    >>> find_address("show me two laptops")
    """
    plain = ascii_digits(text[:_LONGEST])
    chinese = find_chinese_address(plain)
    if chinese:
        fields, start, end = chinese
        return FoundAddress(fields, start, end)
    found = next(_streets(plain), None)
    if found is None:
        return None
    street, start, end = found
    rest, length = _tail(plain[end:])
    part = rest.pop("part", "")
    return FoundAddress({"street": f"{street}, {part}" if part else street, **rest}, start, end + length)


def find_locality(text: str) -> Mapping[str, str]:
    """Read an answer that names a city and more: its postcode, its country.

    >>> find_locality("London NW1 6XE, UK")
    {'city': 'London', 'postcode': 'NW1 6XE', 'country': 'GB'}
    >>> find_locality("London")
    {'city': 'London'}
    """
    found = _tail(_AROUND.sub("", ascii_digits(text)))[0]
    return {name: value for name, value in found.items() if name != "part"}


def _streets(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _STREET.finditer(text):
        words = match["name"].casefold().split()
        if not _NO_STREETS & set(words):
            # What follows a comma is a city, unless it is a flat.
            unit = match["after"].strip(" ,")
            end = match.end() if unit else match.end("name")
            street = match[0][: end - match.start()] if unit else match[0][: match.end("name") - match.start()]
            yield _tidy(street), match.start(), end
    for match in _PLAIN_STREET.finditer(text):
        lead = _LEAD.match(match["street"])
        begin = lead.end() if lead else 0
        street = _tidy(match["street"][begin:])
        if street and not _NO_STREETS & set(street.casefold().split()) and "city" in _tail(text[match.end() :])[0]:
            yield street, match.start() + begin, match.end("street")


def _tail(text: str) -> tuple[dict[str, str], int]:
    """Read city, postcode and country from what follows a street, and how long that is.

    What stands between the street and the city, as the part of a town, is given as "part".
    """
    end = _ENDS.search(text)
    text = text[: end.start()] if end else text
    code = _postcode(text)
    before, after = (text[: code.start], text[code.end :]) if code else (text, "")
    parts = [part for part in (_tidy(part) for part in before.split(",")) if part]
    named = _country(after.rpartition(",")[2])
    if not named and len(parts[-1:]) and (len(parts) > 1 or not code) and len(parts[-1]) > 2 - (not code):
        named = _country(parts[-1])
        parts = parts[:-1] if named else parts
    place = _place(parts) if parts else _place([_tidy(after.split(",")[0])])
    found = {**place, "postcode": code.text if code else None, "country": named or (code.country if code else None)}
    return {name: value for name, value in found.items() if value}, _length(text, code, place, named)


def _length(text: str, code: _Code | None, place: Mapping[str, str], named: str | None) -> int:
    """Tell how much of a text is taken up: up to the country, else to the postcode, else to the city."""
    if named:
        return len(text)
    city = place.get("city", "")
    return max(code.end if code else 0, text.find(city) + len(city) if city else 0)


def _place(parts: Sequence[str]) -> dict[str, str]:
    """Take the last part that can be a city, with its state, and the parts before it."""
    names = [part for part in parts if _is_name(part)]
    if not names:
        return {}
    state = [names.pop()] if len(names) > 1 and re.fullmatch(r"[A-Z]{2}", names[-1]) else []
    city = ", ".join([names.pop(), *state])
    return {"city": city, "part": ", ".join(names)}


def _is_name(text: str) -> bool:
    words = text.casefold().removeprefix("the ").split()
    plain = all(any(map(str.isalpha, word)) and not any(map(str.isdigit, word)) for word in words)
    return plain and 1 <= len(words) <= _LONGEST_CITY and not _NO_NAMES & set(words)


@dataclass(frozen=True)
class _Code:
    """A postcode, where it stands, and the country of which it surely is."""

    text: str
    start: int
    end: int
    country: str | None = None


def _postcode(text: str) -> _Code | None:
    match = _STATE.search(text)
    if match:
        return _Code(match["zip"], match.end("state"), match.end(), "US")
    match = _UK.search(text)
    if match:
        country = None if match[1].upper().startswith(_ISLANDS) else "GB"
        return _Code(f"{match[1]} {match[2]}".upper(), match.start(), match.end(), country)
    match = _CANADA.search(text)
    if match:
        return _Code(f"{match[1]} {match[2]}".upper(), match.start(), match.end(), "CA")
    match = _IRELAND.search(text)
    if match:
        return _Code(f"{match[1]} {match[2]}", match.start(), match.end(), "IE")
    match = _DIGITS.search(text)
    return _Code(match[0], match.start(), match.end()) if match else None


def _country(text: str) -> str | None:
    """Read a country's name; two letters are one only where they are written as such: "it is for us"."""
    name = _tidy(text)
    is_code = len(name) == 2 and not (name.isupper() or name.casefold() == "uk")
    return None if is_code or not name else country_code(name)


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,.")
