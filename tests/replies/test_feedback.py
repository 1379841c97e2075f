"""What shoppers and people say of replies becomes examples, or takes replies away; and nothing untrue gets in so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from replies.dataset import main
from replies.errors import InvalidExample, NotWritten
from replies.examples import Example, read_folder
from replies.facts import Fact
from replies.feedback import (
    REFUSED_FILE,
    Learnt,
    Refused,
    corrected_line,
    learnt_from,
    opinion_of,
    read_data,
    read_opinions,
    read_refused,
    without,
)
from replies.service import Guard
from replies.situation import Situation

PASSAGE = "You can return items within {return_days} of delivery."
FACTS = [
    {"name": "return_days", "kind": "number", "value": ""},
    {"name": "policy", "kind": "passage", "value": PASSAGE},
]
POLICY: dict[str, Any] = {"act": "answer_policy", "language": "en", "facts": FACTS, "asked": ["return_days"]}
THANKS: dict[str, Any] = {"act": "small_talk", "language": "en", "facts": [], "asked": []}
WELCOME, HAPPY = "You're welcome. I'm here if you need anything else.", "You're welcome."


def row(reply: str, thumb: str | None = None, correction: str | None = None, **changes: Any) -> dict[str, Any]:
    usual = {**THANKS, "said": ["thank you"], "voter": "guest-1"}
    return {**usual, "reply": reply, "thumb": thumb, "correction": correction, **changes}


def learnt(guard: Guard, *rows: dict[str, Any]) -> Learnt:
    return learnt_from([opinion_of(one) for one in rows], guard)


def test_what_a_shopper_liked_and_what_a_person_would_say_is_learnt(guard: Guard) -> None:
    found = learnt(guard, row(WELCOME, "up"), row("Hello.", "down", HAPPY, voter="guest-2", said=["thanks a lot"]))
    assert [(one.reply, one.turns) for one in found.examples] == [
        (WELCOME, ("thank you",)),
        (HAPPY, ("thanks a lot",)),
    ]
    assert all(one.split == "train" for one in found.examples)
    assert [one.reply for one in found.refused] == ["Hello."]
    assert found.lines() == [
        "2 answers: 2 kept, 0 dropped",
        "1 replies are said no more",
        "       1 corrected by a person",
    ]


def test_each_shopper_counts_once_and_the_majority_decides(guard: Guard) -> None:
    twice_down = [row(WELCOME, "down"), row(WELCOME, "down"), row(WELCOME, "up", voter="guest-2")]
    assert learnt(guard, *twice_down).refused == []
    found = learnt(guard, *twice_down, row(WELCOME, "down", voter="guest-3"))
    assert [one.reply for one in found.refused] == [WELCOME]
    # What is said no more is not learnt from the one who liked it either.
    assert found.examples == []
    assert found.report.dropped == {"a reply that is said no more": 1}


def test_a_changed_mind_counts_as_it_is_now(guard: Guard) -> None:
    assert learnt(guard, row(WELCOME, "down"), row(WELCOME, "up")).refused == []


def test_a_person_weighs_more_than_thumbs(guard: Guard) -> None:
    liked = [row(WELCOME, "up", voter=f"guest-{number}") for number in range(9)]
    found = learnt(guard, *liked, row(WELCOME, None, HAPPY))
    assert [one.reply for one in found.refused] == [WELCOME]
    disliked = [row(HAPPY, "down", voter=f"guest-{number}") for number in range(9)]
    found = learnt(guard, *disliked, row(WELCOME, None, HAPPY))
    assert [one.reply for one in found.examples] == [HAPPY]
    assert [one.reply for one in found.refused] == [WELCOME]


def test_a_reply_is_refused_only_where_the_same_is_known(guard: Guard) -> None:
    facts = (Fact("product.1", "name"), Fact("waterproof", "truth", "yes"))
    said = "Yes, {product.1} is waterproof."
    wet, dry = (
        Example("a", "judge_suitability", "en", ("in rain?",), (facts[0], Fact("waterproof", "truth", value)), (), said)
        for value in ("yes", "no")
    )
    assert without([wet, dry], [Refused.of(wet)]) == [dry]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"correction": "You get {price} back."}, "not grounded"),
        ({"correction": "You get a refund within 3 days."}, "not grounded"),
        ({"correction": "It is waterproof."}, "not grounded"),
        ({"correction": "You're welcome, zebra."}, "not grounded"),
        ({"correction": "您好！"}, "another language"),
        ({"correction": "Write to joe@shop.example."}, "personal data"),
        ({"correction": HAPPY, "said": []}, "nothing was said"),
        ({**POLICY, "correction": HAPPY}, "not grounded (not_asked"),
    ],
    ids=str,
)
def test_a_correction_that_the_facts_do_not_hold_is_dropped_with_its_reason(
    guard: Guard, changes: dict[str, Any], reason: str
) -> None:
    found = learnt(guard, row("Hello.", "down", **changes))
    assert found.examples == []
    (told,) = found.report.dropped
    assert told.startswith(reason)
    # It was corrected all the same.
    assert [one.reply for one in found.refused] == ["Hello."]


def test_values_of_a_persons_words_become_placeholders(guard: Guard) -> None:
    situation = Situation("answer_policy", "en", tuple(Fact(**fact) for fact in FACTS), ("return_days",), ("how long",))
    said = corrected_line("You have  30 days from delivery.", situation, {"return_days": "30 days"}, guard)
    assert said == "You have {return_days} from delivery."
    assert corrected_line(said, situation, {"return_days": "30 days"}, guard) == said
    for wrong in ("You have 31 days.", "You can return items.", "", "You have 30 days, {price}.", "x" * 500):
        with pytest.raises(NotWritten):
            corrected_line(wrong, situation, {"return_days": "30 days"}, guard)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "5",
        "{}",
        json.dumps(row(WELCOME, "sideways")),
        json.dumps(row(WELCOME, "up", act="sing")),
        json.dumps(row(WELCOME, "up", facts=[{"name": "x", "kind": "odd"}])),
        json.dumps(row(WELCOME, "up", said=None)),
        json.dumps(row("", "up")),
    ],
    ids=range(9),
)
def test_what_is_no_opinion_is_named_by_its_line(tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "f.jsonl"
    file.write_text(f"{json.dumps(row(WELCOME, 'up'))}\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidExample) as caught:
        list(read_opinions(file))
    assert caught.value.line == 2
    assert main(["from-feedback", str(file), "--out", str(tmp_path / "out")]) == 1
    assert "f.jsonl:2" in capsys.readouterr().err


def import_rows(folder: Path, *rows: dict[str, Any]) -> None:
    file = folder.with_suffix(".jsonl")
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    assert main(["from-feedback", str(file), "--out", str(folder)]) == 0


def test_what_was_learnt_stays_when_the_opinion_is_gone_until_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "feedback"
    import_rows(folder, row("Hello.", "down", HAPPY))
    import_rows(folder, row(WELCOME, "up"))
    assert {one.reply for one in read_folder(folder)} == {HAPPY, WELCOME}
    assert [one.reply for one in read_refused(folder)] == ["Hello."]
    import_rows(folder, row(HAPPY, "down"))
    assert [one.reply for one in read_folder(folder)] == [WELCOME]
    assert "more thumbs down than up" in capsys.readouterr().out
    # A person brings back what was refused.
    import_rows(folder, row(WELCOME, None, HAPPY))
    assert [one.reply for one in read_folder(folder)] == [HAPPY]
    assert {one.reply for one in read_refused(folder)} == {"Hello.", WELCOME}
    before = {file.name: file.read_bytes() for file in folder.rglob("*.jsonl")}
    import_rows(folder, row(WELCOME, None, HAPPY))
    assert {file.name: file.read_bytes() for file in folder.rglob("*.jsonl")} == before


def test_corrections_come_first_and_what_is_refused_is_in_no_folder(tmp_path: Path) -> None:
    house, own = tmp_path / "house", tmp_path / "own"
    said = [
        Example(f"f{n}", "small_talk", "en", ("thank you",), (), (), text) for n, text in enumerate(("Hello.", "Hi."))
    ]
    (house / "en").mkdir(parents=True)
    (house / "en" / "small_talk.jsonl").write_text("".join(f"{one.as_json()}\n" for one in said), encoding="utf-8")
    import_rows(own, row(WELCOME, "up"), row("Hello.", "down", HAPPY))
    assert [one.reply for one in read_data([house, own])] == [HAPPY, "Hi.", WELCOME]
    assert read_data([house]) == said


@pytest.mark.parametrize(
    "line", ["{", "5", '{"act": "x"}', '{"act":1,"language":2,"known":[],"reply":3}'], ids=range(4)
)
def test_a_broken_list_of_refused_replies_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / REFUSED_FILE).write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InvalidExample, match=REFUSED_FILE):
        read_data([tmp_path])


@pytest.mark.parametrize("data", [None, b"\xff\xfe"], ids=["missing", "no text"])
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, data: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "f.jsonl"
    if data:
        file.write_bytes(data)
    assert main(["from-feedback", str(file), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err
