"""Documents of a word processor that are small and hold millions of elements, each part as large as may be."""

from __future__ import annotations

import io
import zipfile

from webapp.findings.docx_terms import PART_BYTES

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _document_of(unit: str) -> bytes:
    body = unit * ((PART_BYTES - 200) // len(unit))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in ("document", "footnotes"):
            archive.writestr(f"word/{part}.xml", f'<w:{part} xmlns:w="{MAIN}">{body}</w:{part}>')
    return stream.getvalue()


def many_elements() -> bytes:
    """Four million elements to a part."""
    return _document_of("<a/>")


def many_runs() -> bytes:
    """Half a million paragraphs to a part, of one letter each."""
    return _document_of("<w:p><w:r><w:t>x</w:t></w:r></w:p>")


DOCX_BOMBS = {"many elements": many_elements, "many runs": many_runs}
