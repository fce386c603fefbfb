"""What was found before is found again, and what a change makes of it is not missed: judged anew beside judged on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.answers.changes import changes_between
from schema.answers.document import Change, Document, Row
from schema.answers.interchange import read_entry
from schema.answers.remembered import Remembered
from schema.answers.validate import findings
from schema.template.conditions import Test
from schema.template.model import Rule, Template
from schema.template.shipped import load_shipped
from schema.template.value import Missing
from tests.unit.answers.small import CHILDREN, TEMPLATE
from webapp.sample import loading
from webapp.sample.study import study


@pytest.fixture(scope="module")
def template() -> Template:
    return load_shipped(*loading.TEMPLATE)


@pytest.fixture(scope="module")
def entries(template: Template) -> tuple[Document, Document]:
    case = study(3).cases[2]
    one, other = (read_entry(template, entry).document for entry in case.entries[:2])
    return one, other


def _walk(template: Template, document: Document, changes: list[Change]) -> int:
    """Make the changes one by one, each judged both ways; gives how many different sets of findings there were."""
    remembered, seen = Remembered(template), set()
    for change in changes:
        document = document.with_changes([change])
        remembered.keep_only(document)
        found = findings(template, document, "submit", remembered=remembered)
        assert found == findings(template, document, "submit")
        seen.add(found)
    return len(seen)


def test_judging_on_finds_what_judging_anew_finds(
    template: Template, entries: tuple[Document, Document]
) -> None:
    one, other = entries
    changes = [*changes_between(one, other), *changes_between(other, Document())][:120]
    assert _walk(template, one, changes) > 20


def test_what_conditions_and_rules_read_elsewhere_is_judged_again() -> None:
    """A question of each child is asked for one region alone, and a rule asks for it there."""
    wales = Test("report.region", "equals", ("wales",))
    asked = (replace(CHILDREN.fields[0], visible_when=wales), *CHILDREN.fields[1:])
    rule = Rule(
        "there", "requires", "children", "Say where.", fields={"field": "origin"}, conditions={"when": wales}
    )
    sections = tuple(replace(one, fields=asked) if one is CHILDREN else one for one in TEMPLATE.sections)
    template = replace(TEMPLATE, sections=sections, rules=(*TEMPLATE.rules, rule))
    begun = Document(
        {"report": {"children_given": "yes"}}, {"children": (Row("r1", {"age": 4}), Row("r2", {}))}
    )
    changes = [
        Change("set", "report.region", value)
        for value in ("wales", "east", None, Missing("not_known"), "wales")
    ]
    assert _walk(template, begun, changes) > 2


def test_one_and_true_are_not_the_same_answer() -> None:
    changes = [Change("set", "children.r1.age", value) for value in (1, True, 1.0)]
    begun = Document({"report": {"children_given": "yes"}}, {"children": (Row("r1", {"age": 4}),)})
    assert _walk(TEMPLATE, begun, changes) > 1


def test_a_row_that_moves_is_named_by_its_new_number(template: Template) -> None:
    group = next(section.key for section in template.sections if section.repeats)
    rows = {group: (Row("r1", {}), Row("r2", {}))}
    moved = [Change("move_row", f"{group}.r2", position=0)]
    assert _walk(template, Document(groups=rows), [*moved, Change("delete_row", f"{group}.r1")]) == 2
