"""Values that nobody types because they follow from others: an age band, whether a group is minoritised."""

from __future__ import annotations

from dataclasses import replace

from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.answers.follow import follows
from schema.answers.visibility import Visibility, visible
from schema.template.model import Field, Section, Template
from schema.template.value import Value


def derived(template: Template, section: Section, values: Values) -> dict[str, Value]:
    """Give the values that follow from those of one section or row, by field key; only those that do follow.

    A choice with a derivation appears where its source is answered; where the source is missing it is typed.
    Conditions are not looked at: pass only values that apply.
    """
    found: dict[str, Value] = {}
    for field in section.fields:
        if field.derive is None:
            continue
        source = found.get(field.derive.source, values.get(field.derive.source))
        value = follows(template, field, source)
        if value is not None:
            found[field.key] = value
    return found


def with_derived(template: Template, document: Document, seen: Visibility | None = None) -> Document:
    """Give the document with every derived value filled in; a typed value gives way to one that follows.

    Nothing follows from a value that does not apply. ``seen``: what applies in the document, where it has been asked already.
    """
    seen = seen or visible(template, document)
    sections, groups = dict(document.sections), dict(document.groups)
    for section in template.sections:
        fields = [field for field in section.fields if field.derive]
        if not fields:
            continue
        if section.repeats:
            groups[section.key] = tuple(_filled_row(fields, row, seen) for row in document.rows(section.key))
        else:
            values = document.sections.get(section.key, NO_VALUES)
            sections[section.key] = _filled(fields, values, None, seen)
    return replace(document, sections=sections, groups=groups)


def _filled_row(fields: list[Field], row: Row, seen: Visibility) -> Row:
    return Row(row.id, _filled(fields, row.values, row, seen))


def _filled(fields: list[Field], values: Values, row: Row | None, seen: Visibility) -> Values:
    filled = dict(values)
    for field in fields:
        value = seen.value(field.section, field.key, row)
        if value is None:
            filled.pop(field.key, None)
        else:
            filled[field.key] = value
    return filled
