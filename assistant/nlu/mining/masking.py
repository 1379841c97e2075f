"""Takes out of a message what could tell who wrote it, and puts something made up in its place.

What stands in reads like what it stands for, so that a masked message can be learnt from as it is: an order has the
number 1001, an e-mail the address name@example.com. Masking a masked message changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.nlu.scripts import HAN

EMAIL, LINK, TOKEN, ORDER, NUMBER = "name@example.com", "https://example.com", "code", "1001", "1234567"
# The same message pasted ten times tells no more, and patterns would walk through all of it.
MAX_CHARACTERS = 2000

# Every pattern is bound in length, or begins only where a word does: a message of odd signs must not cost seconds.
_LATIN = f"(?:(?![{HAN}])[\\w.%+'-])"
_LATIN_START = f"(?<!(?![{HAN}])[\\w.%+'-])"
_EMAIL = re.compile(
    rf"{_LATIN_START}{_LATIN}{{1,64}}\s?[@＠]\s?{_LATIN}{{1,64}}[.．。]{_LATIN}{{2,24}}"
    rf"|{_LATIN_START}{_LATIN}{{1,64}}\s?(?:[(\[]\s?)?\b(?:at|艾特)\b(?:\s?[)\]])?\s?{_LATIN}{{1,64}}\s?"
    rf"(?:[(\[]\s?)?\b(?:dot|点)\b(?:\s?[)\]])?\s?{_LATIN}{{2,24}}",
    re.IGNORECASE,
)
_LINK = re.compile(rf"(?:https?://|www\.)[^\s{HAN}<>\"']+", re.IGNORECASE)
_HANDLE = re.compile(rf"(?<![\w@])[@＠]{_LATIN}{{3,64}}")
# Letters and digits in one long word: a session, a key, an account number of a bank. "running-shoes" has no digit.
_WORD = r"[A-Za-z0-9_./+=-]"
_TOKEN = re.compile(rf"(?<!{_WORD})(?={_WORD}*\d)(?={_WORD}*[A-Za-z]){_WORD}{{16,}}")
_ACCOUNT = re.compile(r"\b[A-Za-z]{2}\d{2}(?:\s?[A-Za-z0-9]{4}){3,8}(?:\s?[A-Za-z0-9]{1,3})?\b")
_DIGITS = re.compile(r"[+＋]?[(（]?\d(?:[\s().·/（）—–-]{0,3}\d){5,}[xX]?")
_SPELT = re.compile("[〇零一二三四五六七八九幺两]{7,}")
_SPOKEN = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)[\s,-]{1,3}){6,30}"
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s?[–—-]\s?(\d+)")
_ORDER = re.compile(
    r"(?P<lead>(?:\border(?:\s?(?:number|no|nr|id|num))?(?:\s(?:is|was))?|\b(?:tracking|confirmation|reference)(?:\s"
    r"(?:number|no|code|id))?(?:\s(?:is|was))?|订单(?:编号|号码|号|尾号)?|訂單(?:編號|號碼|號)?|单号|單號|运单号|快递单号)"
    r"(?:是|为)?[\s:：.#＃]{0,4}|[#＃]\s?)(?P<number>(?=[A-Za-z-]{0,30}\d)[A-Za-z0-9-]{3,40})",
    re.IGNORECASE,
)
_STREET_WORDS = (
    r"street|st|road|rd|lane|ln|avenue|ave|drive|dr|boulevard|blvd|court|ct|close|crescent|terrace|square|place|"
    r"highway|parkway|alley|mews|row|quay|grove"
)
_ADDRESS = re.compile(
    # 12 Mill Lane, Springfield 12345
    rf"\b\d{{1,5}}[a-z]?,?\s(?:[^\W\d]['\w.-]{{0,30}}\s){{1,4}}(?:{_STREET_WORDS})\b\.?(?:,[^?!;\n]*)?"
    # 12 rue de la Paix; Hauptstraße 5, 10115 Berlin
    r"|\b\d{1,5}\s?(?:bis|ter)?,?\s(?:rue|avenue|boulevard|chemin|place|via|calle|rua)\s[^?!;\n]+"
    r"|(?<![\w-])[^\W\d][\w-]{0,40}(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|straat|laan)\s\d{1,4}[a-z]?(?:,[^?!;\n]*)?"
    # a post box; a British postcode
    r"|\bp\.?\s?o\.?\s?box\s\d+(?:,[^?!;\n]*)?"
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b",
    re.IGNORECASE,
)
_COUNT = "[\\d一二三四五六七八九十百〇零]"
_HAN_ADDRESS = re.compile(
    # 浙江省杭州市西湖区文三路二段99号5幢302室
    rf"[{HAN}]{{1,30}}(?:路|街|巷|弄|胡同|大道|村)(?:{_COUNT}段)?\s?{_COUNT}{{1,6}}\s?(?:号|號|弄|栋|棟|幢|座)[^，。？！,?!\n]*"
    rf"|[{HAN}\d]{{2,20}}(?:小区|小區|花园|花園|公寓|大厦|大廈|家园|新村|苑)\s?[\dA-Za-z一二三四五六七八九十]{{1,6}}\s?"
    r"(?:号|號|栋|棟|幢|座|单元|單元|楼|樓|室)[^，。？！,?!\n]*"
    rf"|[{HAN}]{{0,10}}{_COUNT}{{1,4}}\s?(?:号楼|栋|棟|幢|座)\s?[\dA-Za-z一二三四五六七八九十]{{1,6}}\s?(?:单元|單元|室|楼|樓|层)"
    r"[^，。？！,?!\n]*"
)
_NAMED = re.compile(
    r"(?P<lead>\bmy (?:full |first |last )?name(?:'s| is)\s|\bi am called\s|\bsincerely,?\s|\bregards,?\s)"
    r"(?P<name>[^\W\d][\w.'-]*(?:\s(?!and\b|but\b|where\b|can\b|i\b|my\b)[^\W\d][\w.'-]*){0,3})",
    re.IGNORECASE,
)
_HAN_NAMED = re.compile(
    r"(?P<lead>(?<![帮幫给給替])我叫(?![个個])|我的名字是|我名字叫|我姓|收件人(?:是|叫|写)?[:：]?|收货人(?:是|叫|写)?[:：]?|姓名[:：]?)"
    rf"(?P<name>(?!什么|啥)[{HAN}A-Za-z·]{{1,4}})"
)
_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9./_-]*[A-Za-z0-9])?")
# What is left after one look may stand out only once its surroundings are masked.
_LOOKS = 4


@dataclass(frozen=True)
class Masker:
    """Masks messages; the shop's own article numbers stay.

    Attributes:
        skus: article numbers, which are no secret however long they are.
    """

    skus: frozenset[str]

    def mask(self, text: str, orders: Iterable[str] = ()) -> str:
        """Give a message on one line, without what is personal.

        Args:
            text: what a shopper wrote; what lies behind 2,000 characters is cut off.
            orders: order numbers that were found in it.
        """
        masked = " ".join(_readable(text[:MAX_CHARACTERS]).split())
        for order in filter(None, map(str.strip, orders)):
            masked = re.sub(rf"(?<![A-Za-z0-9]){re.escape(order)}(?![A-Za-z0-9])", ORDER, masked)
        for _ in range(_LOOKS):
            before, masked = masked, "".join(self._masked_around_articles(masked))
            if masked == before:
                break
        return masked

    def is_personal(self, text: str) -> bool:
        """Tell whether masking would change more than blanks."""
        return self.mask(text) != " ".join(text.split())

    def _masked_around_articles(self, text: str) -> Iterator[str]:
        done = 0
        for part in _PART.finditer(text):
            if part[0].upper() in self._upper:
                yield _masked(text[done : part.start()])
                yield part[0]
                done = part.end()
        yield _masked(text[done:])

    @cached_property
    def _upper(self) -> frozenset[str]:
        return frozenset(sku.upper() for sku in self.skus)


def _readable(text: str) -> str:
    """Leave out control characters and halves of characters, which no file of text can hold."""
    return "".join(one for one in text if one.isspace() or unicodedata.category(one) not in ("Cc", "Cs"))


def _masked(text: str) -> str:
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    return text


def _digits(found: re.Match[str]) -> str:
    # "666666" praises.
    is_said = len(set(found[0])) == 1 or _is_price_range(found[0])
    return found[0] if is_said else NUMBER


def _is_price_range(text: str) -> bool:
    """Tell "1500 - 2000" from a phone number: both ends are round, and the second is higher."""
    ends = _RANGE.fullmatch(text)
    if ends is None or ends[2].startswith("0"):
        return False
    first, second = int(ends[1]), int(ends[2])
    return first < second and first % 10 == 0 and second % 10 == 0


# What holds other things comes before them: a link may hold an e-mail, and an e-mail a number.
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_LINK, LINK),
    (_EMAIL, EMAIL),
    (_HANDLE, "@name"),
    (_ACCOUNT, TOKEN),
    (_TOKEN, lambda found: found[0] if found[0] in (LINK, EMAIL) else TOKEN),
    (_HAN_ADDRESS, "示例路1号"),
    (_ADDRESS, "1 Example Street"),
    (_ORDER, rf"\g<lead>{ORDER}"),
    (_DIGITS, _digits),
    (_SPELT, NUMBER),
    (_SPOKEN, NUMBER),
    (_NAMED, r"\g<lead>Alex"),
    (_HAN_NAMED, r"\g<lead>小明"),
)
