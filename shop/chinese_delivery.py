"""Deliveries in one message in Chinese: who receives it, a firm, the address, the postcode and the country."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from faker.providers.person.zh_CN import Provider as Mainland
from faker.providers.person.zh_TW import Provider as Taiwan

from shop.chinese_addresses import find_chinese_address
from shop.countries import country_code

_CUTS = re.compile(r"[,，、;；。！!？?\n\s]+")
_SENTENCES = re.compile(r"[。！!？?]")
_EMAIL = re.compile(r"[^\s,，;；：:\u4e00-\u9fff]+@[A-Za-z0-9.-]*[A-Za-z0-9]")
_PHONE = re.compile(r"\+?\d[\d-]{6,}\d")
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}|[A-Za-z]+(?: [A-Za-z]+){1,3}")
_FIRM = re.compile(r"[\u4e00-\u9fff（）()]{2,30}(?:公司|集团|集團|工作室|事务所|事務所|学校|學校|医院|醫院)")
_LED = re.compile(
    r"(?:收[货件貨]人(?:是|叫|为)?|姓名(?:是)?|名字(?:是|叫)?|我叫|寄给|寄給|送给|送給|发给|發給)(?:我?(?:朋友|爸爸?|妈妈?|媽媽?|"
    r"老婆|老公|女友|男友|女朋友|男朋友|姐姐?|哥哥?|弟弟?|妹妹?|同事|父亲|母亲|奶奶|爷爷|外婆))?[：:\s]*"
)
_NO_PERSON = re.compile(
    r"[结結][账帐賬帳]|下[单單]|加急|标准|標準|普通|配送|快[递遞]|地址|[邮郵][箱编編]|电话|電話|手机|手機|谢|謝|麻烦|麻煩|"
    r"没事|沒事|[买買要请請寄送把这這那我你您他她它就好的行吧啦了个個台件]"
)
_COUNTRY_FIRST = re.compile(r"(中国|中國|台湾|台灣|臺灣|香港|澳门|澳門)(.+)")
_CODE = re.compile(r"(?:[邮郵](?:编|編|政编码|遞區號|递区号)[是为為：:]*)?(\d{3}(?:\d{2,3})?)")


def read_chinese_delivery(text: str) -> dict[str, str]:
    """Read a whole delivery in Chinese; empty where it holds no address with a town, or nothing beside it.

    >>> found = read_chinese_delivery("没事，就这台。林雅婷，高雄市左营区博爱二路777号，813，台湾，a@b.tw")
    >>> found["name"], found["postcode"], found["country"]
    ('林雅婷', '813', 'TW')
    >>> read_chinese_delivery("送到上海市浦东新区世纪大道100号")
    {}
    """
    plain = _PHONE.sub(_no_phone, _EMAIL.sub("，", text))
    address = find_chinese_address(plain)
    if address is None or "city" not in address[0]:
        return {}
    fields, start, end = address
    after = [part for part in _CUTS.split(plain[end:]) if part]
    country = next((code for part in reversed(after) if (code := country_code(part))), None)
    fields = _without_country(fields) | ({"country": country} if country else {})
    if "postcode" not in fields and (code := _code(after, fields.get("country"))):
        fields["postcode"] = code
    if len(fields) < 3 or not ("@" in text or "postcode" in fields):
        return {}
    return fields | _names(plain[:start])


def _without_country(fields: Mapping[str, str]) -> dict[str, str]:
    """Give the country that is written onto a town its own field: "台灣台北市"."""
    found = _COUNTRY_FIRST.match(fields["city"])
    code = country_code(found[1]) if found else None
    return {**fields, "city": found[2], "country": code} if found and code else dict(fields)


def _no_phone(match: re.Match[str]) -> str:
    return "，" if sum(map(str.isdigit, match[0])) > 7 else match[0]


def _code(parts: Sequence[str], country: str | None) -> str | None:
    """Give the postcode that stands alone; the short ones are of Taiwan only."""
    codes = [match[1] for part in parts if (match := _CODE.fullmatch(part))]
    return next((code for code in codes if len(code) == 6 or country == "TW"), None)


def _names(text: str) -> dict[str, str]:
    """Tell who receives it, and the firm beside; where several may be the person, none is."""
    led = list(_LED.finditer(text))
    sentences = [part for part in _SENTENCES.split(text) if part.strip(" ，,\n")]
    said = text[led[-1].end() :] if led else "".join(sentences[-1:])
    parts = [part for part in re.split(r"[,，、;；\n\s：:。]+", said) if part]
    firm = next((part for part in parts if _FIRM.fullmatch(part)), None)
    persons = [part for part in parts if part != firm and _PERSON.fullmatch(part) and not _NO_PERSON.search(part)]
    if len(persons) > 1:
        persons = [part for part in persons if part[0] in _surnames()]
    found = {"name": persons[0]} if len(persons) == 1 else {}
    return found | ({"company": firm} if firm else {})


@functools.cache
def _surnames() -> frozenset[str]:
    return frozenset(name[0] for provider in (Mainland, Taiwan) for name in provider.last_names)
