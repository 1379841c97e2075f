"""Days that a text names, past ones above all: "last Friday", "since October", "三天前", "10月1日到10月5日".

dateparser, the usual library, gives one moment for a whole week or month, reads "next Friday" as the last one, finds
no "三天前", and takes "10月1日" for a day of January. So the words are lists (`dates` of `data/lexicon`), and
`dateutil` counts.

A day without a year is the latest that is not ahead. "Last Friday" is the latest before today, and "上周五" that of the
last calendar week: so the two languages count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import cn2an
from dateutil.relativedelta import relativedelta

from assistant.nlu.scripts import is_han, plain
from assistant.nlu.words import WordLists

Read = Callable[["re.Match[str]", date], "Days | None"]

_HAN_NUMBER = "[一二两三四五六七八九十]{1,3}"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Days from the first to the last, both of them; None where one side is open."""

    first: date | None
    last: date | None

    @property
    def iso(self) -> str:
        """Write it as ISO 8601 does: "2026-11-20/2026-11-20", "2026-10-01/.."."""
        return f"{self.first or '..'}/{self.last or '..'}"


@dataclass(frozen=True)
class NamedDays:
    """Days with their place in a text; `days` is None for what looks like a date and is none, as 30 February."""

    days: Days | None
    start: int
    end: int


