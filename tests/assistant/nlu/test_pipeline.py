"""The whole pipeline, trained by Rasa on a few examples."""

import pytest

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.classifier import LinearIntentClassifier
from assistant.nlu.extractor import ShoppingEntityExtractor
from assistant.nlu.reader import FILES
from tests.assistant.nlu.conftest import DATA, ENCODER


@pytest.mark.parametrize(
    ("text", "intent"),
    [("hello", "greet"), ("show me cameras", "search_products"), ("put it in my cart", "add_to_cart")],
)
def test_a_trained_model_tells_intents_apart(parse, text, intent):
    parsed = parse(text)
    assert parsed["intent"]["name"] == intent
    assert parsed["intent_ranking"][0]["name"] == intent


def test_entities_come_with_their_place_and_reader(parse):
    parsed = parse("show me running shoes under 100")
    assert {(one["entity"], one["value"], one["start"], one["end"]) for one in parsed["entities"]} == {
        ("language", "en", 0, 31),
        ("product_query", "running shoes", 8, 21),
        ("price_max", "100", 22, 31),
    }
    assert {one["extractor"] for one in parsed["entities"]} == {"LanguageDetector", "ShoppingEntityExtractor"}


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀😀", "\n\t", "<b>hello</b>", "x" * 10000, "'); DROP TABLE carts;--", "?!"]
)
def test_odd_messages_are_parsed_without_an_error(parse, text):
    assert parse(text)["intent"]["name"]


def test_an_empty_message_is_not_understood(parse):
    parsed = parse("")
    assert parsed["intent"]["name"] == "nlu_fallback"
    assert parsed["entities"] == []


def test_the_extractor_says_which_command_makes_a_missing_lexicon(tmp_path):
    config = {**FILES, "lexicon": str(tmp_path / "none.json")}
    with pytest.raises(ArtifactError, match=r"none\.json cannot be read .*make train"):
        ShoppingEntityExtractor.create(config, None, None, None)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"brands": []}', '{"brands": 1}'], ids=["empty", "list", "part", "wrong"]
)
def test_a_file_that_is_no_lexicon_is_refused(tmp_path, content):
    (tmp_path / "lexicon.json").write_text(content)
    config = {**FILES, "lexicon": str(tmp_path / "lexicon.json")}
    with pytest.raises(ArtifactError, match="make train"):
        ShoppingEntityExtractor.create(config, None, None, None)


def test_the_extractors_fingerprint_follows_the_lexicon(tmp_path):
    lexicon = tmp_path / "lexicon.json"
    lexicon.write_bytes((DATA / "lexicon.json").read_bytes())
    config = {**FILES, "lexicon": str(lexicon)}
    first = ShoppingEntityExtractor.fingerprint_addon(config)
    assert ShoppingEntityExtractor.fingerprint_addon(config) == first
    lexicon.write_text("{}")
    assert ShoppingEntityExtractor.fingerprint_addon(config) != first


@pytest.mark.parametrize("name", ["strength", "iterations", "sparse_weight", "han_sparse_weight", "ranking_length"])
def test_settings_of_the_classifier_must_be_above_zero(name):
    with pytest.raises(ValueError, match=name):
        LinearIntentClassifier.validate_config({name: 0})


def test_a_missing_encoder_stops_the_training_with_the_command_that_makes_it(tmp_path, small_config):
    from rasa.model_training import train_nlu

    config = tmp_path / "config.yml"
    config.write_text(small_config.read_text().replace(str(ENCODER), str(tmp_path / "nowhere")))
    (tmp_path / "nlu.yml").write_text('version: "3.1"\nnlu:\n- intent: a\n  examples: |\n    - b\n    - c\n')
    with pytest.raises(ArtifactError, match="make train"):
        train_nlu(str(config), str(tmp_path / "nlu.yml"), str(tmp_path), domain=None)


def test_a_message_with_slips_is_understood_and_keeps_its_own_words(parse):
    parsed = parse("um show me runing shoes under 100")
    assert parsed["text"] == "um show me runing shoes under 100"
    assert parsed["intent"]["name"] == "search_products"
    named = {one["entity"]: (one["value"], one["start"], one["end"]) for one in parsed["entities"]}
    assert named["product_query"][1:] == (11, 23)
