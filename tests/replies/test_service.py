from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from replies.approved import Approved, ApprovedReplies, known_of
from replies.errors import InvalidSetting, Unfilled
from replies.facts import Fact
from replies.fill import fill
from replies.generator import Generator, GeneratorSettings
from replies.rules import Words
from replies.service import Reply, ReplyWriter, Request, Rung, Served
from replies.situation import Situation
from tests.replies.small import ScriptedBackend

FACTS = (Fact("price", "money"), Fact("warm", "truth", "yes"))
ASKED = Situation("judge_suitability", "en", FACTS, ("price",), ("what is it",))
WORDS = {"en": Words.of(["it is cold warm"])}


@dataclass(frozen=True)
class Said:
    ok: bool
    problems: tuple[str, ...] = ()


def no_cold(reply: str, situation: Situation) -> Said:
    """A guard of one word."""
    return Said("cold" not in reply, ("cold",) if "cold" in reply else ())


def served(*wishes: str, version: str = "v", share: float = 1.0, beams: int = 1) -> Served:
    backend = ScriptedBackend([" cold", " warm", "{price}"], wishes)
    return Served(version, Generator(backend, WORDS, GeneratorSettings(beams=beams)), share)


def approved(reply: str) -> ApprovedReplies:
    known = known_of(ASKED)
    return ApprovedReplies(
        [Approved("judge_suitability", "en", "price what is it", known, reply)],
        lambda texts: np.ones((len(texts), 1), np.float32),
        lambda reply, situation: no_cold(reply, situation).ok,
    )


def write(*models: Served, fallback: ApprovedReplies | None = None, **request: object) -> Reply:
    writer = ReplyWriter(models, no_cold, fallback)
    values = {"values": {"price": "5 USD"}, "template": "Sorry.", "seconds": 30.0, **request}
    try:
        return writer.write(Request(ASKED, **values))  # type: ignore[arg-type]
    finally:
        writer.close()


def test_the_model_speaks_first() -> None:
    reply = write(served("<end>", "{price}"), fallback=approved("It is {price}."))
    assert (reply.text, reply.rung, reply.version, dict(reply.missed)) == ("5 USD", Rung.MODEL, "v", {})
    assert reply.line == "{price}"


@pytest.mark.parametrize(
    ("wishes", "why"),
    [(("<end>", " warm"), "not_asked"), (("<end>", " cold"), "not_asked"), ((" warm",), "unfinished")],
)
def test_what_the_model_may_not_say_the_nearest_approved_reply_says(wishes: tuple[str, ...], why: str) -> None:
    reply = write(served(*wishes), fallback=approved("It is {price}."))
    assert (reply.text, reply.rung, reply.version) == ("It is 5 USD.", Rung.APPROVED, "")
    assert reply.missed[Rung.MODEL].startswith(why)


def test_the_template_speaks_last() -> None:
    reply = write(served(" cold"), fallback=approved("It is cold, {price}."))
    assert (reply.text, reply.rung, reply.line) == ("Sorry.", Rung.TEMPLATE, "")
    assert set(reply.missed) == {Rung.MODEL, Rung.APPROVED}
    assert write().rung is Rung.TEMPLATE


def test_one_millisecond_leaves_it_to_the_next_rung() -> None:
    reply = write(served("<end>", "{price}"), fallback=approved("It is {price}."), seconds=0.0)
    assert (reply.rung, reply.missed[Rung.MODEL]) == (Rung.APPROVED, "late")


def test_a_line_that_the_guard_refuses_is_passed_over_for_the_next_line() -> None:
    facts = (Fact("price", "money"),)
    talk = Situation("small_talk", "en", facts)
    writer = ReplyWriter([served(" cold", "<end>", " warm", beams=3)], no_cold)
    reply = writer.write(Request(talk, {"price": "5"}, "Sorry.", seconds=30.0))
    writer.close()
    assert (reply.text, reply.rung) == ("warm", Rung.MODEL) or reply.rung is Rung.TEMPLATE
    assert "cold" not in reply.text


def test_a_value_that_is_missing_is_never_shown_as_a_placeholder() -> None:
    reply = write(served("<end>", "{price}"), fallback=approved("It is {price}."), values={})
    assert reply.text == "Sorry."


def test_two_models_share_the_shoppers_and_each_keeps_its_own() -> None:
    models = [served("<end>", "{price}", version=name, share=share) for name, share in (("a", 0.8), ("b", 0.2))]
    writer = ReplyWriter(models, no_cold)
    seen: Counter[str] = Counter()
    for number in range(300):
        request = Request(ASKED, {"price": "5"}, "Sorry.", f"shopper {number}", 30.0)
        first = writer.write(request).version
        assert writer.write(request).version == first
        seen[first] += 1
    writer.close()
    assert 35 <= seen["b"] <= 90
    assert seen.total() == 300


def test_shares_that_do_not_add_up_are_refused() -> None:
    one = served("<end>", share=0.5)
    with pytest.raises(InvalidSetting):
        ReplyWriter([one], no_cold)
    one.generator.close()


@pytest.mark.parametrize("value", ["{price}", "{cost} %s {0}", "\\g<1> $1", "a{b", "中{文}"])
def test_braces_in_a_value_are_only_signs(value: str) -> None:
    assert fill("is {product.1}, {product.1}", {"product.1": value}) == f"is {value}, {value}"


def test_hidden_signs_are_taken_out_of_values() -> None:
    assert fill("{a}!", {"a": "x\u202ey\nz\x00\u200b"}) == "xy z!"


@pytest.mark.parametrize("values", [{}, {"a": ""}, {"a": "\u202e"}], ids=str)
def test_a_placeholder_without_a_value_is_told(values: dict[str, str]) -> None:
    with pytest.raises(Unfilled) as caught:
        fill("x {a}", values)
    assert caught.value.names == ("a",)
