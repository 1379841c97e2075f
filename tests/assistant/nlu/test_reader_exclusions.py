"""What a search is not to show, and what only sounds like it."""

import pytest

from tests.assistant.nlu.test_reader import named, values

SEARCH, REFINE = "search_products", "refine_search"

EXCLUDED = [
    ("a bag, but not leather", SEARCH, {"exclude": "leather", "product_query": "bag"}),
    ("shoes, anything but black", SEARCH, {"exclude": "black", "product_query": "shoes"}),
    ("a desk without a drawer", SEARCH, {"exclude": "drawer", "product_query": "desk"}),
    ("cameras other than Sony", SEARCH, {"exclude": "Sony", "product_query": "cameras"}),
    ("chairs that aren't black", SEARCH, {"exclude": "black", "product_query": "chairs"}),
    (
        "a sofa not made of leather under 500",
        SEARCH,
        {"exclude": "leather", "price_max": "500", "product_query": "sofa"},
    ),
    ("no Nike shoes in white", SEARCH, {"exclude": "Nike", "colour": "white", "product_query": "shoes"}),
    ("shoes without laces size 42", SEARCH, {"exclude": "laces", "option_value": "Size 42", "product_query": "shoes"}),
    ("no fake fur please", SEARCH, {"exclude": "fake fur"}),
    ("NO SONY", REFINE, {"exclude": "Sony"}),
    ("not the black ones", REFINE, {"exclude": "black"}),
    ("black is out", REFINE, {"exclude": "black"}),
    ("hide everything from nike", REFINE, {"exclude": "Nike"}),
    ("not black, white please", REFINE, {"exclude": "black", "colour": "white"}),
    ("not black and waterproof", REFINE, {"exclude": "black", "product_query": "waterproof"}),
    ("no black and white ones", REFINE, {"exclude": ["black", "white"]}),
    ("no wool, leather or fur", REFINE, {"exclude": ["wool", "leather", "fur"]}),
    ("no leather, running shoes please", REFINE, {"exclude": "leather", "product_query": "running shoes"}),
    ("no leather and no fur", REFINE, {"exclude": ["leather", "fur"]}),
    ("no leather, cheapest first", REFINE, {"exclude": "leather", "sort": "price_asc"}),
    ("no furniture", REFINE, {"exclude": "Furniture"}),
    ("anything but size 42", REFINE, {"exclude": "Size 42"}),
    ("not black", "inform", {"exclude": "black"}),
    ("like this one, but not black", "ask_similar", {"exclude": "black", "reference": "it"}),
    ("recommend me shoes but not black", "recommend", {"exclude": "black", "product_query": "shoes"}),
    ("not black", "nlu_fallback", {"exclude": "black"}),
    ("不要红色的鞋", SEARCH, {"exclude": "red", "product_query": "鞋"}),
    ("我想要一双鞋，不要黑色的", SEARCH, {"exclude": "black", "product_query": "鞋"}),
    ("索尼以外的相机", SEARCH, {"exclude": "Sony", "product_query": "相机"}),
    ("有没有不是皮的沙发", SEARCH, {"exclude": "皮", "product_query": "沙发"}),
    ("不要帶輪子的椅子", SEARCH, {"exclude": "轮子", "product_query": "椅子"}),
    ("相机，除了索尼和佳能", SEARCH, {"exclude": ["Sony", "佳能"], "product_query": "相机"}),
    ("除了黑色都行", REFINE, {"exclude": "black"}),
    ("不要皮的", REFINE, {"exclude": "皮"}),
    ("别给我看索尼", REFINE, {"exclude": "Sony"}),
    ("皮的东西都不要", REFINE, {"exclude": "皮"}),
    ("黑色和红色的都不要", REFINE, {"exclude": ["black", "red"]}),
    ("不要黑色、红色和白色的", REFINE, {"exclude": ["black", "red", "white"]}),
    ("只要黑色，不要白色", REFINE, {"exclude": "white", "colour": "black"}),
]


