"""The runner's own parts: reading files, comparing, and what a failure tells."""

from pathlib import Path
from typing import Any

import pytest

from ops.web_shopper import NoSuchButton, WebShopper, card_names
from tests.conversations.matching import Matcher, matches, stands_in_order
from tests.conversations.reply_log import ReplyLog
from tests.conversations.runner import Turn, _differences, _report, _transcribe
from tests.conversations.schema import BadConversationFile, Expectation, Script, read_all, read_scripts

GOOD = """\
- name: one laptop
  as: demo-ada
  given: {cart: {L2201308: 1}, price: {L2201308: "9.99"}}
  steps:
    - say: hello
      expect: {slots: {candidate_skus: !length 2, focus_sku: null}}

    - click: Add to cart
      on_card: 2
"""


def write(tmp_path: Path, text: str, name: str = "cart.yml") -> Path:
    (tmp_path / name).write_text(text)
    return tmp_path / name


def test_a_file_is_read_with_the_lines_of_its_steps(tmp_path: Path) -> None:
    (script,) = read_scripts(write(tmp_path, GOOD))
    assert script.test_id == "cart: one laptop"
    assert script.lines == (5, 8)
    assert script.conversation.customer == "demo-ada"
    assert script.conversation.steps[0].expect.slots == {"candidate_skus": Matcher("!length", 2), "focus_sku": None}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (GOOD.replace("say: hello", "says: hello"), r"cart\.yml:5: steps\.0\.says: Extra inputs are not permitted"),
        (GOOD.replace("click: Add to cart", "say: hi\n      click: x"), r"cart\.yml:8: .*either `say` or `click`"),
        (GOOD.replace("on_card: 2", "on_card: 0"), r"cart\.yml:9: steps\.1\.on_card: .*greater than or equal to 1"),
        (
            GOOD.replace("say: hello", "photo: {made: noise}\n      twice: true"),
            r"cart\.yml:5: .*`twice` goes with `say`",
        ),
        (
            GOOD.replace("say: hello", "say: hello\n      tab: 0"),
            r"cart\.yml:6: steps\.0\.tab: .*greater than or equal to 1",
        ),
        (GOOD.replace("{L2201308: 1}", "{L2201308: one}"), r"cart\.yml:3: given\.cart\.L2201308: .*valid integer"),
        (GOOD.replace("as: demo-ada", "name: again"), r"cart\.yml:2: 'name' stands here twice"),
        (GOOD.replace("!length 2", "!length two"), r"cart\.yml:6: !length wants a number"),
        (GOOD.replace("!length 2", "!contains two"), r"cart\.yml:6: !contains has no such argument"),
        (GOOD.replace("!length 2", "!wrong 2"), r"cart\.yml:6: could not determine a constructor for the tag '!wrong'"),
        ("- name: [", r"cart\.yml:1: "),
        ("name: no list", r"cart\.yml:1: a file is a list of conversations"),
        ("", r"cart\.yml:1: a file is a list of conversations"),
        ("- name: nothing said\n  steps: []", r"cart\.yml:2: steps: .*at least 1 item"),
    ],
    ids=[
        "unknown-key",
        "says-and-clicks",
        "card-zero",
        "photo-twice",
        "tab-zero",
        "word-for-number",
        "key-twice",
        "bad-length",
        "bad-contains",
        "unknown-tag",
        "broken-yaml",
        "mapping-for-list",
        "empty-file",
        "no-steps",
    ],
)
def test_a_mistake_is_told_with_file_line_and_reason(tmp_path: Path, broken: str, told: str) -> None:
    with pytest.raises(BadConversationFile, match=told):
        read_scripts(write(tmp_path, broken))


def test_two_conversations_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD + GOOD)
    with pytest.raises(BadConversationFile, match="two conversations are called 'cart: one laptop'"):
        read_all(tmp_path)


@pytest.mark.parametrize(
    ("expected", "actual", "holds"),
    [
        (1, 1, True),
        (1, "1", False),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": None}, {}, True),
        ({"a": 1}, None, False),
        ([1, 2], [1, 2], True),
        ([1], [1, 2], False),
        ([{"a": 1}], [{"a": 1, "b": 2}], True),
        (Matcher("!any"), "x", True),
        (Matcher("!any"), [], False),
        (Matcher("!any"), 0, True),
        (Matcher("!length", 2), ["a", "b"], True),
        (Matcher("!length", 2), None, False),
        (Matcher("!contains", ["a"]), ["b", "a"], True),
        (Matcher("!contains", ["c"]), ["b", "a"], False),
        (Matcher("!contains", ["c"]), None, False),
        (Matcher("!one_of", ["a", "b"]), "b", True),
        (Matcher("!matches", "^web-"), "web-1", True),
        (Matcher("!matches", "^web-"), None, False),
    ],
    ids=str,
)
def test_values_are_compared_as_the_readme_says(expected: Any, actual: Any, holds: bool) -> None:
    assert matches(expected, actual) is holds


