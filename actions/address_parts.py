"""What a message changes or keeps of an address that is known: "number 41, not 14", "the city is Leeds", "邮编不变"."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from actions.desk_case import asked_by
from actions.desk_words import says_any
from actions.turn import Turn
from shop.address_text import find_address
from shop.addresses import check_field
from shop.countries import country_code
from shop.errors import InvalidAddress
from shop.text import ascii_digits

_PARTS = ("street", "city", "postcode", "country")
# By which word each part is led in, and what it is said to be.
_NAMED = {
    "city": r"(?:city|town)",
    "postcode": r"(?:post ?code|zip(?: ?code)?)",
    "street": r"(?:street)",
}
_NAMED_ZH = {"city": "城市", "postcode": "邮编|邮政编码|郵編", "street": "街道"}
_TO = r"\s*(?:should be|is|to|was meant to be|:)\s+(?P<value>[^,;.!?]+)"
_TO_ZH = r"(?:改成|改为|应该是|是|：|:)\s*(?P<value>[^，,。；;！!？?“”\"]+)"
_KEPT_ZH = r"(?:不变|不改|没变|照旧|一样|不用改)"
_KEPT = r"\s*(?:is unchanged|unchanged|stays|is the same|the same|same)"
# The number of a house, or of a unit, that takes the place of another; "NR2 4AB" is a postcode.
_HOUSE = re.compile(
    r"\b(?:(?P<unit>unit|flat|apartment|apt|suite)|number|no\.?|nr(?:\.|(?=\s)))\s*(?P<number>\d+[a-z]?)\b(?!\s*\d[a-z]{2}\b)",
    re.IGNORECASE,
)
_CODE_ZH = re.compile(r"(?:邮编|邮政编码)[是为：:\s]*(\d{4,6})(?!\d)")
_DIGITS = re.compile(r"\d+[a-z]?\b", re.IGNORECASE)


def changed_parts(turn: Turn, old: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Give the known parts of an address with those that a message names, keeps, or only numbers anew.

    Args:
        turn: the turn.
        old: the address as it was.
        known: what is known of the new one.
    """
    text = ascii_digits(turn.text)
    parts = {**known, **_named_parts(text)}
    if number := _house_number(text, known.get("street") or old["street"]):
        parts["street"] = number
    for part in _PARTS:
        if part not in parts and _is_kept(turn, part, old[part]):
            parts[part] = old[part]
    street = parts.get("street", old["street"])
    if street != old["street"] and _but_numbers(street) == _but_numbers(old["street"]):
        # Another number in the same street is in the same town.
        parts = {**old, **parts}
    if parts.get("city", "").casefold() == old["city"].casefold():
        parts.setdefault("country", old["country"])
    return _usable(parts)


def beside_street(text: str) -> dict[str, str]:
    """Read city, postcode and country of an answer in Chinese, cut at its commas; empty where no postcode is led in.

    >>> beside_street("，斯普林菲尔德，邮编62704")
    {'city': '斯普林菲尔德', 'postcode': '62704'}
    >>> beside_street("Springfield，邮编62704，伊利诺伊州")
    {'city': 'Springfield', 'postcode': '62704'}
    >>> beside_street("刚不是说了嘛，62704")
    {}
    """
    code = _CODE_ZH.search(ascii_digits(text))
    if code is None:
        return {}
    parts = [part.strip() for part in re.split(r"[，,；;。]", text) if part.strip()]
    country = next((found for part in parts if (found := country_code(part))), None)
    cities = [part for part in parts if not (country_code(part) or re.search(r"邮|\d|[州省]$", part))]
    said = {"city": cities[0] if cities else "", "postcode": code[1], "country": country or ""}
    return _usable({part: value for part, value in said.items() if value})


def _named_parts(text: str) -> dict[str, str]:
    found = {}
    for leads, ends in ((_NAMED, _TO), (_NAMED_ZH, _TO_ZH)):
        for part, lead in leads.items():
            said = re.search(rf"(?:\b|(?<=[\u4e00-\u9fff]))(?:{lead}){ends}", text, re.IGNORECASE)
            if said and not re.search(r"不是|not ", said["value"]):
                found[part] = said["value"].strip()
    return found


def _house_number(text: str, street: str) -> str | None:
    """Give a street with the number that a message puts in the place of its own, where it names no other street."""
    said, own = _HOUSE.search(text), _DIGITS.findall(street)
    if said is None or len(own) != 1 or set(_DIGITS.findall(text)) - {said["number"], *own}:
        return None
    if said["unit"] and said["unit"].casefold() not in street.casefold():
        # A flat in a house is no other house.
        return None
    names_another = find_address(text) is not None and _but_numbers(text) != _but_numbers(street)
    return None if names_another else _DIGITS.sub(said["number"], street, count=1)


def _is_kept(turn: Turn, part: str, old: str) -> bool:
    """Tell whether a message says of a part that it stays, or names it as it was."""
    text = turn.text
    if says_any(turn, "desk.only_street") and part != "street":
        return True
    if asked_by(turn) == part and says_any(turn, "desk.as_before"):
        return True
    names = (_NAMED.get(part), _KEPT), (_NAMED_ZH.get(part), _KEPT_ZH)
    if any(lead and re.search(rf"(?:{lead})(?:也)?{kept}", text, re.IGNORECASE) for lead, kept in names):
        return True
    # The town may be named as it was, wherever it stands: "Firstville 南大街88号".
    return part == "city" and re.search(rf"(?<![a-z]){re.escape(old)}(?![a-z])", text, re.IGNORECASE) is not None


def _but_numbers(street: str) -> str:
    return _DIGITS.sub("", street).casefold().strip()


def _usable(parts: Mapping[str, str]) -> dict[str, str]:
    checked = {}
    for part, text in parts.items():
        with contextlib.suppress(InvalidAddress):
            checked[part] = check_field(part, text)
    return checked
