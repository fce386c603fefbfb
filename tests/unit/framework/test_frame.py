"""The coding frame: what acts do to codes and to rows, and that what was signed off stays as it was."""

from __future__ import annotations

import pytest

from schema.framework.disclosure.cells import Numbering
from schema.framework.disclosure.release import make_release
from schema.framework.disclosure.rule import Rule
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.frame.census import census, counts
from schema.framework.frame.checks import Ground, broken_rules, problems, undo_problems, unfinished
from schema.framework.frame.framed import framed
from schema.framework.frame.layer import Layer, codes_of
from schema.framework.frame.model import Act, FieldChange, act_from
from schema.framework.loader import load_framework
from tests.unit.framework.frame_study import advice, case, cases, layer, template

FRAMEWORK = """
framework: advice
title: Advice
template: advice
coding_frame: [theme, subtheme]
indicators:
  - {key: theme, label: "{value}", any: advice, each: themes}
  - {key: sub, label: "{value}", any: advice, each: subthemes, within: "theme.{group}"}
tables:
  - key: themes
    title: Themes
    unit: case
    unit_label: reviews
    blocks:
      - {kind: indicators, key: theme, indicators: ["theme.*"]}
      - {kind: indicators, key: sub, indicators: ["sub.*"]}
  - key: rows
    title: Advice
    unit: advice
    unit_label: pieces of advice
    blocks: [{kind: distribution, key: sub, field: subthemes}]
"""


def merge(value: str, into: str, codelist: str = "subtheme", number: int = 1) -> Act:
    return Act("merge", codelist, value, into=(into,), number=number)


def add(value: str, parent: str = "A", number: int = 1) -> Act:
    return Act("add", "subtheme", value, parent=parent, label=value.lower(), number=number)


def recode(case_id: str, themes: tuple[str, str], subthemes: tuple[str, str], number: int, row: str = "r1"):
    changes = tuple(
        FieldChange(key, tuple(before.split()), tuple(after.split()))
        for key, (before, after) in (("themes", themes), ("subthemes", subthemes))
    )
    return Act("recode", case_id=case_id, place=f"advice.{row}", changes=changes, number=number)


def codes(held: Layer, at: int, row: int = 0) -> tuple[str, str]:
    values = (
        held.recoded(cases()[at].case_id, template(), cases()[at].document)
        .document.rows("advice")[row]
        .values
    )
    return " ".join(codes_of(values["themes"])), " ".join(codes_of(values["subthemes"]))


def test_the_frame_begins_as_the_template_publishes_it() -> None:
    frame = layer().frame
    assert [code.value for code in frame.codes] == ["A", "B", "V", "A1", "A2", "B1", "V1"]
    assert frame.parents == {"subtheme": "theme"}
    fields = {code.value: code.fields for code in frame.of("theme")}
    assert fields["A"] == ("advice.themes", "lessons.themes")
    assert fields["V"] == ("advice.themes",)


def test_without_an_act_template_and_documents_are_the_very_same() -> None:
    original, held = cases()[0], layer()
    assert held.template(original.template) is original.template
    assert held.recoded("c1", original.template, original.document).document is original.document
    assert held.name == ""


def test_a_merge_changes_the_reading_and_not_what_was_signed_off() -> None:
    held, originals = layer(merge("A1", "A2")), cases()
    counted = census(held, originals)
    assert originals == cases()
    assert codes(held, 0) == ("A", "A2")
    assert codes(held, 1) == ("A B", "A2 B1")
    assert (counted.changed.rows, counted.changed.cases) == (2, {"c1", "c2"})
    assert counts(counted.by_code, "subtheme", "A2") == (2, 2)
    assert counts(counted.by_code, "subtheme", "A1") == (0, 0)


def test_a_merge_across_themes_takes_the_theme_along() -> None:
    held = layer(merge("A1", "B1"))
    assert codes(held, 0) == ("A B", "A2 B1"), "A keeps A2, and B comes with B1"
    assert codes(held, 1) == ("B", "B1"), "A has no sub-theme left"


def test_a_merged_theme_takes_its_sub_themes_with_it() -> None:
    held = layer(merge("A", "B", "theme"))
    assert codes(held, 1) == ("B", "A1 B1")
    assert {code.value: code.parent for code in held.frame.of("subtheme")} == {
        "A1": "B", "A2": "B", "B1": "B", "V1": "V",
    }  # fmt: skip
    lesson = held.recoded("c2", template(), cases()[1].document).document.rows("lessons")[0]
    assert lesson.values["themes"] == ("B",)