class DateReader:
    """Reads days out of a text in the languages of the words."""

    def __init__(self, words: WordLists) -> None:
        self._lists: Mapping[str, Any] = words.dates
        named = {phrase: value.split() for phrase, value in self._lists["named"].items()}
        self._named = {phrase: (unit, int(count)) for phrase, (unit, count) in named.items()}
        self._weekdays = {word: day for day, group in enumerate(self._lists["weekdays"]) for word in group}
        self._months = {word: month for month, group in enumerate(self._lists["months"], 1) for word in group}
        self._units = {word: unit for unit, group in self._lists["units"].items() for word in group}
        self._patterns = [(re.compile(pattern), read) for pattern, read in self._grammar()]
        before = {name: self._any(name) for name in ("since", "after", "before")}
        self._leads = {name: re.compile(rf"{words}\s*(?:the\s+)?$") for name, words in before.items()}
        behind = {name: self._any(f"{name}_behind") for name in ("since", "before")}
        self._ends = {name: re.compile(rf"\s*{words}") for name, words in behind.items()}
        self._joiner = re.compile(rf"\s*{self._any('joiners')}\s*(?:the\s+)?")
        self._in_lead = re.compile(rf"{self._any('in_leads')}\s+$")

    def read(self, text: str, today: date) -> list[NamedDays]:
        """Give every date in the order of the text, ranges joined."""
        lowered = plain(text)
        return list(self._joined(lowered, sorted(self._found(lowered, today), key=lambda one: one.start), today))

    def _found(self, text: str, today: date) -> list[NamedDays]:
        found: list[NamedDays] = []
        for pattern, read in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.span()
                if not any(one.start < end and start < one.end for one in found) and self._is_certain(text, match):
                    found.append(NamedDays(_read(read, match, today), start, end))
        return found

    def _is_certain(self, text: str, match: re.Match[str]) -> bool:
        return match[0] not in self._lists["uncertain"] or bool(self._in_lead.search(text[: match.start()]))

    def _joined(self, text: str, found: list[NamedDays], today: date) -> Iterator[NamedDays]:
        while found:
            first = found.pop(0)
            gap = self._joiner.fullmatch(text[first.end : found[0].start]) if found else None
            if gap and first.days and found[0].days:
                last = found.pop(0)
                yield NamedDays(_span(first.days, last.days), first.start, last.end)
            else:
                yield self._bounded(text, first, today)

    def _bounded(self, text: str, one: NamedDays, today: date) -> NamedDays:
        """Read "since", "after" and "before" around a date."""
        days = one.days
        if days is None or days.first is None or days.last is None:
            return one
        for name, pattern in self._leads.items():
            lead = pattern.search(text[: one.start])
            if lead:
                return NamedDays(_open(name, days, today), lead.start(), one.end)
        for name, pattern in self._ends.items():
            end = pattern.match(text, one.end)
            if end:
                return NamedDays(_open(name, days, today), one.start, end.end())
        return one

    def _grammar(self) -> Iterator[tuple[str, Read]]:
        """Give the patterns, what says more before what says less."""
        month, number, unit = _any(self._months), self._number_pattern(), _any(self._units)
        years = _any(phrase for phrase, (kind, _) in self._named.items() if kind == "year" and is_han(phrase[0]))
        weeks = _any(phrase for phrase, (kind, _) in self._named.items() if kind == "week")
        ending, year = "(?:st|nd|rd|th)?", r"(?:,?\s+(?P<year>\d{4})(?!\d))?"
        yield from self._part_of_month()
        yield from self._part_of_year(years)
        yield r"(?<!\d)(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})(?!\d)[日号]?", self._date
        yield (
            rf"(?:(?<!\d)(?P<year>\d{{4}})年|(?P<named>{years}))?(?<!\d)(?P<month>\d{{1,2}}|{_HAN_NUMBER})月份?"
            rf"(?:(?P<day>\d{{1,2}}|{_HAN_NUMBER})[日号]?)?",
            self._date,
        )
        yield rf"(?<!\d)(?P<day>\d{{1,2}}){ending}(?:\s+of)?\s+(?P<month>{month}){year}", self._date
        yield rf"(?P<month>{month})\s+(?:the\s+)?(?P<day>\d{{1,2}}){ending}(?![\w]){year}", self._date
        yield rf"(?P<number>{number})\s*个?(?P<unit>{unit})\s*{self._any('ago')}", self._ago
        yield rf"{self._any('recent')}\s*(?P<number>{number})\s*个?(?P<unit>{unit})", self._recent
        if self._lists["week_days"]:
            yield rf"(?P<week>{weeks})(?P<day>{_any(self._lists['week_days'])})", self._day_of_week
        yield rf"{self._any('last')}\s+(?P<weekday>{_any(self._weekdays)})", self._last_weekday
        yield rf"{self._any('next')}\s+(?P<weekday>{_any(self._weekdays)})", self._next_weekday
        yield rf"(?P<named>{_any(self._named)})", self._by_name
        yield rf"(?:{self._any('last')}\s+)?(?P<month>{month}){year}", self._date
        yield rf"(?P<weekday>{_any(self._weekdays)})", self._weekday
        yield r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bduring ))(?P<year>20\d\d)(?!\d)", self._date
        yield r"(?<!\d)(?P<year>20\d\d)年", self._date

    def _part_of_month(self) -> Iterator[tuple[str, Read]]:
        """Give the pattern of "上个月中旬" and "10月底", in languages that have words for them."""
        parts = self._lists["month_parts"]
        months = _any(phrase for phrase, (kind, _) in self._named.items() if kind == "month")
        if parts:
            yield (
                rf"(?<!年)(?:(?P<named>{months})|(?<!\d)(?P<month>\d{{1,2}}|{_HAN_NUMBER})月份?)的?(?P<part>{_any(parts)})",
                self._part,
            )

    def _part_of_year(self, years: str) -> Iterator[tuple[str, Read]]:
        """Give the patterns of "去年夏天", "双十一" and "近半年"; a season without a year tells no day."""
        seasons, feasts = _any(self._lists["seasons"]), _any(self._lists["feasts"])
        yield rf"(?P<named>{years})的?(?P<part>{seasons})", self._season
        yield rf"(?:(?P<named>{years})的?)?(?<!\d)(?P<part>{feasts})(?!\d)", self._season
        if self._lists["half_years"]:
            half = _any(self._lists["half_years"])
            yield rf"{half}\s*{self._any('ago')}", lambda _, today: _whole("month", _moved(today, "month", -6))
            yield rf"{self._any('recent')}\s*{half}", lambda _, today: Days(_moved(today, "month", -6), today)

    def _season(self, match: re.Match[str], today: date) -> Days:
        days = {**self._lists["seasons"], **self._lists["feasts"]}[match["part"]]
        first, last = (tuple(map(int, day.split("-"))) for day in days.split())
        year = today.year + self._named[match["named"]][1] if match["named"] else today.year
        if not match["named"] and date(year, *first) > today:
            year -= 1
        return Days(date(year, *first), date(year + (last < first), *last))

    def _part(self, match: re.Match[str], today: date) -> Days | None:
        whole = self._by_name(match, today) if match["named"] else self._date_of_month(match, today)
        first, last = map(int, self._lists["month_parts"][match["part"]].split())
        if whole is None or whole.first is None or whole.last is None:
            return whole
        return Days(whole.first.replace(day=first), min(whole.last, whole.first + (last - 1) * _DAY))

    def _date_of_month(self, match: re.Match[str], today: date) -> Days:
        month = self._number(match["month"])
        year = today.year if month <= today.month else today.year - 1
        return _whole("month", date(year, month, 1))

    def _any(self, name: str) -> str:
        return _any(self._lists[name])

    def _number_pattern(self) -> str:
        return rf"(?<!\d)\d{{1,3}}|{_any(self._lists['numbers'])}|{_HAN_NUMBER}"

    def _number(self, text: str) -> int:
        if text.isdecimal():
            return int(text)
        words = " ".join(text.split())
        return int(self._lists["numbers"].get(words) or cn2an.cn2an(words, "smart"))

    def _date(self, match: re.Match[str], today: date) -> Days | None:
        parts = match.groupdict()
        year = int(parts["year"]) if parts.get("year") else None
        if parts.get("named"):
            year = today.year + self._named[parts["named"]][1]
        if not parts.get("month"):
            return _whole("year", date(year or today.year, 1, 1))
        month = self._months.get(parts["month"]) or self._number(parts["month"])
        unit, day = ("day", self._number(parts["day"])) if parts.get("day") else ("month", 1)
        if year is None:
            # The latest that is not ahead; 29 February may be up to eight years back.
            year = next(one for one in range(today.year, today.year - 9, -1) if _is_past(one, month, day, today))
        return _whole(unit, date(year, month, day))

    def _ago(self, match: re.Match[str], today: date) -> Days:
        unit = self._units[match["unit"]]
        return _whole(unit, _moved(today, unit, -self._number(match["number"])))

    def _recent(self, match: re.Match[str], today: date) -> Days:
        return Days(_moved(today, self._units[match["unit"]], -self._number(match["number"])), today)

    def _day_of_week(self, match: re.Match[str], today: date) -> Days:
        monday = _whole("week", _moved(today, *self._named[match["week"]])).first
        day = (monday or today) + (int(self._lists["week_days"][match["day"]]) - 1) * _DAY
        return Days(day, day)

    def _last_weekday(self, match: re.Match[str], today: date) -> Days:
        back = (today.weekday() - self._weekdays[match["weekday"]] - 1) % 7 + 1
        return Days(today - back * _DAY, today - back * _DAY)

    def _next_weekday(self, match: re.Match[str], today: date) -> Days:
        ahead = (self._weekdays[match["weekday"]] - today.weekday() - 1) % 7 + 1
        return Days(today + ahead * _DAY, today + ahead * _DAY)

    def _weekday(self, match: re.Match[str], today: date) -> Days:
        back = (today.weekday() - self._weekdays[match["weekday"]]) % 7
        return Days(today - back * _DAY, today - back * _DAY)

    def _by_name(self, match: re.Match[str], today: date) -> Days:
        unit, count = self._named[" ".join(match["named"].split())]
        return _whole(unit, _moved(today, unit, count))


