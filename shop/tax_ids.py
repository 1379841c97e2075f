"""Tax numbers of companies: China's 统一社会信用代码 with its check character, Europe's VAT numbers, US EINs."""

from __future__ import annotations

import re

from shop.errors import InvalidInvoice
from shop.text import ascii_digits

_SEPARATORS = re.compile(r"[\s.\-‐–]")
# GB 32100-2015: no I, O, S, V or Z; the last of 18 makes the weighted sum one that 31 divides.
_UNIFIED = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIFIED_FORM = re.compile(rf"[{_UNIFIED}]{{2}}[0-9]{{6}}[{_UNIFIED}]{{10}}")
# The countries whose VAT numbers begin with their letters; the number itself has 8 to 12 signs, most of them digits.
_VAT = re.compile(
    r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"(?=[0-9A-Z]*(?:[0-9][A-Z]?){7})[0-9A-Z]{8,12}"
)
_EIN = re.compile(r"[0-9]{9}")


def check_tax_id(text: str) -> str:
    """Normalise a company's tax number; raise InvalidInvoice where it is none.

    >>> check_tax_id("91350100m000100y43"), check_tax_id("ＤＥ 136695976"), check_tax_id("12-3456789")
    ('91350100M000100Y43', 'DE136695976', '123456789')
    """
    code = _SEPARATORS.sub("", ascii_digits(text)).upper()
    if not (_is_unified(code) or _VAT.fullmatch(code) or _EIN.fullmatch(code)):
        raise InvalidInvoice("tax_id", text)
    return code


def _is_unified(code: str) -> bool:
    if not _UNIFIED_FORM.fullmatch(code):
        return False
    total = sum(_UNIFIED.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _UNIFIED[-total % 31] == code[17]
