"""Days that a text names; today is Sunday, 29 November 2026."""

from datetime import date

import pytest

from assistant.nlu.dates import DateReader
from tests.assistant.nlu.test_reader import named, values

TODAY = date(2026, 11, 29)

NAMED = [
    ("the order from last Friday", "2026-11-27/2026-11-27"),
    ("what I ordered on friday", "2026-11-27/2026-11-27"),
    ("last sunday", "2026-11-22/2026-11-22"),
    ("on sunday", "2026-11-29/2026-11-29"),
    ("next Friday's order", "2026-12-04/2026-12-04"),
    ("yesterday", "2026-11-28/2026-11-28"),
    ("the day before yesterday", "2026-11-27/2026-11-27"),
    ("tomorrow", "2026-11-30/2026-11-30"),
    ("what did I order last week", "2026-11-16/2026-11-22"),
    ("this week", "2026-11-23/2026-11-29"),
    ("last month", "2026-10-01/2026-10-31"),
    ("last year", "2025-01-01/2025-12-31"),
    ("orders since October", "2026-10-01/2026-11-29"),
    ("from october onwards", "2026-10-01/2026-11-29"),
    ("after last friday", "2026-11-28/2026-11-29"),
    ("orders before march", "../2026-02-28"),
    ("in may", "2026-05-01/2026-05-31"),
    ("in December", "2025-12-01/2025-12-31"),
    ("in 2025", "2025-01-01/2025-12-31"),
    ("the thing I bought three days ago", "2026-11-26/2026-11-26"),
    ("2 weeks ago", "2026-11-09/2026-11-15"),
    ("a month ago", "2026-10-01/2026-10-31"),
    ("in the last 3 days", "2026-11-26/2026-11-29"),
    ("orders from 2026-10-01", "2026-10-01/2026-10-01"),
    ("2026-10-01 to 2026-10-05", "2026-10-01/2026-10-05"),
    ("between 3 November and 5 November", "2026-11-03/2026-11-05"),
    ("the 3rd of November", "2026-11-03/2026-11-03"),
    ("november 30", "2025-11-30/2025-11-30"),
    ("Nov 3rd, 2025", "2025-11-03/2025-11-03"),
    ("february 29", "2024-02-29/2024-02-29"),
    ("上个月中旬买的", "2026-10-11/2026-10-20"),
    ("10月底下的单", "2026-10-21/2026-10-31"),
    ("十二月初的订单", "2025-12-01/2025-12-10"),
    ("去年11月底", "2025-11-01/2025-11-30"),
    ("大前天下的单", "2026-11-26/2026-11-26"),
    ("上上周五的订单", "2026-11-13/2026-11-13"),
    ("我三天前下的单到哪了", "2026-11-26/2026-11-26"),
    ("３天前", "2026-11-26/2026-11-26"),
    ("两个星期前", "2026-11-09/2026-11-15"),
    ("上周五的订单", "2026-11-20/2026-11-20"),
    ("上個星期天", "2026-11-22/2026-11-22"),
    ("周五买的", "2026-11-27/2026-11-27"),
    ("下周五", "2026-12-04/2026-12-04"),
    ("上周的订单", "2026-11-16/2026-11-22"),
    ("上个月", "2026-10-01/2026-10-31"),
    ("昨天买的", "2026-11-28/2026-11-28"),
    ("前天下的单", "2026-11-27/2026-11-27"),
    ("最近三天", "2026-11-26/2026-11-29"),
    ("近一个月", "2026-10-29/2026-11-29"),
    ("十月以来的订单", "2026-10-01/2026-11-29"),
    ("10月之前的", "../2026-09-30"),
    ("11月3号的订单", "2026-11-03/2026-11-03"),
    ("十一月二十号", "2026-11-20/2026-11-20"),
    ("10月1日到10月5日", "2026-10-01/2026-10-05"),
    ("2025年11月3日", "2025-11-03/2025-11-03"),
    ("去年十月", "2025-10-01/2025-10-31"),
    ("去年夏天买的", "2025-06-01/2025-08-31"),
    ("前年冬天", "2024-12-01/2025-02-28"),
    ("双十一买的", "2026-11-11/2026-11-11"),
    ("去年双11", "2025-11-11/2025-11-11"),
    ("双十二那天", "2025-12-12/2025-12-12"),
    ("年初买的", "2026-01-01/2026-03-31"),
    ("这半年买的", "2026-05-29/2026-11-29"),
    ("半年前买的", "2026-05-01/2026-05-31"),
    ("昨儿个下的单", "2026-11-28/2026-11-28"),
]


