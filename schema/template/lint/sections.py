"""Sections and their fields, in order: what comes later may read what comes before."""

from __future__ import annotations

from dataclasses import replace

from schema.limits import GROUP_ROWS
from schema.template.lint.derivations import with_derivation
from schema.template.lint.fields import LONGEST, build_field
from schema.template.lint.lists import check_length, repeated
from schema.template.lint.modes import check_mode
from schema.template.lint.reading import Reading, nearest
from schema.template.lint.steering import Desk, read_condition
from schema.template.model import Field, Repeats, Section
from schema.template.shape import FieldShape, RepeatsShape, SectionShape

MOST_FIELDS = 500


def build_sections(reading: Reading) -> tuple[Section, ...]:
    """Check all sections and give them as the model has them."""
    _check_numbers(reading)
    for section, first in repeated(reading.shape.sections, lambda section: section.key):
        message = f"section `{section.key}` is there already, on line {first.line('key')}."
        reading.add("TPL-010", section.line("key"), message, "Give each section a key of its own.")
    return tuple(_build(reading, shape) for shape in reading.shape.sections)


def _check_numbers(reading: Reading) -> None:
    shape = reading.shape
    if not shape.sections and not reading.cut:
        reading.add("TPL-045", shape.line("sections"), "The template has no sections.", "Write at least one.")
    count = sum(len(section.fields_) for section in shape.sections)
    if count > MOST_FIELDS:
        message = f"The template has {count} fields; the most is {MOST_FIELDS}."
        reading.add("TPL-044", shape.line("sections"), message, "Split it into several templates.")


def _build(reading: Reading, shape: SectionShape) -> Section:
    name = f"section `{shape.key}`"
    for part in ("label", "hint", "guidance"):
        check_length(
            reading.report, shape.line(part), f"The {part} of {name}", getattr(shape, part), LONGEST[part]
        )
    if not shape.fields_ and not reading.cut:
        reading.add("TPL-045", shape.line("fields"), f"{name} has no fields.", "Write at least one.")
    for field, first in repeated(shape.fields_, lambda field: field.key):
        message = f"field `{shape.key}.{field.key}` is there already, on line {first.line('key')}."
        reading.add("TPL-011", field.line("key"), message, "Give each field of a section a key of its own.")
    condition = None
    if "visible_when" in shape.written():
        desk = Desk(reading, name, shape.key, shape.line("visible_when"), own=False)
        condition = read_condition(desk, shape.visible_when)
    fields = tuple(built for field in shape.fields_ if (built := _field(reading, shape, field)))
    check_mode(reading, shape, (condition, *(field.visible_when for field in fields)))
    return Section(
        key=shape.key,
        label=shape.label,
        fields=fields,
        hint=shape.hint,
        guidance=shape.guidance,
        repeats=_repeats(reading, shape, shape.repeats) if shape.repeats else None,
        visible_when=condition,
        retired=shape.retired,
        mode=shape.mode,
    )


def _field(reading: Reading, section: SectionShape, shape: FieldShape) -> Field | None:
    field = build_field(reading, section, shape)
    if field is None:
        reading.unbuilt.add(f"{section.key}.{shape.key}")
        return None
    if "visible_when" in shape.written():
        desk = Desk(reading, f"field `{field.path}`", section.key, shape.line("visible_when"))
        field = replace(field, visible_when=read_condition(desk, shape.visible_when))
    field = with_derivation(reading, field, shape)
    reading.built.setdefault(field.path, field)
    return field


def _repeats(reading: Reading, section: SectionShape, given: RepeatsShape) -> Repeats:
    name = f"section `{section.key}`"
    if given.least > given.most or given.least < 0 or not 1 <= given.most <= GROUP_ROWS:
        message = f"{name} cannot have from {given.least} to {given.most} rows."
        remedy = f"Let `min` be 0 or more, and `max` at least `min` and at most {GROUP_ROWS:,}."
        reading.add("TPL-034", given.line("min"), message, remedy)
    keys = [field.key for field in section.fields_]
    for key in given.summary:
        if key not in keys and key not in reading.cut:
            message = f"{name}: the summary names “{key}”, which is none of its fields."
            reading.add("TPL-035", given.line("summary"), message, nearest(key, keys))
    return Repeats(given.one, given.least, given.most, given.summary)
