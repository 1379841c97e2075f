"""Numbers that prove themselves: of a return ("RMA-7K2M9QX4TD"), and of a company at its tax office."""

from __future__ import annotations

import re

from assistant.nlu.intents import INVOICING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import plain
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

RMA_NUMBER, TAX_ID = "rma_number", "tax_id"

_BEFORE, _BEHIND = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_RMA = re.compile(
    _BEFORE + r"rma(?P<glue>[-－–—]?)(?:\s*(?:number|code|no\.?|nr\.?|is|号码|编号|号|是|[:：#＃]|[-－–—]))*\s*"
    r"(?P<sign>(?:[a-z0-9][ -]?){9}[a-z0-9])" + _BEHIND
)

# GB 32100-2015: no I, O, S, V or Z; the third to the eighth are the digits of a district, and the 18th character makes
# the weighted sum one that 31 divides.
_UNIFIED = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SIGN = "[0-9a-hj-npqrtuwxy]"
_UNIFIED_FORM = re.compile(_BEFORE + rf"{_SIGN}[ -]?{_SIGN}(?:[ -]?\d){{6}}(?:[ -]?{_SIGN}){{10}}" + _BEHIND)


# What is said to be one and has not its form, is no SKU either.
_SAID_FORM = re.compile(_BEFORE + r"(?=(?:[a-z]*\d){6})[0-9a-z]{10,20}" + _BEHIND)

# Taiwan's 統一編號; no sign proves it, so it counts only behind a word for one.
_EIGHT = re.compile(_BEFORE + r"\d{8}" + _BEHIND)
_LONGEST_LEAD = 6


def _digits(count: int) -> str:
    return rf"\d(?:[ .-]?\d){{{count - 1}}}"


# https://ec.europa.eu/taxation_customs/vies/faq.html, "What is the format of a VAT number?"
_VAT_FORMS = {
    **dict.fromkeys(("de", "ee", "el", "pt", "xi"), _digits(9)),
    **dict.fromkeys(("dk", "fi", "hu", "lu", "mt", "si"), _digits(8)),
    **dict.fromkeys(("hr", "it", "lv"), _digits(11)),
    **dict.fromkeys(("pl", "sk"), _digits(10)),
    "at": "u" + _digits(8),
    "be": "[01]" + r"(?:[ .-]?\d){9}",
    "bg": _digits(9) + r"(?:[ .-]?\d)?",
    "cy": _digits(8) + "[ .-]?[a-z]",
    "cz": _digits(8) + r"(?:[ .-]?\d){0,2}",
    "es": r"[a-z0-9][ .-]?" + _digits(7) + r"[ .-]?[a-z0-9]",
    "fr": r"[a-hj-np-z0-9]{2}[ .-]?" + _digits(9),
    "ie": r"\d[a-z0-9+*]\d{5}[a-z]{1,2}",
    "lt": _digits(9) + r"(?:(?:[ .-]?\d){3})?",
    "nl": _digits(9) + r"[ .-]?b[ .-]?\d{2}",
    "ro": _digits(7) + r"(?:[ .-]?\d){0,3}",
    "se": _digits(12),
}
_VAT = re.compile(
    _BEFORE + "(?:" + "|".join(rf"{country}[ .-]?{form}" for country, form in _VAT_FORMS.items()) + ")" + _BEHIND
)


class RmaFinder:
    """Find the number of a return, in any case and width, with blanks or without."""

    def find(self, reading: Reading) -> None:
        """Take each; behind a blank it has a digit, as "rma processing" names none."""
        for found in _RMA.finditer(plain(reading.text)):
            sign = re.sub("[^a-z0-9]", "", found["sign"])
            places = reading.places(*found.span())
            if places and (found["glue"] or any(letter.isdigit() for letter in sign)):
                reading.take(*places, {RMA_NUMBER: [f"RMA-{sign.upper()}"]})


class TaxIdFinder:
    """Find a company's tax number: China's by its check character, Europe's where an invoice is talked of.

    What is said to be one is one, too: that it cannot be right is for the desk to say.
    """

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.tax_leads))

    def find(self, reading: Reading) -> None:
        """Take each, in capitals, without blanks."""
        text = plain(reading.text)
        for found in _UNIFIED_FORM.finditer(text):
            self._take(reading, found, is_one=_is_unified(_bare(found)))
        for found in _VAT.finditer(text):
            self._take(reading, found, is_one=self._is_talked_of(reading, found))
        for form in (_UNIFIED_FORM, _EIGHT):
            for found in form.finditer(text):
                self._take(reading, found, is_one=self._is_led(reading, found))
        for found in _SAID_FORM.finditer(text):
            places = reading.places(*found.span())
            if places and reading.is_free(*places) and self._is_led(reading, found):
                reading.take(*places, {})

    def _is_led(self, reading: Reading, found: re.Match[str]) -> bool:
        """Tell what is said to be one: whether it can be, the desk finds out and says."""
        places = reading.places(*found.span())
        if places is None:
            return False
        return any(
            start + self._leads.at(reading.tokens, start, end)[0] == end
            for end in (places[0], places[0] - 1)
            for start in range(max(end - _LONGEST_LEAD, 0), end)
        )

    def _take(self, reading: Reading, found: re.Match[str], *, is_one: bool) -> None:
        places = reading.places(*found.span())
        if is_one and places and reading.is_free(*places):
            reading.take(*places, {TAX_ID: [_bare(found)]})

    def _is_talked_of(self, reading: Reading, found: re.Match[str]) -> bool:
        is_led = any(True for _ in self._leads.find(reading.tokens, lambda _first, _last: True))
        return reading.intent == INVOICING or is_led or found[0] == plain(reading.text).strip(" .,;:!?")


def _bare(found: re.Match[str]) -> str:
    return re.sub("[ .-]", "", found[0]).upper()


def _is_unified(code: str) -> bool:
    total = sum(_UNIFIED.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _UNIFIED[-total % 31] == code[17]
