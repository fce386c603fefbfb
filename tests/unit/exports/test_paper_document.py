"""The blank form on paper: every question that is asked, how to mark it, and no question that follows from another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from exports.cells import clean_text
from exports.paper_document import BOX, write_paper_form
from schema.template.model import Template
from schema.template.paper import paper_form
from schema.template.shipped import load_shipped
from tests.unit.exports import hostile_study, small_study

TEMPLATES: dict[str, Callable[[], Template]] = {
    "small": small_study.template,
    "hostile": hostile_study.template,
    "dhr": lambda: load_shipped("dhr-childrens-services", 1),
}


@pytest.mark.parametrize("which", list(TEMPLATES))
def test_every_question_stands_on_the_paper_with_a_box_for_each_code_and_each_reason(
    tmp_path: Path, which: str
) -> None:
    template = TEMPLATES[which]()
    write_paper_form(tmp_path / "form.docx", template)
    shown = [paragraph.text for paragraph in docx.Document(str(tmp_path / "form.docx")).paragraphs]
    asked = [field for field in template.fields() if field.kind != "derived"]
    for field in asked:
        assert clean_text(field.label) in shown
        for option in field.codelist.options if field.codelist else ():
            assert (clean_text(f"{BOX} {option.code}  {option.label}") in shown) == (not option.retired)
        for code in field.missing:
            option = template.missing.by_value[code]
            assert clean_text(f"{BOX} {option.code}  {option.label}") in shown
    boxes = sum(text.startswith(BOX) for text in shown)
    offered = [option for field in asked for option in (field.codelist.options if field.codelist else ())]
    assert boxes == sum(not option.retired for option in offered) + sum(len(field.missing) for field in asked)


def test_what_follows_from_another_answer_is_not_asked_and_conditions_are_said() -> None:
    form = paper_form(small_study.template())
    main = {question.path: question for question in form.sections[0].questions}
    assert "main.warm" not in main
    assert main["main.why"].asked_when == "“Agreed” is Yes, stated"
    assert main["main.colours"].answer == "many"
    assert main["main.colour"].options == ("1  =Red", "2  Blue")
    assert main["main.passage"].evidence
    assert form.sections[1].one == "row"


def test_the_same_version_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one.docx", "two.docx"):
        write_paper_form(tmp_path / name, small_study.template())
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()
