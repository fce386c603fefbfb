"""The interchange form of an entry: one JSON object for import, export, API and tests (design, section 3).

``{"case": …, "coder": …, "submit": true, "answers": {section: {key: value}, group: [{"id": …, key: value}]},
"evidence": {"section.key": {"page": …, "quote": …}}}``. Row ids are optional on the way in; evidence inside a group names
its row by that id, or by its number (from 1) where the row has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schema.answers.document import Document, new_row_id
from schema.answers.intake import Intake, JsonObject, json_object, nearest
from schema.problem import Problem, Refused
from schema.template.model import Template
from schema.template.value import to_plain

KEYS = ("case", "coder", "submit", "answers", "evidence")


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """What a line says. With problems, ``document`` holds only what could be read; import nothing then."""

    case: str
    coder: str
    submit: bool
    document: Document
    problems: tuple[Problem, ...]


def read_entry(
    template: Template,
    line: str | Mapping[str, object],
    *,
    choose_id: Callable[[], str] = new_row_id,
) -> ReadEntry:
    """Read one entry and say everything that is wrong with it, each problem with its path.

    Values are brought to their stored form (clean text, codes in list order) and must be acceptable for their
    fields; ``{"invalid": text}`` brings in a draft's unreadable text. Whether anything required is absent is for
    :func:`schema.answers.validate.findings` to say. Never raises for bad input.
    """
    try:
        body = json_object(line) if isinstance(line, str) else dict(line)
    except Refused as refused:
        return ReadEntry("", "", False, Document(), refused.problems)
    intake = Intake(template, choose_id)
    for key in body.keys() - set(KEYS):
        intake.problem("ENT-002", key, f"“{key}” is not part of an entry.", nearest(key, KEYS))
    return ReadEntry(
        case=_name(intake, body, "case"),
        coder=_name(intake, body, "coder"),
        submit=_flag(intake, body, "submit"),
        document=intake.document(body.get("answers", {}), body.get("evidence", {})),
        problems=tuple(intake.problems),
    )


def write_entry(
    template: Template, document: Document, case: str, coder: str, submit: bool
) -> dict[str, object]:
    """Write an entry in the interchange form, sections and fields in template order, rows with their ids.

    Blank fields, empty sections and empty groups are left out. Raises ``ValueError`` for a document that holds
    something the template does not have.
    """
    answers: dict[str, object] = {}
    for section in template.sections:
        order = list(section.by_key)
        if section.repeats and (rows := document.rows(section.key)):
            answers[section.key] = [{"id": row.id, **_plain(order, row.values)} for row in rows]
        elif values := document.sections.get(section.key):
            answers[section.key] = _plain(order, values)
    _nothing_left_out(template, document)
    body: dict[str, object] = {"case": case, "coder": coder, "submit": submit, "answers": answers}
    if document.evidence:
        body["evidence"] = {
            path: {"page": held.page, "quote": held.quote} for path, held in sorted(document.evidence.items())
        }
    return body


def _plain(order: list[str], values: Mapping[str, object]) -> JsonObject:
    unknown = [key for key in values if key not in order]
    if unknown:
        raise ValueError(f"not in the template: {', '.join(unknown)}")
    return {key: to_plain(values[key]) for key in order if values.get(key) is not None}  # type: ignore[arg-type]


def _nothing_left_out(template: Template, document: Document) -> None:
    unknown = (document.sections.keys() | document.groups.keys()) - template.by_key.keys()
    if unknown:
        raise ValueError(f"not in the template: {', '.join(sorted(unknown))}")


def _name(intake: Intake, body: Mapping[str, object], key: str) -> str:
    value = body.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    intake.problem("ENT-003", key, f"“{key}” is missing or is not a text.", f'Give "{key}": "…".')
    return ""


def _flag(intake: Intake, body: Mapping[str, object], key: str) -> bool:
    value = body.get(key, False)
    if isinstance(value, bool):
        return value
    intake.problem("ENT-003", key, f"“{key}” must be true or false.", "Leave it out for a draft.")
    return False
