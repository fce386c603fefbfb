"""Files as somebody hostile would send them, or somebody unlucky: made from their parts, each of a few kilobytes.

What swells to fifty megabytes is in :mod:`tests.support.bombs`.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

from tests.support.bombs import MAIN, corner, workbook_of
from tests.support.png import SIGNATURE
from tests.support.reports import sheet, small_report

#: A file that every machine has; none of its text may come back, whatever names it.
SECRET_FILE = "/etc/passwd"
SECRET_TEXT = "root:x:0:0"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: Names under which browsers and scripts send files.
NAMES = (
    "../../../escaped.pdf",
    "..\\..\\escaped.xlsx",
    "/etc/cron.d/escaped",
    "C:\\escaped.docx",
    "CON",
    "nul\x00inside.pdf",
    "n" * 300 + ".yaml",
    "\u202efdp.exe",
    'quote".pdf',
    "line\r\nSet-Cookie: escaped=1.pdf",
    "<img src=x onerror=alert(1)>.xlsx",
    "\x1b[31mred.txt",
    ".",
    " ",
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_part(content: bytes, name: str, part: str | bytes) -> bytes:
    """The same zip with one part put in place of another of its name, or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {one: archive.read(one) for one in archive.namelist()}
    return zipped({**parts, name: part})


def _laughs(root: str, open_tag: str, close_tag: str) -> str:
    """Nine entities, each ten of the one before: a billion words where a reader follows them."""
    entities = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "laugh">{entities}]>{open_tag}&l9;{close_tag}'


def _outside(root: str, open_tag: str, close_tag: str, declared: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{declared}]>{open_tag}&e;{close_tag}'


#: Declarations of entities that lead out of the file.
OUTSIDE = {
    "a file": f'<!ENTITY e SYSTEM "file://{SECRET_FILE}">',
    "an address": '<!ENTITY e SYSTEM "http://127.0.0.1:9/outside">',
    "a parameter": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/outside.dtd"> %p; <!ENTITY e "x">',
}


def _lying() -> bytes:
    """A workbook whose parts say that they unpack to nothing."""
    content = bytearray(workbook_of("<row><c><v>1</v></c></row>" * 20_000))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 24 : at + 28] = struct.pack("<L", 1)
        at += 4
    return bytes(content)


def _overlapping() -> bytes:
    """A workbook in whose list a thousand parts share the bytes of one."""
    whole = zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": " " * 200_000})
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entries, close = whole[start:end], bytearray(whole[end:])
    last = entries[entries.rindex(b"PK\x01\x02") :]
    many = entries + last * 400
    count = 2 + 400
    close[8:16] = struct.pack("<HHL", count, count, len(many))
    return whole[:start] + many + bytes(close)


def _sheet(rows: str) -> Callable[[], bytes]:
    return lambda: workbook_of(rows)


def _workbook_with(name: str, part: str | bytes) -> Callable[[], bytes]:
    return lambda: with_part(workbook_of('<row r="1"><c r="A1"><v>1</v></c></row>'), name, part)


def _without(part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook_of('<row r="1"><c r="A1"><v>1</v></c></row>'))) as archive:
        return zipped({one: archive.read(one) for one in archive.namelist() if one != part})


def _cell(text: str, kind: str = "str") -> str:
    return f'<c t="{kind}"><v>{text}</v></c>'


def _row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


STRINGS = f'<sst xmlns="{MAIN}"><si><t>', "</t></si></sst>"
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "a workbook without a sheet": _workbook_with(
        "xl/workbook.xml", f'<workbook xmlns="{MAIN}"><sheets/></workbook>'
    ),
    "a workbook whose sheet is absent": lambda: _without("xl/worksheets/sheet1.xml"),
    "a workbook without links": lambda: _without("xl/_rels/workbook.xml.rels"),
    "a workbook that is no XML": _workbook_with("xl/workbook.xml", b"\x00\xff\xfe"),
    "a sheet that ends early": _workbook_with("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>"),
    "macros": _workbook_with("xl/vbaProject.bin", b"macro"),
    "an open document": lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    "a binary workbook": lambda: zipped({"xl/workbook.bin": b"\x83\x01\x00"}),
    "a workbook cut in half": lambda: workbook_of(_row(_cell("reference")))[:300],
    "a workbook cut in its list": lambda: workbook_of(_row(_cell("reference")))[:-30],
    "parts that lie of their size": _lying,
    "parts that share their bytes": _overlapping,
    "parts by the thousand": lambda: zipped(
        {"xl/workbook.xml": "<workbook/>", **{f"xl/{number}.xml": "" for number in range(1_000)}}
    ),
    "a part that climbs": _workbook_with("../../../escaped.xml", "escaped"),
    "laughs": _workbook_with("xl/sharedStrings.xml", _laughs("sst", *STRINGS)),
    "the last corner": corner,
    "a row of no number": _sheet(f'<row r="99999999999">{_cell("reference")}</row>'),
    "a cell of no place": _sheet('<row r="1"><c r="ÄÖ0" t="str"><v>reference</v></c></row>'),
    "a text of no number": _sheet('<row r="1"><c t="s"><v>4294967295</v></c></row>'),
    "columns by the thousand": _sheet(_row(*[_cell("x")] * 16_384) * 2),
    "equal columns": _sheet(_row(_cell("reference"), _cell("reference")) + _row(_cell("A"), _cell("B"))),
    "errors for values": _sheet(_row(_cell("reference")) + _row(_cell("#REF!", "e"))),
    "a number that is none": _sheet(_row(_cell("reference")) + _row(_cell("1e999999", "n"))),
} | {
    f"{name} named by an entity": _workbook_with(
        "xl/sharedStrings.xml", _outside("sst", *STRINGS, declared=declared)
    )
    for name, declared in OUTSIDE.items()
}


