"""The gate between answering, asking and admitting not to understand."""

import numpy as np
import pytest
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.examples import Examples
from assistant.nlu.scope import BETWEEN, FALLBACK, SCORE, ScopeGate

EXAMPLES = np.array([[1, 0, 0, 0], [0.9, 0.1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=np.float32)
INTENTS = ["buy", "buy", "ask", "ask"]
GATE = ScopeGate({"threshold": 0.3, "margin": 0.05}, None, None, {"other": Examples.of(EXAMPLES, INTENTS)})


def decided(vector, *shares, text="words", gate=GATE):
    ranking = [{"name": name, "confidence": share} for name, share in zip(("buy", "ask"), shares, strict=True)]
    message = Message({TEXT: text, INTENT: ranking[0], INTENT_RANKING_KEY: ranking})
    if vector is not None:
        message.add_features(Features(np.array([vector], np.float32), FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    gate.process([message])
    return message


def test_a_likely_intent_close_to_an_example_is_answered():
    message = decided([1, 0, 0, 0], 0.9, 0.1)
    assert message.get(INTENT)["name"] == "buy"
    assert message.get(BETWEEN) is None
    assert message.get(SCORE) == pytest.approx(0.9, abs=0.01)


def test_what_is_far_from_every_example_is_not_understood_however_sure_the_classifier_is():
    message = decided([0, 0, 0, 1], 0.99, 0.01)
    assert message.get(INTENT)["name"] == FALLBACK
    assert message.get(BETWEEN) == []
    assert [one["name"] for one in message.get(INTENT_RANKING_KEY)] == [FALLBACK, "buy", "ask"]


def test_between_two_that_are_nearly_as_likely_the_shopper_is_asked():
    message = decided([0, 1, 0, 0], 0.51, 0.49)
    assert message.get(INTENT)["name"] == FALLBACK
    assert message.get(BETWEEN) == ["buy", "ask"]


def test_without_vectors_the_probability_decides():
    assert decided(None, 0.4, 0.2).get(INTENT)["name"] == "buy"
    assert decided(None, 0.2, 0.05).get(INTENT)["name"] == FALLBACK
    assert decided([1, 0, 0, 0], 0.9, 0.1, text="买鞋").get(SCORE) == 0.9


def test_a_message_without_a_ranking_is_not_understood():
    message = Message({TEXT: ""})
    GATE.process([message])
    assert message.get(INTENT) == {"name": FALLBACK, "confidence": 1.0}
    assert message.get(BETWEEN) == []


@pytest.mark.parametrize("text", ["!!!", "...", "？", "。。。 ", "\u200b"])
def test_signs_alone_agree_to_nothing(text):
    message = decided([1, 0, 0, 0], 0.99, 0.01, text=text)
    assert (message.get(INTENT)["name"], message.get(BETWEEN)) == (FALLBACK, [])


@pytest.mark.parametrize("text", ["👍", "1", "¥", "好", "+1"])
def test_an_emoji_a_number_and_a_character_say_something(text):
    gate = ScopeGate({"threshold": 0.3, "margin": 0.05}, None, None)
    assert decided([1, 0, 0, 0], 0.99, 0.01, text=text, gate=gate).get(INTENT)["name"] == "buy"


@pytest.mark.parametrize("name", ["threshold", "margin"])
@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_settings_that_are_no_shares_are_refused(name, value):
    with pytest.raises(ValueError, match=name):
        ScopeGate.validate_config({name: value})


def test_saved_examples_are_as_close_as_before(tmp_path):
    examples = Examples.of(EXAMPLES, INTENTS)
    examples.save(tmp_path)
    before, after = (one.closeness(EXAMPLES[0], INTENTS) for one in (examples, Examples.load(tmp_path)))
    assert before[0] == pytest.approx(1)
    assert after == pytest.approx(before, abs=0.001)


def test_an_intent_without_examples_is_close_to_nothing():
    assert Examples.of(EXAMPLES, INTENTS).closeness(EXAMPLES[2], ["sing", "ask"]) == [0, pytest.approx(1)]


def test_columns_of_another_encoder_count_for_nothing():
    examples = Examples.of(EXAMPLES[:, :3], INTENTS)
    padded = Examples.of(np.pad(EXAMPLES[:, :3], ((0, 0), (2, 0))), INTENTS)
    message = np.array([1, 0, 0])
    assert padded.closeness(np.array([9, 9, *message]), INTENTS) == pytest.approx(examples.closeness(message, INTENTS))


def test_the_trained_pipeline_takes_its_own_examples_and_no_talk_of_the_weather(parse):
    assert parse("i need running shoes")["intent"]["name"] == "search_products"
    stranger = parse("the thunderstorm flooded half of the village last night")
    assert stranger["intent"]["name"] == FALLBACK
    assert stranger["between"] == []
    assert stranger["score"] < 0.16
