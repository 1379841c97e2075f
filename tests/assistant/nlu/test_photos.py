"""A message that comes with a photo, through the whole trained pipeline."""

import asyncio

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

OWN = "/webhooks/web/photos/" + "a" * 32


@pytest.fixture(scope="module")
def read(small_model):
    processor = Agent.load(small_model).processor
    return lambda text, **metadata: asyncio.run(processor.parse_message(UserMessage(text, metadata=metadata)))


@pytest.mark.parametrize("caption", ["", "hello there", "like this", "qwxz 😀", "add it to my cart"])
@pytest.mark.parametrize("address", [OWN, "https://img.shop.example/shoe.jpg?w=600"])
def test_a_message_with_a_photo_is_a_search_by_it(read, caption, address):
    parsed = read(caption, photo_url=address, identity="x")
    assert parsed["intent"] == {"name": "search_by_photo", "confidence": 1.0}
    assert parsed["intent_ranking"][0] == {"name": "search_by_photo", "confidence": 1.0}


@pytest.mark.parametrize("caption", ["add it to my cart", "put two in my basket", "I'll take the second one"])
def test_an_order_with_a_photo_stands_second(read, caption):
    parsed = read(caption, photo_url=OWN)
    assert [one["name"] for one in parsed["intent_ranking"]] == ["search_by_photo", "add_to_cart"]


@pytest.mark.parametrize(
    "caption",
    ["", "/search_by_photo", "hello there", "i need running shoes", "don't add it to my cart",
     "where can i add it to my cart", "add something like this to my cart", "in my basket"],
)  # fmt: skip
def test_what_is_no_order_beyond_doubt_is_a_search_alone(read, caption):
    parsed = read(caption, photo_url=OWN)
    assert [one["name"] for one in parsed["intent_ranking"]] == ["search_by_photo"]


def test_an_order_says_how_many(read):
    parsed = read("add two of these to my cart", photo_url=OWN)
    assert ("quantity", "2") in {(one["entity"], one["value"]) for one in parsed["entities"]}


def test_what_the_caption_names_is_still_read(read):
    parsed = read("running shoes like this under 100", photo_url=OWN)
    assert {(one["entity"], one["value"]) for one in parsed["entities"]} >= {("price_max", "100")}
    assert ("product_query", "running shoes") in {(one["entity"], one["value"]) for one in parsed["entities"]}


def test_a_caption_is_read_as_words_of_a_search_whatever_it_would_be_alone(read):
    parsed = read("in stock under 50 thanks", photo_url=OWN)
    assert {(one["entity"], one["value"]) for one in parsed["entities"] if one["entity"] != "language"} == {
        ("in_stock", "true"),
        ("price_max", "50"),
    }


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"photo_url": None},
        {"photo_url": ["https://x.example/a.jpg"]},
        {"photo_url": "http://x.example/a.jpg"},
        {"photo_url": "file:///etc/passwd"},
        {"photo_url": "/webhooks/web/photos/../secret"},
        {"photo_url": "https://x.example/a b.jpg"},
    ],
    ids=str,
)
def test_without_a_good_address_a_message_is_read_by_its_words(read, metadata):
    parsed = read("hello there", **metadata)
    assert parsed["intent"]["name"] == "greet"
    assert len(parsed["intent_ranking"]) > 1


def test_the_command_of_a_button_goes_before_the_photo(read):
    parsed = read("/add_to_cart", photo_url=OWN)
    assert parsed["intent"]["name"] == "add_to_cart"
    assert read("/search_by_photo", photo_url=OWN)["intent"]["name"] == "search_by_photo"


def test_a_message_without_metadata_is_read_by_its_words(parse):
    assert parse("hello there")["intent"]["name"] == "greet"
