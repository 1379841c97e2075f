"""What shoppers of another language call goods, in the catalogue's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from shop.glossary import Glossary, UnreadableGlossary

GLOSSARY = Glossary(
    {"跑鞋": "running shoe", "鞋": "shoe", "红": "red", "USB线": "usb cable", "皮": "leather", "皮革": "leather"}
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("跑鞋", "running shoe"),
        ("红跑鞋", "red running shoe"),
        ("usb线", "usb cable"),
        ("Nike 跑鞋", "nike running shoe"),
        ("直升机", "直升机"),
        ("running shoes", "running shoes"),
        ("", ""),
    ],
)
def test_the_longest_words_are_put_into_the_catalogues_first(said: str, meant: str) -> None:
    assert GLOSSARY.translated(said) == meant


def test_a_word_that_the_catalogue_uses_stays() -> None:
    assert GLOSSARY.translated("红 跑鞋", {"跑鞋"}.__contains__) == "red 跑鞋"


def test_an_empty_glossary_changes_nothing() -> None:
    assert Glossary({}).translated("跑鞋") == "跑鞋"


def test_a_word_of_the_catalogue_is_said_as_shoppers_say_it() -> None:
    assert (GLOSSARY.said("Leather"), GLOSSARY.said("wool")) == ("皮", "wool")


def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for path in (tmp_path / "none.csv", tmp_path / "odd.csv"):
        with pytest.raises(UnreadableGlossary, match=path.name):
            Glossary.read(path)


def test_the_house_has_a_glossary_without_doubles() -> None:
    lines = Path("data/lexicon/glossary_zh.csv").read_text(encoding="utf-8").splitlines()
    assert len({line.partition(",")[0].casefold() for line in lines}) == len(lines)
    assert Glossary.read(Path("data/lexicon/glossary_zh.csv")).translated("跑鞋") == "running shoe"
