"""The log of what was told: append-only, one chain, and every planted change is found."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update

from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.models import Receipt, ReceiptHead
from shop.receipt_chain import GENESIS, Entry
from shop.receipts import BrokenChain, Fact, Head, append, conversation_key, fingerprint, gap, last_told, main, verify
from shop.shoppers import Shopper

NOON = dt.datetime(2026, 3, 5, 12, 0, 0, 123456, tzinfo=dt.timezone.utc)
EARLIER = NOON.replace(hour=11)
ANN, BO = Shopper("web-ann"), Shopper("web-bo")


def price(sku: str = "MUG", value: str = "7.50 EUR") -> Fact:
    return Fact("price", f"variants/{sku}", value, fingerprint(sku, value), NOON)


def tell(sessions: Sessions, shopper: Shopper, *facts: Fact) -> Head:
    with writing(sessions) as session:
        return append(session, shopper, facts)


def told(sessions: Sessions, shopper: Shopper, *records: str) -> list[str]:
    with reading(sessions) as session:
        return [fact.value for fact in last_told(session, shopper, records)]


def checked(sessions: Sessions, anchor: Head | None = None) -> Head:
    with reading(sessions) as session:
        return verify(session, anchor)


def broken(sessions: Sessions, anchor: Head | None = None) -> int:
    """Give the first entry that is found to be wrong."""
    with pytest.raises(BrokenChain) as found:
        checked(sessions, anchor)
    return found.value.position


@pytest.fixture
def six(sessions: Sessions) -> Sessions:
    """Six entries in three answers to two shoppers."""
    tell(sessions, ANN, price("A", "1.00 EUR"), price("B", "2.00 EUR"))
    tell(sessions, BO, price("C", "3.00 EUR"))
    tell(sessions, ANN, price("D", "4.00 EUR"), price("E", "5.00 EUR"), price("F", "6.00 EUR"))
    return sessions


def test_an_entry_is_hashed_over_its_canonical_form_and_the_hash_before() -> None:
    entry = Entry(1, "c", "a", "price", "variants/杯子", "7.50 EUR", "v", NOON, GENESIS)
    moved = dt.datetime(2026, 3, 5, 20, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    # Worked out with sha256sum.
    assert entry.hash == "5cd1b1b4911def4298a1cd35b6f61cfbbb6446e0cf8efe7bf3a2932e90ec83c9"
    assert Entry(**{**vars(entry), "read_at": moved}).hash == entry.hash
    for name, other in (("position", 2), ("value", "7.5 EUR"), ("conversation", "d"), ("previous", "1" * 64)):
        assert Entry(**{**vars(entry), name: other}).hash != entry.hash, name


def test_an_empty_log_is_whole(sessions: Sessions) -> None:
    assert checked(sessions) == Head(0, GENESIS)


def test_an_answer_without_facts_writes_nothing(sessions: Sessions) -> None:
    assert tell(sessions, ANN) == Head(0, GENESIS)
    assert told(sessions, ANN) == []


def test_entries_follow_each_other_without_a_gap(six: Sessions) -> None:
    with reading(six) as session:
        rows = list(session.scalars(select(Receipt).order_by(Receipt.position)))
    assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert checked(six) == Head(6, rows[-1].hash)


def test_the_last_answer_of_a_shopper_is_found_and_nobody_elses(six: Sessions) -> None:
    assert told(six, ANN) == ["4.00 EUR", "5.00 EUR", "6.00 EUR"]
    assert told(six, BO) == ["3.00 EUR"]
    assert told(six, Shopper("web-ann", "ada")) == []
    assert told(six, ANN, "variants/A") == ["1.00 EUR"]
    assert told(six, ANN, "variants/C") == []


def test_a_reduced_price_is_found_by_either_of_its_records(sessions: Sessions) -> None:
    tell(sessions, ANN, Fact("price", "variants/A_1 + promotions/SPRING", "9.00 EUR", "v", NOON))
    assert told(sessions, ANN, "variants/A_1") == ["9.00 EUR"]
    assert told(sessions, ANN, "variants/AX1") == []


def test_no_row_holds_who_was_told(six: Sessions) -> None:
    with reading(six) as session:
        rows = [tuple(row) for row in session.execute(select(Receipt.__table__))]
    assert rows
    assert not [value for row in rows for value in row if "ann" in str(value) or "bo" in str(value)]
    assert {row[1] for row in rows} == {conversation_key(ANN), conversation_key(BO)}


def test_a_fact_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind is 'rumour'"):
        Fact("rumour", "r", "v", "1", NOON)


def test_what_is_too_long_for_a_row_is_cut_and_still_verifies(sessions: Sessions) -> None:
    tell(sessions, ANN, Fact("policy", "好" * 500, "x\0" * 300, "v" * 90, NOON))
    assert told(sessions, ANN) == ["x" * 200]
    assert checked(sessions).position == 1


def test_a_gap_is_told_in_the_log_itself(sessions: Sessions) -> None:
    tell(sessions, ANN, gap(3), price())
    assert told(sessions, ANN) == ["3", "7.50 EUR"]


PLANTED: dict[str, tuple[int, Callable[[], list[object]]]] = {
    "a value is changed": (2, lambda: [update(Receipt).where(Receipt.position == 2).values(value="0.01 EUR")]),
    "a time is changed": (
        4,
        lambda: [update(Receipt).where(Receipt.position == 4).values(read_at=EARLIER)],
    ),
    "a conversation is changed": (3, lambda: [update(Receipt).where(Receipt.position == 3).values(conversation="x")]),
    "the last value is changed": (6, lambda: [update(Receipt).where(Receipt.position == 6).values(value="0.01 EUR")]),
    "the first row is deleted": (1, lambda: [delete(Receipt).where(Receipt.position == 1)]),
    "a row in the middle is deleted": (4, lambda: [delete(Receipt).where(Receipt.position == 4)]),
    "the end is cut off": (5, lambda: [delete(Receipt).where(Receipt.position >= 5)]),
    "all rows are deleted": (1, lambda: [delete(Receipt)]),
    "the row of the head is deleted": (1, lambda: [delete(ReceiptHead)]),
    "the head names another hash": (6, lambda: [update(ReceiptHead).values(hash="f" * 64)]),
    "the head is set back": (6, lambda: [set_head_back()]),
}


def set_head_back() -> object:
    before = select(Receipt.hash).where(Receipt.position == 5).scalar_subquery()
    return update(ReceiptHead).values(position=5, hash=before)


@pytest.mark.parametrize(("position", "changes"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_change_is_found_at_the_first_broken_entry(
    six: Sessions, position: int, changes: Callable[[], list[object]]
) -> None:
    with writing(six) as session:
        for change in changes():
            session.execute(change)  # type: ignore[call-overload]
    assert broken(six) == position


def test_two_rows_that_are_swapped_are_found(six: Sessions) -> None:
    with writing(six) as session:
        for old, new in ((2, 99), (4, 2), (99, 4)):
            session.execute(update(Receipt).where(Receipt.position == old).values(position=new))
    assert broken(six) == 2


def test_the_contents_of_two_rows_that_are_swapped_are_found(six: Sessions) -> None:
    with writing(six) as session:
        for position, value in ((2, "4.00 EUR"), (4, "2.00 EUR")):
            session.execute(update(Receipt).where(Receipt.position == position).values(value=value))
    assert broken(six) == 2


def rewrite(sessions: Sessions, position: int, **changes: str) -> None:
    """Do what a careful forger does: change an entry, and hash it and all that follow anew, the head too."""
    with writing(sessions) as session:
        rows = [dict(row._mapping) for row in session.execute(select(Receipt.__table__).order_by(Receipt.position))]
        session.execute(delete(Receipt))
        previous = GENESIS
        for row in rows:
            row.update(changes if row["position"] == position else {}, previous=previous)
            row["hash"] = Entry(**{name: row[name] for name in Entry.__dataclass_fields__}).hash
            previous = row["hash"]
        session.execute(insert(Receipt), rows)
        session.execute(update(ReceiptHead).values(hash=previous))


def test_a_row_that_was_hashed_anew_alone_breaks_the_next_one(six: Sessions) -> None:
    with reading(six) as session:
        row = session.scalars(select(Receipt).where(Receipt.position == 2)).one()
        entry = Entry(**{**{name: getattr(row, name) for name in Entry.__dataclass_fields__}, "value": "0.01 EUR"})
    with writing(six) as session:
        session.execute(update(Receipt).where(Receipt.position == 2).values(value="0.01 EUR", hash=entry.hash))
    assert broken(six) == 3


def test_a_log_that_was_written_anew_as_a_whole_is_found_by_a_head_from_outside(six: Sessions) -> None:
    honest = checked(six)
    rewrite(six, 2, value="0.01 EUR")
    assert checked(six).position == 6
    assert broken(six, honest) == 6


def test_an_end_that_was_cut_off_together_with_its_head_is_found_by_a_head_from_outside(six: Sessions) -> None:
    honest = checked(six)
    with writing(six) as session:
        session.execute(set_head_back())  # type: ignore[call-overload]
        session.execute(delete(Receipt).where(Receipt.position == 6))
    assert checked(six).position == 5
    assert broken(six, honest) == 6


def test_a_head_of_before_holds_when_more_was_appended(six: Sessions) -> None:
    honest = checked(six)
    tell(six, BO, price("G"))
    assert checked(six, honest).position == 7


def test_many_writers_at_once_make_one_chain(sessions: Sessions) -> None:
    shoppers = [Shopper(f"web-{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: [tell(sessions, one, price("A"), price("B")) for _ in range(10)], shoppers))
    assert checked(sessions).position == 160
    with reading(sessions) as session:
        answers = session.execute(
            text("SELECT answer, min(position), max(position) FROM receipts GROUP BY answer")
        ).all()
    assert len(answers) == 80
    # No answer has another one's facts between its own.
    assert {last - first for _, first, last in answers} == {1}


def fail_half_way(sessions: Sessions) -> None:
    with writing(sessions) as session:
        append(session, ANN, [price("B")])
        raise RuntimeError("half way")


def test_a_failed_answer_leaves_the_chain_as_it_was(sessions: Sessions) -> None:
    tell(sessions, ANN, price("A"))
    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way(sessions)
    tell(sessions, ANN, price("C"))
    assert checked(sessions).position == 2


def test_the_database_itself_allows_no_fork(six: Sessions) -> None:
    with reading(six) as session:
        row = dict(session.execute(select(Receipt.__table__).where(Receipt.position == 6)).one()._mapping)
    with pytest.raises(Exception, match=r"(?i)unique"), writing(six) as session:
        session.execute(insert(Receipt), [{**row, "position": 7, "hash": "e" * 64}])


def test_an_entry_costs_less_than_a_millisecond(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    sessions = make_sessions(engine)
    facts = [price(str(number)) for number in range(12)]
    tell(sessions, ANN, *facts)
    spent = []
    for _ in range(30):
        start = time.perf_counter()
        tell(sessions, ANN, *facts)
        spent.append((time.perf_counter() - start) / len(facts))
    engine.dispose()
    assert sorted(spent)[len(spent) // 2] < 0.001


# The command line


@pytest.fixture
def sqlite_log(sqlite_url: str) -> str:
    engine = open_engine(sqlite_url)
    tell(make_sessions(engine), ANN, price("A"), price("B"), price("C"))
    engine.dispose()
    return sqlite_url


def change(url: str, statement: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_command_proves_the_chain_and_prints_its_head(sqlite_log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--database", sqlite_log]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("3 entries, all as they were written; head 3:")
    assert main(["verify", "--database-url", sqlite_log, "--head", printed.split()[-1]]) == 0


def test_the_command_prints_the_first_broken_entry(sqlite_log: str, capsys: pytest.CaptureFixture[str]) -> None:
    change(sqlite_log, "UPDATE receipts SET value = '0.01 EUR' WHERE position >= 2")
    assert main(["verify", "--database", sqlite_log]) == 1
    assert capsys.readouterr().err == "BROKEN at entry 2: its content does not have its hash\n"


def test_a_head_file_finds_an_end_that_was_cut_off(
    sqlite_log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = tmp_path / "head.txt"
    assert main(["verify", "--database", sqlite_log, "--save-head", str(head)]) == 0
    change(sqlite_log, "DELETE FROM receipts WHERE position > 1")
    change(sqlite_log, "UPDATE receipt_heads SET position = 1, hash = (SELECT hash FROM receipts)")
    assert main(["verify", "--database", sqlite_log]) == 0
    assert main(["verify", "--database", sqlite_log, "--head", str(head)]) == 1
    assert "BROKEN at entry 2: it is missing" in capsys.readouterr().err


@pytest.mark.parametrize("head", ["12", "no-such-file", "1:xyz"], ids=str)
def test_a_head_that_is_none_is_refused(sqlite_log: str, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--database", sqlite_log, "--head", head]) == 2
    assert "not verified" in capsys.readouterr().err


def test_a_database_without_the_tables_is_not_called_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--database", f"sqlite:///{tmp_path / 'empty.db'}"]) == 2
    assert "not verified" in capsys.readouterr().err
