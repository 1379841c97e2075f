"""Parts of a street that are said anew: "129号, the rest is right", "it is 3幢, not 2幢", "flat 4, not 3"."""

from __future__ import annotations

import re

from shop.text import ascii_digits

_UNITS = "号|弄|栋|幢|号楼|楼|室|座|舍|单元|层"
# "129号", "3幢301", "2单元501室".
_FRAGMENT = rf"(?:\d+(?:{_UNITS}))+\d*"
_LED = re.compile(rf"(?<!不)(?:是|改成|改为|换成|写成|改到|为|[：:])\s*(?P<new>{_FRAGMENT})(?![\u4e00-\u9fff\w])")
_WHOLE = re.compile(_FRAGMENT)
_TOKEN = re.compile(rf"(\d+)({_UNITS})")
_WORD = r"(?P<{name}>[^\s，,。；;不是]{{1,12}})"
_NEW_ZH, _OLD_ZH = _WORD.format(name="new"), _WORD.format(name="old")
_INSTEAD = (
    re.compile(rf"(?<!不)是{_NEW_ZH}[，,\s]*(?:而)?不是{_OLD_ZH}"),
    re.compile(rf"不是{_OLD_ZH}[，,\s]*(?:而|应该)?是{_NEW_ZH}"),
    re.compile(rf"把?{_OLD_ZH}(?:改成|改为|换成){_NEW_ZH}"),
    re.compile(
        r"\b(?P<new>(?:(?:flat|unit|apt|apartment|suite|building|number|no)\.?\s*)?\d+[a-z]?)[,;]?\s+"
        r"(?:and\s+)?(?:not|instead of|rather than)\s+"
        r"(?P<old>(?:(?:flat|unit|apt|apartment|suite|building|number|no)\.?\s*)?\d+[a-z]?)\b",
        re.IGNORECASE,
    ),
)
_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,8}?[区县](?=[\u4e00-\u9fff])")
_ROAD = re.compile(r"\D+")


def amended_street(text: str, street: str) -> str | None:
    """Give a street with the part of it that a message says anew; None where the message says no part of this one.

    >>> amended_street("楼号写错了，是3幢不是2幢", "西湖区文三路90号2幢301")
    '西湖区文三路90号3幢301'
    >>> amended_street("地址改成129号，其他没错", "中山路128号3栋502")
    '中山路129号3栋502'
    >>> amended_street("it's flat 4, not flat 3", "12 Mill Lane, Flat 3")
    '12 Mill Lane, flat 4'
    >>> amended_street("have you got number 5, not 6?", "12 Mill Lane")
    """
    plain = ascii_digits(text)
    for instead in _INSTEAD:
        said = instead.search(plain)
        if said and (amended := _replaced(street, said["old"], said["new"])):
            return amended
    led = _LED.search(plain)
    return renumbered_street(led["new"], street) if led else None


def renumbered_street(fragment: str, street: str) -> str | None:
    """Give a street with the numbers of a fragment in the places of its own; None where it has no such places.

    >>> renumbered_street("3幢301", "文三路90号2幢305室")
    '文三路90号3幢301室'
    >>> renumbered_street("西湖大道18号", "文三路90号")
    """
    if not _WHOLE.fullmatch(fragment):
        return None
    for number, unit in _TOKEN.findall(fragment):
        street, count = re.subn(rf"\d+(?={unit})", number, street, count=1)
        if not count:
            return None
    last = re.search(r"\d+$", fragment)
    return re.sub(r"\d+(?=室?$)", last[0], street) if last else street


def in_same_district(street: str, known: str) -> str:
    """Give a street with the district of the known one, where it is the same road and names no district.

    >>> in_same_district("文三路90号3幢", "西湖区文三路90号2幢"), in_same_district("延安路1号", "西湖区文三路90号")
    ('西湖区文三路90号3幢', '延安路1号')
    """
    district, road = _DISTRICT.match(known), _ROAD.match(street)
    if district is None or road is None or _DISTRICT.match(street):
        return street
    return f"{district[0]}{street}" if known[district.end() :].startswith(road[0]) else street


def _replaced(street: str, old: str, new: str) -> str | None:
    """Put one part of a street in the place of another one, that stands in it as a part of its own."""
    if not (re.search(r"\d", old) and re.search(r"\d", new)):
        return None
    found = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", street, re.IGNORECASE) if old.isascii() else None
    at = found.start() if found else -1 if old.isascii() else street.find(old)
    if at < 0:
        return None
    return f"{street[:at]}{new}{street[at + len(old) :]}"
