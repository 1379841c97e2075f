"""Working days are counted on from a day, and a text names days that are to come."""

from __future__ import annotations

import datetime as dt

import pytest

from shop.arrival_days import arrival_days, coming_days

_MONDAY = dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("start", "days", "first", "last"),
    [
        (_MONDAY, (1, 2), (12, 1), (12, 2)),
        (_MONDAY, (3, 5), (12, 3), (12, 7)),
        (dt.date(2026, 12, 4), (1, 2), (12, 7), (12, 8)),
        (dt.date(2026, 12, 5), (1, 2), (12, 7), (12, 8)),
    ],
)
def test_days_count_from_monday_to_friday(
    start: dt.date, days: tuple[int, int], first: tuple[int, int], last: tuple[int, int]
) -> None:
    assert arrival_days(start, *days) == (dt.date(2026, *first), dt.date(2026, *last))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("would it arrive by Saturday?", [(12, 5)]),
        ("next Friday", [(12, 11)]),
        ("下周五要用", [(12, 11)]),
        ("周五前能到吗", [(12, 4)]),
        ("星期天能到吗", [(12, 6)]),
        ("她生日6号 赶得上吗", [(12, 6)]),
        ("今天买明天能到吗", [(11, 30), (12, 1)]),
        ("We move in on the 14th", [(12, 14)]),
        ("before Christmas", [(12, 24)]),
        ("圣诞节前能到吗", [(12, 24)]),
        ("12月6日", [(12, 6)]),
        ("by December 5", [(12, 5)]),
        ("this weekend", [(12, 5)]),
        ("May I ask when it arrives, mon ami?", []),
        ("Do you deliver on Saturdays?", []),
        ("on the 31st", [(12, 31)]),
    ],
)
def test_a_text_names_days_to_come(text: str, days: list[tuple[int, int]]) -> None:
    assert coming_days(text, _MONDAY) == [dt.date(2026, month, day) for month, day in days]
