"""Deliveries in one message: a name, a firm, a street, a town, a postcode and a country, one after another.

What posts of many countries write has no words in common, but an order: the message is cut at commas, lines and
slashes, each part is told by its form, and a part's place tells the rest. Nothing is given unless a street with a
number and a place are there; a part that may be two things is left out, so that it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shop.countries import country_code
from shop.postcodes import FoundCode, is_only_code, postcode_of
from shop.search_text import stop_words

_CUTS = re.compile(
    r"\s*(?:[,，、;；\n|•·]|\s/\s|\s[-–—]\s|：|:(?=\s)|[。！？]|(?<=[!?])\s|\sat\s(?=\d)|\s\((?=[^)]*\d))\s*"
)
# These keep their full stop at the end of a part.
_SHORTENED = re.compile(r"\b(?:rd|st|ave|str|blvd|ct|ln|dr|dist|sec|ltd|inc|jr|sr)\.$", re.IGNORECASE)
# Of two letters each, and some of them a country's, too.
_STATE_CODES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
)
_STATES = frozenset(_STATE_CODES.split())
# A full stop ends a sentence unless it shortens a word: "Ct. 5", "Co. Cork".
_STOP = re.compile(
    r"(?<=\w{3})(?<!\bApt)(?<!\bAve)(?<!\bStr)(?<!\bBlvd)(?<!\bSte)(?<!\bSec)(?<!\bMrs)\.\s+(?=[^\W\d])", re.I
)
_EMAIL = re.compile(r"(?:my\s+)?(?:e-?mail(?:\s+is)?\s*:?\s*)?[^\s,;/<>()|，；：:]+@[A-Za-z0-9.-]*[A-Za-z0-9]", re.I)
_PHONE = re.compile(r"(?:(?:tel|phone|mobile|mob|cell|ph|handy)\w*\W*)?(?:\+|\(|0)?[\d\s()./-]{9,}", re.IGNORECASE)
_LED_PHONE = re.compile(r"(?:(?:my )?(?:tel|phone|mobile|mob|cell)\b.*|\+\d[\d\s()./-]+)", re.IGNORECASE)
# What a part is called before a colon, and which field of an address that is.
_LABELS = (
    ("name", r"(?:full |my )?name|recipient|(?:ship|deliver|send(?: it)?) to|attn|attention|收[货件]人|姓名|寄给"),
    ("street", r"street(?: address)?"),
    ("city", r"city|town"),
    ("postcode", r"post ?code|postal code|zip(?: ?code)?"),
    ("country", r"country"),
    ("company", r"company|firm"),
    ("", r"(?:my |delivery |shipping )?(?:address|e-?mail)|tel|phone|mobile|delivery|shipping"),
)
_JUNK = re.compile(
    r"\b(?:express|standard|delivery|shipping|please|pls|checkout|check out|order|buy|pay|e-?mail|phone|proceed|thanks|"
    r"thank|you|it|them|this|that|cart|basket|want|would|let's)\b|配送|快递|标准|加急|结账|结算|下单",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?i:.*?\b(?:delivery|shipping|express|standard)\s+(?:to|for)|"
    r".*?\b(?:send|ship|deliver|goes|going|name is|it's|its|it is|this is|address is|parcel is)\b"
    r"(?:\s+(?:it|them|this|that|everything|all))?"
    r"(?:\s+(?:to|for|at))?|(?:to|for)|i'm|i am|寄给|送给|收[货件]人)(?:\s+my\s+[a-z-]+)?\s*(?=[^\W\d_a-z]|\d)",
)
_COMPANY = re.compile(
    r"\b(?:ltd|limited|inc|llc|llp|plc|corp|gmbh|ag|kg|ug|bv|b\.v|nv|sarl|sas|s\.a|spa|s\.p\.a|srl|s\.r\.l|s\.l|sl|pty|oy|ab|aps|"
    r"a/s|as|lda|kk|co|company|group|studio|studios|agency|partners|consulting)\b\.?$|^c/o\b|^att(?:n|ention)?\b",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"\b(?:cottage|house|building|tower|towers|villa|farm|mansions?|residences?|cent(?:re|er)|plaza|hotel|hospital|school|"
    r"office|university|campus|lodge|haus|hof|résidence|bâtiment|edificio|edifício|palazzo|floor|dept|department)\b",
    re.IGNORECASE,
)
_STREET_WORD = re.compile(
    r"\b(?:rue|avenue|av|boulevard|place|quai|chemin|all[ée]e|impasse|cours|via|viale|piazza|corso|calle|avenida|avda|plaza|paseo|"
    r"carrer|rua|travessa|praça|largo|ulica|ul|aleja|street|road|lane|st|rd)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:n[º°o]\.?|nr\.?|#)?\s*\d{1,4}\s?[A-Za-z]?(?:\s?(?:bis|ter))?", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"no\b", re.IGNORECASE)
# A county or state that stands beside the town.
_REGION = re.compile(
    r"(?:[A-Z]{2,3}|(?:co\.?|county)\s.+|.*shire|(?:greater|west|east|south|north) (?:london|manchester|midlands|"
    r"yorkshire|"
    r"sussex|lothian)|kent|surrey|essex|norfolk|suffolk|cumbria|devon|cornwall|dorset|somerset|merseyside|alabama|alaska|"
    r"arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|"
    r"kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|"
    r"new (?:hampshire|jersey|mexico|york|south wales)|(?:north|south) (?:carolina|dakota)|ohio|oklahoma|oregon|"
    r"pennsylvania|rhode island|tennessee|texas|utah|vermont|(?:west )?virginia|washington|wisconsin|wyoming|ontario|"
    r"quebec|québec|british columbia|alberta|manitoba|nova scotia|victoria|queensland|tasmania|"
    r"(?:south|western) australia)",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_][^\W\d_.'’-]*"
_PERSON = re.compile(rf"{_WORD}(?:[.'’-]+{_WORD})*\.?(?:\s+{_WORD}(?:[.'’-]+{_WORD})*\.?){{1,4}}")
# Words of a name that are written small.
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "la",
        "le",
        "van",
        "der",
        "den",
        "von",
        "zu",
        "zum",
        "af",
        "av",
        "bin",
        "binti",
        "al",
        "el",
        "y",
        "e",
        "ten",
        "ter",
    ]
)
# In these a city is a country.
_CITY_STATES = {"SG": "Singapore", "HK": "Hong Kong", "MO": "Macao", "MC": "Monaco"}
_LONGEST = 400
_LONGEST_PLACE = 5


@dataclass(frozen=True)
class _Part:
    """One part of a message between two cuts, and what its label says it is."""

    text: str
    label: str = ""

    @property
    def has_number(self) -> bool:
        return any(map(str.isdigit, self.text))


def read_delivery(text: str, *, is_answer: bool = False) -> dict[str, str]:
    """Read a whole delivery; empty where a message does not hold a street and a place, and what makes that sure.

    Args:
        text: the message.
        is_answer: whether a contact was asked for; then the first of two names is a person and the second a firm.

    >>> read_delivery("Ana Prado / Rua do Sol 9 / 4000-527 Porto / Portugal / ana@x.pt")["street"]
    'Rua do Sol 9'
    >>> read_delivery("two laptops, 16 GB, 1500 dollars")
    {}
    """
    plain = text[:_LONGEST]
    parts = _parts(plain)
    labelled = _labelled(parts)
    if {"street", "city"} <= set(labelled):
        return labelled
    country, rest = _take_country([part for part in parts if not part.label])
    place = _read_place(rest, country)
    if place is None:
        return {}
    fields, before, after = place
    is_lower = plain == plain.lower()
    names = [part.text for part in before if _is_plain(part.text)]
    fields |= _read_names(names, is_lower=is_lower, is_answer=is_answer)
    if "name" not in fields and not names:
        later = [part.text for part in after if _is_person(part.text, is_lower=is_lower)]
        fields |= {"name": later[0]} if len(later) == 1 else {}
    fields |= labelled
    town = fields.get("city", "")
    home = {name: code for code, name in _CITY_STATES.items()}.get(town)
    fields |= {"country": home} if home and "country" not in fields else {}
    is_sure = "country" in fields or "@" in plain
    is_town = bool(town) and (is_lower or not town[0].islower()) and not _JUNK.search(town)
    return fields if is_sure and is_town else {}


def _parts(text: str) -> list[_Part]:
    """Cut a message into parts, without e-mail and phone; a part's label is taken from before it."""
    found: list[_Part] = []
    for line in _STOP.sub("\n", _EMAIL.sub("\n", text)).split("\n"):
        label = ""
        for piece in map(_tidy, _CUTS.split(line)):
            said = next((name for name, words in _LABELS if re.fullmatch(words, piece, re.IGNORECASE)), None)
            if said is not None:
                label = said
                continue
            is_phone = _LED_PHONE.fullmatch(piece) or (_PHONE.fullmatch(piece) and not is_only_code(piece))
            if not is_phone:
                found.append(_Part(_LEAD.sub("", piece).strip(), label))
            # A street goes on behind its comma: "Street: Mill Lane 4, flat 2".
            label = label if label == "street" else ""
    return _with_states([part for part in found if part.text])


