"""A template version as a REDCap data dictionary: the same questions, codes and routing for a project in REDCap.

The 18 columns and their wording are those of a data dictionary as REDCap writes it; names of variables are lower case, begin
with a letter and have at most 26 signs; choices are "1, Label | 2, Label"; an option of several is "[name(1)] = '1'" in logic.
Repeating groups become forms that have to be made repeating in the project's set-up, which a dictionary cannot say.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exports.analysis.naming import Names
from exports.cells import clean_text
from exports.delimited import LIVE
from exports.redcap_logic import Asked, logic_of
from schema.problem import refuse
from schema.template.model import CodeList, Field, Option, Section, Template

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
LONGEST_NAME = 26
MOST_RADIOS = 8  # a longer list drops down
RECORD = "record_id"
TYPES = {
    "text": "text",
    "long_text": "notes",
    "integer": "text",
    "decimal": "text",
    "date": "text",
    "partial_date": "text",
}
VALIDATION = {"integer": "integer", "decimal": "number", "date": "date_ymd"}
NOTES = {"partial_date": "YYYY, YYYY-MM or YYYY-MM-DD"}
TAG = re.compile(r"<(?=[A-Za-z/!])")
Row = dict[str, str]


def write_redcap(path: Path, template: Template) -> None:
    """Write the dictionary as CSV. Raises ``Refused`` (EXP-009) where a label holds the sign that parts choices."""
    rows = Dictionary(template).rows()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({name: _safe(text) for name, text in row.items()} for row in rows)


@dataclass
class Dictionary:
    """Makes the rows of one template version, without what is retired."""

    template: Template
    names: Names = field(default_factory=lambda: Names(LONGEST_NAME, frozenset({RECORD})))

    def __post_init__(self) -> None:
        """Name all variables first: conditions may name any of them."""
        self.variables: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        for _, held in self._fields():
            self.variables[held.path] = self._name(held.path)
            if _has_reason(held):
                self.reasons[held.path] = self._name(held.path, "_why")
        forms = Names(LONGEST_NAME, frozenset())
        self.forms: Mapping[str, str] = {
            section.key: forms.take(section.key.lower()) for section in self.template.sections
        }

    def rows(self) -> list[Row]:
        """The record's name, then every variable in order."""
        first = next(iter(self.forms.values()))
        rows = [{COLUMNS[0]: RECORD, COLUMNS[1]: first, COLUMNS[3]: "text", COLUMNS[4]: "Case reference"}]
        before = ""
        for section, held in self._fields():
            own = list(self._of_field(section, held))
            if section.key != before:
                own[0][COLUMNS[2]] = section.label
                before = section.key
            rows += own
        return rows

    def _fields(self) -> Iterator[tuple[Section, Field]]:
        for section in self.template.sections:
            if not section.retired:
                yield from ((section, held) for held in section.fields if not held.retired)

    def _name(self, path: str, ending: str = "") -> str:
        return self.names.take(re.sub("_+", "_", path.lower().replace(".", "_")), ending)

    def _of_field(self, section: Section, held: Field) -> Iterator[Row]:
        """The field's own row, then why there is no answer, then its evidence."""
        name = self.variables[held.path]
        logic = logic_of(self._asked(section), section.visible_when, held.visible_when)
        yield self._row(section, held, name, held.label, logic, **self._own(section, held))
        if held.path in self.reasons:
            label = f"{held.label}: why there is no answer"
            choices = self._choices(held, self._missing(held))
            yield self._row(
                section, held, self.reasons[held.path], label, logic, type="radio", choices=choices
            )
        if held.evidence:
            for what, kind in (("page", "text"), ("quote", "notes")):
                named = self._name(held.path, f"_{what}")
                yield self._row(section, held, named, f"{held.label}: {what}", logic, type=kind)

    def _row(self, section: Section, held: Field, name: str, label: str, logic: str, **more: str) -> Row:
        row = {
            "Variable / Field Name": name,
            "Form Name": self.forms[section.key],
            "Field Type": more["type"],
            "Field Label": label,
            "Choices, Calculations, OR Slider Labels": more.get("choices", ""),
            "Field Note": more.get("note", ""),
            "Text Validation Type OR Show Slider Number": more.get("validation", ""),
            "Text Validation Min": more.get("least", ""),
            "Text Validation Max": more.get("most", ""),
            "Identifier?": "y" if held.sensitive == "internal" else "",
            "Branching Logic (Show field only if...)": logic,
            "Required Field?": more.get("required", ""),
            "Field Annotation": f"Tandem: {held.path}",
        }
        return {column: text for column, text in row.items() if text}

    def _own(self, section: Section, held: Field) -> dict[str, str]:
        required = "y" if held.required and held.path not in self.reasons else ""
        note = "; ".join(part for part in (held.hint, held.unit, NOTES.get(held.kind, "")) if part)
        if held.kind == "derived":
            return {"type": "calc", "choices": self._calculation(section, held), "note": _legend(held)}
        if held.codelist:
            return {**self._coded(held), "required": required, "note": note}
        return {
            "type": TYPES[held.kind],
            "note": note,
            "required": required,
            "validation": VALIDATION.get(held.kind, ""),
            "least": _number(held.limits.minimum),
            "most": _number(held.limits.maximum),
        }

    def _coded(self, held: Field) -> dict[str, str]:
        assert held.codelist is not None
        offered = [option for option in held.codelist.options if not option.retired]
        if held.kind == "choices":
            return {"type": "checkbox", "choices": self._choices(held, offered)}
        choices = [*offered, *self._missing(held)]
        kind = "radio" if len(choices) <= MOST_RADIOS else "dropdown"
        return {"type": kind, "choices": self._choices(held, choices)}

    def _missing(self, held: Field) -> list[Option]:
        return [option for option in self.template.missing.options if option.value in held.missing]

    def _choices(self, held: Field, options: Iterable[Option]) -> str:
        return " | ".join(f"{option.code}, {_choice(held, option)}" for option in options)

    def _calculation(self, section: Section, held: Field) -> str:
        """Nested conditions: each band or code of the source gives one code, anything else nothing."""
        assert held.derive is not None
        assert held.codelist is not None
        asked, source = self._asked(section), section.by_key[held.derive.source]
        formula = '""'
        for value, condition in reversed(list(_branches(asked, source, held))):
            option = held.codelist.by_value.get(value)
            if option:
                formula = f"if({condition}, {option.code}, {formula})"
        return formula

    def _asked(self, section: Section) -> Asked:
        return Asked(self.template, section, self.variables, self.reasons)


