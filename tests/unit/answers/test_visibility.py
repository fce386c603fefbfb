"""What applies: hidden fields are blank for conditions, kept until submission, dropped with notice."""

from __future__ import annotations

from schema.answers.document import Document, Evidence, Row
from schema.answers.visibility import hidden_values, visible, without_hidden
from tests.unit.answers.small import TEMPLATE

STALE = Document(
    {"report": {"children_given": "no", "children_total": 2, "total_source": "p. 4"}},
    {"children": (Row("k1", {"age": 3.0}),)},
    {
        "report.total_source": Evidence("4"),
        "children.k1.age": Evidence("9", "aged three"),
        "report.csp": Evidence("1"),
    },
)


def test_a_field_follows_its_condition():
    seen = visible(TEMPLATE, Document({"report": {"children_given": "yes"}}))
    assert seen.field("report", "children_total")
    assert not seen.field("report", "total_source")
    assert seen.section("children")


def test_what_a_hidden_field_still_holds_makes_nothing_visible():
    seen = visible(TEMPLATE, STALE)
    assert not seen.field("report", "children_total")
    assert not seen.field("report", "total_source")
    assert seen.value("report", "children_total") is None


def test_a_hidden_group_hides_its_fields_in_every_row():
    seen = visible(TEMPLATE, STALE)
    assert not seen.section("children")
    assert not seen.field("children", "unborn", STALE.rows("children")[0])


def test_a_condition_in_a_row_reads_that_row():
    rows = (Row("k1", {"unborn": "yes"}), Row("k2", {"unborn": "no"}))
    seen = visible(TEMPLATE, Document({"report": {"children_given": "yes"}}, {"children": rows}))
    assert [seen.field("children", "age", row) for row in rows] == [False, True]


def test_what_does_not_apply_is_named_and_dropped_with_its_evidence():
    kept, dropped = without_hidden(TEMPLATE, STALE)
    assert dropped == ("report.children_total", "report.total_source", "children.k1")
    assert kept.sections == {"report": {"children_given": "no"}}
    assert kept.rows("children") == ()
    assert kept.evidence == {"report.csp": Evidence("1")}
    assert hidden_values(TEMPLATE, kept) == ()


def test_evidence_alone_in_a_hidden_field_is_dropped_too():
    document = Document(evidence={"report.total_source": Evidence("4")})
    kept, dropped = without_hidden(TEMPLATE, document)
    assert dropped == ("report.total_source",)
    assert kept.evidence == {}


def test_a_document_in_which_everything_applies_is_given_back_as_it_is():
    document = Document({"report": {"csp": "Exampleshire", "gone": "from version 1"}})
    assert without_hidden(TEMPLATE, document) == (document, ())
