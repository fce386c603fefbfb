"""The generated entries pass the product's own reading and validation under the shipped template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schema.answers.interchange import read_entry, write_entry
from schema.answers.validate import findings
from schema.answers.visibility import hidden_values
from schema.template.model import Template
from schema.template.shipped import load_shipped
from webapp.sample.halfway import halfway
from webapp.sample.study import SampleCase, line, study

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Template:
    return load_shipped("dhr-childrens-services", 1)


@pytest.fixture(scope="module", params=[2019, 11])
def cases(request: pytest.FixtureRequest) -> tuple[SampleCase, ...]:
    return study(66, request.param).cases


def entries_of(cases: tuple[SampleCase, ...]) -> list[Entry]:
    return [entry for case in cases for entry in (case.truth, *case.entries)]


def test_every_line_is_read_without_a_problem(cases: tuple[SampleCase, ...], template: Template) -> None:
    for entry in entries_of(cases):
        read = read_entry(template, line(entry))
        assert read.problems == ()
        assert (read.case, read.coder, read.submit) == (entry["case"], entry["coder"], True)


def test_every_entry_may_be_submitted(cases: tuple[SampleCase, ...], template: Template) -> None:
    """No errors and nothing to confirm; warnings about counts are what real entries have too."""
    for entry in entries_of(cases):
        found = findings(template, read_entry(template, line(entry)).document, "submit")
        assert [each for each in found if each.severity != "warning"] == []


def test_the_true_extracts_have_no_warning_either(cases: tuple[SampleCase, ...], template: Template) -> None:
    for case in cases:
        assert findings(template, read_entry(template, line(case.truth)).document, "submit") == ()


def test_nothing_is_answered_where_the_question_is_hidden(
    cases: tuple[SampleCase, ...], template: Template
) -> None:
    for entry in entries_of(cases):
        assert not hidden_values(template, read_entry(template, line(entry)).document)


def test_entries_come_back_as_they_went_in(cases: tuple[SampleCase, ...], template: Template) -> None:
    """Row ids, evidence and the order of ticked codes included."""
    for entry in entries_of(cases):
        document = read_entry(template, line(entry)).document
        again = write_entry(template, document, entry["case"], entry["coder"], entry["submit"])
        assert without_blanks(json.loads(json.dumps(again))) == without_blanks(entry)


def without_blanks(entry: Entry) -> Entry:
    """An empty group may be left out or be an empty list; both say that there are no rows."""
    return entry | {"answers": {key: part for key, part in entry["answers"].items() if part}}


def test_the_second_project_loads(template: Template) -> None:
    for case in halfway():
        for work in case.entries:
            if work.entry is None:
                continue
            read = read_entry(template, line(work.entry))
            assert read.problems == ()
            found = findings(template, read.document, "submit" if work.entry["submit"] else "draft")
            assert [each for each in found if each.severity != "warning"] == []
