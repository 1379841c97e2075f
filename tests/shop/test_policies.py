"""A policy question gets the shop's own words, or nothing."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ops.evaluate_policies import measure, read_questions
from shop.demo.offers import EXPRESS, STANDARD
from shop.embedding import SentenceTransformerEmbedder, Vectors
from shop.policies import THRESHOLD, Passage, PolicyIndex, load_passages

POLICIES = Path("data/policies")
QUESTIONS = Path("data/evaluation/policies.csv")
FIGURE = re.compile(r"\d+(?:\.\d+)?")


class LetterEmbedder:
    """Texts of the same words lie in the same direction."""

    model_name = "words"

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace(".", "").replace(":", "").split():
                row[sum(map(ord, word)) % 64] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    costs = "## Costs\n\nIt costs *4.90 USD*.\n\nSometimes less.\n\n"
    text = f"# Delivery\n\nWe like parcels.\n\n{costs}## Empty\n\n### Days\n\nThree.\n"
    (tmp_path / "delivery.md").write_text(text, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("## Not a policy\n\nNo.", encoding="utf-8")
    return tmp_path


def test_passages_are_split_at_headings_word_for_word(folder: Path) -> None:
    assert load_passages(folder) == [
        Passage("delivery", "Delivery", "We like parcels.", "delivery.md#Delivery"),
        Passage("delivery", "Costs", "It costs *4.90 USD*.\n\nSometimes less.", "delivery.md#Costs"),
        Passage("delivery", "Days", "Three.", "delivery.md#Days"),
    ]


def test_comments_are_not_quoted_and_name_ways_of_asking(tmp_path: Path) -> None:
    asked = "<!-- A note.\n# No heading\n- how dear?\n  -  postage \n-->"
    costs = f"# Costs\n\n{asked}\n\nIt costs 5 USD.\n\n<!-- only a note -->\n\nNo more.\n"
    (tmp_path / "costs.md").write_text(f"{costs}## Open <!--\n- never closed\n## Lost\n", encoding="utf-8")
    assert load_passages(tmp_path) == [
        Passage("costs", "Costs", "It costs 5 USD.\n\nNo more.", "costs.md#Costs", ("how dear?", "postage")),
        Passage("costs", "Open", "", "costs.md#Open", ("never closed",)),
    ]


def test_a_way_of_asking_finds_its_passage() -> None:
    passages = [Passage("a", "Alpha", "One.", "a#Alpha", ("zebra quux",)), Passage("a", "Beta", "Two.", "a#Beta")]
    assert PolicyIndex(passages, LetterEmbedder()).answer("quux zebra") == passages[0]


def test_what_the_shop_is_known_not_to_answer_has_no_answer() -> None:
    passages = [Passage("a", "Jobs", "", "a#Jobs", ("zebra quux",)), Passage("a", "Zebra", "Striped.", "a#Zebra")]
    assert PolicyIndex(passages, LetterEmbedder()).answer("zebra quux") is None


def test_the_closest_passage_answers(folder: Path) -> None:
    answer = PolicyIndex(load_passages(folder), LetterEmbedder()).answer("costs of delivery")
    assert answer is not None
    assert answer.title == "Costs"


def test_a_question_far_from_every_passage_has_no_answer(folder: Path) -> None:
    assert PolicyIndex(load_passages(folder), LetterEmbedder()).answer("zebra quux") is None


@pytest.mark.parametrize(
    "question", ["", "   ", "🎸🎸", "?!", "\ud800", "costs " * 2_000], ids=lambda text: ascii(text[:20])
)
def test_no_question_is_too_odd_to_be_asked(folder: Path, question: str) -> None:
    PolicyIndex(load_passages(folder), LetterEmbedder()).answer(question)


def test_a_shop_without_policies_answers_nothing(tmp_path: Path) -> None:
    assert PolicyIndex(load_passages(tmp_path), LetterEmbedder()).answer("costs") is None


@pytest.fixture(scope="module")
def real() -> PolicyIndex:
    with warnings.catch_warnings():
        # What torch and transformers say of each other while they load is not what is tested here.
        warnings.simplefilter("ignore")
        index = PolicyIndex(load_passages(POLICIES), SentenceTransformerEmbedder())
        index.answer("warm")
    return index


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("how much is shipping?", "delivery.md#How much delivery costs"),
        ("how long can I return something?", "returns.md#How long you can return something"),
        ("can I send something back if I don't like it?", "returns.md#How long you can return something"),
        ("what is your return policy?", "returns.md#Returns and refunds"),
        ("how do I cancel my order?", "returns.md#Cancelling an order"),
        ("do you take paypal?", "payment.md#How you can pay"),
        ("how long is the warranty?", "warranty.md#How long the warranty lasts"),
        ("what are your opening hours?", "contact.md#When we are there"),
    ],
)
def test_plain_questions_find_their_passage(real: PolicyIndex, question: str, source: str) -> None:
    answer = real.answer(question)
    assert answer is not None
    assert answer.source == source
    assert answer.text in (POLICIES / f"{answer.topic}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "question",
    ["do you price match?", "do you match the prices of other shops?", "is the CEO married?", "tell me a joke"],
)
def test_what_no_policy_says_is_not_answered(real: PolicyIndex, question: str) -> None:
    assert real.answer(question) is None


def test_the_delivery_policy_says_what_the_demo_shop_charges() -> None:
    said = {passage.title: passage.text for passage in load_passages(POLICIES) if passage.topic == "delivery"}
    assert STANDARD.free_from is not None
    assert f"Standard delivery costs {STANDARD.price} USD" in said["How much delivery costs"]
    assert f"free for orders from {STANDARD.free_from:.0f} USD" in said["How much delivery costs"]
    assert f"Express delivery costs {EXPRESS.price} USD" in said["How much delivery costs"]
    for offer in (STANDARD, EXPRESS):
        assert f"{offer.days_min} to {offer.days_max} working days" in said["How long delivery takes"]


def test_an_overview_names_no_figure_that_its_passages_do_not() -> None:
    passages = load_passages(POLICIES)
    for overview in (passage for passage in passages if passage.title in {"Delivery", "Returns and refunds"}):
        rest = [passage.text for passage in passages if passage.topic == overview.topic and passage != overview]
        assert set(FIGURE.findall(overview.text)) <= set(FIGURE.findall(" ".join(rest)))


def test_no_two_parts_share_a_question() -> None:
    questions = [question.text.casefold().strip(" ?.!") for question in read_questions(QUESTIONS)]
    assert len(questions) == len(set(questions))


def test_every_labelled_passage_exists() -> None:
    sources = {passage.source for passage in load_passages(POLICIES)}
    for question in read_questions(QUESTIONS):
        assert question.right <= sources, question.text


@pytest.mark.parametrize(("part", "least"), [("test", 0.92), ("fresh", 0.8)])
def test_questions_held_out_of_the_calibration_are_mostly_right(real: PolicyIndex, part: str, least: float) -> None:
    questions = [question for question in read_questions(QUESTIONS) if question.part == part]
    asked = [(question, *found) for question in questions if (found := real.closest(question.text))]
    assert measure(asked, THRESHOLD).accuracy >= least
