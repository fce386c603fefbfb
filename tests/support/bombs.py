"""Workbooks that are small and swell: made from their parts, so that no library of ours has to hold them."""

from __future__ import annotations

import io
import zipfile

MEBIBYTE = 2**20
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook_of(rows: str, strings: str = "") -> bytes:
    """A workbook with one sheet of these rows (XML), and shared strings."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", _links(("officeDocument", "xl/workbook.xml")))
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
                         '<sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>')  # fmt: skip
        links = (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
        archive.writestr("xl/_rels/workbook.xml.rels", _links(*links))
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        )
    return stream.getvalue()


def _links(*links: tuple[str, str]) -> str:
    made = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{made}</Relationships>'


def corner() -> bytes:
    """One cell in the last corner of the largest sheet there can be."""
    return workbook_of('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_cells() -> bytes:
    """As many cells as may be declared: about four million."""
    row = "<row>" + "<c><v>1</v></c>" * 1_000 + "</row>"
    return workbook_of(row * (50 * MEBIBYTE // len(row)))


def long_string() -> bytes:
    """One text of fifty megabytes, shown in a cell."""
    return workbook_of('<row r="1"><c t="s"><v>0</v></c></row>', f"<si><t>{'x' * 50 * MEBIBYTE}</t></si>")


def many_strings() -> bytes:
    """Millions of short texts, every one of them shown."""
    cells = "".join(f'<c t="s"><v>{number % 900}</v></c>' for number in range(900))
    return workbook_of(f"<row>{cells}</row>" * 900, "<si><t>x</t></si>" * (30 * MEBIBYTE // 18))


def one_string() -> bytes:
    """A text of three hundred letters, shown in as many cells as a list may have: little to unpack, and much to say."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 40 + "</row>"
    return workbook_of(row * 10_000, f"<si><t>{'x' * 300}</t></si>")


BOMBS = {
    "corner": corner,
    "many cells": many_cells,
    "long string": long_string,
    "many strings": many_strings,
    "one string": one_string,
}
