"""The text of an uploaded report: plain text, or the words of a .docx, which :mod:`webapp.findings.docx_reader` reads in a process of its own."""

from __future__ import annotations

from schema.limits import DRAFT_BYTES, DRAFT_CHARACTERS, megabytes
from schema.problem import Refused, refuse
from webapp.children import TooSlow, run_apart
from webapp.findings.docx_terms import TOO_LARGE

SECONDS = 10.0  # by the clock


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
        done = run_apart("webapp.findings.docx_reader", seconds=SECONDS, content=content)
    except TooSlow as error:
        raise _too_large() from error
    if done.returncode != 0:
        raise _too_large() if done.returncode == TOO_LARGE else _unreadable()
    return done.stdout.decode("utf-8")


def _too_large() -> Refused:
    return refuse(
        "DRF-005",
        "The text of this document is too large to be a report.",
        "Check it in parts.",
        where="file",
    )


def _unreadable() -> Refused:
    remedy = "Open it in a word processor and save it as .docx again, or paste the text."
    return refuse("DRF-004", "This .docx file cannot be read.", remedy, where="file")
