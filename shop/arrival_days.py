"""On which days something arrives that is sent within so many working days, and which coming day a text names.

Working days are Monday to Friday; public holidays are not counted out, as the shop's rows do not tell of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal

import numpy as np
from babel.dates import get_day_names, get_month_names

from shop.text import ascii_digits

_Width = Literal["wide", "abbreviated"]
_WIDTHS: tuple[_Width, ...] = ("wide", "abbreviated")
# "Mon" and "sun" are words of their own.
_WEEKDAY_NAMES: tuple[tuple[str, _Width], ...] = (("en", "wide"), ("zh", "wide"), ("zh", "abbreviated"))
_DAY = dt.timedelta(days=1)
_RELATIVE = {
    r"day after tomorrow|后天": 2,
    r"\btomorrow\b|明天": 1,
    r"\btoday\b|\btonight\b|今天|今晚": 0,
}
_CHRISTMAS = re.compile(r"christmas|xmas|圣诞", re.IGNORECASE)
_NEW_YEAR = re.compile(r"new year|元旦", re.IGNORECASE)
_WEEKEND = re.compile(r"(?P<next>next |下个?)?(?:weekend|周末)", re.IGNORECASE)
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_DAY_OF_MONTH = re.compile(r"(?<![\d月])(\d{1,2})\s*[日号](?!楼)|\bthe\s+(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)


def arrival_days(start: dt.date, days_min: int, days_max: int) -> tuple[dt.date, dt.date]:
    """Give the first and the last day on which something arrives that is paid on a day.

    >>> arrival_days(dt.date(2026, 11, 27), 1, 2)  # a Friday
    (datetime.date(2026, 11, 30), datetime.date(2026, 12, 1))
    >>> arrival_days(dt.date(2026, 11, 28), 1, 2)  # a Saturday
    (datetime.date(2026, 11, 30), datetime.date(2026, 12, 1))
    """
    first, last = (np.busday_offset(np.datetime64(start), days, roll="backward") for days in (days_min, days_max))
    return first.astype(object), last.astype(object)


def coming_days(text: str, today: dt.date) -> list[dt.date]:
    """List the days, today or later, that a text names, in the order in which it names them.

    >>> coming_days("would it come by Saturday?", dt.date(2026, 11, 30))
    [datetime.date(2026, 12, 5)]
    >>> coming_days("她生日6号 赶得上吗", dt.date(2026, 11, 30))
    [datetime.date(2026, 12, 6)]
    >>> coming_days("下周五要用", dt.date(2026, 11, 30))
    [datetime.date(2026, 12, 11)]
    """
    plain = ascii_digits(text)
    return [day for _, day in sorted(_named(plain, today), key=lambda found: found[0]) if day >= today]


def _named(text: str, today: dt.date) -> Iterator[tuple[int, dt.date]]:
    for pattern, days in _RELATIVE.items():
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield match.start(), today + days * _DAY
            text = f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"
    yield from _weekdays(text, today)
    yield from _dates(text, today)
    for feast, month, day in ((_CHRISTMAS, 12, 24), (_NEW_YEAR, 12, 31)):
        if found := feast.search(text):
            yield found.start(), _next(today, month, day)
    for match in _WEEKEND.finditer(text):
        saturday = today + ((5 - today.weekday()) % 7) * _DAY
        yield match.start(), saturday + (7 * _DAY if match["next"] else dt.timedelta(0))


def _weekdays(text: str, today: dt.date) -> Iterator[tuple[int, dt.date]]:
    for name, weekday in _weekday_names():
        for match in re.finditer(rf"(?P<next>\bnext\s+|下个?)?(?<![a-z]){name}(?![a-z])", text, re.IGNORECASE):
            day = today + ((weekday - today.weekday()) % 7) * _DAY
            # "Next Friday" and 下周五 are of the week after this one.
            is_next = match["next"] and day - today < (7 - today.weekday()) * _DAY
            yield match.start(), day + (7 * _DAY if is_next else dt.timedelta(0))


def _weekday_names() -> Iterator[tuple[str, int]]:
    for language, width in _WEEKDAY_NAMES:
        for weekday, name in get_day_names(width, locale=language).items():
            yield re.escape(name.casefold()), weekday
    for weekday, sign in enumerate("一二三四五六日"):
        yield f"礼拜{sign}", weekday
    yield "(?:周|星期|礼拜)天", 6


def _dates(text: str, today: dt.date) -> Iterator[tuple[int, dt.date]]:
    spans = []
    for match in _MONTH_DAY.finditer(text):
        spans.append(match.span())
        if day := _valid(today, int(match[1]), int(match[2])):
            yield match.start(), day
    for width in _WIDTHS:
        for month, name in get_month_names(width, locale="en").items():
            for match in re.finditer(
                rf"(?<![a-z]){name}\.?\s+(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|th)?\b|"
                rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{name}(?![a-z])",
                text,
                re.IGNORECASE,
            ):
                spans.append(match.span())
                if day := _valid(today, month, int(match[1] or match[2])):
                    yield match.start(), day
    for match in _DAY_OF_MONTH.finditer(text):
        if any(start <= match.start() < end for start, end in spans):
            continue
        if day := _in_month(today, int(match[1] or match[2])):
            yield match.start(), day


def _in_month(today: dt.date, day_of_month: int) -> dt.date | None:
    """Give the next day of this number; None where neither this month nor the next one has it."""
    next_month = today.replace(day=28) + 4 * _DAY
    for month in (today, next_month):
        try:
            day = month.replace(day=day_of_month)
        except ValueError:
            continue
        if day >= today:
            return day
    return None


def _valid(today: dt.date, month: int, day: int) -> dt.date | None:
    try:
        return _next(today, month, day)
    except ValueError:
        return None


def _next(today: dt.date, month: int, day: int) -> dt.date:
    this_year = dt.date(today.year, month, day)
    return this_year if this_year >= today else dt.date(today.year + 1, month, day)