def test_expected_responses_may_have_others_between_them_but_keep_their_order() -> None:
    assert stands_in_order(["a", "c"], ["a", "b", "c"])
    assert not stands_in_order(["c", "a"], ["a", "b", "c"])
    assert not stands_in_order(["a", "a"], ["a"])


CARD = {
    "title": "Laptop",
    "subtitle": "$1,299.00",
    "buttons": [{"title": "Add", "payload": '/add_to_cart{"sku": "L2201308"}'}, {"title": "More", "payload": "/more"}],
}
TURN = Turn(
    sent="laptops",
    messages=[{"text": "Two found", "elements": [CARD]}],
    events=[
        {"event": "action", "name": "action_listen"},
        {
            "event": "user",
            "parse_data": {
                "intent": {"name": "search_products"},
                "entities": [
                    {"entity": "ordinal", "value": "1"},
                    {"entity": "ordinal", "value": "2"},
                    {"entity": "brand", "value": "X"},
                ],
            },
        },
        {"event": "bot", "text": "Two found", "metadata": {"utter_action": "utter_search_results"}},
        {"event": "bot", "text": "raw", "metadata": {}},
    ],
    slots={"focus_sku": "L2201308", "pending": None},
)


def test_a_turn_that_meets_everything_has_no_differences() -> None:
    expected = Expectation.model_validate({
        "intent": "search_products",
        "entities": {"ordinal": ["1", "2"], "brand": "X", "colour": None},
        "slots": {"focus_sku": "L2201308", "pending": None},
        "responses": ["utter_search_results"],
        "not_responses": ["utter_error"],
        "text_contains": ["TWO"],
        "text_lacks": ["three"],
        "elements": ["L2201308"],
        "buttons": ["Add"],
    })  # fmt: skip
    assert list(_differences(TURN, expected)) == []


def test_each_thing_that_differs_is_told_with_what_was_found() -> None:
    expected = Expectation.model_validate({
        "intent": "greet",
        "entities": {"colour": "red"},
        "slots": {"pending": Matcher("!any")},
        "responses": ["utter_greet"],
        "not_responses": ["utter_search_results"],
        "text_contains": ["three"],
        "text_lacks": ["two"],
        "elements": ["Laptop", "Tablet"],
        "buttons": ["Remove"],
    })  # fmt: skip
    assert list(_differences(TURN, expected)) == [
        "intent: expected 'greet', got 'search_products'",
        "entity colour: expected 'red', got None",
        "slot pending: expected !any, got None",
        "responses: expected ['utter_greet'], got ['utter_search_results']",
        "responses: utter_search_results must not be among ['utter_search_results']",
        "text: 'three' is missing",
        "text: 'two' must not be said",
        "elements: expected ['Laptop', 'Tablet'], got [['L2201308', 'Laptop']]",
        "buttons: expected 'Remove', got ['Add', 'More']",
    ]


def test_silence_is_a_failure_whatever_is_expected() -> None:
    assert list(_differences(Turn("hi", [], [], {}), Expectation())) == ["the shopper got no answer at all"]


def test_a_failure_shows_where_it_is_and_what_was_said(tmp_path: Path) -> None:
    (script,) = read_scripts(write(tmp_path, GOOD))
    report = _report(script, [_transcribe(1, TURN)], 1, ["intent: expected 'greet', got 'search_products'"])
    assert report.splitlines() == [
        f"{tmp_path}/cart.yml:5: step 1 of 'one laptop'",
        "  1. shopper: laptops",
        "     understood: search_products {ordinal: ['1', '2'], brand: 'X'}; answered by: utter_search_results",
        "     assistant: Two found",
        "                Laptop | $1,299.00 [Add] [More]",
        "  >> intent: expected 'greet', got 'search_products'",
    ]


def test_a_card_is_known_by_its_title_and_by_what_its_buttons_name() -> None:
    assert card_names(CARD) == {"Laptop", "L2201308"}


def test_a_button_that_is_not_there_or_is_there_twice_is_not_pressed() -> None:
    shopper = WebShopper.__new__(WebShopper)
    shopper.shown = [{"elements": [CARD, {**CARD, "buttons": [{"title": "Add", "payload": "/other"}]}]}]
    with pytest.raises(NoSuchButton, match="2 buttons are called 'Add'"):
        shopper.click("Add")
    with pytest.raises(NoSuchButton, match="0 buttons are called 'Remove'"):
        shopper.click("Remove")


def test_all_conversation_files_are_in_the_format() -> None:
    scripts: list[Script] = read_all(Path("tests/conversations"))
    assert scripts


def test_the_rungs_of_replies_are_read_from_where_a_step_begins(tmp_path: Path) -> None:
    log = tmp_path / "actions.log"
    log.write_text("reply soothe v1 by model in 12 ms \n")
    rungs = ReplyLog(log)
    rungs.begin()
    assert rungs.rungs() == []
    with log.open("a") as more:
        more.write("INFO reply judge_suitability packaged by model in 278 ms \n")
        more.write("INFO reply compare_for  by template in 64 ms {<Rung.MODEL: 'model'>: 'late'}\n")
    assert rungs.rungs() == ["model", "template"]
