"""People are victims and perpetrators: a unit of several repeating groups, from the language to the workbook and to what is shared.

Every expected figure is counted here from the documents themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

from exports.book import Book
from exports.sheets.findings import FrameworkSheet, findings_rows
from exports.sheets.live import LiveFindings
from schema.answers.document import Document, Row
from schema.framework.behind import behind, block_of, fields_of
from schema.framework.disclosure.cells import Numbering
from schema.framework.disclosure.release import make_release
from schema.framework.disclosure.rule import Rule
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.figures import Evaluation, Line
from schema.framework.loader import load_framework
from schema.framework.percent import half_up
from schema.template.value import is_answer
from tests.support.attacker import Attacker, withheld
from tests.unit.exports.small_study import MADE_AT
from tests.unit.framework.test_disclosure import REVIEWS, is_wide, reviews
from webapp.findings.figure_views import table_views

GROUPS = ("victims", "perpetrators")
BLOCKS = """
    blocks:
      - {kind: distribution, key: sex, label: "Sex", field: sex}
      - {kind: distribution, key: age_band, label: "Age", field: age_band}
"""
SOURCE = f"""
framework: people
title: People
template: dhr-childrens-services
units:
  - {{key: people, groups: [victims, perpetrators]}}
indicators:
  - {{key: people, label: "People (number)", count: people}}
  - {{key: minoritised, label: "Somebody of a minoritised background", any: people, where: {{field: minoritised, equals: "yes"}}}}
  - {{key: victim, label: "A victim of one", any: victims, where: {{field: minoritised, equals: "yes"}}}}
tables:
  - key: people
    title: "People"
    unit: people
    unit_label: "people"{BLOCKS}
      - {{kind: count, key: total, label: "People", of: none}}
      - {{kind: count, key: women, label: "Women and girls of known background", within: {{field: minoritised, answered: true}}, where: {{field: sex, equals: female}}}}
      - {{kind: statistics, key: age, label: "Age in years", field: age}}
  - key: first
    title: "The first victim and the first perpetrator"
    unit: people
    first: true
    unit_label: "people"{BLOCKS}
  - key: victims
    title: "Victims"
    unit: victims
    unit_label: "victims"{BLOCKS}
  - key: perpetrators
    title: "Perpetrators"
    unit: perpetrators
    unit_label: "perpetrators"{BLOCKS}
  - key: cases
    title: "Cases"
    unit: case
    unit_label: "DHRs"
    blocks:
      - {{kind: indicators, key: held, indicators: [minoritised, victim]}}
