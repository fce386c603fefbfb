"""A folded row in one line: "4.2: Children's Social Care, Education: T1, T4"."""

from __future__ import annotations

import re

from schema.answers.document import Row
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Invalid, Missing, Value

PRINTED_CODE = re.compile(r"[A-Z]{1,3}[0-9][0-9.]*", re.ASCII)
LABEL_END = re.compile(r" \(| / |: ")
LONG_LABEL = 24
LONG_LINE = 120
EMPTY = "Nothing entered yet"


def row_summary(section: Section, row: Row) -> str:
    """Give the line of a row from the fields that the group's ``summary`` names (its first three fields by default).

    Codes that look like printed ones (T1, T1.2) stand for themselves, other codes for their labels, long labels cut at
    their first colon, slash or bracket; lists are joined by commas, and colons part them from what stands beside them.
    At most 120 characters.
    """
    keys = (section.repeats.summary if section.repeats else ()) or tuple(section.by_key)[:3]
    fields = [section.by_key[key] for key in keys if key in section.by_key]
    shown = [text for field in fields if (text := _shown(field, row.values.get(field.key)))]
    if not shown:
        return EMPTY
    mark = ": " if any(kind_of(field).many for field in fields) else ", "
    line = mark.join(" ".join(text.split()) for text in shown)
    return line if len(line) <= LONG_LINE else line[: LONG_LINE - 1].rstrip() + "…"


def _shown(field: Field, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Missing):
        return f"{field.label.lower()} {value.code.replace('_', ' ')}"
    if isinstance(value, Invalid):
        return f"{value.text}?"
    if isinstance(value, tuple):
        return ", ".join(dict.fromkeys(_short(field, code) for code in value))
    if kind_of(field).choosing:
        return _short(field, str(value))
    text = kind_of(field).show(field, value)
    return f"{text} {field.unit}" if field.unit else text


def _short(field: Field, code: str) -> str:
    option = field.codelist.by_value.get(code) if field.codelist else None
    if option is None or PRINTED_CODE.fullmatch(code):
        return code
    return LABEL_END.split(option.label)[0] if len(option.label) > LONG_LABEL else option.label
