"""What is read out of a message at the service desk: reasons, numbers of returns, codes, tax numbers and ratings."""

import re

import pytest

from tests.assistant.nlu.conftest import ROOT
from tests.assistant.nlu.test_reader import named, values

RETURN, REPORT, EXCHANGE, CANCEL = "return_product", "report_problem", "exchange_product", "cancel_order"
REFUND, INVOICE, USE, RATE = "track_refund", "request_invoice", "use_code", "rate_service"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("they're too small", "does not fit"),
        ("it doesn't fit", "does not fit"),
        ("it DOESNT fit", "does not fit"),
        ("it looks nothing like the picture", "not as described"),
        ("I changed my mind", "changed my mind"),
        ("i don't like it", "changed my mind"),
        ("it came too late", "arrived too late"),
        ("the box was crushed", "damaged on arrival"),
        ("it arrived broken", "damaged on arrival"),
        ("it came damagged", "damaged on arrival"),
        ("it broke after a week", "faulty"),
        ("it won't turn on", "faulty"),
        ("you sent the wrong one", "wrong item"),
        ("this isn't what i ordered", "wrong item"),
        ("the charger was not in the box", "missing item"),
        ("鞋子太小了", "does not fit"),
        ("不合身", "does not fit"),
        ("跟图片不一样", "not as described"),
        ("我不喜欢", "changed my mind"),
        ("送得太晚了", "arrived too late"),
        ("寄来就碎了", "damaged on arrival"),
        ("收到就是坏的", "damaged on arrival"),
        ("用了两天就失灵", "faulty"),
        ("發錯了", "wrong item"),
        ("少了一个配件", "missing item"),
    ],
)
def test_a_reason_is_read_as_a_code_of_the_shops_rules(reader, text, reason):
    assert values(reader, text, RETURN, "reason") == [reason]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("it isn't damaged", RETURN),
        ("it was not damaged, i want to send it back", RETURN),
        ("没有坏", RETURN),
        ("i want to return it", RETURN),
        ("我要退货", RETURN),
        # A search for what is too small for others, and a question about the terms, give no reason.
        ("shoes that are not too small", "search_products"),
        ("what if it arrives broken", "ask_policy"),
    ],
)
def test_what_is_denied_or_asked_is_no_reason(reader, text, intent):
    assert not values(reader, text, intent, "reason")


def test_the_wrong_size_is_the_shops_fault_only_in_who_reports_it(reader):
    assert values(reader, "it's the wrong size", REPORT, "reason") == ["wrong item"]
    assert values(reader, "wrong size, i meant 44", EXCHANGE, "reason") == []
    assert values(reader, "i ordered the wrong size", EXCHANGE, "reason") == ["does not fit"]
    assert values(reader, "发来的是白色", REPORT, "reason") == ["wrong item"]
    assert values(reader, "发来的是白色", EXCHANGE, "reason") == []


def test_a_reason_is_given_once_and_two_are_given_both(reader):
    assert values(reader, "cracked, dented and scratched", REPORT, "reason") == ["damaged on arrival"]
    assert values(reader, "a cable is missing and the lid is dented", REPORT, "reason") == [
        "missing item",
        "damaged on arrival",
    ]


def test_reasons_are_those_of_the_shops_rules_and_what_is_missing(words):
    rules = (ROOT / "data/policies/returns.toml").read_text(encoding="utf-8")
    codes = set(re.findall(r'^code = "(.+)"$', rules, re.MULTILINE))
    assert set(words.reasons) == codes | {"missing item"}
    assert set(words.reasons_reported) <= set(words.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "RMA-7K2M9QX4TD",
        "rma-7k2m9qx4td",
        "where is rma 7K2M9QX4TD?",
        "RMA number: 7K2M9QX4TD",
        "rma 7k2m 9qx4 td please",
        "ＲＭＡ－７Ｋ２Ｍ９ＱＸ４ＴＤ",
        "查一下退货RMA-7K2M9QX4TD到哪了",
        "RMA编号7k2m9qx4td",
    ],
)
@pytest.mark.parametrize("intent", [REFUND, RETURN, "inform", "track_order"])
def test_the_number_of_a_return_is_read_however_it_is_written(reader, text, intent):
    found = named(reader, text, intent)
    assert found["rma_number"] == "RMA-7K2M9QX4TD"
    assert not {"sku", "order_number", "code"} & set(found)


