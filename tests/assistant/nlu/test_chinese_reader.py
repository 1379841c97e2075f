"""What Chinese and mixed messages name, read by the same finders as English ones."""

import pytest

from assistant.nlu.language import language_of
from assistant.nlu.scripts import plain

CASES = [
    (
        "我想买一双红色的跑鞋，三百块以内",
        "search_products",
        {"colour": "red", "price_max": "300", "product_query": "跑鞋"},
    ),
    (
        "300到500的笔记本电脑",
        "search_products",
        {"price_min": "300", "price_max": "500", "product_query": "笔记本电脑"},
    ),
    ("一千五左右的相机", "search_products", {"price_min": "1200", "price_max": "1800", "product_query": "相机"}),
    ("50块到80块之间的键盘", "search_products", {"price_min": "50", "price_max": "80", "product_query": "键盘"}),
    ("¥300以下的耳机", "search_products", {"price_max": "300", "product_query": "耳机"}),
    ("１００塊以內的電腦包", "search_products", {"price_max": "100", "product_query": "电脑包"}),
    ("Nike的跑鞋有吗", "search_products", {"brand": "Nike", "product_query": "跑鞋"}),
    ("耐克的跑鞋", "search_products", {"brand": "Nike", "product_query": "跑鞋"}),
    ("13寸的笔记本", "search_products", {"option_value": "13 inch", "product_query": "笔记本"}),
    ("便宜一点的", "refine_search", {"price_direction": "lower"}),
    ("只看黑色的", "refine_search", {"colour": "black"}),
    ("按价格从低到高", "sort_results", {"sort": "price_asc"}),
    ("價錢低的統統給我放上面啦", "sort_results", {"sort": "price_asc"}),
    ("贵的往后稍稍", "sort_results", {"sort": "price_asc"}),
    ("刚到的货放最上面可以吗", "sort_results", {"sort": "newest"}),
    ("没货的就别摆出来馋我了", "refine_search", {"in_stock": "true"}),
    ("价位还能往下降点不", "refine_search", {"price_direction": "lower"}),
    ("绿色我死活不穿", "state_wish", {"wish_exclude": "green"}),
    ("以后阿迪达斯的都不买了", "state_wish", {"wish_exclude": "Adidas"}),
    ("吃素的，皮革制品请避开", "state_wish", {"wish_exclude": "皮革"}),
    ("这款有XL吗", "ask_option", {"reference": "it", "option_value": "Size XL", "option_name": "size"}),
    ("抹茶粉放进篮子", "add_to_cart", {"product_query": "抹茶粉"}),
    ("第二个多少钱", "ask_price", {"ordinal": "2"}),
    ("最后一个", "show_details", {"ordinal": "-1"}),
    ("前两款比较下", "compare_products", {"ordinal": ["1", "2"]}),
    ("这两个有什么区别", "compare_products", {"reference": "both"}),
    ("加两双到购物车", "add_to_cart", {"quantity": "2"}),
    ("add 两双 to cart", "add_to_cart", {"quantity": "2"}),
    ("把数量改成三", "change_quantity", {"quantity": "3"}),
    ("42码有吗", "ask_option", {"option_value": "Size 42"}),
    ("查一下订单１００１", "track_order", {"order_number": "1001"}),
    ("订单1001到哪了", "track_order", {"order_number": "1001"}),
    ("不要皮革", "state_wish", {"wish_exclude": "皮革"}),
    ("我穿42码", "state_wish", {"size": "42"}),
    ("它有货吗", "ask_stock", {"reference": "it"}),
    ("口红", "search_products", {"product_query": "口红"}),
]


def named(reader, text, intent):
    found = {}
    for value in reader.read(text, intent):
        found.setdefault(value.entity, []).append(value.value)
    return {entity: values[0] if len(values) == 1 else values for entity, values in found.items()}


@pytest.mark.parametrize(("text", "intent", "expected"), CASES, ids=[text for text, _, _ in CASES])
def test_a_message_names_what_it_says(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


def test_places_are_those_of_the_text_as_it_was_typed(reader):
    text = "我要１００塊以內的紅色跑鞋"
    values = {value.entity: text[value.start : value.end] for value in reader.read(text, "search_products")}
    assert values == {"price_max": "１００塊以內", "colour": "紅色", "product_query": "跑鞋"}


@pytest.mark.parametrize("text", ["", "。。。", "的", "一" * 400, "第" * 50, "😀跑鞋😀", "\u3400\u9fff", "红" * 2000])
def test_odd_texts_are_read_without_harm(reader, text):
    reader.read(text, "search_products")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我要买 iPhone 15 红色", "zh"),
        ("add 两双 to cart", "zh"),
        ("跑鞋", "zh"),
        ("where is my order", "en"),
        ("XL", None),
        ("1001", None),
        ("Emma Chen", None),
        ("221B Baker Street, London", None),
        ("👍", None),
        ("", None),
    ],
)
def test_the_language_of_a_message(words, text, language):
    assert language_of(text, words.carrier["all"]) == language


def test_the_plain_form_keeps_the_length():
    for text in ("１００塊", "ＮＩＫＥ鞋", "ﬁ红", "İstanbul 鞋", "乾隆髮型", "’s 的", "￥３００，５００"):
        assert len(plain(text)) == len(text)
    assert plain("￥３００，５００") == "¥300，500"
