"""Scripts and widths: Chinese characters, and what other ways of writing the same are read as.

Every step keeps the length of a text, so that places found in what was made of it are places in what was written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Chinese characters, as the inside of a regular expression's set."""

_ANY_HAN = re.compile(f"[{HAN}]")
_APOSTROPHES = "’‘"
# Characters with which Cantonese is written, and those of standard Chinese that say the same.
_CANTONESE = str.maketrans("嘅冇唔係啲嗰睇搵俾畀佢咗喺乜咩攞嚟哋櫈", "的没不是些那看找给给它了在啥啥拿来们凳")
# "呢" is "this" before a word that counts, and a particle elsewhere.
_THIS = re.compile("呢(?=[個个款對对部雙双件條条隻只張张台把盆兩两些支本])")


def is_han(letter: str) -> bool:
    """Tell whether a letter is a Chinese character."""
    return _ANY_HAN.match(letter) is not None


def has_han(text: str) -> bool:
    """Tell whether a text has a Chinese character."""
    return _ANY_HAN.search(text) is not None


def plain(text: str) -> str:
    """Give a text in small letters, half-width letters, digits and signs, and the characters of standard Chinese.

    >>> plain("１００塊的Ｎｉｋｅ"), plain("呢個唔係我嘅")
    ('100块的nike', '这个不是我的')
    """
    narrow = "".join(_plain_letter(letter) for letter in text)
    return _simplified(_THIS.sub("这", narrow.translate(_CANTONESE))) if has_han(narrow) else narrow


def bare(text: str) -> str:
    """Give what is left of a text when nobody looks at signs, blanks, case, width and script; of signs alone, all.

    >>> bare("  Where's MY order？ "), bare("?!")
    ('wheresmyorder', '?!')
    """
    return "".join(filter(str.isalnum, plain(text))) or text.strip()


@cache
def _plain_letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return "'"
    # Full-width punctuation stays: a comma between two numbers would join them.
    if "\uff00" <= letter <= "\uffef" and not unicodedata.category(letter).startswith("P"):
        letter = _of_same_length(letter, unicodedata.normalize("NFKC", letter))
    return _of_same_length(letter, letter.lower())


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    converted = str(_converter().convert(text))
    if len(converted) == len(text):
        return converted
    return "".join(_of_same_length(letter, str(_converter().convert(letter))) for letter in text)


def _of_same_length(before: str, after: str) -> str:
    return after if len(before) == len(after) else before
