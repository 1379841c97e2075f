"""Files that are not what they should be, and the command line with its report and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shop.importers.__main__ import main
from shop.importers.plain_text import one_line, paragraphs

Fixture = Any

VENDURE = "name,slug,description,assets,facets,optionGroups,optionValues,sku,price,stockOnHand\n"
ROW = "Café,cafe,,,,,,CAFE,2.50,4\n"


@pytest.fixture
def sqlite(sqlite_url: str) -> list[str]:
    return ["--database-url", sqlite_url]


def test_utf8_with_a_byte_order_mark_is_fine(importing: Fixture, product: Fixture, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes((VENDURE + ROW).encode("utf-8-sig"))
    assert importing("vendure", tmp_path / "a.csv").exit_code == 0
    assert product("cafe").name == "Café"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ((VENDURE + ROW).encode("utf-16"), "in UTF-16: save it as UTF-8"),
        ((VENDURE + ROW).encode("utf-16-le"), "in UTF-16: save it as UTF-8"),
        ((VENDURE + ROW).encode("latin-1"), "byte 0xe9 on line 2 is not UTF-8; it looks like Latin-1"),
        (b"", "the file is empty"),
        (b" \n \n", "the file is empty"),
        (VENDURE.encode(), "there are no rows below the header"),
        (b"PK\x03\x04rest of a workbook", "a workbook or a ZIP archive"),
        (b"name,slug,name\n", "the columns optiongroups, optionvalues, sku, price, stockonhand are missing"),
        ((VENDURE.strip() + ",sku\n" + ROW).encode(), "the header names sku twice"),
    ],
    ids=[
        "utf-16",
        "utf-16 unmarked",
        "latin-1",
        "empty",
        "blank",
        "header only",
        "workbook",
        "few columns",
        "column twice",
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, reason: str, importing: Fixture, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    report = importing("vendure", tmp_path / "a.csv")
    assert report.exit_code == 2
    assert reason in report.unreadable


@pytest.mark.parametrize(
    ("format_name", "file", "looks_like"),
    [
        ("vendure", "shopify_classic.csv", "it looks like a Shopify product CSV (shopify)"),
        ("shopify", "vendure_small.csv", "it looks like a Vendure CSV (vendure)"),
        ("shopify", "merchant_feed.tsv", "it looks like a file separated by tabs, not commas: a Google merchant feed"),
        ("vendure", "merchant_feed.xml", "it looks like XML: a Google merchant feed"),
        (
            "merchant-feed",
            "shopify_new.csv",
            "it looks like a file separated by commas, not tabs: a Shopify product CSV",
        ),
    ],
)
def test_wrong_columns_say_which_are_missing_and_what_the_file_looks_like(
    format_name: str, file: str, looks_like: str, importing: Fixture, data: Path
) -> None:
    report = importing(format_name, data / file)
    assert report.exit_code == 2
    assert "are missing" in report.unreadable
    assert looks_like in report.unreadable


def test_a_row_after_a_cell_with_line_breaks_keeps_its_line_number(importing: Fixture, tmp_path: Path) -> None:
    rows = 'Cup,cup,"one\ntwo\nthree",,,,,CUP,1.00,1\nBowl,bowl,,,,,,BOWL,-1,1\n'
    (tmp_path / "a.csv").write_text(VENDURE + rows, encoding="utf-8")
    assert [problem.line for problem in importing("vendure", tmp_path / "a.csv").problems] == [5]


def test_the_command_line_prints_a_table_and_writes_json(
    sqlite: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(VENDURE + ROW + "Bad,bad,,,,,,BAD,[bold]-1,1\n", encoding="utf-8")
    assert main(["vendure", str(tmp_path / "a.csv"), *sqlite, "--json", str(tmp_path / "report.json")]) == 1
    printed = capsys.readouterr().out
    assert "1 rows did not land" in printed
    assert "[bold]-1" in printed
    (report,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["products"] == {"created": 1, "updated": 0, "unchanged": 0}
    assert report["problems"] == [
        {"line": 3, "field": "price", "reason": "is not an amount like 12.34", "value": "[bold]-1"}
    ]


def test_of_several_files_the_good_ones_land_and_the_worst_sets_the_exit_code(
    sqlite: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(VENDURE + ROW, encoding="utf-8")
    assert main(["vendure", str(tmp_path / "missing.csv"), str(tmp_path / "a.csv"), *sqlite]) == 2
    assert "No such file or directory" in capsys.readouterr().out
    assert main(["vendure", str(tmp_path / "a.csv"), *sqlite]) == 0


def test_a_new_database_is_migrated_first(tmp_path: Path, data: Path) -> None:
    assert main(["vendure", str(data / "vendure_small.csv"), "--database-url", f"sqlite:///{tmp_path / 'new.db'}"]) == 0


def test_a_database_that_is_none_exits_with_2(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no.db").write_text("this is not a database, and long enough to look at" * 50)
    code = main(["vendure", str(data / "vendure_small.csv"), "--database-url", f"sqlite:///{tmp_path / 'no.db'}"])
    assert code == 2
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
        ("a<script>alert('x')</script>b<style>p{}</style>", "ab"),
        ("<script>never closed", ""),
        ("&lt;script&gt;alert(1)&lt;/script&gt;kept", "kept"),
        ("&amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;", "bold"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<img src=x onerror=alert(1)", "img src=x onerror=alert(1)"),
        ("<svg><script>x</script></svg>ok", "ok"),
        ("zero\x00width\x07 bell", "zerowidth bell"),
        ("R&D  and   AT&T", "R&D and AT&T"),
    ],
)
def test_markup_becomes_text(html: str, text: str) -> None:
    assert paragraphs(html) == text


def test_one_line_has_no_line_breaks() -> None:
    assert one_line("<p>A</p><p>B</p>\n C") == "A B C"
