"""Outlines: what is named in a message, replaced by the kind of thing it is."""

import shutil

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu import reader
from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.counts import CountFeaturizer
from assistant.nlu.outline import OUTLINE, Outliner
from assistant.nlu.reader import MessageReader
from assistant.nlu.tokenizer import ScriptTokenizer
from tests.assistant.nlu.conftest import DATA
from tests.assistant.nlu.test_counts import Context, Storage

LEXICON = DATA / "lexicon.json"
FILES = {**reader.FILES, "lexicon": str(LEXICON)}


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


def examples(*texts: str) -> TrainingData:
    made = [Message({TEXT: text}) for text in texts]
    ScriptTokenizer(ScriptTokenizer.get_default_config()).process(made)
    return TrainingData(made)


def kept_by(folder) -> Outliner:
    return Outliner.create({**FILES, "kept": str(folder)}, None, None, None)


def outlines(data: TrainingData) -> list[str]:
    return [one.get(OUTLINE) for one in data.training_examples]


def test_outlines_of_examples_are_kept_and_taken_from_the_file(tmp_path):
    texts = ("show me lanterns below 30", "have you got curtains")
    first = outlines(kept_by(tmp_path).process_training_data(examples(*texts)))
    file = tmp_path / "outlines.json"
    file.write_text(file.read_text().replace("have you got {", "from the file {"))
    again = outlines(kept_by(tmp_path).process_training_data(examples(*texts, "show me kettles below 5")))
    assert again == [first[0], "from the file {product_query}", "show me {product_query} {price_max}"]


def test_outlines_made_by_other_lists_are_made_anew(tmp_path):
    kept_by(tmp_path).process_training_data(examples("have you got curtains"))
    file = tmp_path / "outlines.json"
    file.write_text(file.read_text().replace("have you got {", "from the file {"))
    lexicon = tmp_path / "lexicon.json"
    lexicon.write_text(LEXICON.read_text().replace("Adidas", "Zonkers"))
    other = Outliner.create({**FILES, "lexicon": str(lexicon), "kept": str(tmp_path)}, None, None, None)
    assert outlines(other.process_training_data(examples("have you got curtains"))) == ["have you got {product_query}"]


def test_a_damaged_file_of_outlines_is_told(tmp_path):
    (tmp_path / "outlines.json").write_text("{")
    with pytest.raises(ArtifactError, match=r"outlines\.json is not JSON .*delete it"):
        kept_by(tmp_path).process_training_data(examples("hi"))


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