@pytest.mark.parametrize(
    "text", ["rma processing time", "what is an rma", "RMA-123", "my karma-7K2M9QX4TD", "退货单号"]
)
def test_what_is_no_number_of_a_return_is_not_read_as_one(reader, text):
    assert not values(reader, text, REFUND, "rma_number")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("use code SAVE10", "SAVE10"),
        ("my coupon is hello7", "HELLO7"),
        ("SAVE10", "SAVE10"),
        ("take SAVE-10 please", "SAVE-10"),
        ("the voucher FIRSTBUY", "FIRSTBUY"),
        ("take 20OFF", "20OFF"),
        ("gift card ABCD-2345-EFGH-JKMN", "ABCD-2345-EFGH-JKMN"),
        ("my gift card number is abcd 2345 efgh jkmn", "ABCD-2345-EFGH-JKMN"),
        ("gift card 1234567890", "1234567890"),
        ("ＳＡＶＥ１０", "SAVE10"),
        ("用优惠码WELCOME10", "WELCOME10"),
        ("礼品卡是ABCD-2345-EFGH-JKMN", "ABCD-2345-EFGH-JKMN"),
        ("WELCOME10这张券", "WELCOME10"),
    ],
)
def test_the_code_of_a_coupon_or_gift_card_is_read(reader, text, code):
    assert named(reader, text, USE)["code"] == code
    assert "sku" not in named(reader, text, USE)


@pytest.mark.parametrize(
    "text",
    [
        "use my coupon",
        "USE MY COUPON PLEASE",
        "coupon for order 1001",
        "order 1001",
        "A58477",
        "code A58477",
        "a coupon for 16GB",
        "RMA-7K2M9QX4TD",
        "claire.dubois1@mail.fr",
        "coupon of 10 euros",
        "我有优惠券",
    ],
)
def test_order_numbers_skus_and_other_words_are_no_codes(reader, text):
    assert not values(reader, text, USE, "code")


def test_elsewhere_a_code_needs_a_word_that_says_so(reader):
    assert values(reader, "the code is SAVE10", "inform", "code") == ["SAVE10"]
    assert values(reader, "优惠码SAVE10", "check_out", "code") == ["SAVE10"]
    assert not values(reader, "SAVE10", "inform", "code")
    assert not values(reader, "coupon SAVE10", "search_products", "code")


@pytest.mark.parametrize(
    ("text", "intent", "tax_id"),
    [
        ("税号91350100M000100Y43", INVOICE, "91350100M000100Y43"),
        ("税号是91350100m000100y43", "inform", "91350100M000100Y43"),
        ("９１３５０１００Ｍ０００１００Ｙ４３", "inform", "91350100M000100Y43"),
        ("tax id 913501 00M000100Y 43", INVOICE, "91350100M000100Y43"),
        ("invoice with DE136695976", INVOICE, "DE136695976"),
        ("vat id DE 136 695 976 please", "inform", "DE136695976"),
        ("FR40303265045", "inform", "FR40303265045"),
        ("our number is nl004495445b01", INVOICE, "NL004495445B01"),
        ("ATU13585627", INVOICE, "ATU13585627"),
        ("XI 110 305 878", INVOICE, "XI110305878"),
        # That it cannot be right is for the desk to say.
        ("税号91350100M000100Y44", INVOICE, "91350100M000100Y44"),
        ("統編是12345678", INVOICE, "12345678"),
    ],
)
def test_a_companys_tax_number_is_read(reader, text, intent, tax_id):
    found = named(reader, text, intent)
    assert found["tax_id"] == tax_id
    assert not {"sku", "order_number"} & set(found)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("91350100M000100Y44", INVOICE),
        ("订单12345678", INVOICE),
        ("税号9135010OM000100Y43", INVOICE),
        ("invoice for DE13669597", INVOICE),
        ("DE1366959761", INVOICE),
        ("US136695976", INVOICE),
        ("do you have DE136695976 in blue", "inform"),
        ("invoice for order 1001", INVOICE),
    ],
)
def test_what_fails_its_check_or_form_is_no_tax_number(reader, text, intent):
    assert not values(reader, text, intent, "tax_id")


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("five stars", "5"),
        ("i give you 4 stars", "4"),
        ("3 out of 5", "3"),
        ("5/5", "5"),
        ("my rating is 2", "2"),
        ("one star", "1"),
        ("full marks", "5"),
        ("五星", "5"),
        ("给4分", "4"),
        ("打３颗星", "3"),
        ("就给1分，不能再多了", "1"),
        ("满分", "5"),
    ],
)
def test_a_rating_is_read(reader, text, rating):
    assert named(reader, text, RATE) == {"rating": rating}


@pytest.mark.parametrize(
    "text", ["0 stars", "6 stars", "8/10", "4 out of 10", "4.5 stars", "-1", "rate this", "零分", "我要评价"]
)
def test_what_is_not_one_to_five_is_no_rating(reader, text):
    assert not values(reader, text, RATE, "rating")


