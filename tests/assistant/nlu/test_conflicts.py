"""No two training examples say the same and mean different things, neither to a reader nor to an encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.conflicts import (
    CLOSE,
    REVIEWED,
    ClosePair,
    Conflicts,
    Reviewed,
    ReviewedError,
    find_conflicts,
    read_reviewed,
)
from assistant.nlu.encoder import OnnxEncoder
from assistant.nlu.example_vectors import ExampleVectors, encode_each
from assistant.nlu.neighbours import Neighbourhood, neighbourhoods
from assistant.nlu.pipeline import Pipeline, PipelineError
from assistant.nlu.training_text import TrainingExample, TrainingTextError, read_examples, said_twice
from tests.assistant.nlu.conftest import ENCODER, ROOT

NOTHING = Conflicts((), ())
ABOUT_SHOES = [
    TrainingExample("i would like to return the shoes that came yesterday", "ask_policy"),
    TrainingExample("hello there", "greet"),
    TrainingExample("many thanks", "thank"),
    TrainingExample("how much is the second laptop", "ask_price"),
    TrainingExample("put the camera into my cart", "add_to_cart"),
]
PLANTED = TrainingExample("i'd like to return the shoes that came yesterday", "check_out")


@pytest.fixture(scope="session")
def house() -> dict[str, Neighbourhood]:
    return neighbourhoods(
        read_examples(ROOT / "data/nlu"),
        {kind: str(ROOT / path) for kind, path in Pipeline.load(ROOT / "config.yml").encoders.items()},
        ROOT / "artifacts/nlu_vectors",
    )


@pytest.fixture(scope="session")
def vectors(tmp_path_factory) -> ExampleVectors:
    return ExampleVectors(OnnxEncoder(str(ENCODER)), tmp_path_factory.mktemp("vectors"))


def test_no_message_is_an_example_of_two_intents():
    assert said_twice(read_examples(ROOT / "data/nlu")) == []


@pytest.mark.parametrize("other", ["Where's my ORDER?", "wheres  my order", "ｗｈｅｒｅ＇ｓ my order！"])
def test_signs_case_width_and_blanks_make_no_other_message(other):
    pair = TrainingExample("where's my order", "track_order"), TrainingExample(other, "greet")
    assert said_twice(pair) == [pair]
    assert said_twice([pair[0], TrainingExample(other, "track_order")]) == []


def test_close_examples_of_different_intents_are_listed_with_a_reason(house):
    found = find_conflicts(house.values(), read_reviewed(REVIEWED))
    advice = f"give one of each pair the other's intent, delete one, or list the pair in {REVIEWED} with the reason"
    assert not found.pairs, "\n".join([advice, *map(str, found.pairs)])
    assert not found.stale, "\n".join([f"out of date in {REVIEWED}:", *map(str, found.stale)])


def test_a_planted_conflict_is_found_in_the_houses_own_data(house, vectors):
    own = [one for one in house["other"].examples if one.intent in ("search_products", "greet")]
    planted = replace(PLANTED, text=f"so {max((one.text for one in own), key=len)}")
    before = find_conflicts([Neighbourhood(own, vectors)], []).pairs
    after = find_conflicts([Neighbourhood([*own, planted], vectors)], []).pairs
    assert not before
    assert any(planted in (pair.first, pair.other) for pair in after)


def test_a_planted_conflict_is_found_unless_it_is_listed(vectors):
    place = Neighbourhood([*ABOUT_SHOES, PLANTED], vectors)
    (pair,) = find_conflicts([place], []).pairs
    assert {pair.first, pair.other} == {ABOUT_SHOES[0], PLANTED}
    assert pair.closeness >= CLOSE
    assert f"{ABOUT_SHOES[0].text!r} (ask_policy)" in str(pair)
    listed = Reviewed({"check_out": PLANTED.text.upper(), "ask_policy": ABOUT_SHOES[0].text}, "for the test")
    assert find_conflicts([place], [listed]) == NOTHING


def test_a_listed_pair_that_is_not_there_or_no_longer_close_is_stale(vectors):
    gone = Reviewed({"greet": "bonjour", "thank": "merci"}, "was there once")
    far = Reviewed({"greet": "hello there", "thank": "many thanks"}, "was close once")
    assert find_conflicts([Neighbourhood(ABOUT_SHOES, vectors)], [gone, far]) == Conflicts((), (gone, far))


def test_examples_of_one_intent_may_be_as_close_as_they_like(vectors):
    same = replace(PLANTED, intent="ask_policy")
    assert find_conflicts([Neighbourhood([*ABOUT_SHOES, same], vectors)], []) == NOTHING


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: b", "holds no list"),
        ("- [greet, hello]", "entry 1: must name two intents"),
        ("- {greet: hello, reason: x}", "entry 1: must name two intents"),
        ("- {greet: hello, thank: 5, reason: x}", "entry 1: must name two intents"),
        ("- {greet: hello, thank: hi, reason: ' '}", "entry 1: has no reason"),
        ("- {greet: hello, thank: hi, why: x}", "entry 1: has no reason"),
        ("- {greet: [", "cannot be read"),
    ],
)
def test_a_damaged_list_of_pairs_says_what_is_wrong(tmp_path, content, message):
    path = tmp_path / "neighbours.yml"
    path.write_text(content)
    with pytest.raises(ReviewedError, match=message):
        read_reviewed(path)


def test_a_missing_list_of_pairs_says_so(tmp_path):
    with pytest.raises(ReviewedError, match=r"none\.yml cannot be read"):
        read_reviewed(tmp_path / "none.yml")


def test_a_pair_is_the_same_whichever_way_round():
    assert ClosePair(PLANTED, ABOUT_SHOES[0], 0.9).key == ClosePair(ABOUT_SHOES[0], PLANTED, 0.8).key


def test_each_example_is_encoded_once_and_kept(tmp_path):
    vectors = ExampleVectors(OnnxEncoder(str(ENCODER)), tmp_path)
    first = vectors.of(["hello", "good bye", "hello"])
    assert (first[0] == first[2]).all()
    (file,) = tmp_path.iterdir()
    written = file.stat().st_mtime_ns
    again = ExampleVectors(OnnxEncoder(str(ENCODER)), tmp_path).of(["hello", "good bye", "hello"])
    assert (again == first).all()
    assert file.stat().st_mtime_ns == written
    assert (vectors.of(["good bye", "new"])[0] == first[1]).all()
    assert len(vectors._read()) == 3


def test_where_too_many_are_kept_those_of_the_past_go(tmp_path):
    vectors = ExampleVectors(OnnxEncoder(str(ENCODER)), tmp_path, most=3)
    vectors.of(["hello", "good bye"])
    vectors.of(["hello", "new", "newer"])
    assert len(vectors._read()) == 3


def test_many_texts_get_the_vectors_that_each_gets_alone():
    encoder = OnnxEncoder(str(ENCODER))
    texts = [f"where is order number {number}?" for number in range(300)]
    assert (
        encode_each(encoder, texts)[[0, 7, 299]] == [encode_each(encoder, [texts[at]])[0] for at in (0, 7, 299)]
    ).all()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04"], ids=["empty", "text", "cut off"])
def test_damaged_vectors_are_not_used(tmp_path, content):
    vectors = ExampleVectors(OnnxEncoder(str(ENCODER)), tmp_path)
    vectors.of(["hello"])
    next(tmp_path.iterdir()).write_bytes(content)
    with pytest.raises(ArtifactError, match="delete it"):
        vectors.of(["hello"])


def test_a_folder_without_training_text_says_so(tmp_path):
    with pytest.raises(TrainingTextError, match="does not exist"):
        read_examples(tmp_path / "nowhere")
    with pytest.raises(TrainingTextError, match="holds no training example"):
        read_examples(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[", "cannot be read"),
        ("a: b", "holds no pipeline"),
        ("pipeline: [x]", "holds no pipeline"),
        ("pipeline: [{name: x}]", "no SentenceEncoderFeaturizer reads messages of the script 'han'"),
        ("pipeline: [{name: a.SentenceEncoderFeaturizer, encoder: x}]", "has no ScopeGate"),
    ],
)
def test_a_configuration_without_the_parts_says_which(tmp_path, content, message):
    path = tmp_path / "config.yml"
    path.write_text(content)
    with pytest.raises(PipelineError, match=message):
        Pipeline.load(path)


def test_the_configuration_names_an_encoder_for_each_script():
    pipeline = Pipeline.load(Path("config.yml"))
    assert set(pipeline.encoders) == {"han", "other"}
    assert 0 < pipeline.threshold < 1
