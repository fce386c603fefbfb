"""What is written is what was stored, and nothing that is written can run.

Limits from Microsoft's "Excel specifications and limits".
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES

from exports.book import OVERFLOW, Book, Column
from exports.cells import Cell, escaped, length, pieces, safe, sheet_title
from schema.problem import Refused
from tests.unit.exports.small_study import MADE_AT

LIVE = ["=1+1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1", *ERROR_CODES]


def written(path: Path, *values: Cell, kind: str = "any") -> list[object]:
    """Write one cell a row and read them back."""
    book = Book()
    book.write_sheet("sheet", [Column("value", kind=kind)], [(value,) for value in values])
    book.save(path, MADE_AT)
    return [
        row[0].value for row in load_workbook(path)["sheet"].iter_rows(min_row=2, max_row=1 + len(values))
    ]


@pytest.mark.parametrize("text", LIVE)
def test_text_that_looks_like_a_formula_or_an_error_stays_text(tmp_path: Path, text: str):
    path = tmp_path / "book.xlsx"
    assert written(path, text) == [text]
    cell = load_workbook(path)["sheet"]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_no_part_of_the_file_holds_a_formula_an_error_or_a_link_outside(tmp_path: Path):
    path = tmp_path / "book.xlsx"
    book = Book()
    book.write_sheet("=1+1", [Column(text) for text in LIVE], [LIVE])
    book.save(path, MADE_AT)
    with ZipFile(path) as archive:
        for name in archive.namelist():
            assert "external" not in name.lower()
            content = archive.read(name).decode()
            if name.startswith("xl/worksheets/"):
                assert "<f>" not in content
                assert "<f " not in content
                assert 't="e"' not in content


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x0bc\x1bd", "abcd"),
        ("a\ufffeb\uffffc", "abc"),
        ("a\ud800b", "ab"),
        (" outer space ", " outer space "),
        ("tab\tand\nline", "tab\tand\nline"),
        ("مرحبا 👩‍👧 é", "مرحبا 👩‍👧 é"),
        ("10.1.1.2", "10.1.1.2"),
        ("4.20", "4.20"),
        ("1E5", "1E5"),
        ("2018-05", "2018-05"),
        ("", None),
    ],
)
def test_text_comes_back_with_line_feeds_and_without_characters_no_workbook_holds(
    tmp_path: Path, stored: str, shown: str | None
):
    assert written(tmp_path / "book.xlsx", stored) == [shown]


def test_an_escape_sequence_is_protected():
    # A reader that follows ECMA-376 turns _x005F_ back into the underscore.
    assert escaped("_x0041_ and _x00e9_") == "_x005F_x0041_ and _x005F_x00e9_"
    assert escaped("_x41_ snake_case") == "_x41_ snake_case"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7, 7),
        (0, 0),
        (0.5, 0.5),
        (Decimal("16.3"), 16.3),
        (Decimal(88), 88),
        (999_999_999_999_999, 999_999_999_999_999),
        (1234567890123456789, "1234567890123456789"),
        (-(10**15), "-1000000000000000"),
        (None, None),
    ],
)
def test_numbers_keep_their_value_and_long_ones_become_text(tmp_path: Path, value: Cell, shown: object):
    assert written(tmp_path / "book.xlsx", value) == [shown]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(number: float):
    with pytest.raises(ValueError, match="NaN"):
        safe(number)


def test_a_truth_value_is_refused():
    with pytest.raises(TypeError):
        safe(True)


def test_a_moment_is_written_in_utc(tmp_path: Path):
    local = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert written(tmp_path / "book.xlsx", local, kind="moment") == [
        datetime.fromisoformat("2026-06-30T23:30")
    ]


def test_days_before_workbooks_know_any_are_text(tmp_path: Path):
    days = (date(2016, 2, 29), date(1900, 3, 1), date(1900, 2, 28), date(1066, 10, 14))
    shown = written(tmp_path / "book.xlsx", *days, kind="date")
    midnight = [datetime.fromisoformat(day) for day in ("2016-02-29", "1900-03-01")]
    assert shown == [*midnight, "1900-02-28", "1066-10-14"]


def test_a_date_in_a_column_of_another_kind_is_a_mistake(tmp_path: Path):
    with pytest.raises(ValueError, match="a date in a column of kind any"):
        written(tmp_path / "book.xlsx", date(2016, 1, 1))


def test_a_text_at_the_limit_is_whole_and_a_longer_one_goes_on_elsewhere(tmp_path: Path):
    path = tmp_path / "book.xlsx"
    whole, long = "a" * 32_767, "b" * 70_000
    shown = written(path, whole, long)
    assert shown[0] == whole
    cut = str(shown[1])
    assert cut.endswith(f"[…continues on the sheet “{OVERFLOW}”]")
    rest = list(load_workbook(path)[OVERFLOW].iter_rows(min_row=2, values_only=True))
    assert [row[:4] for row in rest] == [("sheet", 3, "value", 2), ("sheet", 3, "value", 3)]
    assert cut.split(" […")[0] + "".join(str(row[4]) for row in rest) == long


def test_length_is_counted_as_workbooks_count_it():
    assert length("a👩") == 3
    assert list(pieces("a👩b", 2)) == ["a", "👩", "b"]


@given(st.text(max_size=50), st.integers(2, 7))
def test_pieces_are_short_enough_and_make_the_text(text: str, most: int):
    cut = list(pieces(text, most))
    assert "".join(cut) == text
    assert all(length(piece) <= most for piece in cut)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_gives_a_workbook_that_opens(tmp_path: Path, texts: list[str]):
    shown = written(tmp_path / "book.xlsx", *texts)
    assert len(shown) == len(texts)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("cases", "cases"),
        ("Cases", "Cases 2"),
        ("a/b:c", "a b c"),
        ("'quoted'", "quoted"),
        ("", "sheet"),
        ("x" * 40, "x" * 31),
        ("X" * 40, "X" * 29 + " 2"),
        ("history", "history of cases"),
    ],
)
def test_a_sheet_title_is_legal_and_new(wanted: str, title: str):
    taken = {"cases", "x" * 31} if wanted != "cases" and wanted != "x" * 40 else set()
    assert sheet_title(wanted, taken) == title
    assert title.casefold() in taken


def test_more_columns_than_a_sheet_has_are_refused():
    with pytest.raises(Refused, match="XLS-001"):
        Book().sheet("wide", [Column(str(number)) for number in range(16_385)])


def test_more_rows_than_a_sheet_has_are_refused():
    sheet = Book().sheet("long", [Column("a")])
    sheet.rows = 1_048_575
    with pytest.raises(Refused, match="XLS-002"):
        sheet.append(["one too many"])


def test_the_same_content_and_time_give_the_same_bytes(tmp_path: Path):
    for name in ("one.xlsx", "two.xlsx"):
        written(tmp_path / name, "a", 1, "=b")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_content_hash_is_of_the_data_and_not_of_moments():
    def hashed(value: str, moment: datetime) -> str:
        book = Book()
        book.write_sheet("s", [Column("v"), Column("at", kind="moment")], [(value, moment)])
        return book.content_hash()

    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert hashed("a", MADE_AT) == hashed("a", later)
    assert hashed("a", MADE_AT) != hashed("b", MADE_AT)
