"""Why something comes back: the labelled examples, the classifier that learns from them, and its measure."""

import asyncio
import csv
import json

import numpy as np
import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu import evaluate_reasons
from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.intents import TELLING_WHY
from assistant.nlu.linear_model import LinearModel
from assistant.nlu.reason_classifier import ReasonClassifier
from assistant.nlu.reason_examples import UNTOLD, read_reasons
from assistant.nlu.training import train_apart
from assistant.nlu.training_text import read_examples
from assistant.nlu.words import WordLists
from tests.assistant.nlu.conftest import ROOT

LABELLED = ROOT / "data/reasons.csv"
MESSAGES = {
    "faulty": [
        "the {} trips the fuse",
        "my {} hums and then goes dark",
        "the {} will not heat",
        "the {} keeps rebooting",
    ],
    "does not fit": [
        "the {} will not go over my head",
        "the {} squeezes my toes",
        "the {} hangs off me",
        "I swim in the {}",
    ],
    UNTOLD: ["I want to return the {}", "send the {} back", "how do I return my {}", "the {} goes back please"],
}
THINGS = ["kettle", "jacket", "lamp", "boots", "drill", "helmet"]
OTHERS = {
    "greet": ["hello", "hi there", "good morning", "hello again"],
    "exchange_product": [
        "swap the kettle for a blue one",
        "I want another colour",
        "exchange my boots",
        "change it to red",
    ],
}


def named(parsed, entity="reason"):
    return [one for one in parsed["entities"] if one["entity"] == entity]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory, small_config):
    """A pipeline with a few labelled messages: its configuration, and the folder of the training text."""
    folder = tmp_path_factory.mktemp("reasons")
    rows = [(text.format(thing), reason) for reason, texts in MESSAGES.items() for text in texts for thing in THINGS]
    with (folder / "reasons.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("message", "reason"), *rows])
    texts = [("report_problem" if reason == "faulty" else "return_product", text) for text, reason in rows]
    texts += [(name, text) for name, own in OTHERS.items() for text in own]
    nlu = [{"intent": own, "examples": [{"text": text} for name, text in texts if name == own]} for own in dict(texts)]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}), encoding="utf-8")
    text = small_config.read_text(encoding="utf-8").replace("data/reasons.csv", str(folder / "reasons.csv"))
    (folder / "config.yml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def agent(labelled):
    from rasa.core.agent import Agent

    return Agent.load(train_apart(labelled / "config.yml", labelled / "nlu.yml", labelled))


def test_a_reason_that_stands_in_no_list_is_told_by_what_was_learnt(agent, reader):
    text = "the toaster trips the fuse"
    assert not [one for one in reader.read(text, "return_product") if one.entity == "reason"]
    (reason,) = named(asyncio.run(agent.parse_message(text)))
    assert (reason["value"], reason["start"], reason["end"]) == ("faulty", 0, len(text))
    assert reason["extractor"] == "ReasonClassifier"
    assert 0.65 <= reason["confidence_entity"] <= 1


def test_a_request_without_a_reason_gets_none(agent):
    assert named(asyncio.run(agent.parse_message("I want to return the toaster"))) == []


def test_messages_of_other_intents_are_left_alone(agent):
    assert named(asyncio.run(agent.parse_message("hello"))) == []


def test_without_labelled_messages_the_phrases_tell_the_reason():
    told = [{"entity": "reason", "value": "faulty", "start": 0, "end": 5}]
    message = Message({"text": "it broke", "intent": {"name": "return_product"}, ENTITIES: list(told)})
    untrained = ReasonClassifier(ReasonClassifier.get_default_config(), None, None)
    assert untrained.process([message])[0].get(ENTITIES) == told


def decided(told, **chances):
    """What a classifier leaves of a reason that a phrase tells, when its model gives the chances."""
    config = ReasonClassifier.get_default_config()
    columns = 2 + len(TELLING_WHY) + len(WordLists.load(*config["words"]).reasons)
    labels = tuple(name.replace("_", " ").replace("untold", UNTOLD) for name in chances)
    model = LinearModel(labels, np.zeros((len(labels), columns)), np.log(list(chances.values())))
    entities = [{"entity": "reason", "value": one, "start": 0, "end": 5} for one in told]
    message = Message({"text": "words of it", "intent": {"name": "return_product"}, ENTITIES: entities})
    message.add_features(Features(np.ones((1, 2), np.float32), FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    ReasonClassifier(config, None, None, {"other": model}).process([message])
    return [(one["value"], one["start"], one["end"]) for one in message.get(ENTITIES)]


def test_what_a_phrase_tells_stays_unless_the_model_is_much_surer():
    assert decided(["faulty"], untold=0.8, faulty=0.2) == [("faulty", 0, 5)]
    assert decided(["faulty"], untold=0.9, faulty=0.1) == []
    assert decided(["faulty"], faulty=0.9, untold=0.1) == [("faulty", 0, 5)]
    assert decided(["faulty"], does_not_fit=0.9, faulty=0.1) == [("does not fit", 0, 11)]


def test_where_no_phrase_tells_a_reason_the_model_must_be_likely_right():
    assert decided([], faulty=0.7, untold=0.3) == [("faulty", 0, 11)]
    assert decided([], faulty=0.6, untold=0.4) == []


@pytest.mark.parametrize(
    "setting",
    [{"threshold": 0}, {"threshold": 1.5}, {"told_threshold": 2}, {"strength": -1}, {"sparse_weight": 0}],
)
def test_settings_that_mean_nothing_are_refused(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        ReasonClassifier.validate_config(setting)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("message,why\nx,faulty\n", "needs the columns message, reason"),
        ("message,reason\nx,faulty\ny,boring\n", "line 3: 'boring' is none of"),
        (None, "cannot be read"),
    ],
)
def test_harmed_labels_are_refused_with_their_place(tmp_path, content, said):
    path = tmp_path / "reasons.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ArtifactError, match=said):
        read_reasons(str(path), {"faulty"})


def test_every_labelled_message_is_an_example_of_the_training_text(words):
    labels = read_reasons(str(LABELLED), words.reasons)
    known = {one.text for one in read_examples(ROOT / "data/nlu") if one.intent in TELLING_WHY}
    assert sorted(set(labels) - known) == []
    assert set(words.reasons) <= set(labels.values())


def test_the_measure_learns_from_the_other_parts_and_says_how_many_reasons_were_right(labelled, tmp_path, capsys):
    figures = tmp_path / "figures.json"
    asked = ["--config", str(labelled / "config.yml"), "--data", str(labelled / "nlu.yml"), "--parts", "2"]
    assert evaluate_reasons.main([*asked, "--json", str(figures)]) == 0
    assert "phrases" in capsys.readouterr().out
    by_way = {one["way"]: one for one in json.loads(figures.read_text()) if one["script"] == "other"}
    assert (
        by_way["model"]["messages"] == by_way["phrases"]["messages"] == sum(map(len, MESSAGES.values())) * len(THINGS)
    )
    assert by_way["model"]["recall"] > by_way["phrases"]["recall"]


def test_text_without_labels_measures_nothing(tmp_path, labelled, capsys):
    (tmp_path / "nlu.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hi\n', encoding="utf-8"
    )
    assert evaluate_reasons.main(["--config", str(labelled / "config.yml"), "--data", str(tmp_path / "nlu.yml")]) == 1
    assert "is labelled in" in capsys.readouterr().err
