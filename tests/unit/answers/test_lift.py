"""Lifting to a later version: nothing answered is lost without a note."""

from __future__ import annotations

from dataclasses import replace

from schema.answers.document import Document, Evidence, Row
from schema.answers.lift import lift
from schema.answers.validate import findings
from schema.template.model import CodeList, Limits, Option, Template
from schema.template.value import Invalid, Missing
from tests.unit.answers.small import REGION, RULES, TEMPLATE, THEME, field

DOCUMENT = Document(
    {"report": {"csp": "Exampleshire", "region": "east", "death_year": 2016, "memo": "A memo"}},
    {"recommendations": (Row("r1", {"number": "1", "themes": ("T1", "T2")}), Row("r2", {"themes": ("T1",)}))},
    {"report.csp": Evidence("1"), "recommendations.r1.number": Evidence("7")},
)


def version_two(**changes) -> Template:
    """The template with fields replaced: ``report_region=None`` takes one out, a new field goes to the end."""
    sections = []
    for section in TEMPLATE.sections:
        fields = [changes.get(f"{section.key}_{held.key}", held) for held in section.fields]
        fields += changes.get(section.key, [])
        sections.append(replace(section, fields=tuple(held for held in fields if held is not None)))
    return Template(TEMPLATE.key, 2, TEMPLATE.title, tuple(sections), TEMPLATE.missing, RULES)


def without(codelist: CodeList, value: str, *, retired: bool = False) -> CodeList:
    kept = [
        replace(option, retired=True) if option.value == value else option
        for option in codelist.options
        if option.value != value or retired
    ]
    return replace(codelist, options=tuple(kept))


def changed(path: str, **more):
    return replace(TEMPLATE.by_path[path], **more)


def test_lifting_to_the_same_questions_changes_nothing():
    lifted = lift(DOCUMENT, TEMPLATE, version_two())
    assert (lifted.document, lifted.notes) == (DOCUMENT, ())


def test_what_was_not_acceptable_before_is_not_announced_as_new():
    document = Document(
        {"report": {"death_year": 1990, "published": Invalid("spring"), "region": Missing("x")}}
    )
    lifted = lift(document, TEMPLATE, version_two())
    assert (lifted.document, lifted.notes) == (document, ())


def test_a_new_question_is_announced_once_even_in_a_group():
    new = version_two(report=[field("report", "pages", "integer", label="Pages", required=True)],
                      recommendations=[field("recommendations", "memo", "text", label="Memo")])  # fmt: skip
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document == DOCUMENT
    assert lifted.notes == (
        "New question in “Report details”: “Pages”. It has to be answered where it applies.",
        "New question for each recommendation: “Memo”. It may stay blank.",
    )


def test_a_retired_field_keeps_its_answer_and_survives_submission():
    new = version_two(report_memo=changed("report.memo", retired=True))
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document == DOCUMENT
    assert lifted.notes == ("Report details: “Memo” is no longer asked. Your answer is kept.",)


def test_a_choice_whose_option_is_gone_becomes_unreadable_and_says_what_it_was():
    new = version_two(report_region=changed("report.region", codelist=without(REGION, "east")))
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document.get("report.region") == Invalid("East")
    assert lifted.notes == ("Report details: “Region” can no longer hold East. Answer it again.",)
    assert [finding.path for finding in findings(new, lifted.document, "draft")] == ["report.region"]


def test_a_ticked_option_that_is_gone_stays_ticked_and_is_refused_until_it_is_chosen_again():
    new = version_two(recommendations_themes=changed("recommendations.themes", codelist=without(THEME, "T2")))
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document == DOCUMENT
    assert lifted.notes == ("Recommendation 1: “Themes” no longer offers “Risk”. Choose again.",)
    assert [finding.path for finding in findings(new, lifted.document, "draft")] == [
        "recommendations.r1.themes"
    ]


def test_a_retired_option_keeps_the_answer_with_a_note():
    new = version_two(report_region=changed("report.region", codelist=without(REGION, "east", retired=True)))
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document == DOCUMENT
    (note,) = lifted.notes
    assert note.startswith("Report details: “Region” no longer offers “East”. Your answer is kept")


def test_an_option_that_had_been_retired_before_is_not_announced_again():
    document = Document({"report": {"region": "old"}})
    assert lift(document, TEMPLATE, version_two()).notes == ()


def test_a_narrowed_limit_leaves_the_value_and_says_so():
    new = version_two(report_death_year=changed("report.death_year", limits=Limits(2017, 2035)))
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document == DOCUMENT
    assert lifted.notes == ("Report details: “Death_year” holds 2016. Enter a number from 2017 to 2035.",)


def test_a_missing_code_that_is_no_longer_offered_stays_and_is_noted():
    document = Document({"report": {"csp": Missing("not_known")}})
    lifted = lift(document, TEMPLATE, version_two(report_csp=changed("report.csp", missing=())))
    assert lifted.document == document
    assert lifted.notes == ("Report details: “Csp” no longer offers “not_known”. Choose again.",)


def test_a_question_that_became_required_is_noted_where_it_is_blank():
    new = version_two(recommendations_number=changed("recommendations.number"),
                      recommendations_level=changed("recommendations.level", required=True),
                      report_memo=changed("report.memo", required=True))  # fmt: skip
    assert lift(DOCUMENT, TEMPLATE, new).notes == (
        "Recommendations: “Level” has to be answered now where it applies.",
    )


def test_what_the_new_version_does_not_have_is_left_out_with_its_evidence_and_a_note():
    new = version_two(report_csp=None)
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document.get("report.csp") is None
    assert lifted.document.evidence == {"recommendations.r1.number": Evidence("7")}
    assert lifted.notes == ("Report details: “Csp” is no longer asked; left out: Exampleshire.",)


def test_a_group_that_the_new_version_does_not_have_is_left_out_with_a_note():
    new = replace(TEMPLATE, version=2, sections=TEMPLATE.sections[:2], rules=())
    lifted = lift(DOCUMENT, TEMPLATE, new)
    assert lifted.document.rows("recommendations") == ()
    assert (
        "“Recommendations” is no longer part of the questionnaire; its answers were left out." in lifted.notes
    )


def test_an_added_option_changes_nothing():
    more = replace(REGION, options=(*REGION.options, Option("north", 9, "North")))
    lifted = lift(DOCUMENT, TEMPLATE, version_two(report_region=changed("report.region", codelist=more)))
    assert (lifted.document, lifted.notes) == (DOCUMENT, ())
