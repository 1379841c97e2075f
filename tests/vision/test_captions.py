from __future__ import annotations

from vision.captions import captions, first_sentence
from vision.catalogue import Item


def test_a_product_is_told_plainly_first_and_with_its_facts_later() -> None:
    facts = {"brand": ("Acme",), "colour": ("red", "blue")}
    item = Item("runner", "Runner", "A light shoe. For roads.", ("Sports", "Shoes"), facts)
    assert captions(item) == (
        "Runner",
        "Runner, Shoes",
        "a photo of red and blue Runner, brand Acme",
        "A light shoe.",
    )


def test_what_the_shop_does_not_know_is_left_out() -> None:
    assert captions(Item("a", "Lamp")) == ("Lamp",)
    assert captions(Item("a", "  ")) == ()
    assert captions(Item("a", "", category=("Lamps",))) == ("Lamps",)


def test_no_text_comes_twice() -> None:
    assert captions(Item("a", "Lamp", "Lamp")) == ("Lamp",)


def test_a_sentence_is_one_line_and_of_bounded_length() -> None:
    assert first_sentence("Made\nof  3.5 mm steel! Strong.") == "Made of 3.5 mm steel!"
    long = first_sentence("word " * 100)
    assert len(long) <= 200
    assert long.endswith("word")
