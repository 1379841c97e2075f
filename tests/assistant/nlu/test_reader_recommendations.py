"""What is read out of a wish, of an argument about a recommendation, and of a question for one."""

import pytest

from tests.assistant.nlu.test_reader import named, values

WISH, ADJUST, UNDO = "state_wish", "adjust_recommendations", "undo_adjustment"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no leather", ["leather"]),
        ("never show me leather", ["leather"]),
        ("I'm allergic to wool", ["wool"]),
        ("i have a nickel allergy", ["nickel"]),
        ("nothing red", ["red"]),
        ("nothing made of plastic, please", ["plastic"]),
        ("without plastic", ["plastic"]),
        ("leather-free please", ["leather"]),
        ("leather is out", ["leather"]),
        ("keep polyester out of my recommendations", ["polyester"]),
        ("anything but fake fur", ["fake fur"]),
        ("no leather, fur or wool", ["leather", "fur", "wool"]),
        ("no leather, running shoes please", ["leather"]),
        ("no plastic or leather for me", ["plastic", "leather"]),
        ("no wool, no silk", ["wool", "silk"]),
        ("stop showing me nike", ["Nike"]),
        ("stop showing me Nkie shoes", ["nkie shoes"]),
        ("I don't want anything from Acme", ["acme"]),
        ("i don't like grey", ["gray"]),
        ("no furniture please", ["Furniture"]),
        ("no nike, no adidas either", ["Nike", "Adidas"]),
        ("i never want <b>leather</b>", ["leather"]),
        ("i'm vegan", ["leather", "wool", "silk", "fur"]),
        ("i'm vegan, no leather", ["leather"]),
    ],
)
def test_what_is_never_wanted_is_read(reader, text, expected):
    assert values(reader, text, WISH, "wish_exclude") == expected


@pytest.mark.parametrize(
    "text",
    ["no, i wear size 42", "never more than 50", "keep in mind that my budget is 250", "no", "nothing", "not", "no 5"],
)
def test_a_no_that_names_nothing_excludes_nothing(reader, text):
    assert not values(reader, text, WISH, "wish_exclude")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("without leather", "refine_search"), ("no thanks", "deny"), ("do you have leather", "search_products")],
)
def test_only_a_wish_excludes(reader, text, intent):
    assert not values(reader, text, intent, "wish_exclude")


@pytest.mark.parametrize("text", ["stop showing me Nike", "nothing red", "no furniture"])
def test_what_is_excluded_is_not_asked_for_as_well(reader, text):
    assert set(named(reader, text, WISH)) == {"wish_exclude"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size 42", "42"),
        ("I wear a medium", "M"),
        ("XL", "XL"),
        ("shoe size 9", "9"),
        ("my shoe size is 9.5", "9.5"),
        ("remember my size, it's 42", "42"),
        ("i'm an extra large", "XL"),
        ("i only fit into xxl", "XXL"),
        ("my feet are size forty two", "42"),
    ],
)
def test_the_shoppers_own_size_is_read_without_the_word_for_it(reader, text, expected):
    assert named(reader, text, WISH) == {"size": expected}


@pytest.mark.parametrize(
    "text",
    ["i'm 13 inch", "i have a budget of 300", "i'm on a budget of 100", "nothing large", "size zero", "i wear size -3"],
)
def test_what_is_no_size_of_a_shopper_is_not_read_as_one(reader, text):
    assert not values(reader, text, WISH, "size")


def test_a_size_in_a_search_stays_an_option(reader):
    assert named(reader, "size 42", "search_products") == {"option_value": "Size 42"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my budget is 100", "100"),
        ("nothing over 50", "50"),
        ("i never spend more than 60 euros", "60"),
        ("80 euros is my limit", "80"),
        ("set my budget to 90", "90"),
        ("never show me anything over $1,000", "1000"),
        ("i don't want to spend more than 80", "80"),
    ],
)
def test_a_standing_budget_is_the_most_to_be_paid(reader, text, expected):
    assert named(reader, text, WISH) == {"price_max": expected}