@pytest.fixture(scope="module")
def dates(words) -> DateReader:
    return DateReader(words)


@pytest.mark.parametrize(("text", "expected"), NAMED, ids=[text for text, _ in NAMED])
def test_days_are_read(dates, text, expected):
    assert [one.days.iso for one in dates.read(text, TODAY)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "where is my order 1001",
        "may i see my orders",
        "march on",
        "my second order",
        "订单1001",
        "三月个",
        "",
        "12 of them",
    ],
)
def test_what_names_no_day_names_none(dates, text):
    assert not [one for one in dates.read(text, TODAY) if one.days and one.days.first == one.days.last]


@pytest.mark.parametrize("text", ["feb 30", "2026-02-30", "2026-13-01", "13月40号", "0000-00-00"])
def test_a_day_that_cannot_be_is_none(dates, text):
    assert [one.days for one in dates.read(text, TODAY)] == [None]


@pytest.mark.parametrize(
    "text", ["999 years ago", "9" * 500 + " days ago", "since " * 300, "三" * 900, "10月" * 300, "年月日号前"]
)
def test_odd_texts_are_read_without_harm(dates, text):
    dates.read(text, TODAY)


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 31), date(2024, 2, 29), date(2026, 12, 31)])
@pytest.mark.parametrize("text", [text for text, _ in NAMED])
def test_every_day_of_the_year_can_be_today(dates, text, today):
    (found,) = dates.read(text, today)
    first, last = found.days.first, found.days.last
    assert first is None or last is None or first <= last


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("orders from 2026-10-01", "list_orders"),
        ("11月3号的订单", "track_order"),
        ("what did I order 3 days ago", "list_orders"),
        ("orders of 30 february", "list_orders"),
        ("where is the order from last Friday", "track_order"),
    ],
)
def test_a_date_is_no_number_of_an_order_no_price_and_no_place(reader, text, intent):
    assert set(named(reader, text, intent)) <= {"ordered"}


def test_an_order_s_number_beside_a_date_stays_one(reader):
    assert values(reader, "order 1001 from last week", "track_order", "order_number") == ["1001"]
    assert len(values(reader, "order 1001 from last week", "track_order", "ordered")) == 1


@pytest.mark.parametrize("intent", ["search_products", "add_to_cart", "ask_new", "ask_policy"])
def test_days_are_read_only_of_orders(reader, intent):
    assert not values(reader, "what came in last week, since October", intent, "ordered")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("昨天下的单到哪了", "track_order"),
        ("昨天那单取消", "cancel_order"),
        ("昨天的到了没", "track_order"),
        ("前天订的冰箱今天能送到吗", "track_order"),
        ("耳机是去年双十一买的", "ask_warranty"),
        ("上个月我收了几个包裹", "list_orders"),
    ],
)
def test_a_day_tells_of_an_order_by_the_verb_behind_it(reader, text, intent):
    assert len(values(reader, text, intent, "ordered")) == 1


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("今天能到吗", "track_order"),
        ("说好昨天送的", "track_order"),
        ("我后天要出门", "track_order"),
        ("昨天签收的沙发退掉", "return_product"),
        ("上礼拜寄回去的鞋收到没", "track_refund"),
        ("我下个月搬去深圳，改地址", "change_address"),
        ("报销截止今天", "request_invoice"),
    ],
)
def test_a_day_on_which_a_parcel_moves_is_none_of_an_order(reader, text, intent):
    assert not values(reader, text, intent, "ordered")
