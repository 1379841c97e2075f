"""Contacts in free text: what of a name, a firm, an e-mail and an address one message names.

`shop.address_text` finds the address; here the rest is taken apart, and what is put right of a contact that is known:
"the street is 14 Mill Lane, not 12", "城市改成上海".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shop.address_fragments import amended_street, in_same_district, renumbered_street
from shop.address_text import FoundAddress, find_address, find_locality
from shop.addresses import check_field, is_sentence
from shop.chinese_addresses import KNOWN_PLACE, find_chinese_address
from shop.chinese_delivery import read_chinese_delivery
from shop.countries import country_code
from shop.delivery_text import read_delivery
from shop.errors import InvalidAddress
from shop.text import ascii_digits

COMPANY = "company"
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]*[A-Za-z0-9]")
_EMAIL_LEAD = re.compile(
    r"(?:my\s+)?(?:e-?mail|mail)(?:\s+address)?(?:\s+is)?\s*:?\s*$|(?:电子)?邮[箱件](?:地址)?[是为用：:]*\s*$", re.I
)
_PHONE = re.compile(
    r"(?:(?:tel\w*|phone|mobile|电话|手机)(?:号码?)?(?:\s+is|[是为：:.])*\s*)?\+?(?<!\d)\d[\d\s-]{8,}\d(?!\d)", re.I
)
_COMPANY = re.compile(
    r"[\u4e00-\u9fff（）()]{2,30}?(?:有限公司|有限责任公司|股份公司|集团公司|公司|集团)"
    r"|[^\W\d][\w&.'’ -]*?\b(?:ltd|limited|inc|llc|llp|plc|corp|gmbh|ag|bv|sarl|pty)\b\.?",
    re.IGNORECASE,
)
_NAME_LEAD = re.compile(
    r"^.*?(?:\b(?:(?:send|ship|deliver)(?: it)? to|my name is|name is|name|it's for|it is for)\b\s*:?|"
    r"寄给|送给|收[货件]人(?:写|是|叫|为)?[：:]?|姓名(?:是)?[：:]?|我叫|我是|名字(?:是|叫)?)\s*",
    re.IGNORECASE,
)
# How a name is led in: "my name is Jo Bell", "收件人李静".
_NAMED_SO = re.compile(
    r"^.*?(?:\b(?:(?:send|ship|deliver)(?: it)? to|name is|name|i am|i'm|it's for|it is for)\b\s*:?|"
    r"收[货件]人(?:写|是|叫|为)?|姓名是?|我叫|名字(?:是|叫)?|寄给(?!朋友|他|她|我))[：:\s]*(.+)$",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[.!?]\s+|[。！？；;：:\n]")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{2,5}")
_LATIN_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*\.?(?:\s+[^\W\d_][^\W\d_.'’-]*\.?){1,3}")
# What stands in a request and in nobody's name.
_NO_PERSON = re.compile(
    r"\b(?:check|out|checkout|order|buy|pay|place|send|ship|deliver|delivery|express|standard|it|them|to|please|ok|okay|"
    r"yes|my|the|address|is|go|ahead|with|and|now|i|want|friend|thanks)\b|"
    r"结|账|帐|算|下单|加急|标准|配送|快递|寄|送|地址|请|要|我|朋友|新的|改|好的|谢谢|麻烦|买|吧",
    re.IGNORECASE,
)
_OF_A_FIRM = re.compile(r"[我你您他她的到在会发寄给送是]")
_CUTS = re.compile(r"[,，;；、\n]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_CITY = re.compile(
    rf"(?:{KNOWN_PLACE.pattern})(?:[\u4e00-\u9fff]{{1,6}}[区县市镇])?|[\u4e00-\u9fff]{{2,8}}[市县州区]"
)
_POSTCODE_ALONE = re.compile(r"\s*\d{5,6}\s*")
_MOST_WORDS = 6
# What a part is called, before what it is to be.
_CALLED: Mapping[str, str] = {
    "name": r"(?:(?:full |recipient'?s? )?name|recipient|姓名|名字|收货人|收件人)",
    "email": r"(?:e-?mail(?: address)?|电子邮箱|邮箱)",
    "street": r"(?:street(?: address| name)?|address|街道|详细地址|地址)",
    "number": r"(?:(?:street |house |door )?number|门牌号?)",
    "city": r"(?:city|town|城市)",
    "postcode": r"(?:post ?code|postal code|zip(?: ?code)?|邮编|邮政编码)",
    "country": r"(?:country|国家)",
    COMPANY: r"(?:company(?: name)?|firm(?:'s)?(?: name)?|公司名称?|单位名称?|公司)",
}
_IS = (
    r"(?:\s*(?:那里|那儿|这里|写错了|错了|不对)[，,\s]*)*\s*"
    r"(?P<is>\b(?:is|to|should be|must be|needs to be|should read)\b|"
    r"(?:应该|要|帮我|请)?(?:是|为|改成|改为|改到|换成|写上|写成|写)|[：:=])[\s：:]*"
)
_CHANGES = re.compile(r"\b(?:change|update|set|correct|switch|make|fix)\b", re.IGNORECASE)
# What is said of a part and is none: "the city is wrong".
_NO_VALUE = re.compile(
    r"(?:wrong|incorrect|right|correct|fine|ok|okay|good|missing|different|what|which|the same|same|a mistake|not|no|"
    r"still|already|also|there|on|in)\b|错|不对|对|好|什么|哪|多少|一样|吗",
    re.IGNORECASE,
)
_POSTCODE_LED = re.compile(r"(?:邮编|邮政编码)\s*[是为：:]?\s*(\d{6})(?!\d)")
_UNTIL = r"(?P<value>[^，。；;!！?？\n]+?)"
_AFTER = r"(?=\s*(?:,?\s*(?:not|instead of|rather than|and the|please)\b|[，。；;!！?？\n]|\.(?:\s|$)|$))"
_SAID = {part: re.compile(rf"{called}{_IS}{_UNTIL}{_AFTER}", re.IGNORECASE) for part, called in _CALLED.items()}
_BARE_NUMBER = re.compile(r"\b(?:to|at|is)?\s*number\s+(?P<value>\d+[a-z]?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\w)\d+[A-Za-z]?(?!\w)")
_HAN_NUMBER = re.compile(r"\d+(?=号)")


def find_contact(text: str, asked: str) -> Mapping[str, str]:
    """Take a message apart that answers one question of a contact, and perhaps more of them.

    Only what can be used is given; a part that is none of the known fields is the firm's name, COMPANY.

    Args:
        text: the message.
        asked: the field that was asked for, one of `shop.addresses.FIELDS`.

    >>> find_contact("Tom Baker, 22 Oak Road, Bristol BS3 1AB", "name")
    {'street': '22 Oak Road', 'city': 'Bristol', 'postcode': 'BS3 1AB', 'country': 'GB', 'name': 'Tom Baker'}
    >>> find_contact("张敏，电话13912345678，邮箱zhangmin@company.com", "name")
    {'email': 'zhangmin@company.com', 'name': '张敏'}
    >>> find_contact("武汉 430072", "city")
    {'city': '武汉', 'postcode': '430072', 'country': 'CN'}
    >>> find_contact("12 High Street", "street")
    {'street': '12 High Street'}
    >>> find_contact("西湖大道18号2栋603，杭州，310002，中国", "street")
    {'street': '西湖大道18号2栋603', 'city': '杭州', 'postcode': '310002', 'country': 'CN'}
    >>> find_contact("210000 中国", "postcode")
    {'postcode': '210000', 'country': 'CN'}
    """
    if laid := find_delivery(text, is_answer=asked == "name"):
        return laid
    email, rest = _without_email(ascii_digits(text))
    rest = _PHONE.sub("", rest) if asked in ("name", "email") or email else rest
    found = find_address(rest)
    # A street alone is an answer where a street was asked for; where anything but a name was, it can be nothing else.
    if found and (found.has_more or asked in ("street", "email") or (asked != "name" and _is_all(rest, found))):
        before = rest[: found.start]
        fields = {**found.fields}
        if asked == "street" and not found.has_more:
            beside = _beside(rest[found.end :])
            fields = {"street": rest[: found.end] if beside else rest, **beside}
        elif asked == "name":
            fields |= _named(before)
        after = country_code(rest[found.end :].strip(" ,，。."))
        fields |= {"country": after} if after else {}
    else:
        # "Baker, Tom" is one name: it is only cut where something else than a name stands there.
        is_more = rest != ascii_digits(text) or find_company(rest) or _NAME_LEAD.match(rest)
        fields = _named(rest) if asked == "name" and is_more else _place(rest, asked)
    return _usable({**({"email": email} if email else {}), **fields})


def find_whole_contact(text: str) -> Mapping[str, str]:
    """Take a contact out of a message that holds an address among other words; empty where it holds none.

    >>> find_whole_contact("Check out, express please. Jo Bell, 3 Orchard Road, Leeds LS6 2AB, UK")["name"]
    'Jo Bell'
    >>> find_whole_contact("结账，寄给朋友：陈晓雯，杭州市西湖区文三路256号，310012，邮箱a@b.com")["name"]
    '陈晓雯'
    >>> find_whole_contact("check out with express")
    {}
    """
    if laid := find_delivery(text):
        return laid
    found = find_address(ascii_digits(text))
    if found is None or not found.has_more:
        return {}
    fields = dict(find_contact(text, "street"))
    before = _without_email(ascii_digits(text)[: found.start])[1]
    if name := _name_before(before):
        fields |= _usable({"name": name})
    return fields


def find_delivery(text: str, *, is_answer: bool = False) -> Mapping[str, str]:
    """Read a message that gives a whole delivery, part after part; empty where it does not.

    >>> find_delivery("Jan Kok, Singel 4, 1012 VC Amsterdam, jan@example.com")["country"]
    'NL'
    """
    plain = text.translate(_WIDE_DIGITS)
    is_chinese = find_chinese_address(plain) is not None
    fields = read_chinese_delivery(plain) if is_chinese else read_delivery(plain, is_answer=is_answer)
    email, _ = _without_email(plain)
    return _usable({**fields, **({"email": email} if email else {})}) if fields else {}


def _name_before(text: str) -> str | None:
    """Give the name that stands just before an address, or is led in; other words are of no name."""
    said = _SENTENCES.split(text)[-1]
    parts = [part.strip(" .。") for part in _CUTS.split(said) if part.strip(" .。")]
    led = next((match[1] for part in parts if (match := _NAMED_SO.match(part))), None)
    name = led or (parts[-1] if parts else "")
    is_name = bool(_HAN_NAME.fullmatch(name) or _LATIN_NAME.fullmatch(name))
    return name if is_name and not _NO_PERSON.search(name) else None


def find_corrections(text: str, known: Mapping[str, str]) -> Mapping[str, str]:
    """Read what a message puts right of a contact: parts that it calls by their names, and "X, not Y".

    Args:
        text: the message.
        known: the contact as it is.

    >>> find_corrections("The street is Mill Lane 14, not 12", {"street": "Mill Lane 12"})
    {'street': 'Mill Lane 14'}
    >>> find_corrections("城市那里不对，应该是上海", {"city": "中国"})
    {'city': '上海'}
    >>> find_corrections("No, the street number is 14 not 12", {"street": "Mill Lane 12"})
    {'street': 'Mill Lane 14'}
    >>> find_corrections("地址改成129号，其他没错", {"street": "中山路128号3栋502"})
    {'street': '中山路129号3栋502'}
    """
    plain = ascii_digits(text)
    if _HAN.search(plain):
        plain = plain.replace(",", "，")
    # What is said last counts: "the city says China, the city is Shanghai".
    found = {
        part: match["value"].strip(" ,.'\"“”")
        for part, said in _SAID.items()
        for match in said.finditer(plain)
        if not _NO_VALUE.match(match["value"]) and (match["is"] != "to" or _CHANGES.search(plain))
    }
    if match := _POSTCODE_LED.search(plain):
        found["postcode"] = match[1]
    if "number" not in found and (match := _BARE_NUMBER.search(plain)):
        found["number"] = match["value"]
    street, number = found.get("street", ""), found.pop("number", "").removesuffix("号")
    if _NUMBER.fullmatch(street):
        number = number or found.pop("street")
    if number and (numbered := _renumbered(known.get("street", ""), number)):
        found.setdefault("street", numbered)
    whole = find_address(street) or find_address(plain)
    if whole and whole.has_more:
        found |= whole.fields
    elif street := _amended(plain, found.get("street", ""), known.get("street", "")):
        found["street"] = street
    email, _ = _without_email(plain)
    if email:
        found["email"] = email
    return _usable(found)


def _amended(text: str, said: str, known: str) -> str | None:
    """Give the known street with what a message says anew of it; what is said as a whole street stays as it is."""
    if said:
        return renumbered_street(said, known) or in_same_district(said, known)
    return amended_street(text, known) if known else None


def with_company(street: str, company: str | None) -> str:
    """Write a firm's name into a street, as posts want it.

    >>> with_company("Unit 4", "Moss Ltd"), with_company("建国路93号", "华信公司")
    ('Moss Ltd, Unit 4', '建国路93号 华信公司')
    """
    if not company or company in street:
        return street
    return f"{street} {company}" if _HAN.search(company) else f"{company}, {street}"


def find_company(text: str) -> str | None:
    """Find the name of a firm.

    >>> find_company("公司名要写上：北京华信科技有限公司"), find_company("my name")
    ('北京华信科技有限公司', None)
    >>> find_company("先别提交 鼠标公司会发")
    """
    parts = (part.strip(" .。") for part in re.split(r"[,，：:；;\n]", text))
    found = next((match for part in parts if (match := _COMPANY.search(part)) and _is_firm(match, part)), None)
    return found[0].strip().translate(str.maketrans("（）", "()")) if found else None


def _is_firm(match: re.Match[str], part: str) -> bool:
    """Tell the name of a firm from a sentence about one: "the mouse comes from my firm", in Chinese."""
    return (
        not _HAN.search(match[0])
        or match[0].endswith("有限公司")
        or (match.end() == len(part) and not _OF_A_FIRM.search(match[0]))
    )


def without_email(text: str) -> str:
    """Leave the e-mail address out of a text, with what leads it in."""
    return _without_email(text)[1]


def _without_email(text: str) -> tuple[str | None, str]:
    match = _EMAIL.search(text)
    if match is None:
        return None, text
    before = _EMAIL_LEAD.sub("", text[: match.start()])
    # The sign of a question before an address is no part of it.
    return match[0].rstrip(".").lstrip("?!"), f"{before}, {text[match.end() :]}"


def _named(text: str) -> dict[str, str]:
    """Read a name, and the firm beside it."""
    parts = [part.strip(" .。") for part in _CUTS.split(text) if part.strip(" .。")]
    if not parts:
        return {}
    company = next((found for part in parts if (found := find_company(part))), None)
    names = [part for part in parts if not (company and find_company(part))]
    if not names:
        return {COMPANY: company} if company else {}
    led = next((part for part in names if _NAME_LEAD.match(part)), names[0])
    name = _NAME_LEAD.sub("", led).strip()
    is_name = bool(name) and len(name.split()) <= _MOST_WORDS and not is_sentence(name)
    return {**({"name": name} if is_name else {}), **({COMPANY: company} if company else {})}


def _place(text: str, asked: str) -> dict[str, str]:
    """Read a city, a postcode and a country, where one of them was asked for or cannot be anything else."""
    plain = re.sub(r"(?:邮编|邮政编码)(?:是|为|：|:)?\s*", " ", text).replace("，", ", ").strip(" ,")
    if _POSTCODE_ALONE.fullmatch(plain):
        return {"postcode": plain.strip()}
    if asked not in ("city", "postcode", "country"):
        return {}
    beside = _beside(plain)
    place = {**find_locality(plain), **beside}
    country = beside.get("country") or country_code(plain.rpartition(",")[2]) or country_code(plain.partition(",")[0])
    if asked == "postcode":
        # "62704 USA" names no town.
        country = country or country_code(place.get("city", ""))
    if country:
        place["country"] = country
        if place.get("city") and country_code(place["city"]) == country:
            del place["city"]
    known = KNOWN_PLACE.search(text)
    if asked == "city" and known and not KNOWN_PLACE.match(place.get("city", "")):
        place["city"] = known[0]
    if set(place) == {"city"} and asked != "city":
        return {}
    if KNOWN_PLACE.match(place.get("city", "")):
        place.setdefault("country", "CN")
    return place


def _is_all(text: str, found: FoundAddress) -> bool:
    """Tell whether an address is all that a text says."""
    return not any(map(str.isalnum, text[: found.start] + text[found.end :]))


def _beside(text: str) -> dict[str, str]:
    """Read a city, a postcode and a country that stand in any order between commas and spaces, in Chinese.

    Nothing is read where neither a postcode, a country nor a known city stands there.
    """
    if not _HAN.search(text):
        return {}
    parts = [part.strip(" .。") for part in re.split(r"[,，、;；\s]+", text)]
    postcode = next((part for part in parts if re.fullmatch(r"\d{6}", part)), "")
    country = next((code for part in parts if _HAN.search(part) and (code := country_code(part))), "")
    places = [part for part in parts if _HAN_CITY.fullmatch(part) and not country_code(part)]
    known = next((part for part in places if KNOWN_PLACE.match(part)), "")
    city = known or (places[0] if places and postcode else "")
    found = {"city": city, "postcode": postcode, "country": country or ("CN" if known else "")}
    return {name: value for name, value in found.items() if value}


def _renumbered(street: str, number: str) -> str | None:
    """Put another number into a street."""
    numbers = list(_HAN_NUMBER.finditer(street)) or list(_NUMBER.finditer(street))
    if len(numbers) != 1:
        return None
    return f"{street[: numbers[0].start()]}{number}{street[numbers[0].end() :]}"


def _usable(fields: Mapping[str, str]) -> dict[str, str]:
    usable = {}
    for name, text in fields.items():
        try:
            usable[name] = check_field("street" if name == COMPANY else name, text)
        except InvalidAddress:
            continue
    return usable
