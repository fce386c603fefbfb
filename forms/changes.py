"""From what a page sent to changes of the document: only what differs from what the page had shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.builder import SectionForm, section_form
from forms.fields import FIELDS, KindField, Typed
from forms.fields.base import json_answer, json_evidence
from forms.notes import json_note
from schema.answers.document import Change, Document
from schema.problem import Refused, refuse
from schema.template.model import Field, Section, Template

MOST_CHANGES = 2_000
LONGEST_PATH = 200


@dataclass(frozen=True)
class Posted:
    """What a posted section means: changes, problems by path, and all that was typed (to show it again)."""

    changes: tuple[Change, ...] = ()
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    typed: Mapping[str, Typed] = field(default_factory=dict)


def row_ids(section: Section, names: Iterable[str]) -> tuple[str, ...]:
    """Give the ids of the rows that names such as ``group.row_id.key`` speak of, in order of first appearance."""
    prefix = f"{section.key}."
    found = (name.removeprefix(prefix).split(".")[0] for name in names if name.startswith(prefix))
    return tuple(dict.fromkeys(found))


def forms_of(section: Section, names: Iterable[str]) -> tuple[SectionForm, ...]:
    """Give the forms that a post speaks of: the section's own, or one for each row."""
    if section.repeats is None:
        return (section_form(section),)
    return tuple(section_form(section, row_id) for row_id in row_ids(section, names))


def posted(section: Section, shown: Document, formdata: Any, *, besides: Collection[str] = ()) -> Posted:
    """Read a posted section against the document that the page had shown.

    A name that is absent changes nothing. Raises ``Refused``: FORM-007 (422) for a name that the page does not
    have, FORM-008 (409) for a row that is not there any more, FORM-002 (400) for a name sent twice.
    """
    forms = forms_of(section, formdata.keys())
    _refuse_strangers(formdata.keys(), forms, besides)
    changes: list[Change] = []
    problems: dict[str, tuple[str, ...]] = {}
    typed: dict[str, Typed] = {}
    for form in forms:
        _refuse_lost_row(section, shown, form)
        form.process(formdata)
        for kind_field in form:
            path = kind_field.name
            if kind_field.present:
                typed[path] = kind_field.typed
            if kind_field.process_errors:
                problems[path] = tuple(kind_field.process_errors)
            changes.extend(_changes_of(kind_field, shown))
    return Posted(tuple(changes), problems, typed)


def _refuse_strangers(names: Iterable[str], forms: Iterable[SectionForm], besides: Collection[str]) -> None:
    known = frozenset(besides).union(*(form.names() for form in forms))
    if strange := sorted(set(names) - known):
        raise refuse(
            "FORM-007",
            f"The page sent a field that it does not have: {strange[0][:LONGEST_PATH]}.",
            "Load the page again.",
            where=strange[0][:LONGEST_PATH],
        )


def _refuse_lost_row(section: Section, shown: Document, form: SectionForm) -> None:
    row_id = form.base.split(".")[1]
    if section.repeats and shown.row(section.key, row_id) is None:
        raise refuse(
            "FORM-008",
            f"This {section.repeats.one} is not there any more.",
            "It may have been deleted in another window. Restore it below, then save again.",
            where=f"{section.key}.{row_id}",
            status=409,
        )


def _changes_of(kind_field: KindField, shown: Document) -> Iterator[Change]:
    path = kind_field.name
    if kind_field.sent and not _unchanged(kind_field, shown):
        yield Change("set", path, value=kind_field.value)
    if kind_field.evidence_sent and kind_field.evidence != shown.evidence.get(path):
        yield Change("evidence", path, evidence=kind_field.evidence)
    if kind_field.note_sent and kind_field.note != shown.notes.get(path):
        yield Change("note", path, note=kind_field.note)


def _unchanged(kind_field: KindField, shown: Document) -> bool:
    """The same value, or the very text that the control had been given."""
    held = shown.get(kind_field.name)
    drawn = FIELDS[kind_field.question.kind].shown(kind_field.question, held)
    same_text = bool(drawn.text) and not drawn.chosen and kind_field.typed.shown.text == drawn.text
    return kind_field.value == held or (same_text and not kind_field.typed.shown.missing)


def question_at(template: Template, path: str) -> Field:
    """Find the question that a path speaks of. Raises ``Refused`` (FORM-009, 422) where there is none."""
    parts = path.split(".") if len(path) <= LONGEST_PATH else []
    section = template.by_key.get(parts[0]) if parts else None
    if section is not None and len(parts) == (3 if section.repeats else 2) and parts[-1] in section.by_key:
        return section.by_key[parts[-1]]
    raise refuse(
        "FORM-009",
        "The page sent an answer to a question that this questionnaire does not have.",
        "Load the page again.",
        where=path[:LONGEST_PATH],
    )


@dataclass(frozen=True, slots=True)
class Autosave:
    """One save as the page sends it by itself."""

    base_revision: int
    changes: tuple[Change, ...]


def autosaved(template: Template, body: object) -> Autosave:
    """Read ``{"base_revision": n, "changes": [{"path": …, "value": …}]}``; an item may say ``"what": "evidence"`` or
    ``"note"``.

    Raises ``Refused``: FORM-010 (400) for another shape, FORM-002 (400) for a path sent twice, and what
    :func:`forms.fields.base.json_answer` and :func:`question_at` raise.
    """
    base, items = _envelope(body)
    changes = tuple(_change(template, item) for item in items)
    seen: set[tuple[str, str]] = set()
    for change in changes:
        if (change.what, change.path) in seen:
            raise refuse(
                "FORM-002", "One field was sent twice, so nothing was saved.", where=change.path, status=400
            )
        seen.add((change.what, change.path))
    return Autosave(base, changes)


def _envelope(body: object) -> tuple[int, list[Any]]:
    match body:
        case {"base_revision": int(base), "changes": list(items), **rest} if not rest and not isinstance(
            base, bool
        ):
            if 0 <= base < 2**31 and len(items) <= MOST_CHANGES:
                return base, items
    raise malformed()


def malformed() -> Refused:
    """Build the refusal of a body that is not a save at all."""
    return refuse(
        "FORM-010",
        "The page sent something that is not a save, so nothing was saved.",
        "Load the page again.",
        status=400,
    )


def _change(template: Template, item: object) -> Change:
    match item:
        case {"path": str(path), "value": plain, **rest} if rest in ({}, {"what": "set"}):
            return Change("set", path, value=json_answer(question_at(template, path), plain))
        case {"path": str(path), "value": plain, "what": "evidence", **rest} if not rest:
            return Change("evidence", path, evidence=json_evidence(question_at(template, path), plain))
        case {"path": str(path), "value": plain, "what": "note", **rest} if not rest:
            return Change("note", path, note=json_note(question_at(template, path), plain))
    raise malformed()