def test_one_message_may_hold_several_wishes(reader):
    assert named(reader, "i wear size 42, no leather and nothing over 80", WISH) == {
        "size": "42",
        "wish_exclude": "leather",
        "price_max": "80",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ignore the brand", {"adjustment": "ignore", "aspect": "brand"}),
        ("the brand doesn't matter", {"adjustment": "ignore", "aspect": "brand"}),
        ("it doesn't matter who makes it", {"adjustment": "ignore", "aspect": "brand"}),
        ("forget about colour", {"adjustment": "ignore", "aspect": "colour"}),
        ("don't take the price into account", {"adjustment": "ignore", "aspect": "price"}),
        ("ignore brands and colours", {"adjustment": "ignore", "aspect": ["brand", "colour"]}),
        ("forget my history", {"adjustment": "ignore", "aspect": "history"}),
        ("less like this", {"adjustment": "less", "reference": "it"}),
        ("fewer things like the second one", {"adjustment": "less", "ordinal": "2"}),
        ("i like the tent, more of that", {"adjustment": "more", "product": "tent", "reference": "that"}),
        ("not for me, a gift", {"adjustment": "gift"}),
        ("it's for my dad", {"adjustment": "gift"}),
        ("it's for me again", {"adjustment": "self"}),
        ("no longer a gift", {"adjustment": "self"}),
    ],
)
def test_an_argument_is_what_to_do_and_with_what(reader, text, expected):
    assert named(reader, text, ADJUST) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("undo that", {}),
        ("start fresh", {"adjustment": "all"}),
        ("bring the brand back", {"adjustment": "restore", "aspect": "brand"}),
        ("don't ignore the brand", {"adjustment": "restore", "aspect": "brand"}),
        ("the colour matters after all", {"adjustment": "restore", "aspect": "colour"}),
        ("forget my budget", {"aspect": "price"}),
        ("forget my size", {"aspect": "size"}),
        ("leather is fine after all", {"wish_exclude": "leather"}),
        ("you can show me nike again", {"wish_exclude": "Nike"}),
        ("forget what i said about wool", {"wish_exclude": "wool"}),
        ("forget everything you know about my taste", {"adjustment": "all"}),
        ("undo everything", {"adjustment": "all"}),
        ("forget that wish", {}),
    ],
)
def test_an_undo_names_the_field_or_the_wish_or_nothing(reader, text, expected):
    assert named(reader, text, UNDO) == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("recommend me a camera under 300", "recommend", {"product_query": "camera", "price_max": "300"}),
        ("recommend me something from nike for $50", "recommend", {"brand": "Nike", "price_max": "50"}),
        ("anything new in electronics?", "ask_new", {"category": "Electronics"}),
        ("what's new", "ask_new", {}),
        ("deals on sports stuff", "ask_deals", {"product_query": "sports"}),
        ("what's on sale", "ask_deals", {}),
        ("deals on running shoes", "ask_deals", {"product_query": "running shoes"}),
        ("what goes with the laptop?", "ask_goes_with", {"product": "laptop", "product_query": "laptop"}),
        ("do i need anything else with that", "ask_goes_with", {"reference": "that"}),
        ("more like number 3", "ask_similar", {"ordinal": "3"}),
        ("something that goes with it", "ask_goes_with", {"reference": "it"}),
        (
            "something like the tent but cheaper",
            "ask_similar",
            {"product": "tent", "product_query": "tent", "price_direction": "lower"},
        ),
        ("why the second one?", "ask_why", {"ordinal": "2"}),
        ("i don't like the second one at all", "dismiss_product", {"ordinal": "2"}),
        ("hide that", "dismiss_product", {"reference": "that"}),
        ("what do you know about my taste?", "show_wishes", {}),
    ],
)
def test_a_question_for_a_recommendation_is_read(reader, text, intent, expected):
    assert named(reader, text, intent) == expected


@pytest.mark.parametrize(
    "text", ["", "no", "no " * 3000, "no leather or " * 500, "size", "i'm a", "ignore", "avoid ,", "😀"]
)
@pytest.mark.parametrize("intent", [WISH, ADJUST, UNDO, "recommend", "dismiss_product"])
def test_odd_wishes_never_raise(reader, text, intent):
    for one in reader.read(text, intent):
        assert 0 <= one.start < one.end <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recommend something for my sister", {"adjustment": "gift"}),
        ("i need a present for my dad under 50", {"adjustment": "gift", "price_max": "50"}),
        ("what would you recommend for him?", {"adjustment": "gift"}),
        ("gift ideas for a 10 year old", {"adjustment": "gift"}),
        ("recommend a chair for my desk", {"product_query": "chair desk"}),
    ],
)
def test_who_something_is_for_is_not_looked_for(reader, text, expected):
    assert named(reader, text, "recommend") == expected


def test_a_code_is_no_product_to_find_deals_on(reader):
    assert named(reader, "any coupon codes?", "ask_deals") == {}
