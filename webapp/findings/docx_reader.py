"""Read the words of one .docx, alone in a process of its own: ``python -m webapp.findings.docx_reader < FILE``.

A .docx is a ZIP of XML that somebody else wrote, and a small one can hold millions of elements: sizes are capped before anything is unpacked, entities
are not resolved, no DTD is loaded and nothing is fetched; and the process keeps to its memory and its time. Nothing else of the file is opened.

Exit codes: 0 done (the text is printed in UTF-8), 3 no .docx, 4 too large.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from schema.limits import DRAFT_CHARACTERS
from webapp.children import keep_to
from webapp.findings.docx_terms import MOST_PARTS, NO_DOCX, PART_BYTES, TOO_LARGE

MEMORY, SECONDS = 300 * 2**20, 1.5  # of address space (bytes) and of processor time
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: The document, and the notes beneath it, whose figures are figures too.
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
PARAGRAPH_END, LINE_END, CELL_END = "\n\n", "\n", " \t"
RAISED = "superscript"
TAKEN_AWAY = ("del", "moveFrom")


class Unreadable(Exception):
    """The file is no .docx."""


class TooLarge(Exception):
    """The document unpacks to more than a report needs."""


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
        raise Unreadable from error


def _parts(archive: zipfile.ZipFile) -> Iterator[bytes]:
    held = archive.infolist()
    if len(held) > MOST_PARTS:
        raise Unreadable
    names = {info.filename: info for info in held}
    if PARTS[0] not in names:
        raise Unreadable
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
    raise TooLarge


def _words(xml: bytes) -> str:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(xml, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable  # no word processor writes one
    return "".join(_pieces(root))


def _pieces(root: etree._Element) -> Iterator[str]:
    """The words in reading order, with ends of paragraphs, cells and lines; deleted and raised text is left out."""
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


def main() -> int:
    """Read the file that comes in and print its words."""
    keep_to(MEMORY, SECONDS)
    try:
        text = _docx_text(sys.stdin.buffer.read())
    except Unreadable:
        return NO_DOCX
    except (TooLarge, MemoryError):
        return TOO_LARGE
    sys.stdout.buffer.write(text[: DRAFT_CHARACTERS + 1].encode("utf-8"))  # one more shows that there is more
    return 0


if __name__ == "__main__":
    sys.exit(main())
