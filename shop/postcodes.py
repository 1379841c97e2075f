"""Postcodes as the posts of many countries write them, and the town that stands beside one."""

from __future__ import annotations

import re
from dataclasses import dataclass

# How a code is written, and of which country it surely is; the narrower forms are tried first.
_FORMS: tuple[tuple[str, str | None], ...] = (
    (r"(?<=[A-Z]{2}\s)\d{5}(?:-\d{4})?", "US"),
    (r"\d{5}-\d{4}", "US"),
    (r"(?:JE|GY|IM)\d[A-Z\d]?\s?\d[A-Z]{2}", None),
    (r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}", "GB"),
    (r"[ABCEGHJ-NPRSTVXY]\d[A-Z][\s-]?\d[A-Z]\d", "CA"),
    (r"[AC-FHKNPRTV-Y]\d[\dW]\s?[\dAC-FHKNPRTV-Y]{4}", "IE"),
    (r"\d{4}-\d{3}", "PT"),
    (r"\d{5}-\d{3}", "BR"),
    (r"〒?\d{3}-\d{4}", "JP"),
    (r"\d{2}-\d{3}", "PL"),
    (r"\d{4}\s?[A-Z]{2}", "NL"),
    (r"(?<=(?:NSW|VIC|QLD|TAS|ACT) )\d{4}", "AU"),
    (r"(?<=(?:WA|SA|NT) )\d{4}", "AU"),
    (r"\d{3} \d{2}", None),
    (r"\d{4,6}", None),
)
_CODES = [(re.compile(rf"(?<![\w#/-])(?:{form})(?![\w-])"), country) for form, country in _FORMS]
# A code may be led in by letters of its country: "D-10115", "CH-8001".
_OWN_LETTERS = "AT BE CH CZ DE DK ES FI FR HR IT LT LU LV NL NO PL SE SI SK"
_LETTERS = {code: code for code in _OWN_LETTERS.split()} | {
    **{"A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "FIN": "FI"},
    **{"I": "IT", "L": "LU", "N": "NO", "S": "SE"},
}
_LED = re.compile(rf"(?<!\w)(?P<letters>{'|'.join(sorted(_LETTERS, key=len, reverse=True))})[- ](?=\d)")
# Short codes are read only where the country is known to have them.
_SHORT = {"TW": r"\d{3}(?:\d{2,3})?", "IS": r"\d{3}", "FO": r"\d{3}", "MT": r"[A-Z]{3} ?\d{4}", "AD": r"AD\d{3}"}
_LOWER = re.compile(r"[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|[a-z]\d[a-z]\s?\d[a-z]\d")
_MOST_WORDS = 5


@dataclass(frozen=True)
class FoundCode:
    """A postcode, what else stands in its part of an address, and the country of which it surely is."""

    text: str
    place: str
    country: str | None


def postcode_of(text: str, country: str | None) -> FoundCode | None:
    """Read a part of an address that is a postcode, or a postcode beside a town.

    >>> postcode_of("4050-262 Porto", None)
    FoundCode(text='4050-262', place='Porto', country='PT')
    >>> postcode_of("12 Mill Lane", None)
    """
    shown = text.upper() if _LOWER.search(text) else text
    led = _LED.search(shown)
    if led and country in (None, _LETTERS[led["letters"]]):
        text = shown = text[: led.start()] + text[led.end() :]
        country = _LETTERS[led["letters"]]
    short = [(re.compile(rf"(?<![\w-])(?:{_SHORT[country]})(?![\w-])"), country)] if country in _SHORT else []
    for form, home in [*short, *_CODES]:
        if country and home and home != country:
            continue
        match = form.search(shown)
        if match is None:
            continue
        beside = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split()).strip(" ,.")
        if any(map(str.isdigit, re.sub(r"(?<=[^\W\d]) \d{1,2}$", "", beside))) or len(beside.split()) > _MOST_WORDS:
            continue
        return FoundCode(match[0].lstrip("〒"), beside, home or country)
    return None


def is_only_code(text: str) -> bool:
    """Tell whether a text is a postcode and nothing else.

    >>> is_only_code("4050-262"), is_only_code("91234567")
    (True, False)
    """
    return any(form.fullmatch(text) for form, _ in _CODES)