def _with_states(parts: Sequence[_Part]) -> list[_Part]:
    """Put a state of the USA and the code behind it together again: "Boston, MA, 02118" is not in Morocco."""
    found: list[_Part] = []
    for part in parts:
        if found and found[-1].text in _STATES and re.fullmatch(r"\d{5}(?:-\d{4})?", part.text):
            part = _Part(f"{found.pop().text} {part.text}", part.label)
        found.append(part)
    return found


def _labelled(parts: Sequence[_Part]) -> dict[str, str]:
    """Give the fields that are called by their names."""
    found: dict[str, str] = {}
    for part in parts:
        if part.label:
            found[part.label] = ", ".join(filter(None, [found.get(part.label), part.text]))
    return found


def _tidy(piece: str) -> str:
    text = " ".join(piece.split()).strip(' !?"“”')
    text = text if "(" in text else text.rstrip(")")
    return text if _SHORTENED.search(text) else text.rstrip(".")


def _take_country(parts: Sequence[_Part]) -> tuple[str | None, list[_Part]]:
    """Take the last part that is a country, or ends with one."""
    for at in range(len(parts) - 1, -1, -1):
        text = parts[at].text
        if code := _country(text):
            return code, [*parts[:at], *parts[at + 1 :]]
        head, _, tail = text.rpartition(" ")
        code = _country(tail) if head and any(map(str.isdigit, head)) else None
        if code and len(tail) > 2 and code not in _CITY_STATES:
            return code, [*parts[:at], _Part(head), *parts[at + 1 :]]
    return None, list(parts)


