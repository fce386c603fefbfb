"""The guide of a questionnaire: everything a coder may look up, and only what holds the words that are sought."""

from __future__ import annotations

import pytest

from schema.template.model import Template
from schema.template.shipped import load_shipped
from webapp.questionnaires.guide import guide


@pytest.fixture(scope="module")
def template() -> Template:
    return load_shipped("dhr-childrens-services", 1)


def test_everything_that_is_asked_and_every_code_stands_in_the_guide(template: Template) -> None:
    whole = guide(template)
    asked = {
        field.path
        for section in template.sections
        for field in section.fields
        if not section.retired and not field.retired
    }
    assert {one.path for part in whole.parts for one in part.questions} == asked
    codes = {(one.name, option.value) for one in whole.codelists for option in one.options}
    wanted = {
        (field.codelist.name, option.value)
        for field in template.fields()
        if field.codelist
        for option in field.codelist.options
        if not option.retired
    }
    assert wanted <= codes


def test_a_search_keeps_what_holds_every_word_whatever_the_case(template: Template) -> None:
    found = guide(template, "  LEVEL goes   topic ")
    assert found.sought == "LEVEL goes topic"
    assert ("theme", "T7") in {(one.name, option.value) for one in found.codelists for option in one.options}
    for codelist in found.codelists:
        for option in codelist.options:
            text = f"{codelist.title} {option.label} {option.note}".casefold()
            assert all(word in text for word in ("level", "goes", "topic"))
    assert guide(template, "unborn").found < guide(template).found


def test_a_search_for_what_nobody_asks_finds_nothing(template: Template) -> None:
    found = guide(template, "zebra crossing")
    assert (found.parts, found.codelists, found.found) == ((), (), 0)