def _any(phrases: Iterable[str]) -> str:
    """Write a pattern for one of some phrases, the longest first; a word in letters ends where letters end."""
    ordered = sorted(phrases, key=len, reverse=True)
    return f"(?:{'|'.join(map(_phrase, ordered))})" if ordered else "(?!)"


def _phrase(phrase: str) -> str:
    pattern = r"\s+".join(map(re.escape, phrase.split()))
    return rf"(?<![^\W_]){pattern}(?![^\W_])" if phrase[0].isascii() and phrase[0].isalpha() else pattern


def _read(read: Read, match: re.Match[str], today: date) -> Days | None:
    try:
        return read(match, today)
    except (ValueError, OverflowError, StopIteration):
        return None


def _is_past(year: int, month: int, day: int, today: date) -> bool:
    try:
        return date(year, month, day) <= today
    except ValueError:
        return False


def _moved(day: date, unit: str, count: int) -> date:
    moved: date = day + relativedelta(**{f"{unit}s": count})  # type: ignore[arg-type]
    return moved


def _whole(unit: str, day: date) -> Days:
    """Give the whole day, week (from Monday), month or year that a day lies in."""
    if unit == "week":
        first = day - day.weekday() * _DAY
    else:
        first = {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[unit]
    return Days(first, _moved(first, unit, 1) - _DAY)


def _span(one: Days, other: Days) -> Days:
    ends = [day for days in (one, other) for day in (days.first, days.last) if day]
    return Days(min(ends), max(ends))


def _open(name: str, days: Days, today: date) -> Days:
    if days.first is None or days.last is None:
        return days
    if name == "before":
        return Days(None, days.first - _DAY)
    first = days.first if name == "since" else days.last + _DAY
    return Days(first, max(first, today))