@pytest.mark.parametrize(("text", "intent", "expected"), EXCLUDED, ids=[text for text, _, _ in EXCLUDED])
def test_what_is_excluded_is_not_what_is_looked_for(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("not more than 100", REFINE),
        ("no more than 80 on a chair", SEARCH),
        ("nothing over 80", REFINE),
        ("i don't want to spend more than 300 on a camera", SEARCH),
        ("not too expensive", REFINE),
        ("no price limit", REFINE),
        ("not sold out", REFINE),
        ("hide what is sold out", REFINE),
        ("no, in black", REFINE),
        ("i don't like these, something in black", REFINE),
        ("no problem", REFINE),
        ("no 5", REFINE),
        ("no", "inform"),
        ("not", SEARCH),
        ("no-show socks", SEARCH),
        ("drop leaf table", SEARCH),
        ("a non slip mat", SEARCH),
        ("Balloon Chair is not what i mean", "nlu_fallback"),
        ("不要超过200", REFINE),
        ("别超过500", REFINE),
        ("有没有红色的", REFINE),
        ("把没货的去掉", REFINE),
        ("去掉价格筛选", REFINE),
        ("不要这么大的", REFINE),
        ("别太重的", REFINE),
        ("除了这几个还有啥", REFINE),
        ("不要", REFINE),
    ],
)
def test_a_no_that_names_no_kind_of_thing_excludes_nothing(reader, text, intent):
    assert not values(reader, text, intent, "exclude")


@pytest.mark.parametrize(
    "text",
    [
        "not the red one, the blue one",
        "not that red one but the blue one",
        "不要红色那个，要蓝色那个",
        "不是红的那款，是蓝的",
    ],
)
@pytest.mark.parametrize("intent", [REFINE, "inform", "add_to_cart", "show_details"])
def test_who_points_from_one_thing_to_another_excludes_nothing(reader, text, intent):
    assert values(reader, text, intent, "colour") == ["blue"]
    assert not values(reader, text, intent, "exclude")


@pytest.mark.parametrize("intent", ["add_to_cart", "ask_price", "ask_stock", "check_out", "deny", "state_wish"])
def test_nothing_is_excluded_where_nothing_is_searched_for(reader, intent):
    assert not values(reader, "no leather", intent, "exclude")


@pytest.mark.parametrize("intent", ["dismiss_product", "remove_from_cart", "ask_why"])
@pytest.mark.parametrize("text", ["not this one", "不要这个"])
def test_elsewhere_not_this_one_is_about_this_one(reader, text, intent):
    assert values(reader, text, intent, "reference") == ["it"]


@pytest.mark.parametrize("text", ["a bag but no <b>leather</b>", "a bag but no <leather>"])
def test_markup_stands_in_no_way(reader, text):
    assert values(reader, text, SEARCH, "exclude") == ["leather"]


@pytest.mark.parametrize(
    "text",
    ["no " * 500, "not leather, " * 200, "不要" * 400, "不要皮、" * 200, "的都不要" * 200, "without", "no ،", "除了😀"],
)
def test_odd_texts_are_read_without_harm(reader, text):
    assert set(values(reader, text, SEARCH, "exclude")) <= {"leather", "皮"}


@pytest.mark.parametrize(
    ("text", "lasting"),
    [
        ("I never want leather", True),
        ("i'm allergic to wool", True),
        ("from now on no leather", True),
        ("stop showing me nike", True),
        ("以后不要皮的", True),
        ("我对羊毛过敏", True),
        ("no leather", False),
        ("without leather please", False),
        ("nothing from Nike", False),
        ("不要皮的", False),
        ("别给我看索尼", False),
    ],
)
def test_a_wish_for_good_is_told_from_one_for_now(reader, text, lasting):
    assert reader.is_lasting(text) is lasting
