"""Outlines: what is named in a message, replaced by the kind of thing it is."""

import shutil

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.counts import CountFeaturizer
from assistant.nlu.outline import OUTLINE, Outliner
from assistant.nlu.reader import MessageReader
from assistant.nlu.tokenizer import ScriptTokenizer
from tests.assistant.nlu.conftest import CHINESE_WORDS, DATA, ENCODER, GLOSSARY, WORDS
from tests.assistant.nlu.test_counts import Context, Storage

LEXICON = DATA / "lexicon.json"
FILES = {
    "lexicon": str(LEXICON),
    "words": [str(WORDS), str(CHINESE_WORDS)],
    "real_words": str(ENCODER / "tokenizer.json"),
    "goods": str(GLOSSARY),
}


@pytest.fixture(scope="module")
def outliner() -> Outliner:
    return Outliner.create(FILES, None, None, None)


@pytest.fixture
def outlined(outliner):
    def outline(text: str) -> Message:
        message = Message({TEXT: text})
        ScriptTokenizer(ScriptTokenizer.get_default_config()).process([message])
        return outliner.process([message])[0]

    return outline


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("show me running shoes under 100", "show me {product_query} {price_max}"),
        ("show me lanterns below 30", "show me {product_query} {price_max}"),
        ("the second one please", "the {ordinal} please"),
        ("有没有三百以内的跑鞋", "有没有 {price_max} 的 {product_query}"),
        ("有没有八十以内的帐篷", "有没有 {price_max} 的 {product_query}"),
        ("thank you", "thank you"),
    ],
)
def test_what_is_named_is_replaced_by_its_kind(outlined, text, outline):
    assert outlined(text).get(OUTLINE) == outline


def test_a_message_without_text_has_no_outline(outliner):
    assert outliner.process([Message({TEXT: ""})])[0].get(OUTLINE) is None


def test_training_examples_are_outlined_as_messages_are(outliner, outlined):
    example = Message({TEXT: "show me lanterns below 30"})
    example.set(TOKENS_NAMES[TEXT], outlined("show me lanterns below 30").get(TOKENS_NAMES[TEXT]))
    outliner.process_training_data(TrainingData([example]))
    assert example.get(OUTLINE) == "show me {product_query} {price_max}"


def test_two_messages_of_one_outline_count_the_same(tmp_path, outlined):
    config = {**CountFeaturizer.get_default_config(), "of": OUTLINE}
    featurizer = CountFeaturizer.create(config, Storage(tmp_path), None, Context)
    featurizer.train(TrainingData([outlined("show me lanterns below 30"), outlined("show me kettles below 9")]))
    first, second = outlined("show me lanterns below 80"), outlined("show me curtains below 2000")
    featurizer.process([first, second])
    (one,), (other,) = first.features, second.features
    assert one.features.sum() == 7
    assert (one.features != other.features).nnz == 0


def test_counts_of_anything_else_are_refused():
    with pytest.raises(ValueError, match="outline"):
        CountFeaturizer.validate_config({"of": "entities"})


def test_a_missing_lexicon_is_told_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(ArtifactError, match=r"none\.json cannot be read .*make train"):
        Outliner.create({**FILES, "lexicon": str(tmp_path / "none.json")}, None, None, None)


def test_the_files_are_read_once_until_one_changes(tmp_path):
    lexicon = tmp_path / "lexicon.json"
    shutil.copy(LEXICON, lexicon)
    files = {**FILES, "lexicon": str(lexicon)}
    first = MessageReader.load(**files)
    assert MessageReader.load(**files) is first
    before = Outliner.fingerprint_addon(files)
    lexicon.write_text(lexicon.read_text().replace("Adidas", "Zonkers"))
    assert MessageReader.load(**files) is not first
    assert Outliner.fingerprint_addon(files) != before
