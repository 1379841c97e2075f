from __future__ import annotations

import math
import random
import unicodedata

import pytest

from replies.decode import Decoder, Job
from replies.errors import Missed, NotWritten
from replies.facts import PLACEHOLDER, Fact
from replies.rules import Rules, Words
from replies.situation import Situation
from tests.replies.small import ScriptedBackend

WORDS = Words.of(["yes it is warm and costs no more", "价格不高，是的"])
PIECES = [
    "yes",
    " it",
    " is",
    " warm",
    "1",
    "$",
    "¥",
    " www",
    ".com",
    "{price}",
    "{cost}",
    "５",
    "价",
    "。",
    " Nike",
    "/",
]
FACTS = (Fact("price", "money"),)


def job(facts: tuple[Fact, ...] = FACTS, deadline: float = math.inf, language: str = "en") -> Job:
    return Job([0, 0], Rules(Situation("judge_suitability", language, facts), WORDS), deadline)  # type: ignore[arg-type]


def write(decoder: Decoder, *jobs: Job) -> list[str | Missed]:
    return [found.reason if isinstance(found, NotWritten) else found[0] for found in decoder.write(jobs or [job()])]


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_model_wants_no_rule_is_broken(seed: int, beams: int) -> None:
    wishes = [*PIECES, "<end>"]
    random.Random(seed).shuffle(wishes)
    facts = FACTS if seed % 2 else ()
    backend = ScriptedBackend(PIECES, wishes)
    found = Decoder(backend, beams, most_new=30).write([job(facts)])[0]
    for reply in [] if isinstance(found, NotWritten) else found:
        assert set(PLACEHOLDER.findall(reply)) <= {fact.name for fact in facts}
        plain = PLACEHOLDER.sub("", reply)
        assert not any(unicodedata.category(sign) in {"Nd", "No", "Sc"} or sign in "/{}" for sign in plain)
        assert "www" not in plain
        assert "Nike" not in plain


def test_the_dearest_allowed_token_is_written() -> None:
    assert write(Decoder(ScriptedBackend(PIECES, ["$", "{price}", "<end>"]), most_new=3)) == [Missed.UNFINISHED]
    assert write(Decoder(ScriptedBackend(PIECES, ["$", "<end>", "yes"]))) == ["yes"]
    assert write(Decoder(ScriptedBackend(PIECES, ["{cost}", "<end>", "{price}"]))) == ["{price}"]


def test_a_reply_is_never_empty() -> None:
    assert write(Decoder(ScriptedBackend(PIECES, ["<end>", " it"]))) == ["it"]


def test_rows_of_a_batch_do_not_touch_each_other() -> None:
    decoder = Decoder(ScriptedBackend(PIECES, ["{price}", "<end>", "yes"]), beams=2, most_new=8)
    alone = [write(decoder, one)[0] for one in (job(), job(()), job(language="zh"))]
    assert write(decoder, job(), job(()), job(language="zh")) == alone
    assert "{price}" not in str(alone[1])


def test_a_placeholder_of_several_tokens_is_written_whole_or_not_at_all() -> None:
    pieces = ["{", "pri", "ce", "}", "co", "st", " it", "1"]
    decoder = Decoder(ScriptedBackend(pieces, ["}", "ce", "1", "st", "co", "pri", "{", "<end>"]), most_new=12)
    found = decoder.write([job(()), job()])
    assert isinstance(found[0], NotWritten) or "{" not in found[0][0]
    reply = found[1]
    assert isinstance(reply, NotWritten) or set(PLACEHOLDER.findall(reply[0])) == {"price"}
    spelt = Decoder(ScriptedBackend(pieces, ["<end>", "}", "ce", "pri", "{"])).write([job()])[0]
    assert spelt == ["{price}"]


def test_a_deadline_is_looked_at_before_every_step() -> None:
    now = [0.0]
    backend = ScriptedBackend(PIECES, ["yes", "{price}"], slow=lambda: now.__setitem__(0, now[0] + 1))
    decoder = Decoder(backend, most_new=90, clock=lambda: now[0])
    assert write(decoder, job(deadline=3.5)) == [Missed.LATE]
    assert backend.steps <= 5
    assert write(decoder, job(deadline=0.0)) == [Missed.LATE]


def test_one_that_is_late_does_not_stop_the_others() -> None:
    now = [0.0]
    backend = ScriptedBackend(PIECES, ["<end>", "yes"], slow=lambda: now.__setitem__(0, now[0] + 1))
    assert write(Decoder(backend, clock=lambda: now[0]), job(deadline=0.5), job()) == [Missed.LATE, "yes"]


def test_a_prompt_that_is_too_long_is_not_read() -> None:
    long = Job([0] * 150, job().rules, math.inf)
    assert write(Decoder(ScriptedBackend(PIECES, ["<end>", "yes"])), long, job()) == [Missed.TOO_LONG, "yes"]


def test_beams_give_several_lines_the_likeliest_first() -> None:
    found = Decoder(ScriptedBackend(PIECES, ["<end>", "yes", " it"]), beams=3, most_new=6).write([job()])[0]
    assert not isinstance(found, NotWritten)
    assert found[0] == "yes"
    assert len(set(found)) == len(found) > 1


def test_a_line_that_is_not_sure_enough_is_left_to_the_next_rung() -> None:
    backend = ScriptedBackend(PIECES, ["$", "yes", "<end>"])
    assert write(Decoder(backend, floor=-9.0, most_new=4)) != [Missed.UNSURE]
    assert write(Decoder(ScriptedBackend(PIECES, ["$", "<end>", "yes"]), floor=-0.01)) == [Missed.UNSURE]
