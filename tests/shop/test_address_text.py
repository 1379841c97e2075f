"""Addresses in free text: what has the form of one is read, part by part, and nothing else is."""

from __future__ import annotations

import pytest

from shop.address_text import find_address, find_locality

_BAKER = {"street": "12 Baker Street", "city": "London", "postcode": "NW1 6XE", "country": "GB"}


@pytest.mark.parametrize(
    "text",
    [
        "12 Baker Street, London NW1 6XE",
        "send it to 12 Baker Street, London NW1 6XE please",
        "order 1003 goes to 12 Baker Street London nw16xe",
        "can it go to 12 Baker Street, London, NW1 6XE, UK?",
    ],
)
def test_a_street_a_city_and_a_postcode_are_told_apart(text: str) -> None:
    found = find_address(text)
    assert found is not None
    assert dict(found.fields) == _BAKER
    assert "1003" not in text[found.start : found.end]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("send 1003 to 12 Baker Street", {"street": "12 Baker Street"}),
        ("12 Baker Street, please", {"street": "12 Baker Street"}),
        ("10 Downing St London", {"street": "10 Downing St", "city": "London"}),
        (
            "742 Evergreen Terrace Apt 4B, Springfield, IL 62704",
            {"street": "742 Evergreen Terrace Apt 4B", "city": "Springfield, IL", "postcode": "62704", "country": "US"},
        ),
        (
            "Flat 3, 221b Baker Street, Marylebone, London NW1 6XE",
            {**_BAKER, "street": "Flat 3, 221b Baker Street, Marylebone"},
        ),
        (
            "it's Hauptstraße 5, 10115 Berlin, Germany",
            {"street": "Hauptstraße 5", "city": "Berlin", "postcode": "10115", "country": "DE"},
        ),
        (
            "55 King Street West, Toronto M5K 1A2",
            {"street": "55 King Street West", "city": "Toronto", "postcode": "M5K 1A2", "country": "CA"},
        ),
        (
            "改到上海市浦东新区世纪大道100号",
            {"street": "浦东新区世纪大道100号", "city": "上海市", "country": "CN"},
        ),
        (
            "我的新地址是广东深圳南山区科技园路1号，邮编518057",
            {"street": "南山区科技园路1号", "city": "广东深圳", "postcode": "518057", "country": "CN"},
        ),
        ("寄到义乌市稠州北路567号可以吗", {"street": "稠州北路567号", "city": "义乌市"}),
        ("台北市信义区信义路五段7号", {"street": "信义区信义路五段7号", "city": "台北市"}),
        ("改到世纪大道１００号吧", {"street": "世纪大道100号"}),
    ],
)
def test_what_is_named_is_read_and_no_more(text: str, fields: dict[str, str]) -> None:
    found = find_address(text)
    assert found is not None
    assert dict(found.fields) == fields


@pytest.mark.parametrize("text", ["中山路22号", "南京西路100号", "北京东路5号"])
def test_a_street_that_is_called_like_a_city_is_a_street(text: str) -> None:
    found = find_address(text)
    assert found is not None
    assert dict(found.fields) == {"street": text}


@pytest.mark.parametrize(
    "text",
    [
        "send it to my office instead",
        "order 1003 my street changed",
        "show me 2 way radios",
        "i need two 15 inch laptops, under 1000 dollars",
        "cancel 1003 and 1004",
        "这个在上海市能买到吗",
        "我要买一个100号的睡袋",
        "我要两个3号电池",
        "",
    ],
)
def test_what_has_no_form_of_an_address_is_none(text: str) -> None:
    assert find_address(text) is None


def test_a_message_of_any_length_is_read_quickly() -> None:
    assert find_address("1 a " * 5_000) is None
    assert find_address("上海市路" * 5_000) is None


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("London NW1 6XE, UK", {"city": "London", "postcode": "NW1 6XE", "country": "GB"}),
        ("in London please", {"city": "London"}),
        ("The Hague", {"city": "The Hague"}),
        ("99501", {"postcode": "99501"}),
    ],
)
def test_a_city_may_bring_its_postcode_and_country_along(text: str, fields: dict[str, str]) -> None:
    assert find_locality(text) == fields
