"""What a later version of a questionnaire says in other words: for the coder who last worked with the earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schema.template.model import CodeList, Field, Template

FIELD_WORDS = {"label": "Question", "hint": "Hint", "guidance": "Definition"}
NEW = "new"


@dataclass(frozen=True, slots=True)
class Reworded:
    """One text that has changed. ``path``: the question's; ``code``: the option's value, where it is about one.

    ``what`` names the text; ``before`` is empty for what is new.
    """

    path: str
    label: str
    code: str
    what: str
    before: str
    after: str


def reworded(old: Template, new: Template) -> tuple[Reworded, ...]:
    """Every change of wording, in the order of the later version; a code list that questions share is told once."""
    told: set[tuple[str, str]] = set()
    found: list[Reworded] = []
    for field in new.fields():
        if field.retired:
            continue
        before = old.by_path.get(field.path)
        found += _of_field(before, field) if before else [_new_question(field)]
        if before and before.codelist and field.codelist:
            found += _of_list(before.codelist, field, told)
    return tuple(found)


def _of_field(old: Field, new: Field) -> Iterator[Reworded]:
    for name, what in FIELD_WORDS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Reworded(new.path, new.label, "", what, before, after)
    if old.examples != new.examples:
        yield Reworded(new.path, new.label, "", "Examples", "; ".join(old.examples), "; ".join(new.examples))


def _new_question(field: Field) -> Reworded:
    return Reworded(field.path, field.label, "", NEW, "", field.guidance or field.hint or field.label)


def _of_list(old: CodeList, field: Field, told: set[tuple[str, str]]) -> Iterator[Reworded]:
    assert field.codelist is not None
    for option in field.codelist.options:
        if option.retired or (field.codelist.name, option.value) in told:
            continue
        told.add((field.codelist.name, option.value))
        before = old.by_value.get(option.value)
        if before is None:
            text = f"{option.label}\n{option.explained}".strip()
            yield Reworded(field.path, field.label, option.value, NEW, "", text)
            continue
        if before.label != option.label:
            yield Reworded(field.path, field.label, option.value, "Label", before.label, option.label)
        if before.explained != option.explained:
            yield Reworded(
                field.path, field.label, option.value, "Definition", before.explained, option.explained
            )
