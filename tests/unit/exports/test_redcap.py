"""The REDCap data dictionary: REDCap's own columns, legal names, and the template's codes and routing."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from exports.delimited import LIVE
from exports.redcap import COLUMNS, write_redcap
from schema.problem import Refused
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.shipped import load_shipped
from schema.template.value import Missing, Value, is_answer
from tests.unit.exports import hostile_study
from tests.unit.exports.small_study import LISTS

# The header of a data dictionary as REDCap writes it.
HEADER = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,Text Validation Type OR Show Slider Number,'
    "Text Validation Min,Text Validation Max,Identifier?,Branching Logic (Show field only if...),Required Field?,"
    "Custom Alignment,Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation"
)
TYPES = {"text", "notes", "calc", "dropdown", "radio", "checkbox"}
SOURCE = """
template: routed
version: 1
title: Routed
missing: missing
sections:
  - key: main
    label: Main
    fields:
      - {key: colour, kind: choice, label: Colour, codelist: colour, missing: [not_reported, not_known]}
      - {key: colours, kind: choices, label: Colours, codelist: colour, missing: [not_reported]}
      - {key: number, kind: integer, label: Number, limits: {min: 0, max: 120}, missing: [not_reported], unit: years}
      - {key: warm, kind: derived, label: Warm, codelist: yes_no, derive: {from: colour, attribute: warm}}
      - {key: old, kind: derived, label: Old, codelist: yes_no, derive: {from: number, bands: [{value: "no", max: 17}, {value: "yes", min: 18}]}}
      - {key: if_red, kind: text, label: If red, visible_when: {field: colour, equals: red}}
      - {key: if_not_red, kind: date, label: Unless red, visible_when: {not: {field: colour, equals: red}}}
      - {key: if_either, kind: decimal, label: Either, visible_when: {field: colour, in: [red, blue]}}
      - {key: if_told, kind: text, label: Told, visible_when: {field: colour, answered: true}}
      - {key: if_untold, kind: text, label: Untold, visible_when: {field: number, missing: true}}
      - {key: if_ticked, kind: text, label: Ticked, visible_when: {field: colours, contains: blue}}
      - {key: if_any, kind: partial_date, label: Any, visible_when: {not: {any: [{field: colour, missing: true}, {field: number, answered: true}]}}}
  - key: rows
    label: Rows
    repeats: {one: row}
    visible_when: {field: main.colour, equals: blue}
    fields:
      - {key: note, kind: long_text, label: Note, required: true, evidence: true, sensitive: internal}
      - {key: more, kind: yes_no, label: More, visible_when: {field: note, answered: true}}