def _country(text: str) -> str | None:
    # Of two letters that are a state of the USA, too, only Germany's are commonly written for a country.
    is_state = text in _STATES and text != "DE"
    is_code = len(text) == 2 and (is_state or not (text.isupper() or text.casefold() == "uk"))
    return None if is_code else country_code(text)


def _read_place(
    parts: Sequence[_Part], country: str | None
) -> tuple[dict[str, str], Sequence[_Part], Sequence[_Part]] | None:
    """Read street, town and postcode, and give what stands before and behind them."""
    codes = [(at, code) for at, part in enumerate(parts) if (code := postcode_of(part.text, country))]
    coded = next(((at, code) for at, code in reversed(codes) if at or len(parts) > 1), None)
    if coded is None:
        return _read_uncoded(parts, country)
    at, code = coded
    begin = _street_begin(parts[:at])
    if begin is None:
        return _read_turned(parts, at, code, country)
    between = [part.text for part in parts[begin:at]]
    town, streets, used = _town(code, between, parts[at + 1 :])
    fields = {"street": _joined(streets), "city": town, "postcode": code.text}
    return _with_country(fields, country or code.country), parts[:begin], parts[at + 1 + used :]


def _read_uncoded(
    parts: Sequence[_Part], country: str | None
) -> tuple[dict[str, str], Sequence[_Part], Sequence[_Part]] | None:
    """Read a place without a postcode, which only a country makes sure."""
    begin = _street_begin(parts)
    if begin is None or country is None:
        return None
    after = [part.text for part in parts[begin:] if not _JUNK.search(part.text)]
    if country in _CITY_STATES:
        fields = {"street": _joined(after), "city": _CITY_STATES[country]}
    else:
        plain = [text for text in after[1:] if _is_plain(text)]
        if not plain:
            return None
        at = after.index(plain[0]) if len(plain) == 1 else len(after) - 1
        fields = {"street": _joined(after[:at]), "city": after[at]}
    return _with_country(fields, country), parts[:begin], []


