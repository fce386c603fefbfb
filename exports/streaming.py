"""A sheet whose rows of data are written as finished XML.

The library writes everything around them, the heading among it. It makes an object of each cell and an element of each part of it,
which took four fifths of the time of a workbook.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

from lxml.etree import xmlfile
from openpyxl import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.constants import SHEET_MAIN_NS

Part = Any  # an element of the library's, True for the stream itself, None for nothing


class Stream(WorksheetWriter):
    """The library's writer, whose file can also be written to directly."""

    file: IO[bytes]
    xf: Any

    def get_stream(self) -> Generator[Any, Part, None]:
        """Write parts of the sheet as they are sent; as the library does, but into a file that is kept at hand."""
        with (
            Path(str(self.out)).open("wb") as self.file,
            xmlfile(self.file) as stream,
            stream.element("worksheet", xmlns=SHEET_MAIN_NS),
            suppress(GeneratorExit),
        ):
            while True:
                part = yield
                if part is True:
                    yield stream
                elif part is not None:
                    stream.write(part)


class Page(WriteOnlyWorksheet):
    """A sheet being streamed. ``append`` takes a row of cells, as the library has it, or a text: the row's XML."""

    _writer: Any
    _rows: Any
    _values_to_row: Any

    def append_xml(self, row: str) -> None:
        """Write a row that is XML already; a row of cells has to come before it."""
        self._rows.send(row)

    def _get_writer(self) -> None:
        if self._writer is None:
            self._writer = Stream(self)
            self._writer.write_top()

    def _write_rows(self) -> Generator[Any, Any, None]:
        stream = self._writer.xf.send(True)
        with stream.element("sheetData"):
            stream.flush()
            with suppress(GeneratorExit):
                for number in count(1):
                    row = yield
                    if isinstance(row, str):
                        self._writer.file.write(row.encode("ascii", "xmlcharrefreplace"))
                    else:
                        self._writer.write_row(stream, self._values_to_row(row, number), number)
                        stream.flush()
        self._writer.xf.send(None)


def added_page(workbook: Workbook, title: str) -> Any:
    """A new last sheet of a workbook in streaming mode; the library's types describe finished sheets only."""
    library: Any = workbook
    page = Page(parent=workbook, title=title)
    library._add_sheet(page)  # noqa: SLF001 - what its create_sheet does with its own kind of sheet
    return page
