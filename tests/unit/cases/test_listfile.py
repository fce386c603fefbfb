"""Lists of cases: read as typed, refused with a remedy, however hostile the file."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from schema.limits import LIST_BYTES
from schema.problem import Refused
from webapp.cases.listfile import read_list


def workbook(*rows, **cells) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for place, value in cells.items():
        sheet[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def code_of(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_list(content)
    assert refused.value.problems[0].message
    return refused.value.problems[0].code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_delimiters_that_spreadsheets_write(encoding, delimiter):
    text = f"reference{delimiter}title\r\n00123{delimiter}Élodie’s café\r\n"
    sheet = read_list(text.encode(encoding))
    assert sheet.header == ("reference", "title")
    assert sheet.rows == ((2, ("00123", "Élodie’s café")),)


def test_a_quoted_cell_may_hold_delimiters_and_lines():
    sheet = read_list(b'reference,note\nDHR-1,"first, second\nthird"\n')
    assert sheet.rows == ((2, ("DHR-1", "first, second third")),)


def test_a_workbook_gives_texts_as_typed_and_numbers_without_a_point():
    sheet = read_list(workbook(["Reference", "Title", "n"], ["00123", "4.2", 5], [None], ["=1+1", "-x", 2.5]))
    assert sheet.rows[0] == (2, ("00123", "4.2", "5"))
    assert sheet.rows[1][0] == 4


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers():
    assert [number for number, _ in read_list(b"reference\n\nA\n\n\nB\n").rows] == [3, 6]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "LIST-001"),
        (b"a" * (LIST_BYTES + 1), "LIST-002"),
        (b"%PDF-1.7 ...", "LIST-003"),
        (b"<html><table><tr><td>reference</td></tr></table>", "LIST-003"),
        (b"PK\x03\x04 not a zip at all", "LIST-003"),
        (b"\xd0\xcf\x11\xe0\x00\x00\x00 old excel", "LIST-003"),
        (b"reference\n", "LIST-006"),
        (b"reference\n" + b"x\n" * 10_001, "LIST-004"),
        (b"reference," + b"a," * 60 + b"b\n" + b"1," * 61 + b"2\n", "LIST-005"),
    ],
)
def test_what_is_no_list_is_refused_by_name(content, code):
    assert code_of(content) == code


def test_one_cell_in_the_last_corner_is_refused_and_costs_nothing():
    assert code_of(workbook(["reference"], ["A"], XFD1048576="x")) in ("LIST-003", "LIST-008")


def test_a_workbook_cut_short_anywhere_is_refused():
    whole = workbook(["reference"], ["A"])
    for length in range(10, len(whole), max(1, len(whole) // 12)):
        assert code_of(whole[:length]) == "LIST-003"


def test_a_zip_that_unpacks_to_far_more_is_refused_unread():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/sharedStrings.xml", b" " * (61 * 2**20))
    assert code_of(stream.getvalue()) == "LIST-007"


def test_a_workbook_with_macros_is_refused():
    stream = io.BytesIO(workbook(["reference"], ["A"]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert code_of(stream.getvalue()) == "LIST-003"


def test_entities_in_a_workbook_are_never_read():
    whole = io.BytesIO(workbook(["reference"], ["A"]))
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            text = source.read(part.filename)
            if part.filename.startswith("xl/worksheets/"):
                head, rest = (
                    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
                    text,
                )
                text = head + rest.replace(b">A<", b">&e;<")
            target.writestr(part.filename, text)
    try:
        sheet = read_list(out.getvalue())
    except Refused:
        return
    assert "root:" not in str(sheet)
