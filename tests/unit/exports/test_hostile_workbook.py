"""The workbook of the hostile study: nothing in it runs, nothing is lost, and its names and tables are legal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from exports.cells import clean_text, escaped
from exports.workbook import write_workbook
from exports.written import Order
from tests.unit.exports.hostile_study import LABELS, TEXTS, hostile_study


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_at = tmp_path_factory.mktemp("hostile") / "hostile.xlsx"
    write_workbook(made_at, Order(hostile_study(), entries=True))
    return made_at


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return load_workbook(path)


def texts(book: Any) -> Iterator[str]:
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            yield from (value for value in row if isinstance(value, str))


def test_no_cell_runs_and_nothing_leads_outside(path: Path, book: Any) -> None:
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in archive.read(name) or b't="e"' in archive.read(name) for name in sheets)
        assert not any("externalLink" in name for name in archive.namelist())


def test_every_text_and_every_label_is_in_it(book: Any) -> None:
    found = set(texts(book))
    assert {escaped(clean_text(text)) for text in TEXTS} <= found
    assert all(any(text.startswith(clean_text(label)) for text in found) for label in LABELS)


def test_every_sheet_of_answers_is_a_table_whose_columns_are_its_headings(book: Any) -> None:
    for title in ("cases", "long", "cases together", "long together"):
        (held,) = book[title].tables.values()
        assert [column.name for column in held.tableColumns] == [cell.value for cell in book[title][1]]
        assert len(held.tableColumns) > 100