def test_stars_are_a_rating_beside_thanks_and_a_bare_number_is_none(reader):
    assert values(reader, "thanks, five stars", "thank", "rating") == ["5"]
    assert values(reader, "五星好评，谢谢", "thank", "rating") == ["5"]
    assert not values(reader, "4", "inform", "rating")
    assert not values(reader, "a 5 star tent", "search_products", "rating")


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        (
            "return the running shoes from order 1003",
            RETURN,
            {"product_query": "running shoes", "order_number": "1003"},
        ),
        ("my laptop fell apart", REPORT, {"product": "laptop", "product_query": "laptop", "reason": "faulty"}),
        ("two of the chairs go back", RETURN, {"product_query": "chairs", "quantity": "2"}),
        ("return 2 chairs", RETURN, {"product_query": "chairs", "quantity": "2"}),
        ("the pot was in pieces when i unpacked it", REPORT, {"product_query": "pot", "reason": "damaged on arrival"}),
        ("look at the photo, it's torn", REPORT, {"reason": "damaged on arrival", "reference": "it"}),
        ("return both of them", RETURN, {"reference": "both"}),
        ("cancel that order", CANCEL, {}),
        ("cancel 1009", CANCEL, {"order_number": "1009"}),
        ("swap my 42 for a 44", EXCHANGE, {"option_value": ["Size 42", "Size 44"]}),
        ("is 1009 still under warranty", "ask_warranty", {"order_number": "1009"}),
        ("invoice for the tripod", INVOICE, {"product": "tripod", "product_query": "tripod"}),
        (
            "跑鞋太小了，换44码",
            EXCHANGE,
            {"product_query": "跑鞋", "reason": "does not fit", "option_value": "Size 44"},
        ),
        ("1024的相机给我办退货", RETURN, {"product_query": "相机", "order_number": "1024"}),
        ("键盘坏了", REPORT, {"product_query": "键盘", "reason": "faulty"}),
    ],
)
def test_of_what_was_bought_only_its_name_is_read(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize("text", ["send it to number 14, orchid road", "寄到兰花路14号", "12 Mill Lane please"])
def test_a_street_names_no_product_and_a_house_no_place_in_a_list(reader, text):
    assert named(reader, text, "change_address") == {}


def test_the_day_of_an_order_is_read_for_what_is_to_be_changed(reader):
    assert values(reader, "cancel the order from 2025-12-24", CANCEL, "ordered") == ["2025-12-24/2025-12-24"]
    assert values(reader, "it broke on 2025-12-24", REPORT, "ordered") == []


@pytest.mark.parametrize("intent", [USE, RETURN, REPORT, INVOICE, RATE, REFUND])
@pytest.mark.parametrize(
    "text", ["", " ", "😀", "-" * 1000, "RMA" * 300, "1 " * 500, "9" * 1000, "a1-" * 400, "'); DROP TABLE--"]
)
def test_odd_messages_are_read_without_an_error(reader, text, intent):
    assert isinstance(reader.read(text, intent), list)


@pytest.mark.parametrize(
    ("text", "intent", "orders"),
    [
        ("the shipping address of 1045 must change", "change_address", ["1045"]),
        ("1053 must go to the hostel", "change_address", ["1053"]),
        ("幫我把1014的地址換掉", "change_address", ["1014"]),
        ("1600 Pennsylvania Avenue please", "change_address", []),
        ("改到中山路1014号", "change_address", []),
        ("I've got a grievance about 1059 and I want it recorded", "complain", ["1059"]),
        ("1029这事儿我跟你们没完，投诉", "complain", ["1029"]),
        ("I paid 1500 dollars for rubbish", "complain", []),
        ("a customer since 2015 and this is how you treat me", "complain", []),
    ],
)
def test_the_order_that_is_moved_or_complained_of_is_told_from_houses_money_and_years(reader, text, intent, orders):
    assert values(reader, text, intent, "order_number") == orders


def test_a_range_of_prices_is_no_tax_number(reader):
    text = "pressure cookers between 1500 and 3000"  # without blanks it has the length and the check sign of one
    assert named(reader, text, "search_products") == {
        "price_min": "1500",
        "price_max": "3000",
        "product_query": "pressure cookers",
    }


@pytest.mark.parametrize("text", ["got the L but I'm swimming in it, send me an M", "L的大了，换M"])
def test_letters_are_sizes_where_something_is_exchanged(reader, text):
    assert values(reader, text, EXCHANGE, "option_value") == ["Size L", "Size M"]