def _branches(asked: Asked, source: Field, held: Field) -> Iterator[tuple[str, str]]:
    """Each value that can follow, with the condition on the source under which it does."""
    assert held.derive is not None
    name = f"[{asked.variables[source.path]}]"
    for value, low, high in held.derive.bands:
        bounds = [
            f"{name} >= {_number(low)}" if low is not None else "",
            f"{name} <= {_number(high)}" if high is not None else "",
        ]
        yield value, " and ".join([f"{name} <> ''", *(bound for bound in bounds if bound)])
    for option in _options(source.codelist) if held.derive.attribute else ():
        if held.derive.attribute in option.attributes:
            yield option.attributes[held.derive.attribute], f"{name} = '{option.code}'"


def _options(codes: CodeList | None) -> tuple[Option, ...]:
    return codes.options if codes else ()


def _has_reason(held: Field) -> bool:
    """Whether why there is no answer needs a variable of its own, because the answer is no single code."""
    return bool(held.missing) and (held.codelist is None or held.kind == "choices")


def _legend(held: Field) -> str:
    return "; ".join(f"{option.code} = {option.label}" for option in _options(held.codelist))


def _choice(held: Field, option: Option) -> str:
    if "|" in option.label:
        raise refuse(
            "EXP-009",
            f"Field {held.path}: the label of its code {option.code}, “{option.label}”, holds the sign “|”, which parts choices "
            "in REDCap.",
            "Publish a version in which the label has another sign.",
            where=held.path,
        )
    return " ".join(option.label.split())


def _number(bound: float | None) -> str:
    if bound is None:
        return ""
    return str(int(bound)) if float(bound).is_integer() else str(bound)


def _safe(text: str) -> str:
    """Neither markup in REDCap nor a formula in a spreadsheet: a space keeps each from being one."""
    shown = TAG.sub("< ", clean_text(text))
    return f" {shown}" if shown.startswith(LIVE) else shown
