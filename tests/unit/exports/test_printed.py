"""The printed codebook has every question, its guidance and every code, and is well formed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from docx import Document

from exports.cells import clean_text
from exports.printed import write_codebook
from exports.written import Order
from schema.template.model import Template
from tests.unit.exports.hostile_study import hostile_study
from tests.unit.exports.test_workbook import a_study


def told(path: Path) -> str:
    page = Document(str(path))
    cells = (cell.text for table in page.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in page.paragraphs), *cells])


def check(template: Template, text: str) -> None:
    for field in template.fields():
        assert (field.path in text) == field.export
        if field.export:
            assert clean_text(field.label) in text
            for option in field.codelist.options if field.codelist else ():
                assert option.label in text
    for option in template.missing.options:
        assert f"{option.code}\n{option.label}" in text


def test_every_question_and_every_code_is_in_it(tmp_path: Path) -> None:
    write_codebook(tmp_path / "codebook.docx", Order(a_study()))
    check(a_study().newest, told(tmp_path / "codebook.docx"))


def test_the_hostile_questionnaire_is_in_it_whole(tmp_path: Path) -> None:
    write_codebook(tmp_path / "codebook.docx", Order(hostile_study()))
    check(hostile_study().newest, told(tmp_path / "codebook.docx"))


def test_the_same_questionnaire_gives_the_same_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one.docx", tmp_path / "other.docx"
    write_codebook(one, Order(a_study()))
    write_codebook(other, Order(a_study()))
    assert one.read_bytes() == other.read_bytes()


def test_its_parts_are_well_formed_for_any_reader(tmp_path: Path) -> None:
    write_codebook(tmp_path / "codebook.docx", Order(hostile_study()))
    with ZipFile(tmp_path / "codebook.docx") as archive:
        assert archive.testzip() is None
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    texts = [node.text or "" for node in body.iter() if node.tag.endswith("}t")]
    labels = [field.label for field in hostile_study().newest.fields()]
    assert set(labels) <= set(texts)
