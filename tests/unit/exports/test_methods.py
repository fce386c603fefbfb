"""The methods section: every number is counted from the study, and nothing is claimed that was not done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest

from exports.methods import gather
from exports.methods_document import write_methods, write_methods_text
from exports.methods_text import items, plain_text
from exports.written import Order
from schema.coding.agreement.plan import AgreementPlan, PlannedField
from schema.coding.compare import compare
from schema.coding.model import Pair
from schema.framework.loader import load_framework
from schema.store.master import ExcludedCase, Hands, MasterStudy, SettledDiscrepancy, Settlement, Trace
from tests.unit.exports.small_study import MADE_AT, SOURCE, case, document, study, template
from tests.unit.exports.test_workbook import FRAMEWORK

TEMPLATE = template()
LOADED = load_framework(FRAMEWORK, TEMPLATE).framework
A = document(
    [{"number": "1", "note": "n"}], words="North", whole=3, agreed="no", colour="red", colours=["red"]
)
B = document(
    [{"number": "1", "note": "n"}], words="South", whole=3, agreed="no", colour="blue", colours=["red"]
)
NOT_REPORTED = {"missing": "not_reported"}
LAST = document(words=NOT_REPORTED, colour=NOT_REPORTED, agreed="no", colours={"missing": "none_described"})
SETTLED = (
    SettledDiscrepancy("main.words", "main", "", "words", "differ", "North", "South", Settlement("a", "North", "judgement")),
    SettledDiscrepancy("rows.p9", "rows", "p9", "", "row_only_a", None, None, Settlement("drop_row", None, "omission")),
    SettledDiscrepancy("main.whole", "main", "", "whole", "agree", 3, 3, Settlement("other", 4, "typing_slip")),
    SettledDiscrepancy("main.why", "main", "", "why", "only_a", "x", None, Settlement("moot")),
)  # fmt: skip


def a_study() -> MasterStudy:
    apart = Trace(compare(TEMPLATE, A, B, (Pair("p1", "rows", "r1", "r1"),)), A, B)
    cases = (
        case("DHR-1", A, TEMPLATE, discrepancies=SETTLED, trace=apart),
        case("DHR-2", LAST, TEMPLATE, coder_b="Cleo"),
    )
    excluded = (ExcludedCase("DHR-3", "", "coding", "…"), ExcludedCase("DHR-4", "", "withdrawn", "…"))
    return study(cases, excluded=excluded, hands=Hands(coders=3, pairs=2, reconcilers=1))


def text_of(held: MasterStudy) -> str:
    return plain_text(gather(Order(held, LOADED)))


@pytest.fixture(scope="module")
def text() -> str:
    return text_of(a_study())


@pytest.mark.parametrize(
    "said",
    [
        "Data were extracted from 2 of 4 registered reports with the extraction template “Every kind of field”, version 1.",
        "left out (1 coding, 1 withdrawn)",
        "two people (3 coders in 2 pairs)",
        "2 differences, 1 of them items that one coder alone had recorded, were settled by 1 reconciler",
        "in 1 the value of one of the coders was taken, in 1 an item that one coder alone had recorded was left out",
        "omission 1",
        "1 position on which both coders agreed was looked at again",
        "“Every kind”: Colours (counted in cases)",
        "for: Rows.",
    ],
)
def test_the_numbers_are_those_of_the_study(text: str, said: str) -> None:
    assert said in text


PLAN = AgreementPlan(
    version=2,
    fields=(PlannedField("main.colour", "kappa", 0.7), PlannedField("main.agreed", "percent", 0.8), PlannedField("main.warm", "alpha", 0.8)),
    share=25,
    reason="",
    after_coding=False,
    recorded_at=MADE_AT,
    recorded_by="Dana Price",
)  # fmt: skip


def test_the_agreement_plan_is_stated_with_what_came_of_it() -> None:
    said = text_of(replace(a_study(), plan=PLAN))
    assert (
        "a plan recorded on 2026-03-01 (version 2), before coding began. It names 3 questions, with a measure and the least "
        "value for each, and 25% of the cases as to be coded twice."
    ) in said
    assert "Agreed: Share of agreement, at least 0.8; found 1.00" in said
    assert "Warm: Krippendorff's alpha, at least 0.8; undefined, because" in said
    assert "Of the questions of the plan 1 of 3 reached the value laid down, and for" in said
    assert "Dana" not in said


def test_a_plan_made_after_coding_began_says_so_and_why() -> None:
    late = replace(PLAN, after_coding=True, reason="The pilot changed two questions.")
    said = text_of(replace(a_study(), plan=late))
    assert "after coding had begun, because: The pilot changed two questions." in said


def test_without_a_plan_the_text_says_that_there_was_none(text: str) -> None:
    assert "was not laid down in an agreement plan" in text


def test_agreement_is_of_the_entries_as_submitted(text: str) -> None:
    # Alike: whole, agreed and colours of the first case; agreed, colour and colours of the second. Unlike: colour.
    facts = gather(Order(a_study())).agreement
    assert (facts.agreed, facts.compared) == (6, 7)
    assert "agreed on 6 of 7 positions (86%), free texts not counted" in text


def test_missing_is_counted_by_its_reason_and_none_described_is_an_answer(text: str) -> None:
    answers = gather(Order(a_study())).answers
    # Of case 1: words, whole, agreed, colour, colours, and number and note of its row; of case 2: agreed, and colours as none.
    assert (answers.given, answers.missing) == (9, {"Not reported": 2})
    assert answers.blank == 9  # passage, part, day and month of both cases, and whole of the second
    assert "Of 20 values" in text
    assert "not reported 2 (10%)" in text
    assert "9 values were left blank" in text


def test_a_section_that_was_checked_and_not_coded_twice_is_named(text: str) -> None:
    assert "does not hold" not in text
    checked = template(SOURCE.replace("  - key: main\n", "  - key: main\n    mode: verify\n"))
    held = replace(a_study(), templates=(checked,))
    assert "This does not hold for Main: there one person extracted" in text_of(held)


def test_what_tandem_cannot_know_is_left_to_the_authors(text: str) -> None:
    assert "[State whether authors or commissioners of the reports" in text
    assert "[State any assumption" in text


def test_a_study_without_a_signed_off_case_says_so_and_claims_no_extraction() -> None:
    held = text_of(study((), hands=Hands()))
    assert "No case of this project has been signed off" in held
    assert "two people" not in held
    assert "agreed on" not in held


def test_a_rehearsal_says_that_it_is_one() -> None:
    assert "This project is a rehearsal." in text_of(replace(a_study(), rehearsal=True))


def test_without_a_framework_the_outcomes_are_left_to_the_authors() -> None:
    ten = items(gather(Order(a_study())))[1]
    assert ten.paragraphs[0].startswith("[List and define the outcomes.")


def test_no_coder_and_no_case_is_named(text: str) -> None:
    assert not any(name in text for name in ("Amara", "Ben", "Cleo", "Carol", "DHR-1", "North", "South"))


def test_both_files_hold_the_text_and_have_the_same_hash(tmp_path: Path, text: str) -> None:
    order = Order(a_study(), LOADED)
    word = write_methods(tmp_path / "m.docx", order)
    plain = write_methods_text(tmp_path / "m.txt", order)
    assert (tmp_path / "m.txt").read_text(encoding="utf-8") == text
    shown = [paragraph.text for paragraph in docx.Document(str(tmp_path / "m.docx")).paragraphs]
    assert all(block in shown for block in text.strip().split("\n\n"))
    assert word.content_hash == plain.content_hash
