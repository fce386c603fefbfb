"""How far each page is, as the section list shows it."""

from __future__ import annotations

from schema.answers.document import Document, Row
from schema.answers.progress import SectionProgress, progress
from tests.unit.answers.small import TEMPLATE
from tests.unit.answers.test_validate import REPORT, whole


def test_an_untouched_entry_says_what_is_left():
    found = progress(TEMPLATE, Document())
    assert list(found) == ["report", "children", "recommendations"]
    assert found["report"] == SectionProgress(0, 0, 4, 0, complete=False)
    assert found["recommendations"] == SectionProgress(0, 0, 1, 0, complete=False)


def test_a_page_that_does_not_apply_is_complete_and_says_so():
    document = Document({"report": {"children_given": "no"}}, {"children": (Row("k1", {"age": 3.0}),)})
    assert progress(TEMPLATE, document)["children"] == SectionProgress(
        0, 0, 0, 0, complete=True, applies=False
    )


def test_a_whole_entry_is_complete_on_every_page():
    found = progress(TEMPLATE, whole())
    assert all(page.complete for page in found.values())
    assert (found["report"].answered, found["recommendations"].answered, found["recommendations"].rows) == (
        5,
        4,
        1,
    )


def test_problems_and_blanks_are_told_apart():
    found = progress(TEMPLATE, whole({"death_year": 1900, "csp": None}, rec={"subthemes": ("T2.1",)}))
    assert (found["report"].required_left, found["report"].problems) == (1, 1)
    assert (found["recommendations"].required_left, found["recommendations"].problems) == (0, 1)
    assert not found["recommendations"].complete


def test_what_hidden_fields_hold_does_not_count():
    report = REPORT | {"children_total": 3, "total_source": "p. 1"}
    assert progress(TEMPLATE, whole(report))["report"].answered == 5


def test_warnings_and_confirmations_do_not_hold_a_page_up():
    report = {"children_given": "yes", "children_total": 2, "total_source": "p. 1"}
    found = progress(TEMPLATE, whole(report, children=[{"unborn": "no", "age": 0.5}]))
    assert found["report"].complete
    assert found["children"].complete