def _locked_report() -> bytes:
    pdf = sheet()
    pdf.set_encryption(owner_password="owner", user_password="reader")
    pdf.add_page()
    return bytes(pdf.output())


def _circular() -> bytes:
    """A PDF whose pages hold themselves."""
    parts = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1000000>>"]
    body = "".join(f"{number} 0 obj{part} endobj\n" for number, part in enumerate(parts, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R/Size 3>>\n%%EOF".encode()


PDFS: dict[str, Callable[[], bytes]] = {
    "a PDF that only begins": lambda: b"%PDF-1.7\nnothing follows",
    "a PDF cut short": lambda: small_report()[:900],
    "a locked PDF": _locked_report,
    "a PDF whose pages hold themselves": _circular,
    "a PDF nested without end": lambda: b"%PDF-1.4\n1 0 obj" + b"[" * 50_000,
    "a PDF after a page": lambda: b"<html><script>alert(1)</script></html>" + small_report(),
    "a PDF after a zip": lambda: zipped({"a": "b"}) + small_report(),
}

DOCUMENT = (
    f'<w:document xmlns:w="{WORDS}"><w:body><w:p><w:r><w:t>',
    "</w:t></w:r></w:p></w:body></w:document>",
)


def _word(text: str) -> Callable[[], bytes]:
    return lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": text})


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "a document without words": lambda: zipped({"word/styles.xml": "<styles/>"}),
    "a document that is no XML": _word("\x00"),
    "a document cut short": lambda: _word("".join(DOCUMENT))()[:200],
    "laughs in a document": _word(_laughs("w:document", *DOCUMENT)),
    "a document nested without end": _word("<a>" * 100_000),
} | {
    f"{name} named by an entity in a document": _word(_outside("w:document", *DOCUMENT, declared=declared))
    for name, declared in OUTSIDE.items()
}

TEXTS: dict[str, Callable[[], bytes]] = {
    "anchors that multiply": lambda: b"a: &a [x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
    ),
    "an anchor that holds itself": lambda: b"a: &a [*a]\n",
    "a tag that makes an object": lambda: b"a: !!python/object/apply:os.system ['touch escaped']\n",
    "brackets without end": lambda: b"a: " + b"[" * 20_000,
    "indents without end": lambda: b"".join(b" " * n + b"- a:\n" for n in range(400)),
    "a key given twice": lambda: b"template: x\ntemplate: y\nversion: 1\n",
    "merged into itself": lambda: b"a: &a\n  <<: *a\n",
    "a number without end": lambda: b"template: x\nversion: " + b"9" * 5_000 + b"\n",
    "NUL in a text": lambda: b"template: a\x00b\n",
    "half a surrogate": lambda: "template: \ud800\n".encode("utf-8", "surrogatepass"),
    "escaped surrogates": lambda: b'template: "\\ud800\\udfff\\u0000"\ncodelist: "\\ud800"\n',
    "two byte order marks": lambda: b"\xef\xbb\xbf\xef\xbb\xbftemplate: x\n",
    "text in UTF-16": lambda: "template: x\n".encode("utf-16"),
    "direction marks": lambda: "template: \u202ex\u2066\u200b\n".encode(),
    "many documents": lambda: b"---\na: 1\n" * 500,
    "a comment alone": lambda: b"# nothing\n",
    "one long line": lambda: b"template: " + b"x" * 100_000,
}  # fmt: skip

OTHERS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "noise": lambda: random.Random(1).randbytes(4_096),
    "one byte": lambda: b"P",
    "the head of a zip": lambda: b"PK\x03\x04",
    "an empty zip": lambda: zipped({}),
    "a zip that climbs": lambda: zipped({"../../../escaped": "escaped", "/etc/escaped": "escaped"}),
    "a zip in a zip": lambda: zipped({"inner.zip": zipped({"inner": "x" * 100_000})}),
    "a locked or an old workbook": lambda: OLD_OFFICE + bytes(4_096),
    "a page with a script": lambda: b"<html><script>alert(1)</script></html>",
    "a drawing with a script": lambda: (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    ),
    "a picture": lambda: SIGNATURE + bytes(200),
    "rich text": lambda: b"{\\rtf1\\ansi text}",
    "a program": lambda: b"\x7fELF\x02\x01\x01" + bytes(200),
    "NUL alone": lambda: bytes(4_096),
}

KINDS = {"workbook": WORKBOOKS, "pdf": PDFS, "document": DOCUMENTS, "text": TEXTS, "other": OTHERS}


@cache
def made(kind: str, name: str) -> bytes:
    """One of the files, made once."""
    return KINDS[kind][name]()
