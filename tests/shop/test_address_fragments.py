"""Parts of a street that are said anew."""

from __future__ import annotations

import pytest

from shop.address_fragments import amended_street, in_same_district, renumbered_street
from shop.addresses import is_sentence
from shop.contact_text import find_contact, find_corrections

STREET = "西湖区文三路90号2幢301"


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("楼号写错了，是3幢不是2幢，改一下", "西湖区文三路90号3幢301"),
        ("我是说这单的收货地址，是3幢302", "西湖区文三路90号3幢302"),
        ("不是2幢，是5幢", "西湖区文三路90号5幢301"),
        ("地址改成91号，其他没错", "西湖区文三路91号2幢301"),
        ("地址没错", None),
        ("是3单元", None),
    ],
)
def test_a_part_takes_the_place_of_the_one_like_it(text: str, street: str | None) -> None:
    assert amended_street(text, STREET) == street


def test_a_number_in_english_takes_the_place_of_another() -> None:
    assert amended_street("it's flat 4, not flat 3", "12 Mill Lane, Flat 3") == "12 Mill Lane, flat 4"
    assert amended_street("5, not 6", "12 Mill Lane") is None


def test_a_fragment_without_its_place_changes_nothing() -> None:
    assert renumbered_street("西湖大道18号", STREET) is None
    assert renumbered_street("3单元", STREET) is None


def test_the_same_road_stays_in_its_district() -> None:
    assert in_same_district("文三路91号", STREET) == "西湖区文三路91号"
    assert in_same_district("中山路129号", STREET) == "中山路129号"
    assert find_corrections("地址改成文三路91号", {"street": STREET}) == {"street": "西湖区文三路91号"}


def test_parts_in_chinese_are_read_in_any_order() -> None:
    whole = find_contact("西湖大道18号2栋603，杭州，310002，中国", "street")
    assert whole == {"street": "西湖大道18号2栋603", "city": "杭州", "postcode": "310002", "country": "CN"}
    assert find_contact("201203，中国，要开发票的啊", "postcode") == {"postcode": "201203", "country": "CN"}
    assert find_contact("62704 USA", "postcode") == {"postcode": "62704", "country": "US"}


@pytest.mark.parametrize("text", ["wait, I haven't decided", "cancel, I need my boss first", "等一下，我还没想好"])
def test_a_sentence_is_no_name(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize("text", ["Will Young", "Do My", "Juan Carlos de la Cruz y Borbón", "行政部 陈静", "王敏"])
def test_a_name_is_no_sentence(text: str) -> None:
    assert not is_sentence(text)
