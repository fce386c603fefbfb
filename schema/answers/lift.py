"""Lifting an entry to a later version of its template: a new document, and notes for the coder.

Nothing that was answered is lost without a note. What the new version can no longer read stays in view as an
unreadable or refused value, so that the coder decides; it is never changed into something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from schema.answers.document import Document, Row, Values
from schema.answers.paths import place_of
from schema.template.kinds import fault_in, kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Answer, Invalid, Missing, Value


@dataclass(frozen=True, slots=True)
class Lifted:
    """The document as the new version reads it, and what the coder should know: one sentence each."""

    document: Document
    notes: tuple[str, ...]


def lift(document: Document, old: Template, new: Template) -> Lifted:
    """Carry a document from one version of a template to another."""
    work = _Work(document, old, new)
    sections, groups = {}, {}
    for key, values in document.sections.items():
        if work.stays(key):
            sections[key] = work.values(key, values, "")
    for key, rows in document.groups.items():
        if work.stays(key):
            groups[key] = tuple(Row(row.id, work.values(key, row.values, row.id)) for row in rows)
    evidence = {path: held for path, held in document.evidence.items() if _known(new, path)}
    lifted = Document(sections, groups, evidence)
    return Lifted(lifted, (*work.notes, *_new_questions(old, new), *_newly_required(lifted, old, new)))


@dataclass
class _Work:
    """One document on its way; notes gather as values are looked at."""

    document: Document
    old: Template
    new: Template
    notes: list[str] = field(default_factory=list)

    def stays(self, key: str) -> bool:
        before, after = self.old.by_key[key], self.new.by_key.get(key)
        if after is not None and bool(after.repeats) == bool(before.repeats):
            return True
        if self.document.sections.get(key) or self.document.groups.get(key):
            self.notes.append(
                f"“{before.label}” is no longer part of the questionnaire; its answers were left out."
            )
        return False

    def values(self, key: str, values: Values, row_id: str) -> Values:
        before, after = self.old.by_key[key], self.new.by_key[key]
        place = place_of(before, self.document, row_id)
        carried: dict[str, Value] = {}
        for name, value in values.items():
            was, now = before.by_key.get(name), after.by_key.get(name)
            if was is None or now is None:
                self.notes.append(
                    f"{place}: “{was.label if was else name}” is no longer asked; left out: {_shown(was, value)}."
                )
                continue
            carried[name], note = _carried(was, now, value)
            if note:
                self.notes.append(f"{place}: {note}")
        return carried


def _carried(was: Field, now: Field, value: Value) -> tuple[Value, str]:
    """Give the value under the new field, and a sentence where the coder should look at it."""
    fault = fault_in(now, value)
    if fault is not None and fault_in(was, value) is None:
        return _refused(was, now, value, fault.message)
    if now.retired and not was.retired:
        return value, f"“{was.label}” is no longer asked. Your answer is kept."
    if gone := _newly_retired(was, now, value):
        return (
            value,
            f"“{now.label}” no longer offers {gone}. Your answer is kept; choose another where one fits.",
        )
    return value, ""


def _refused(was: Field, now: Field, value: Value, reason: str) -> tuple[Value, str]:
    shown = _shown(was, value)
    if isinstance(value, tuple) and kind_of(now).many:
        gone = [code for code in value if now.codelist is None or code not in now.codelist.by_value]
        return value, f"“{now.label}” no longer offers {_labels(was, gone)}. Choose again."
    if isinstance(value, Missing):
        return value, f"“{now.label}” no longer offers “{value.code}”. Choose again."
    if kind_of(now).choosing or was.kind != now.kind:
        return Invalid(shown), f"“{now.label}” can no longer hold {shown}. Answer it again."
    return value, f"“{now.label}” holds {shown}. {reason}"


def _new_questions(old: Template, new: Template) -> Iterator[str]:
    for section in new.sections:
        for field_ in section.fields:
            if field_.path in old.by_path or field_.retired or section.retired or not kind_of(field_).stores:
                continue
            where = f"for each {section.repeats.one}" if section.repeats else f"in “{section.label}”"
            must = "It has to be answered where it applies." if field_.required else "It may stay blank."
            yield f"New question {where}: “{field_.label}”. {must}"


def _newly_required(lifted: Document, old: Template, new: Template) -> Iterator[str]:
    for section in new.sections:
        for field_ in section.fields:
            was = old.by_path.get(field_.path)
            if was is None or was.required or not field_.required or field_.retired:
                continue
            if any(field_.key not in values for values in _held(lifted, section)):
                yield f"{section.label}: “{field_.label}” has to be answered now where it applies."


def _held(document: Document, section: Section) -> tuple[Values, ...]:
    if section.repeats:
        return tuple(row.values for row in document.rows(section.key))
    return (document.sections.get(section.key, {}),)


def _newly_retired(was: Field, now: Field, value: Value) -> str:
    if was.codelist is None or now.codelist is None:
        return ""
    codes = value if isinstance(value, tuple) else (value,)
    before, after = was.codelist.by_value, now.codelist.by_value
    gone = [
        code
        for code in codes
        if isinstance(code, str) and code in after and after[code].retired and not before[code].retired
    ]
    return _labels(now, gone)


def _labels(field_: Field, codes: list[str]) -> str:
    known = field_.codelist.by_value if field_.codelist else {}
    return ", ".join(f"“{known[code].label if code in known else code}”" for code in codes)


def _shown(field_: Field | None, value: Value) -> str:
    if isinstance(value, Invalid):
        return value.text
    if isinstance(value, Missing):
        return value.code
    answer: Answer = value if value is not None else ""
    return kind_of(field_).show(field_, answer) if field_ else str(answer)


def _known(template: Template, path: str) -> bool:
    parts = path.split(".")
    section = template.by_key.get(parts[0])
    return section is not None and parts[-1] in section.by_key and len(parts) == (3 if section.repeats else 2)
