"""A report is read for its words alone, from files that may be hostile."""

from __future__ import annotations

import io
import zipfile

import pytest

from schema.limits import DRAFT_BYTES, DRAFT_CHARACTERS
from schema.problem import Refused
from tests.support.docx_bombs import many_elements, many_runs
from webapp.findings.docx_terms import PART_BYTES
from webapp.findings.draft_file import read_draft, shortened

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def document(body: str, name: str = "document") -> str:
    return f'<?xml version="1.0"?><w:{name} {W} {MC}><w:body>{body}</w:body></w:{name}>'


def docx(body: str = "", **parts: str | bytes) -> bytes:
    held = {"document": document(body), **parts}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, text in held.items():
            archive.writestr(f"word/{name}.xml", text)
    return kept.getvalue()


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}<w:t>{text}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def words(content: bytes) -> list[str]:
    return [line for line in read_draft("report.docx", content).split("\n") if line.strip()]


def problem(name: str, content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_draft(name, content)
    return refused.value.problems[0].code


def test_runs_of_a_paragraph_are_joined_and_paragraphs_are_parted() -> None:
    assert words(docx(paragraph(run("22/"), run("33, 70%")) + paragraph(run("Next.")))) == [
        "22/33, 70%",
        "Next.",
    ]


def test_a_footnotes_number_that_was_raised_is_not_a_digit_of_the_figure() -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    assert words(docx(paragraph(run("21/32"), run("4", raised), run(", 66%")))) == ["21/32, 66%"]
    lowered = '<w:vertAlign w:val="subscript"/>'
    assert words(docx(paragraph(run("21/32"), run("4", lowered)))) == ["21/324"]


def test_deleted_and_moved_text_is_left_out_and_inserted_text_is_read() -> None:
    body = paragraph(
        f"<w:del>{run('70%')}</w:del>",
        f"<w:moveFrom>{run('gone')}</w:moveFrom>",
        f"<w:ins>{run('67%')}</w:ins>",
    )
    assert words(docx(body)) == ["67%"]


def test_cells_of_a_table_and_lines_are_parted() -> None:
    cells = "".join(f"<w:tc>{paragraph(run(text))}</w:tc>" for text in ("24/33", "73%"))
    assert words(docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")) == ["24/33", "73%"]
    assert words(docx(paragraph(run("a"), "<w:r><w:br/></w:r>", run("b")))) == ["a", "b"]


def test_a_drawing_that_is_kept_in_two_forms_is_read_once() -> None:
    choice = f"<mc:Choice>{run('29/33')}</mc:Choice><mc:Fallback>{run('29/33')}</mc:Fallback>"
    assert words(docx(paragraph(f"<mc:AlternateContent>{choice}</mc:AlternateContent>"))) == ["29/33"]


def test_footnotes_are_read_too() -> None:
    notes = f"<w:footnotes {W}><w:footnote>{paragraph(run('1/33 (3%)'))}</w:footnote></w:footnotes>"
    assert words(docx(paragraph(run("Text.")), footnotes=notes)) == ["Text.", "1/33 (3%)"]


def test_entities_are_not_resolved_and_a_document_type_is_refused() -> None:
    hostile = (
        '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<w:document {W}><w:body>{paragraph(run('&x;'))}</w:body></w:document>"
    )
    assert problem("report.docx", docx(document=hostile)) == "DRF-004"


def test_a_document_that_swells_is_refused_before_it_is_unpacked() -> None:
    assert problem("report.docx", docx(document=b" " * (PART_BYTES + 1))) == "DRF-005"


def test_a_small_document_that_holds_millions_of_elements_is_refused() -> None:
    assert problem("report.docx", many_runs()) == "DRF-005"  # its time was over, in a process of its own
    assert problem("report.docx", many_elements()) in ("DRF-004", "DRF-005")  # there was no memory for it


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a zip",
        docx()[:200],
        docx(document="<open>"),
        docx(document=b"\x00\x01"),
        b"PK\x03\x04" + b"\x00" * 40,
    ],
    ids=["empty", "text", "cut", "xml", "binary", "header"],
)
def test_what_is_no_document_is_refused(content: bytes) -> None:
    assert problem("report.docx", content) == "DRF-004"


def test_an_archive_without_a_document_or_with_too_many_parts_is_refused() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("other.xml", "<a/>")
    assert problem("report.docx", kept.getvalue()) == "DRF-004"
    assert problem("report.docx", docx(**{f"part{number}": "" for number in range(2_001)})) == "DRF-004"


def test_a_file_is_neither_too_large_nor_of_another_kind() -> None:
    assert problem("report.txt", b" " * (DRAFT_BYTES + 1)) == "DRF-001"
    assert problem("report.pdf", b"%PDF") == "DRF-002"
    with pytest.raises(Refused):
        shortened(" " * (DRAFT_CHARACTERS + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file_is_read_in_the_usual_encodings(encoding: str) -> None:
    assert read_draft("Report.TXT", "24/33 – 73%".encode(encoding)) == "24/33 – 73%"