def _read_turned(
    parts: Sequence[_Part], at: int, code: FoundCode, country: str | None
) -> tuple[dict[str, str], Sequence[_Part], Sequence[_Part]] | None:
    """Read a place whose town stands before its street, as in "1051 Budapest, Sas utca 10"."""
    if not code.place or at + 1 >= len(parts) or not parts[at + 1].has_number:
        return None
    fields = {"street": parts[at + 1].text, "city": code.place, "postcode": code.text}
    return _with_country(fields, country or code.country), parts[:at], parts[at + 2 :]


def _street_begin(parts: Sequence[_Part]) -> int | None:
    """Tell where the street begins: at the first part with a number, or before it where the number stands alone."""
    first = next((at for at, part in enumerate(parts) if part.has_number and not _JUNK.search(part.text)), None)
    if first is None:
        return None
    alone = _NUMBER.fullmatch(parts[first].text) and not _NUMBER_FIRST.match(parts[first].text)
    if alone and first and not (first + 1 < len(parts) and _STREET_WORD.match(parts[first + 1].text)):
        return first - 1
    while first and _HOUSE.search(parts[first - 1].text) and not _COMPANY.search(parts[first - 1].text):
        first -= 1
    return first


def _town(code: FoundCode, between: Sequence[str], after: Sequence[_Part]) -> tuple[str, list[str], int]:
    """Tell the town beside a postcode, what is left of the street, and how many parts behind the code are used."""
    streets, region = list(between), []
    if code.place and not _is_region(code.place):
        return code.place, streets, 0
    if code.place:
        region = [code.place]
    while len(streets) > 2 and _is_region(streets[-1]):
        region.insert(0, streets.pop())
    if len(streets) > 1 and _is_place(streets[-1]):
        return ", ".join([streets.pop(), *region]), streets, 0
    if after and _is_place(after[0].text) and not code.place:
        return after[0].text, streets, 1
    return "", streets, 0


def _read_names(names: Sequence[str], *, is_lower: bool, is_answer: bool) -> dict[str, str]:
    """Tell a person and a firm among what stands before a street; where two may be the person, none is."""
    firm = next((name for name in names if _COMPANY.search(name)), None)
    persons = [name for name in names if name != firm and _is_person(name, is_lower=is_lower)]
    if not persons and len(names) == 1 and not firm:
        # "marco bellini / 905 E Cesar Chavez St": what alone stands before the street.
        persons = [name for name in names if _is_person(name, is_lower=True) and not stop_words() & {*name.split()}]
    if len(persons) == 2 and is_answer and not firm:
        firm = persons.pop()
    found = {"name": persons[0]} if len(persons) == 1 else {}
    return found | ({"company": firm} if firm else {})


def _is_person(text: str, *, is_lower: bool) -> bool:
    if not _PERSON.fullmatch(text) or _JUNK.search(text) or _COMPANY.search(text):
        return False
    words = [word for word in text.split() if word not in _PARTICLES]
    return is_lower or all(not word[0].islower() for word in words)


def _is_plain(text: str) -> bool:
    return not any(map(str.isdigit, text)) and not _JUNK.search(text)


def _is_place(text: str) -> bool:
    digits = re.sub(r"\s\d{1,2}$", "", text)
    return _is_plain(digits) and len(text.split()) <= _LONGEST_PLACE


def _is_region(text: str) -> bool:
    return _REGION.fullmatch(text) is not None and (len(text) > 3 or text.isupper())


def _joined(texts: Sequence[str]) -> str:
    return ", ".join(texts)


def _with_country(fields: dict[str, str], country: str | None) -> dict[str, str]:
    return fields | ({"country": country} if country else {})
