"""Reads the text of an uploaded report: plain text, or the words of a .docx. Nothing else of the file is opened.

A .docx is a ZIP of XML that somebody else wrote: sizes are capped before anything is unpacked, entities are not
resolved, no DTD is loaded and nothing is fetched.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from schema.limits import DRAFT_BYTES, DRAFT_CHARACTERS, megabytes
from schema.problem import Refused, refuse

if TYPE_CHECKING:
    from lxml import etree

MOST_PARTS = 2_000
PART_BYTES = 16 * 2**20
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: The document, and the notes beneath it, whose figures are figures too.
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
PARAGRAPH_END, LINE_END, CELL_END = "\n\n", "\n", " \t"
RAISED = "superscript"
TAKEN_AWAY = ("del", "moveFrom")


def read_draft(name: str, content: bytes) -> str:
    """The text of an uploaded report. Raises ``Refused`` (DRF-001 to DRF-005) where it cannot be read."""
    if len(content) > DRAFT_BYTES:
        raise refuse(
            "DRF-001",
            f"The file is larger than {megabytes(DRAFT_BYTES)}.",
            "Leave out its pictures.",
            where="file",
        )
    if name.lower().endswith(".docx"):
        return shortened(_docx_text(content))
    if name.lower().endswith((".txt", ".md")):
        return shortened(_plain_text(content))
    raise refuse(
        "DRF-002", "This is neither a .docx nor a .txt file.", "Save it as one of these.", where="file"
    )


def shortened(text: str, where: str = "file") -> str:
    """The text itself. Raises ``Refused`` (DRF-003) for one that is too long for a report."""
    if len(text) > DRAFT_CHARACTERS:
        raise refuse(
            "DRF-003",
            f"The text is longer than {DRAFT_CHARACTERS:,} characters.",
            "Check it in parts.",
            where=where,
        )
    return text


def _plain_text(content: bytes) -> str:
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _docx_text(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return PARAGRAPH_END.join(_words(part) for part in _parts(archive))
    except (
        zipfile.BadZipFile,
        zlib.error,
        SyntaxError,  # lxml's own is one
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise _unreadable() from error


def _parts(archive: zipfile.ZipFile) -> Iterator[bytes]:
    held = archive.infolist()
    if len(held) > MOST_PARTS:
        raise _unreadable()
    names = {info.filename: info for info in held}
    if PARTS[0] not in names:
        raise _unreadable()
    for name in PARTS:
        if name in names:
            yield _unpacked(archive, names[name])


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One part; what it declares and what it turns out to hold are both capped."""
    if info.file_size <= PART_BYTES:
        with archive.open(info) as file:
            content = file.read(PART_BYTES + 1)
        if len(content) <= PART_BYTES:
            return content
    raise refuse(
        "DRF-005",
        "The text of this document is too large to be a report.",
        "Check it in parts.",
        where="file",
    )


def _words(xml: bytes) -> str:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(xml, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable()  # no word processor writes one
    return "".join(_pieces(root))


def _pieces(root: etree._Element) -> Iterator[str]:
    """The words in reading order, with ends of paragraphs, cells and lines; deleted and raised text is left out."""
    from lxml import etree

    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipped is not None:
            skipped = None if event == "end" and element is skipped else skipped
            continue
        tag = _local(element)
        if event == "start" and (
            tag in TAKEN_AWAY or element.tag == FALLBACK or (tag == "r" and _raised(element))
        ):
            skipped = element
        elif event == "end":
            yield _piece(tag, element)


def _piece(tag: str, element: etree._Element) -> str:
    if tag == "t":
        return element.text or ""
    return {"p": PARAGRAPH_END, "br": LINE_END, "cr": LINE_END, "tab": CELL_END, "noBreakHyphen": "-"}.get(
        tag, ""
    )


def _local(element: etree._Element) -> str:
    """The name of a WordprocessingML element; nothing for what belongs elsewhere."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    for space in (WORD, STRICT):
        if tag.startswith(space):
            return tag.removeprefix(space)
    return ""


def _raised(run: etree._Element) -> bool:
    """Whether the run is superscript: footnote numbers that were typed by hand."""
    found = [
        part.get(f"{space}val")
        for space in (WORD, STRICT)
        for part in run.iterfind(f"{space}rPr/{space}vertAlign")
    ]
    return RAISED in found


def _unreadable() -> Refused:
    remedy = "Open it in a word processor and save it as .docx again, or paste the text."
    return refuse("DRF-004", "This .docx file cannot be read.", remedy, where="file")
