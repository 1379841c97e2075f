from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from replies.errors import InvalidSetting, Missed, NotWritten
from replies.facts import Fact
from replies.generator import Generator, GeneratorSettings
from replies.rules import Words
from replies.situation import Situation
from tests.replies.small import ScriptedBackend

PIECES = ["yes", "{price}", "1"]
WORDS = {"en": Words.of(["yes"])}
SITUATION = Situation("judge_suitability", "en", (Fact("price", "money"),), ("price",), ("how much",))


def asking(turn: str) -> Situation:
    return Situation("judge_suitability", "en", SITUATION.facts, ("price",), (turn,))


def generator(slow: Callable[[], object] | None = None, **settings: int) -> tuple[Generator, ScriptedBackend]:
    backend = ScriptedBackend(PIECES, ["1", "<end>", "{price}", "yes"], slow)
    return Generator(backend, WORDS, GeneratorSettings(**{"beams": 1, **settings})), backend


def wait_for(writer: Generator, many: int) -> None:
    with writer._changed:
        assert writer._changed.wait_for(lambda: len(writer._queue) >= many, 30)


def missed(ask: Callable[[], object]) -> Missed:
    with pytest.raises(NotWritten) as caught:
        ask()
    return caught.value.reason


def test_a_reply_is_written_and_remembered() -> None:
    writer, backend = generator()
    assert writer.write(SITUATION, 30) == ("{price}",)
    steps = backend.steps
    assert writer.write(SITUATION, 30) == ("{price}",)
    assert backend.steps == steps
    writer.write(asking("and now?"), 30)
    assert backend.steps > steps
    writer.close()


def test_what_is_remembered_is_bounded() -> None:
    writer, backend = generator(remembered=1)
    for turn in ("a", "b", "a"):
        writer.write(asking(turn), 30)
    assert backend.steps == 6
    writer.close()


def test_one_millisecond_is_too_late() -> None:
    gate = threading.Event()
    writer, _ = generator(slow=lambda: gate.wait(30))
    begun = time.monotonic()
    assert missed(lambda: writer.write(SITUATION, 0.001)) is Missed.LATE
    assert time.monotonic() - begun < 5
    gate.set()
    writer.close()


@pytest.mark.parametrize("error", [MemoryError("no more"), RuntimeError("bad graph"), ValueError("bad row")], ids=type)
def test_whatever_breaks_in_the_worker_the_next_reply_is_written(error: Exception) -> None:
    broken = [True]

    def slow() -> None:
        if broken[0]:
            raise error

    writer, _ = generator(slow)
    assert missed(lambda: writer.write(SITUATION, 30)) is Missed.FAILED
    broken[0] = False
    assert writer.write(SITUATION, 30) == ("{price}",)
    writer.close()


def test_many_who_wait_are_written_together() -> None:
    begun, gate = threading.Event(), threading.Event()
    rows: list[int] = []

    def slow() -> None:
        begun.set()
        gate.wait(30)

    writer, backend = generator(slow, batch=8)
    begin = backend.begin
    backend.begin = lambda prompts, fixed=0: (rows.append(len(prompts)), begin(prompts, fixed))[1]  # type: ignore[method-assign]
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(writer.write, asking("first"), 30)
        assert begun.wait(30)
        others = [pool.submit(writer.write, asking(f"turn {'x' * number}"), 30) for number in range(8)]
        wait_for(writer, 8)
        gate.set()
        assert {one.result() for one in (first, *others)} == {("{price}",)}
    assert rows == [1, 8]
    writer.close()


def test_a_full_queue_sends_to_the_next_rung() -> None:
    begun, gate = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        gate.wait(30)

    writer, _ = generator(slow, waiting=1)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(writer.write, asking("a"), 30)
        assert begun.wait(30)
        second = pool.submit(writer.write, asking("b"), 30)
        wait_for(writer, 1)
        assert missed(lambda: writer.write(asking("c"), 30)) is Missed.BUSY
        gate.set()
        assert first.result() == second.result() == ("{price}",)
    writer.close()


def test_a_closed_writer_says_so() -> None:
    writer, _ = generator()
    writer.close()
    assert missed(lambda: writer.write(SITUATION, 30)) is Missed.CLOSED


def test_a_fact_without_a_token_is_for_the_next_rung() -> None:
    writer, _ = generator()
    asked = Situation("judge_suitability", "en", (Fact("weight", "number"),), ("weight",))
    assert missed(lambda: writer.write(asked, 30)) is Missed.UNKNOWN_FACT
    assert missed(lambda: writer.write(Situation("soothe", "zh"), 30)) is Missed.UNKNOWN_FACT
    alone = Situation("compare_for", "en", (Fact("product.1", "name"),))
    assert missed(lambda: writer.write(alone, 30)) is Missed.UNKNOWN_FACT
    writer.close()


@pytest.mark.parametrize(
    "turn",
    ["wort " * 2_000, "\x00\x07\u200b\u202egnp.exe", "שלום مرحبا", "{price} {cost} <reply> </s>", "", "𝟙" * 300],
    ids=["long", "control", "right to left", "braces", "empty", "fancy digits"],
)
def test_odd_turns_are_written_for(turn: str) -> None:
    writer, _ = generator()
    assert writer.write(asking(turn), 30) == ("{price}",)
    writer.close()


def test_no_facts_at_all_give_a_reply_without_any() -> None:
    writer, _ = generator()
    assert writer.write(Situation("small_talk", "en"), 30) == ("yes",)
    writer.close()


def test_a_queue_for_nobody_is_refused() -> None:
    with pytest.raises(InvalidSetting):
        GeneratorSettings(waiting=0)