"""


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    framework = load_framework(SOURCE, REVIEWS).framework
    assert framework is not None
    return evaluate(framework, reviews())


def people(document: Document, most: int | None = None) -> Iterator[Row]:
    for group in GROUPS:
        yield from document.rows(group)[:most]


def line(evaluation: Evaluation, table: str, key: str) -> Line:
    return evaluation.by_key[table].by_key[key]


@pytest.mark.parametrize(("table", "most"), [("people", None), ("first", 1)])
def test_people_are_the_rows_of_both_groups(evaluation: Evaluation, table: str, most: int | None) -> None:
    everyone = [row for case in reviews() for row in people(case.document, most)]
    for key in ("sex", "age_band"):
        answers = [row.values[key] for row in everyone if is_answer(row.values.get(key))]
        for code in set(answers):
            found = line(evaluation, table, f"{key}.{code}")
            assert (found.count, found.base) == (answers.count(code), len(answers))
        assert line(evaluation, table, f"{key}.missing").count == len(everyone) - len(answers)


def test_counts_means_and_indicators_of_people(evaluation: Evaluation) -> None:
    everyone = [row for case in reviews() for row in people(case.document)]
    assert line(evaluation, "people", "total").count == len(everyone)
    known = [row for row in everyone if is_answer(row.values.get("minoritised"))]
    women = [row for row in known if row.values.get("sex") == "female"]
    assert line(evaluation, "people", "women").count == len(women)
    ages = [age for row in everyone if isinstance(age := row.values.get("age"), int)]
    mean = line(evaluation, "people", "age.mean")
    assert (mean.base, mean.value) == (len(ages), half_up(Fraction(sum(ages), len(ages)), 1))
    columns = [indicator.key for indicator in evaluation.framework.indicators]
    for case, held in zip(reviews(), evaluation.cases, strict=True):
        values = dict(zip(columns, held.values, strict=True))
        backgrounds = [row.values.get("minoritised") for row in people(case.document)]
        assert values["people"] == len(backgrounds)
        if "yes" in backgrounds:
            assert values["minoritised"] == 1
        else:
            assert values["minoritised"] == (0 if all(map(is_answer, backgrounds)) else None)


def test_behind_a_figure_stand_the_rows_of_either_group(evaluation: Evaluation) -> None:
    document = Document({}, {"victims": (Row("v1", {"sex": "female"}),), "perpetrators": (Row("p1", {"sex": "female"}), Row("p2", {"sex": "male"}))})  # fmt: skip
    framework = evaluation.framework
    case = CaseExtract("A", document, REVIEWS)
    found = evaluate(framework, [case])
    table = framework.tables[0]
    block = block_of(table, "sex.female")
    assert block is not None
    sources = line(found, "people", "sex.female").sources
    held = behind(framework, table, block, "sex.female", case, [source.row for source in sources])
    assert set(held.rows) == {("victims", "v1"), ("perpetrators", "p1")}
    assert fields_of(framework, table, block, "sex.female") == {"victims.sex", "perpetrators.sex"}


HEAD = "framework: dhr-childrens-services\ntitle: T\ntemplate: dhr-childrens-services\n"
UNIT = HEAD + "units:\n  - {key: people, groups: [victims, perpetrators]}\n"
TABLE = "tables:\n  - key: t\n    title: T\n    unit: people\n    unit_label: people\n    blocks:\n"


@pytest.mark.parametrize(
    ("source", "code", "where", "said"),
    [
        (HEAD + "units:\n  - {key: people, groups: [victims, culprits]}\n", "FRW-007", 5, "“culprits”"),
        (HEAD + "units:\n  - {key: people, groups: [victims]}\n", "FRW-023", 5, "several groups"),
        (HEAD + "units:\n  - {key: people, groups: [victims, victims]}\n", "FRW-023", 5, "several groups"),
        (HEAD + "units:\n  - {key: children, groups: [victims, perpetrators]}\n", "FRW-013", 5, "taken"),
        (HEAD + "units:\n  - {key: case, groups: [victims, perpetrators]}\n", "FRW-013", 5, "taken"),
        (HEAD + "units:\n  - {key: people, grops: [victims]}\n", "FRW-002", 5, "“grops”"),
        (UNIT + TABLE + "      - {kind: distribution, key: r, field: relationship}\n", "FRW-005", 12, "“perpetrators.relationship”"),
        (UNIT.replace("perpetrators", "children") + TABLE + "      - {kind: distribution, key: m, field: age}\n", "FRW-009", 12, "age"),
        (UNIT.replace("victims, perpetrators", "learning, good_practice") + TABLE + "      - {kind: distribution, key: p, field: source}\n", "FRW-005", 12, "“learning.source”"),
        (UNIT.replace("victims, perpetrators", "victims, children") + "indicators:\n  - {key: i, any: people, where: {field: sex, equals: nobody}}\n", "FRW-008", 7, "nobody"),
    ],
)  # fmt: skip
def test_a_unit_that_cannot_be_counted_is_named_with_its_line(
    source: str, code: str, where: int, said: str
) -> None:
    problems = load_framework(source, REVIEWS).problems
    assert (code, where) in [(problem.code, problem.line) for problem in problems]
    assert any(said in problem.message for problem in problems if problem.code == code)


def test_a_key_that_is_another_question_in_each_group_is_refused() -> None:
    """A recommendation's themes are those of the study, a good example's are of other codes."""
    unit = UNIT.replace("victims, perpetrators", "recommendations, good_practice")
    source = f"{unit}{TABLE}      - {{kind: distribution, key: x, field: themes}}\n"
    found = load_framework(source, REVIEWS).problems
    assert [(one.code, one.line) for one in found] == [("FRW-024", 12)]


def test_the_workbook_counts_people_from_a_sheet_of_their_own(evaluation: Evaluation, tmp_path: Path) -> None:
    book = Book()
    sheet = FrameworkSheet(book, evaluation.framework)
    for case in evaluation.cases:
        sheet.add(case)
    LiveFindings(book, evaluation, sheet.sheet).write()
    book.save(tmp_path / "people.xlsx", MADE_AT)
    header, *rows = load_workbook(tmp_path / "people.xlsx")["counted people"].iter_rows(values_only=True)
    assert len(rows) == sum(1 for case in reviews() for _ in people(case.document))
    for key in ("sex.female", "age_band.26_35", "total", "women"):
        marks = [row[header.index(f"people.{key}")] for row in rows]
        found = line(evaluation, "people", key)
        assert marks.count(1) == found.count
        assert sum(mark is not None for mark in marks) == len(found.base_sources)


def test_the_page_and_the_csv_print_people(evaluation: Evaluation) -> None:
    women = line(evaluation, "people", "sex.female")
    view = next(table_views([evaluation], lambda *_: ""))
    assert f"Female: {women.count}/{women.base}" in re.sub(r" +", " ", view.text)
    assert ("people", "sex.female", "people", women.count) in [
        (row[0], row[2], row[5], row[6]) for row in findings_rows(evaluation)
    ]


def attacked(evaluation: Evaluation, rule: Rule) -> tuple[Attacker, list[tuple[str, ...]]]:
    """What somebody knows who holds the shared figures, and knows that people are victims and perpetrators."""
    versions = {case.reference: "1" for case in reviews()}
    figures = make_release(evaluation, REVIEWS, versions, rule, Numbering()).figures
    attacker = Attacker()
    printed = {table.key: {held.key: held for held in table.lines} for table in figures.tables}
    for table, lines in printed.items():
        for key, held in lines.items():
            for part in ("count", "base", "missing"):
                number = getattr(held, part)
                if isinstance(number, int):
                    attacker.know((table, key, part), number, number)
                elif number is not None:
                    attacker.know((table, key, part))
            if held.base is not None:
                attacker.at_most({(table, key, "count"): 1}, {(table, key, "base"): 1})
    for key, held in printed["people"].items():
        if all(key in printed[group] for group in GROUPS):
            for part in ("count", "base", "missing") if held.missing is not None else ("count",):
                parts = {(group, key, part): 1 for group in GROUPS}
                attacker.equal({("people", key, part): 1}, parts)
                attacker.at_most({("first", key, part): 1}, {("people", key, part): 1})
    return attacker, list(withheld(figures))


@pytest.mark.parametrize("threshold", [3, 5, 10])
def test_people_beside_victims_and_perpetrators_tell_no_small_count(
    evaluation: Evaluation, threshold: int
) -> None:
    attacker, hidden = attacked(evaluation, Rule(threshold))
    small = 0
    for table, key, part in hidden:
        held = line(evaluation, table, key)
        true = {"count": held.count, "base": held.base, "missing": held.missing}[part]
        if true is not None and 0 < true < threshold:
            small += 1
            span = attacker.span({(table, key, part): 1})
            assert is_wide(span, Rule(threshold), (table, key, part)), f"{table} {key} lies between {span}"
    assert small


def test_with_zeros_withheld_nothing_is_told_of_several_groups_together(evaluation: Evaluation) -> None:
    versions = {case.reference: "1" for case in reviews()}
    figures = make_release(evaluation, REVIEWS, versions, Rule(5, zeros=True), Numbering()).figures
    assert {table.key for table in figures.tables} == {"victims", "perpetrators", "cases"}
