"""Answers as the texts of spreadsheet cells, and back: what a coder may type where there is no form.

A code is written by its label, several with semicolons between; its value or number is read too. A reason why there is no answer stands in
square brackets: ``[not reported]``. All other answers are written as they are stored, and read as their kind reads what is typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from schema.template.kinds import clean, fault_in, kind_of
from schema.template.model import Field, Template
from schema.template.value import Invalid, Missing, Value

BRACKETED = re.compile(r"\[\s*(.+?)\s*\]", re.DOTALL)
PARTED = re.compile(r"[;\n]")


def option_names(field: Field) -> Mapping[str, str]:
    """How each code of the field's list is written: by its label, or by its value where the label would not do."""
    options = field.codelist.options if field.codelist else ()
    labels = Counter(_plain(option.label) for option in options)
    return {
        option.value: option.label
        if labels[_plain(option.label)] == 1 and not PARTED.search(option.label) and option.label[:1] != "["
        else option.value
        for option in options
    }


def reason_names(template: Template, field: Field) -> Mapping[str, str]:
    """How each missing code of the field is written."""
    return {code: f"[{template.missing_label(code)}]" for code in field.missing}


def to_cell(template: Template, field: Field, value: Value) -> str:
    """Write a value; blank is the empty text. What :func:`from_cell` makes of it is the same value again."""
    if value is None:
        return ""
    if isinstance(value, Missing):
        return reason_names(template, field).get(value.code, f"[{value.code}]")
    if isinstance(value, Invalid):
        return value.text
    names = option_names(field)
    codes = value if isinstance(value, tuple) else (value,)
    return "; ".join(names.get(code, str(code)) if isinstance(code, str) else str(code) for code in codes)


def from_cell(template: Template, field: Field, text: str) -> Value:
    """Read what stands in a cell: ``Invalid`` where it cannot be read, or is no code of the list."""
    text = clean(text)
    if not text:
        return None
    if (reason := _reason(template, field, text)) is not None:
        return reason
    if field.codelist is None:
        return kind_of(field).read(field, [text])
    known = _codes(field)
    parts = [text] if _plain(text) in known else [part for part in PARTED.split(text) if part.strip()]
    codes = [known.get(_plain(part)) for part in parts]
    if not all(codes) or (len(codes) > 1 and not kind_of(field).many):
        return Invalid(text)
    value = kind_of(field).read(field, [code for code in codes if code])
    return Invalid(text) if fault_in(field, value) else value


def _reason(template: Template, field: Field, text: str) -> Missing | None:
    found = BRACKETED.fullmatch(text)
    if found is None:
        return None
    names = {_plain(name): code for code in field.missing for name in (code, template.missing_label(code))}
    code = names.get(_plain(found[1]))
    return Missing(code) if code else None


def _codes(field: Field) -> dict[str, str]:
    """Every way to name a code of the list; a value before a number, a number before a label."""
    options = field.codelist.options if field.codelist else ()
    known: dict[str, str] = {}
    for attribute in ("value", "code", "label"):
        for option in options:
            known.setdefault(_plain(str(getattr(option, attribute))), option.value)
    return known


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
