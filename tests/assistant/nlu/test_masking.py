"""Nothing that tells who wrote a message is left in it, and what a shop must learn from stays."""

from __future__ import annotations

import time

import pytest

from assistant.nlu.mining.masking import Masker

MASKER = Masker(frozenset({"L2201308", "404.038.96", "834444123"}))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to ada.l+shop@example.org please", "write to name@example.com please"),
        ("我的邮箱是ada.l@qq.com谢谢", "我的邮箱是name@example.com谢谢"),
        ("ada＠qq.com", "name@example.com"),
        ("it's ada at gmail dot com", "it's name@example.com"),
        ("call 138 1234 5678 now", "call 1234567 now"),
        ("电话13812345678", "电话1234567"),
        ("１３８１２３４５６７８", "1234567"),
        ("一三八一二三四五六七八", "1234567"),
        ("+49 (0)30 123-4567", "1234567"),
        ("(030) 123 45 67", "1234567"),
        ("555-1234 is mine", "1234567 is mine"),
        ("five five five one two three four", "1234567"),
        ("card 4111 1111 1111 1111", "card 1234567"),
        ("身份证11010119900307123X", "身份证code"),
        ("DE89 3704 0044 0532 0130 00", "code"),
        ("where is order 20431?", "where is order 1001?"),
        ("order number is AB-20431", "order number is 1001"),
        ("#20431", "#1001"),
        ("订单号20431到哪了", "订单号1001到哪了"),
        ("tracking number 1Z999AA10123456784", "tracking number code"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ3ZWIifQ.abc", "token code"),
        ("see https://shop.example/?session=abc#x", "see https://example.com"),
        ("i am @adalove there", "i am @name there"),
        ("send it to 12 Mill Lane, Springfield 12345", "send it to 1 Example Street"),
        ("10 rue de la Paix, Paris", "1 Example Street"),
        ("to Hauptstraße 5, 10115 Berlin", "to 1 Example Street"),
        ("SW1A 1AA", "1 Example Street"),
        ("p.o. box 123", "1 Example Street"),
        ("寄到浙江省杭州市西湖区文三路99号5幢302室", "示例路1号"),
        ("红星路二段159号3栋2单元8楼", "示例路1号"),
        ("万科花园3栋502室", "示例路1号"),
        ("my name is Ada Lovelace and where is my order", "my name is Alex and where is my order"),
        ("我叫张三丰", "我叫小明"),
        ("收件人：李小龙", "收件人：小明"),
    ],
)
def test_what_is_personal_is_replaced(text, masked):
    assert MASKER.mask(text) == masked
    assert MASKER.is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "running shoes under 15000",
        "between 1500-2000",
        "between 1500 and 2000",
        "do you have L2201308",
        "有404.038.96吗",
        "834444123",
        "iphone 15 128gb",
        "two 32-inch monitors at $1,500.00",
        "size 42 please",
        "where is order 1001",
        "what's up with my order now",
        "order me 3 laptops",
        "帮我叫个真人",
        "666666",
        "买三双，四十二码的",
        "<b>'); DROP TABLE carts;--</b>",
        "i'd love running-shoes-for-everyday-use",
    ],
)
def test_what_a_shop_talks_of_stays(text):
    assert MASKER.mask(text) == text
    assert not MASKER.is_personal(text)


@pytest.mark.parametrize(
    "text", ["地址是红星路二段159号3栋2单元8楼", "a@b.co 12345678 #777", "我叫张三 电话13812345678"]
)
def test_masking_what_is_masked_changes_nothing(text):
    assert MASKER.mask(MASKER.mask(text)) == MASKER.mask(text)


def test_an_order_number_that_was_found_is_masked_wherever_it_stands():
    assert MASKER.mask("20431 where is it, 20431!", ["20431"]) == "1001 where is it, 1001!"
    assert MASKER.mask("120431 stays", [" ", "20431"]) != "11001 stays"


def test_lines_and_what_no_file_can_hold_are_taken_out():
    assert MASKER.mask("two\n lines\t\x07\ud800here") == "two lines here"


@pytest.mark.parametrize(
    "odd", ["a", "1 ", "a@", "one ", "路1号", "a-1", "12 mill ", "市", "(.-", "a at b ", "花园", "我叫", "#", "@"]
)
def test_odd_messages_cost_no_time(odd):
    start = time.perf_counter()
    MASKER.mask(odd * 5000)
    assert time.perf_counter() - start < 1