def test_a_moved_sub_theme_takes_the_theme_along() -> None:
    held = layer(Act("move", "subtheme", "A1", parent="B", number=1))
    assert codes(held, 0) == ("A B", "A1 A2")
    assert codes(held, 1) == ("B", "A1 B1")


def test_a_split_waits_for_a_choice_in_every_row() -> None:
    split = Act("split", "subtheme", "A1", into=("A3", "A4"), number=3)
    held = layer(add("A3", number=1), add("A4", number=2), split)
    waiting = census(held, cases()).waiting
    assert [(row.reference, row.place, row.value) for row in waiting] == [
        ("C1", "advice.r1", "A1"),
        ("C2", "advice.r1", "A1"),
    ]
    chosen = layer(*held.acts, recode("c1", ("A", "A"), ("A1 A2", "A2 A4"), 4))
    assert [row.reference for row in census(chosen, cases()).waiting] == ["C2"]
    assert codes(chosen, 0) == ("A", "A2 A4")


def test_a_recoding_that_no_longer_finds_its_row_is_said_and_changes_nothing() -> None:
    held = layer(recode("c1", ("A", "B"), ("A1", "B1"), 1))
    made = held.recoded("c1", template(), cases()[0].document)
    assert made.stale == (1,)
    assert made.document == cases()[0].document


def test_an_act_taken_back_is_as_if_it_had_not_been() -> None:
    held = layer(merge("A1", "A2"), Act("undo", undoes=1, number=2))
    assert held.frame == layer().frame
    assert codes(held, 0) == ("A", "A1 A2")


def test_the_crosswalk_follows_each_code_through_all_acts() -> None:
    acts = (
        add("A3", number=1),
        add("A4", number=2),
        Act("split", "subtheme", "A1", into=("A3", "A4"), number=3),
        recode("c1", ("A", "A"), ("A1 A2", "A2 A3 A4"), 4),
        recode("c2", ("A B", "A B"), ("A1 B1", "A3 B1"), 5),
        merge("A3", "B1", number=6),
    )
    found = [
        (one.codelist, one.old, one.new, one.acts, one.rows, one.cases)
        for one in census(layer(*acts), cases()).crossings()
        if one.codelist == "subtheme"
    ]
    assert found == [
        ("subtheme", "A1", "A4", (4, 6), 1, 1),
        ("subtheme", "A1", "B1", (4, 6), 1, 1),
        ("subtheme", "A1", "B1", (5, 6), 1, 1),
        ("subtheme", "A2", "A2", (), 1, 1),
        ("subtheme", "B1", "B1", (), 2, 2),
        ("subtheme", "V1", "V1", (), 1, 1),
    ]