"""


def rows_of(tmp_path: Path, template: Template) -> list[dict[str, str]]:
    path = tmp_path / "dictionary.csv"
    write_redcap(path, template)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(SOURCE, LISTS).needed()


@pytest.fixture(scope="module")
def rows(template: Template, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    held = rows_of(tmp_path_factory.mktemp("redcap"), template)
    return {row[COLUMNS[0]]: row for row in held}


def test_the_columns_are_those_of_redcap() -> None:
    assert list(COLUMNS) == next(csv.reader([HEADER]))


@pytest.mark.parametrize("which", ["routed", "hostile", "dhr-childrens-services", "sar-learning"])
def test_names_types_forms_and_logic_are_legal_and_every_variable_that_logic_reads_exists(
    tmp_path: Path, template: Template, which: str
) -> None:
    made = {"routed": lambda: template, "hostile": hostile_study.template}
    held = rows_of(tmp_path, made[which]() if which in made else load_shipped(which, 1))
    names = [row[COLUMNS[0]] for row in held]
    assert len(set(names)) == len(names)
    assert names[0] == "record_id"
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,25}", name) and "__" not in name for name in names)
    assert {row["Field Type"] for row in held} <= TYPES
    forms = [form for form, _ in itertools.groupby(row["Form Name"] for row in held)]
    assert len(set(forms)) == len(forms), "a form stands in one place"
    for row in held:
        logic = row["Branching Logic (Show field only if...)"] + (
            row[COLUMNS[5]] if row["Field Type"] == "calc" else ""
        )
        assert set(re.findall(r"\[(\w+)(?:\(-?\d+\))?\]", logic)) <= set(names)
        assert logic.count("(") == logic.count(")")
        if row["Field Type"] in ("radio", "dropdown", "checkbox"):
            codes = [choice.split(",")[0].strip() for choice in row[COLUMNS[5]].split(" | ")]
            assert len(set(codes)) == len(codes) > 0
            assert all(re.fullmatch(r"-?\d+", code) for code in codes)
        assert not any(text.startswith(LIVE) for text in row.values())


def test_kinds_become_the_types_and_validations_of_redcap(rows: dict[str, dict[str, str]]) -> None:
    def told(name: str, *columns: str) -> tuple[str, ...]:
        return tuple(rows[name][column] for column in columns)

    what = ("Field Type", "Text Validation Type OR Show Slider Number")
    assert told("main_number", *what, "Text Validation Min", "Text Validation Max") == (
        "text", "integer", "0", "120",
    )  # fmt: skip
    assert told("main_if_not_red", *what) == ("text", "date_ymd")
    assert told("main_if_either", *what) == ("text", "number")
    assert told("main_if_any", *what, "Field Note") == ("text", "", "YYYY, YYYY-MM or YYYY-MM-DD")
    assert told("rows_note", *what, "Required Field?", "Identifier?") == ("notes", "", "y", "y")
    assert told("main_colour", "Field Type", COLUMNS[5]) == (
        "radio", "1, =Red | 2, Blue | -9, Not reported | -8, Not known",
    )  # fmt: skip
    assert told("main_colours", "Field Type", COLUMNS[5]) == ("checkbox", "1, =Red | 2, Blue")
    assert told("main_number_why", "Field Type", COLUMNS[5]) == ("radio", " -9, Not reported")
    assert told("rows_note_page", "Form Name", "Field Annotation") == ("rows", "Tandem: rows.note")


def test_a_value_that_follows_is_calculated(rows: dict[str, dict[str, str]]) -> None:
    assert rows["main_old"][COLUMNS[5]] == (
        "if([main_number] <> '' and [main_number] <= 17, 0, "
        "if([main_number] <> '' and [main_number] >= 18, 1, \"\"))"
    )
    assert "if([main_colour] = '1', 1" in rows["main_warm"][COLUMNS[5]]
    assert rows["main_warm"]["Field Note"] == "1 = Yes, stated; 0 = No, stated"


CODES = {"red": "1", "blue": "2", "grey": "3", "not_reported": "-9", "not_known": "-8"}
COLOURS: tuple[Value, ...] = (None, "red", "blue", Missing("not_reported"), Missing("not_known"))
TICKED: tuple[Value, ...] = (None, ("red",), ("red", "blue"), Missing("not_reported"))
NUMBERS: tuple[Value, ...] = (None, 0, 18, Missing("not_reported"))


def as_redcap(colour: Value, colours: Value, number: Value) -> dict[str, str]:
    """The variables of a record with these answers, as REDCap would hold them."""
    held = {
        "main_colour": CODES[colour.code if isinstance(colour, Missing) else str(colour)] if colour else "",
        "main_number": "" if number is None or isinstance(number, Missing) else str(number),
        "main_number_why": CODES[number.code] if isinstance(number, Missing) else "",
        "main_colours_why": CODES[colours.code] if isinstance(colours, Missing) else "",
    }
    ticks = colours if isinstance(colours, tuple) else ()
    return held | {f"main_colours({CODES[one]})": str(int(one in ticks)) for one in ("red", "blue", "grey")}


def holds(logic: str, record: Mapping[str, str]) -> bool:
    """Read branching logic as REDCap documents it: = and <>, and, or, brackets. An independent reading for the test."""
    text = re.sub(r"\[([^\]]+)\]", lambda found: repr(record[found.group(1)]), logic)
    text = text.replace("<>", "!=").replace(" = ", " == ")
    assert re.fullmatch(r"(?:'-?\d*'|==|!=|and|or|[() ])*", text), text
    return bool(eval(text, {"__builtins__": {}}))


def test_logic_shows_a_field_exactly_where_the_template_asks_it(
    rows: dict[str, dict[str, str]], template: Template
) -> None:
    routed = [field for field in template.by_key["main"].fields if field.visible_when]
    outcomes: dict[str, set[bool]] = {field.key: set() for field in routed}
    for colour, colours, number in itertools.product(COLOURS, TICKED, NUMBERS):
        answers: dict[str, Any] = {"colour": colour, "colours": colours, "number": number}
        record = as_redcap(colour, colours, number)
        for field in routed:
            assert field.visible_when is not None
            wanted = field.visible_when.holds(answers.__getitem__)
            logic = rows[f"main_{field.key}"]["Branching Logic (Show field only if...)"]
            assert holds(logic, record) == wanted, (field.key, logic, answers)
            outcomes[field.key].add(wanted)
    assert all(held == {True, False} for held in outcomes.values())
    assert is_answer(0)


def test_a_sections_condition_is_that_of_each_of_its_fields(rows: dict[str, dict[str, str]]) -> None:
    column = "Branching Logic (Show field only if...)"
    assert rows["rows_note"][column] == rows["rows_note_quote"][column] == "[main_colour] = '2'"
    assert rows["rows_more"][column] == "([main_colour] = '2' and [rows_note] <> '')"


def test_a_label_with_the_sign_that_parts_choices_is_refused_with_its_field(tmp_path: Path) -> None:
    lists = {**LISTS, "colour": LISTS["colour"].replace('label: "Blue"', 'label: "Blue | green"')}
    with pytest.raises(Refused, match=r"EXP-009.*main\.colour: the label of its code 2, “Blue \| green”"):
        write_redcap(tmp_path / "x.csv", load_template(SOURCE, lists).needed())
