"""A contact is taken apart, however much of it one message names, and parts of it are put right."""

from __future__ import annotations

import pytest

from shop.contact_text import find_company, find_contact, find_corrections, with_company

_KNOWN = {"street": "Västra Hamngatan 12", "city": "中国"}


@pytest.mark.parametrize(
    ("asked", "text", "fields"),
    [
        ("name", "Emma Lindqvist", {}),
        ("name", "Baker, Tom", {}),
        ("name", "My name is Ada Lovelace", {"name": "Ada Lovelace"}),
        ("name", "Priya Raman, Halden & Moss Ltd", {"name": "Priya Raman", "company": "Halden & Moss Ltd"}),
        ("name", "yo hold up why is there 2 i only want one", {}),
        (
            "email",
            "lixf88@qq.com，地址是杭州市西湖区文三路258号3单元502，邮编310012",
            {
                "email": "lixf88@qq.com",
                "street": "西湖区文三路258号3单元502",
                "city": "杭州市",
                "postcode": "310012",
                "country": "CN",
            },
        ),
        ("email", "那就写我女儿的 wanglili@163.com", {"email": "wanglili@163.com"}),
        ("email", "我没邮箱呀，留电话行不行，13800138000", {}),
        ("email", "100022", {"postcode": "100022"}),
        ("street", "武汉大学桂园3舍405", {"street": "武汉大学桂园3舍405"}),
        (
            "street",
            "8 rue du Port, 44000 Nantes, France",
            {"street": "8 rue du Port", "city": "Nantes", "postcode": "44000", "country": "FR"},
        ),
        ("city", "London", {"city": "London"}),
        ("city", "Galway, Ireland", {"city": "Galway", "country": "IE"}),
        ("city", "Gothenburg, 411 06", {"city": "Gothenburg", "postcode": "411 06"}),
        ("city", "就是上海呀，前面写了的", {"city": "上海", "country": "CN"}),
        ("city", "中国", {"country": "CN"}),
        ("postcode", "610041，中国", {"postcode": "610041", "country": "CN"}),
        ("postcode", "france", {"country": "FR"}),
        ("postcode", "standard", {}),
    ],
)
def test_a_message_is_taken_apart(asked: str, text: str, fields: dict[str, str]) -> None:
    assert find_contact(text, asked) == fields


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Wait, sorry, the street is Västra Hamngatan 14, not 12.", {"street": "Västra Hamngatan 14"}),
        ("No, the street number is 14 not 12", {"street": "Västra Hamngatan 14"}),
        ("It should go to number 14, Västra Hamngatan 14", {"street": "Västra Hamngatan 14"}),
        ("城市那里不对，应该是上海，帮我改一下", {"city": "上海"}),
        ("哎城市写成中国了，城市是上海，邮编200235", {"city": "上海", "postcode": "200235"}),
        ("the city is Malmö and the postcode is 211 20", {"city": "Malmö", "postcode": "211 20"}),
        ("邮箱换成 a@b.com", {"email": "a@b.com"}),
        ("the city is wrong", {}),
        ("is the address right?", {}),
        ("can you send a receipt to my name and address to keep?", {}),
        ("yes please, with the normal delivery then", {}),
    ],
)
def test_parts_are_put_right(text: str, fields: dict[str, str]) -> None:
    assert find_corrections(text, _KNOWN) == fields


def test_a_firm_stands_in_the_street() -> None:
    assert find_company("公司名要写上：北京华信科技有限公司") == "北京华信科技有限公司"
    assert with_company("Unit 4", "Moss Ltd") == "Moss Ltd, Unit 4"
    assert with_company("Unit 4", None) == "Unit 4"
