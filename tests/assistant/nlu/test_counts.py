"""Counts of words and of pieces of words."""

from copy import deepcopy

import pytest
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.counts import CountFeaturizer


class Storage:
    """Keeps what a component writes in a folder, as Rasa's storage does."""

    def __init__(self, folder):
        self.folder = folder

    def write_to(self, _resource):
        return self

    def read_from(self, _resource):
        if not any(self.folder.iterdir()):
            raise ValueError("never written")
        return self

    def __enter__(self):
        return self.folder

    def __exit__(self, *_):
        return None


class Context:
    """The part of Rasa's context that is read."""

    node_name = "counts"


def message(text):
    made = Message({TEXT: text})
    WhitespaceTokenizer(WhitespaceTokenizer.get_default_config()).process([made])
    return made


def counted(featurizer, text):
    made = message(text)
    featurizer.process([made])
    return [one.features.toarray()[0].tolist() for one in made.features]


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path)


def trained(storage, *texts, **config):
    made = CountFeaturizer.create({**CountFeaturizer.get_default_config(), **config}, storage, None, Context)
    made.train(TrainingData([message(text) for text in texts]))
    return made


def test_words_and_pairs_that_two_examples_have_are_counted(storage):
    featurizer = trained(storage, "red shoes", "red shoes please", "blue hat")
    # "red", "red shoes" and "shoes", in the order of the alphabet.
    assert counted(featurizer, "red red shoes") == [[2, 1, 1]]
    assert counted(featurizer, "a hat") == [[0, 0, 0]]


@pytest.mark.parametrize("config", [{}, {"analyzer": "char_wb", "min_ngram": 2, "max_ngram": 4, "min_df": 1}])
def test_one_message_alone_is_counted_as_among_many(storage, config):
    texts = ["Red shoes, RED shoes!", "blue  hat 100", "运费多少", "", "unheard of"]
    featurizer = trained(storage, *texts[:3], *(f"{text} please" for text in texts[:3]), **config)
    many = [message(text) for text in texts if text]
    featurizer.process(many)
    alone = [counted(featurizer, text) for text in texts if text]
    assert alone == [[one.features[0].features.toarray()[0].tolist()] for one in many]
    assert sum(map(sum, alone[0])) > 0


def test_counts_of_one_message_are_hashed_and_copied_by_what_they_hold(storage):
    featurizer = trained(storage, "red shoes", "red shoes")
    one, same, other = (message(text) for text in ("red shoes", "red shoes", "shoes"))
    for each in (one, same, other):
        featurizer.process([each])
    first, second, third = (each.features[0] for each in (one, same, other))
    assert first.is_sparse()
    assert first.fingerprint() == second.fingerprint() != third.fingerprint()
    copy = deepcopy(first)
    assert copy.features.toarray().tolist() == first.features.toarray().tolist()
    assert (copy.origin, copy.type, copy.attribute) == (first.origin, first.type, first.attribute)


def test_every_number_is_the_same(storage):
    featurizer = trained(storage, "under 100", "under 9")
    assert counted(featurizer, "under 5") == counted(featurizer, "under 12345") == [[1, 1, 1]]


def test_a_wrong_character_of_the_right_sound_counts_the_same(storage):
    featurizer = trained(storage, "运费多少", "运费多少", "shoes 运费", of="sounds")
    # duo, duo shao, fei, fei duo, shao, yun, yun fei.
    assert counted(featurizer, "运飞多少") == [[1, 1, 1, 1, 1, 1, 1]]
    assert counted(featurizer, "shoes") == [[0] * 7]


def test_without_a_chinese_character_no_sounds_are_learnt(storage):
    assert counted(trained(storage, "red shoes", "red shoes", of="sounds"), "运费") == []


def test_pieces_of_words_forgive_a_slip(storage):
    featurizer = trained(storage, "sneakers", "sneakers", analyzer="char_wb", min_ngram=3, max_ngram=3)
    assert sum(counted(featurizer, "sneekers")[0]) >= 4


def test_a_saved_vocabulary_counts_the_same(storage):
    before = trained(storage, "red shoes", "red shoes")
    loaded = CountFeaturizer.load(CountFeaturizer.get_default_config(), storage, None, Context)
    assert counted(loaded, "red shoes") == counted(before, "red shoes")


def test_without_training_data_nothing_is_counted(storage):
    loaded = CountFeaturizer.load(CountFeaturizer.get_default_config(), storage, None, Context)
    assert counted(loaded, "red shoes") == []


@pytest.mark.parametrize("config", [{"analyzer": "char"}, {"min_ngram": 3}, {"min_ngram": 0}])
def test_what_cannot_be_counted_is_refused(config):
    with pytest.raises(ValueError, match="CountFeaturizer"):
        CountFeaturizer.validate_config(config)
