"""Chinese addresses in free text: 省, 市, 区, 路 and 号 end their parts, and the names of cities begin them."""

from __future__ import annotations

import re

# The provinces and the like, and cities that are also written without their 市; any other city is known by it.
_PROVINCES = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    "内蒙古|广西|西藏|宁夏|新疆"
)
_CITIES = (
    "北京|上海|天津|重庆|石家庄|太原|沈阳|长春|哈尔滨|南京|杭州|合肥|福州|南昌|济南|郑州|武汉|长沙|广州|海口|成都|贵阳|"
    "昆明|西安|兰州|西宁|呼和浩特|南宁|拉萨|银川|乌鲁木齐|深圳|苏州|无锡|常州|南通|扬州|徐州|宁波|温州|嘉兴|绍兴|金华|台州|"
    "厦门|泉州|青岛|烟台|潍坊|大连|东莞|佛山|珠海|中山|惠州|汕头|洛阳|唐山|保定|芜湖|绵阳|桂林|三亚"
)
# What begins the name of a place that lies there.
KNOWN_PLACE = re.compile(rf"(?:{_PROVINCES})?(?:{_CITIES})市?")
# Signs of a sentence that stand in the name of no city.
_SPOKEN = "到至是为在往给改换送寄发请把我您你的了吗要想能单订址成"
_NAME = rf"(?:(?![{_SPOKEN}])[\u4e00-\u9fff])"
_PROVINCE = rf"(?:(?:{_PROVINCES})(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区)?)"
_KNOWN_CITY = rf"(?:(?:{_CITIES})市?)"
_OTHER_CITY = rf"(?:{_NAME}{{2,6}}?(?:市|自治州|地区|盟))"
# Cities that are written without 市 and lie under another post.
_PORTS = {"香港": "HK", "澳门": "MO", "澳門": "MO"}
_PORT = rf"(?:(?:{'|'.join(_PORTS)})(?:特别行政区|特別行政區)?)"
_MARKS = "路|街|道|巷|弄|胡同|村|镇|乡|苑|园|小区|大厦|广场|号|號|栋|幢|楼|樓|室|座|舍"
_ADDRESS = re.compile(
    rf"(?:中国)?\s*(?P<city>(?P<province>{_PROVINCE})?\s*(?:(?P<known>{_KNOWN_CITY})|(?P<other>{_OTHER_CITY})|(?P<port>{_PORT})))\s*"
    rf"(?P<street>[\u4e00-\u9fffA-Za-z0-9\-－#（）() ]{{2,60}})"
)
_STREET = re.compile(rf"(?:{_MARKS})[^\s]*\d|\d+\s*(?:号|號|弄|栋|幢|楼|樓|室|座|舍|单元)|[一二三四五六七八九十百]+号")
# The first sign of 中山路 or 南京西路 is a city's name, and the whole is that of a street.
_STREET_ALONE = re.compile(r"[东南西北中一二三四五六]{0,2}(?:大道|大街|路|街|道|大学|学院)")
# A street without its city, behind what leads to it.
_BARE = re.compile(
    rf"(?:^|[\s，,：:]|到|至|是|为|在|往|寄给|改成|换成)"
    rf"(?P<street>{_NAME}{{2,16}}?(?:{_MARKS})[\u4e00-\u9fffA-Za-z0-9\-－#]{{0,40}})"
)
# How a sentence goes on after an address.
_AFTER = re.compile(
    r"(?:\s+\d{6}(?!\d)|\s*(?:可以吗|行吗|好吗|吧|吗|呢|谢谢|麻烦|邮编|邮政编码|[，,。；;！!？?])).*", re.DOTALL
)
_POSTCODE = re.compile(r"(?:邮编|邮政编码|邮码)\s*(?:是|为|：|:)?\s*(\d{6})(?!\d)|(?<=[\s，,、])(\d{6})(?!\d)")
# Written the same way, and in another country's posts.
_ELSEWHERE = re.compile(r"香港|澳门|台湾|台北|高雄|台中|台南|新北|日本|韩国")


def find_chinese_address(text: str) -> tuple[dict[str, str], int, int] | None:
    """Find city, street, postcode and country, and from where to where they stand.

    The country is only said where province or city are known to lie in it.

    >>> find_chinese_address("寄到广东省深圳市南山区科技路5号3栋201，邮编518057吧")[0]
    {'street': '南山区科技路5号3栋201', 'city': '广东省深圳市', 'postcode': '518057', 'country': 'CN'}
    >>> find_chinese_address("这个在上海市能买到吗")
    """
    for match in _ADDRESS.finditer(text):
        street = _AFTER.sub("", match["street"]).strip()
        if not _STREET.search(street) or (_STREET_ALONE.match(street) and not match["city"].endswith("市")):
            continue
        end = match.start("street") + len(street)
        postcode = _POSTCODE.search(text, end)
        fields = {"street": street, "city": "".join(match["city"].split())}
        if postcode:
            fields["postcode"] = postcode[1] or postcode[2]
        if (match["province"] or match["known"]) and not _ELSEWHERE.search(text):
            fields["country"] = "CN"
        if match["port"]:
            fields["country"] = _PORTS[match["port"][:2]]
        return fields, match.start(), postcode.end() if postcode else end
    for match in _BARE.finditer(text):
        street = _AFTER.sub("", match["street"])
        if _STREET.search(street):
            return {"street": street}, match.start("street"), match.start("street") + len(street)
    return None