def test_rules_of_the_template_hold_over_a_recoding() -> None:
    held = layer(merge("V1", "A1"))
    third = cases()[2]
    after = held.recoded("c3", template(), third.document).document
    assert broken_rules(template(), (layer().frame, third.document), (held.frame, after)) == (
        "Piece of advice 1: V goes with national.",
    )
    moved = layer(Act("move", "subtheme", "A1", parent="B", number=1))
    for one in cases()[:2]:
        after = moved.recoded(one.case_id, template(), one.document).document
        assert broken_rules(template(), (layer().frame, one.document), (moved.frame, after)) == ()


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (Act("merge", "subtheme", "Z9", into=("A1",)), "FRM-001"),
        (Act("merge", "subtheme", "A1", into=("A1",)), "FRM-006"),
        (Act("merge", "subtheme", "A1"), "FRM-006"),
        (Act("merge", "theme", "A", into=("V",)), "FRM-007"),
        (Act("add", "subtheme", "A1", parent="A", label="x"), "FRM-003"),
        (Act("add", "subtheme", "a b", parent="A", label="x"), "FRM-003"),
        (Act("add", "subtheme", "A9", parent="A"), "FRM-004"),
        (Act("add", "subtheme", "A9", label="x"), "FRM-005"),
        (Act("add", "theme", "C", label="x"), "FRM-017"),
        (Act("add", "region", "C", label="x"), "FRM-010"),
        (Act("split", "subtheme", "A1", into=("A2",)), "FRM-008"),
        (Act("move", "subtheme", "A1", parent="A"), "FRM-011"),
        (Act("move", "subtheme", "A1", parent="V"), "FRM-007"),
        (recode("c1", ("A", "A"), ("A1", "A1"), 0), "FRM-011"),
        (recode("c1", ("A", "A"), ("A1", "Z9"), 0), "FRM-012"),
        (recode("c1", ("A", ""), ("A1", ""), 0), "FRM-012"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code(act: Act, code: str) -> None:
    assert code in [problem.code for problem in problems(Ground(layer().frame, template()), act)]


def test_an_act_is_not_taken_back_while_another_rests_on_it() -> None:
    held = layer(add("A3", number=1), merge("A1", "A3", number=2))
    found = list(undo_problems(held.base, held.acts, 1, template()))
    assert [problem.code for problem in found] == ["FRM-016"]
    assert list(undo_problems(held.base, held.acts, 2, template())) == []


def test_a_sub_theme_of_a_retired_theme_is_unfinished() -> None:
    held = layer(Act("retire", "theme", "A", number=1))
    assert [problem.code for problem in unfinished(held.frame)] == ["FRM-022", "FRM-022"]


def test_new_codes_stand_with_their_kin_and_where_their_theme_may_stand() -> None:
    held = layer(
        Act("add", "theme", "C", label="Caring", fields=("advice.themes",), number=1),
        add("C1", "C", 2),
        add("A3", "A", 3),
    )
    made = framed(template(), held.frame)

    def offered(path: str) -> list[str]:
        codelist = made.by_path[path].codelist
        return [option.value for option in codelist.options] if codelist else []

    assert offered("advice.subthemes") == [
        "A1", "A2", "A3", "B1", "V1", "C1",
    ]  # fmt: skip
    assert offered("advice.themes") == ["A", "B", "V", "C"]
    assert offered("lessons.themes") == ["A", "B"]
    assert len({code.number for code in held.frame.codes}) == len(held.frame.codes)


def test_findings_follow_the_frame_and_their_hash_says_so() -> None:
    def found(held: Layer):
        made = held.template(template())
        framework = load_framework(FRAMEWORK, made).framework
        assert framework is not None
        return evaluate(
            framework,
            (
                CaseExtract(
                    one.reference, held.recoded(one.case_id, one.template, one.document).document, made
                )
                for one in cases()
            ),
        )

    before, after = found(layer()), found(layer(merge("A1", "A2"), add("A3", number=2)))
    assert before.by_key["themes"].by_key["sub.A2"].text() == "1/3 (33%)"
    assert after.by_key["themes"].by_key["sub.A2"].text() == "2/3 (67%)"
    assert after.by_key["themes"].by_key["sub.A3"].text() == "0/3 (0%)"
    assert "sub.A1" not in after.by_key["themes"].by_key, "nothing holds a merged code, so it has no line"
    assert after.by_key["themes"].by_key["theme.A"].text() == before.by_key["themes"].by_key["theme.A"].text()
    assert [line.key for line in after.by_key["rows"].lines][:2] == ["sub.A2", "sub.A3"]


@pytest.mark.parametrize(("zeros", "told"), [(False, True), (True, False)])
def test_a_code_that_was_given_up_has_no_shared_line_where_zeros_are_withheld(
    zeros: bool, told: bool
) -> None:
    """Its line stands only while a row still holds it, so that the line alone would say “not 0”."""
    held = layer(Act("split", "subtheme", "A1", into=("A2", "B1"), number=1))
    made = held.template(template())
    framework = load_framework(FRAMEWORK, made).framework
    assert framework is not None
    every = [case(f"c{number}", advice("r1", "A", "A1" if number < 2 else "A2")) for number in range(30)]
    evaluation = evaluate(framework, (CaseExtract(one.reference, one.document, made) for one in every))
    assert evaluation.by_key["themes"].by_key["sub.A1"].count == 2
    versions = {one.reference: "1" for one in every}
    release = make_release(evaluation, made, versions, Rule(5, zeros), Numbering())
    lines = {(table.key, line.key) for table in release.figures.tables for line in table.lines}
    assert (("themes", "sub.A1") in lines, ("rows", "sub.A1") in lines) == (told, told)


def test_an_act_reads_back_as_it_was_written() -> None:
    for act in (add("A3"), merge("A1", "A2"), recode("c1", ("A", "B"), ("A1", "B1"), 4)):
        assert act_from(act.kind, act.number, act.body()) == act


def test_missing_answers_stay_missing() -> None:
    row = advice("r1", "A", "A1")
    bare = case("c9", type(row)("r1", {"national": "no"}))
    held = layer(merge("A1", "B1"))
    assert held.recoded("c9", bare.template, bare.document).document.rows("advice")[0].values == {
        "national": "no"
    }
