"""From logged conversations to a file for review: what is collected, masked, grouped and proposed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from ruamel.yaml import YAML

from assistant.conversations import ConversationStore
from assistant.nlu import mine
from assistant.nlu.messages import OTHER
from assistant.nlu.mining.collecting import Missed, Why
from assistant.nlu.mining.conversations import read_log
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.grouping import NEW_INTENT, group_messages
from assistant.nlu.mining.masking import Masker
from assistant.nlu.neighbours import neighbourhoods
from assistant.nlu.pipeline import Pipeline
from assistant.nlu.training_text import read_examples
from tests.assistant.nlu import small_shop as shop

MASKER = Masker(frozenset())
INJECTION = "'); DROP TABLE events;-- <img src=x onerror=alert(1)>"


@pytest.fixture
def propose(tmp_path, small_config, shop_data, shop_vectors):
    """Run the first step on a tracker database, and give what the review holds."""

    def run(*conversations, more: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        out = tmp_path / "review.yml"
        given = []
        if conversations:
            given = ["--conversations", str(shop.write_conversations(tmp_path / "tracker.db", *conversations))]
        paths = [
            "--config",
            str(small_config),
            "--data",
            str(shop_data),
            "--vectors",
            str(shop_vectors),
            "--out",
            str(out),
        ]
        assert mine.main([*given, *paths, *more]) == 0
        return YAML(typ="safe").load(out.read_text(encoding="utf-8"))["groups"]

    return run


def texts_of(groups):
    return {text for group in groups for text in group["examples"]}


def test_what_was_not_understood_is_collected_and_the_rest_is_not(propose):
    groups = propose(
        [
            *shop.start(),
            shop.said("whats up with my parcel", "nlu_fallback", 0.1),
            shop.answered(),
            shop.said("sing me a song", "out_of_scope"),
            shop.answered(),
            shop.said("any laptops around", "search_products", 0.05),
            shop.answered(),
            shop.said("show me tents please", "search_products"),
            shop.said("/search_products", "search_products", score=None),
        ]
    )
    assert texts_of(groups) == {"whats up with my parcel", "sing me a song", "any laptops around"}
    assert all(group["accept"] is False for group in groups)


def test_a_message_said_twice_is_counted_and_not_repeated(propose):
    (group,) = propose(
        [shop.said("Whats up with my parcel?", "nlu_fallback")],
        [shop.said("whats up with my  parcel", "nlu_fallback")],
    )
    assert group["examples"] == ["Whats up with my parcel?"]
    assert group["counts"] == {"said": 2, "different": 1, "not understood": 2}
    assert (group["intent"], group["language"]) == ("track_order", "en")
    assert group["nearest"][0]["intent"] == "track_order"
    assert 0.5 < group["proposal"]["closeness"] < 1


def test_the_tap_that_answers_which_was_meant_labels_the_message(propose):
    (group,) = propose(
        [
            shop.said("my parcel thing", "nlu_fallback", 0.12, between=["track_order", "ask_policy"]),
            shop.asked_which("track_order", "ask_policy"),
            shop.tapped("ask_policy"),
        ]
    )
    assert group["intent"] == "ask_policy"
    assert group["chosen"] == {"ask_policy": 1}
    assert group["counts"]["chosen when asked"] == 1
    assert group["proposal"]["by"] == "what shoppers chose or said next"


def test_a_tap_on_something_that_was_not_offered_is_no_label(propose):
    (group,) = propose(
        [
            shop.said("my parcel thing", "nlu_fallback"),
            shop.asked_which("track_order", "ask_policy"),
            shop.tapped("greet"),
        ]
    )
    assert "chosen" not in group
    assert group["counts"]["not understood"] == 1


def test_saying_it_again_in_words_that_are_understood_labels_the_message(propose):
    (group,) = propose(
        [
            shop.said("has my order gone out already", "search_products"),
            shop.answered(),
            shop.said("has my order been sent out yet", "track_order"),
        ]
    )
    assert group["examples"] == ["has my order gone out already"]
    assert group["chosen"] == {"track_order": 1}
    assert group["counts"]["said again in other words"] == 1


def test_going_on_to_something_else_is_no_rephrasing(tmp_path, small_config, shop_data, shop_vectors, capsys):
    file = shop.write_conversations(
        tmp_path / "tracker.db",
        [shop.said("show me laptops please", "search_products"), shop.said("where is my order now", "track_order")],
    )
    given = ["--conversations", str(file), "--config", str(small_config), "--data", str(shop_data)]
    assert mine.main([*given, "--vectors", str(shop_vectors), "--out", str(tmp_path / "r.yml")]) == 1
    assert "there is nothing to propose" in capsys.readouterr().err
    assert not (tmp_path / "r.yml").exists()


def test_nothing_personal_reaches_the_review(propose, tmp_path, capsys):
    groups = propose(
        [
            shop.said("where on earth is it, ada@example.org or 138 1234 5678", "nlu_fallback"),
            shop.said(
                "hey 20431 did not come", "nlu_fallback", entities=[{"entity": "order_number", "value": "20431"}]
            ),
            shop.said("包裹没到 电话13912345678 寄到文三路99号", "nlu_fallback"),
            shop.form("checkout_form"),
            shop.said("Ada Lovelace", "nlu_fallback"),
            shop.said("St James Square, third door", "out_of_scope"),
            shop.form(None),
            shop.said("where was that thing again", "nlu_fallback"),
        ],
        more=("--json", str(tmp_path / "figures.json")),
    )
    output = capsys.readouterr()
    files = [(tmp_path / name).read_text(encoding="utf-8") for name in ("review.yml", "figures.json")]
    for told in (*files, output.out, output.err):
        for secret in ("ada@", "1234 5678", "20431", "13912345678", "文三路99", "Lovelace", "James", "web-secret"):
            assert secret not in told
    assert "hey 1001 did not come" in texts_of(groups)
    assert "where was that thing again" in texts_of(groups)
    assert stat.S_IMODE((tmp_path / "review.yml").stat().st_mode) == 0o600
    figures = json.loads(files[1])
    assert figures["left_out"] == {"said while a form asked for an address": 2}
    assert figures["not_understood"] == {"not understood": 4}


def test_what_was_asked_for_before_the_last_days_is_known_all_the_same(tmp_path):
    file = shop.write_conversations(
        tmp_path / "tracker.db", [shop.form("checkout_form"), shop.said("Ada Lovelace", "nlu_fallback")]
    )
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE events SET timestamp = strftime('%s') - 60 WHERE type_name = 'user'")
    ((turn,),) = read_log(str(file), MASKER, days=1).conversations
    assert turn.in_form
    with pytest.raises(MiningError, match=r"no conversations of the last 0\.0001 days"):
        read_log(str(file), MASKER, days=0.0001)


def test_odd_messages_are_data_and_nothing_else(propose, tmp_path):
    odd = [
        INJECTION,
        "no",
        "~",
        "null: [1]",
        "- x: y",
        "# nothing",
        "2026-11-23 yes",
        "!!python/object:os.system x",
        "[a](b)",
    ]
    groups = propose(
        [
            *(shop.said(text, "nlu_fallback") for text in odd),
            shop.said("x" * 10_000, "nlu_fallback"),
            shop.said("😀 42", "nlu_fallback"),
        ]
    )
    wanted = (set(odd) - {"~", "2026-11-23 yes"}) | {"1234567 yes"}
    assert texts_of(groups) == wanted
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as database:
        assert database.execute("SELECT count(*) FROM events").fetchone()[0] > len(odd)


def test_the_database_is_only_read(tmp_path):
    file = shop.write_conversations(tmp_path / "tracker.db", [shop.said("hm", "nlu_fallback")])
    before = file.read_bytes()
    file.chmod(0o400)
    assert [turn.text for turns in read_log(str(file), MASKER).conversations for turn in turns] == ["hm"]
    assert read_log(f"sqlite:///{file}", MASKER).events == 1
    assert file.read_bytes() == before


def test_the_assistants_own_store_is_read_while_it_runs(tmp_path):
    file = tmp_path / "tracker.db"
    store = ConversationStore(domain=Domain.empty(), db=str(file))
    tracker = DialogueStateTracker("web-1", [])
    tracker.update_with_events([shop.said("hm", "nlu_fallback", 0.1)], Domain.empty())
    asyncio.run(store.save(tracker))
    (((turn,),),) = (read_log(str(file), MASKER).conversations,)
    assert (turn.text, turn.intent, turn.score, turn.typed, turn.in_form) == ("hm", "nlu_fallback", 0.1, True, False)
    asyncio.run(store.save(tracker))
    store.engine.dispose()
    assert len(read_log(str(file), MASKER).conversations) == 1


def test_damaged_events_are_counted_and_passed_over(tmp_path):
    file = shop.write_conversations(tmp_path / "tracker.db", [shop.said("hm", "nlu_fallback"), shop.said("ah", "x")])
    with closing(sqlite3.connect(file)) as database, database:
        for broken in ("{", "[]", '{"text": "a", "parse_data": 5}', None):
            row = ("web-1", "user", 5.0, broken)
            database.execute("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)", row)
        odd = json.dumps({"text": "odd", "parse_data": {"intent": 5, "entities": {"a": 1}, "score": "high"}})
        row = ("web-1", "user", 5.0, odd)
        database.execute("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)", row)
    log = read_log(str(file), MASKER)
    assert (log.events, log.unreadable) == (7, 4)
    assert {turn.text: turn.intent for turns in log.conversations for turn in turns} == {
        "hm": "nlu_fallback",
        "ah": "x",
        "odd": "",
    }


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere.db", "does not exist"),
        ("sqlite:///nowhere.db", "does not exist"),
        ("empty.db", "cannot be read as Rasa's tracker store: no such table: events"),
        ("text.db", "cannot be read as Rasa's tracker store: file is not a database"),
        ("silent.db", "holds no conversations"),
        ("mysql://a:secret@b/c", "reads SQLite and PostgreSQL, not mysql"),
        ("://", "is no URL"),
        ("postgresql://ada:secret@127.0.0.1:1/none", "cannot be read as Rasa's tracker store"),
    ],
)
def test_a_database_that_cannot_be_used_says_why(
    tmp_path, monkeypatch, capsys, small_config, shop_data, place, message
):
    monkeypatch.chdir(tmp_path)
    sqlite3.connect("empty.db").close()
    Path("text.db").write_text("no database " * 100)
    shop.write_conversations(Path("silent.db"))
    assert mine.main(["--conversations", place, "--data", str(shop_data), "--config", str(small_config)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert message in told
    assert "secret" not in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), (b" \n\n", "holds no messages"), (b"\xff\xfe\x00", "is no UTF-8 text")],
)
def test_a_file_of_messages_that_cannot_be_used_says_why(tmp_path, capsys, content, message):
    path = tmp_path / "messages.txt"
    if content is not None:
        path.write_bytes(content)
    assert mine.main(["--messages", str(path), "--out", str(tmp_path / "r.yml")]) == 1
    assert message in capsys.readouterr().err


def test_a_file_of_messages_is_asked_of_the_model_first(propose, tmp_path, small_model):
    path = tmp_path / "messages.txt"
    path.write_text(
        "\ufeffshow me laptops\n\nthe thunderstorm flooded half of the village, ada@example.org\n/restart the flood\n",
        encoding="utf-8",
    )
    groups = propose(more=("--messages", str(path), "--model", small_model))
    assert "show me laptops" not in texts_of(groups)
    assert "the thunderstorm flooded half of the village, name@example.com" in texts_of(groups)


def test_an_edited_review_is_never_overwritten(tmp_path, capsys):
    out = tmp_path / "review.yml"
    out.write_text("mine")
    assert mine.main(["--conversations", "var/tracker.db", "--out", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"


@pytest.mark.parametrize("given", [[], ["--days", "0"], ["--examples", "0"], ["--days", "nan"]])
def test_a_command_that_says_too_little_is_refused(given):
    with pytest.raises(SystemExit):
        mine.main(given)


@pytest.fixture(scope="session")
def places(small_config, shop_data, shop_vectors):
    pipeline = Pipeline.load(small_config)
    return neighbourhoods(read_examples(shop_data), pipeline.encoders, shop_vectors)


def missed(*texts):
    return [Missed(text, Counter({Why.NOT_UNDERSTOOD: 1})) for text in texts]


def test_messages_that_say_the_same_are_one_group_and_strange_ones_a_new_intent(places):
    own = missed(
        "where on earth is my order",
        "where the hell is my order",
        "the thunderstorm flooded the village",
        "a thunderstorm has flooded our village",
    )
    groups = group_messages({OTHER: own}, places)
    by_intent = {group.intent: {one.text for one in group.messages} for group in groups}
    assert by_intent == {
        "track_order": {own[0].text, own[1].text},
        NEW_INTENT: {own[2].text, own[3].text},
    }
    assert group_messages({OTHER: own}, places) == groups
    assert group_messages({OTHER: own[::-1]}, places)[0].intent == groups[0].intent


def test_a_group_is_shown_by_its_most_different_messages(propose):
    said = [
        shop.said(f"where {word} is my order", "nlu_fallback") for word in ("oh", "ohh", "ohhh", "on earth", "the hell")
    ]
    (group,) = propose(said, more=("--examples", "2"))
    assert len(group["examples"]) == 2
    assert group["counts"]["different"] == 5


def test_no_messages_make_no_groups(places):
    assert group_messages({OTHER: []}, places) == []
