"""Takes in the answers of one entry from JSON, checking each against the template and keeping every problem."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection
from typing import NoReturn

from schema.answers.document import Document, Evidence, Row, Values
from schema.problem import Problem, refuse
from schema.template.kinds import clean, fault_in, kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Invalid, Missing, Value, from_plain

JsonObject = dict[str, object]
ROW_ID = re.compile(r"[a-z0-9]{1,16}", re.ASCII)
PAGE_LENGTH, QUOTE_LENGTH = 100, 20_000


def json_object(text: str) -> JsonObject:
    """Read one JSON object strictly: no key twice, no NaN, no trailing text. Raises ``Refused`` (ENT-001)."""
    try:
        body = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise refuse("ENT-001", f"This is not JSON that can be read: {reason}.", "Correct it.") from error
    if not isinstance(body, dict):
        raise refuse("ENT-001", "One JSON object is needed for each entry.", 'Begin with {"case": …')
    return body


def nearest(word: str, known: Collection[str]) -> str:
    """Suggest the known word that looks most like the given one."""
    found = difflib.get_close_matches(word[:100], known, n=1)
    return f"Did you mean “{found[0]}”?" if found else "Leave it out."


class Intake:
    """Reads sections, groups, values and evidence; ``problems`` grows as it goes."""

    def __init__(self, template: Template, choose_id: Callable[[], str]) -> None:
        """Start without problems. ``choose_id`` names rows that come without an id."""
        self.template = template
        self.problems: list[Problem] = []
        self._choose_id = choose_id
        self._unnamed: dict[
            str, str
        ] = {}  # "group.number" -> "group.row_id", for rows that came without an id

    def problem(self, code: str, where: str, message: str, remedy: str = "") -> None:
        """Keep a problem with the path where it stands."""
        self.problems.append(Problem(code, message, remedy, where))

    def document(self, answers: object, evidence: object) -> Document:
        """Read the two halves of an entry; what cannot be read is left out and reported."""
        sections: dict[str, Values] = {}
        groups: dict[str, tuple[Row, ...]] = {}
        for key, body in self._object("answers", answers).items():
            section = self.template.by_key.get(key)
            if section is None:
                self.problem("ENT-004", f"answers.{key}", f"There is no section “{key}” in this template.",
                             nearest(key, self.template.by_key))  # fmt: skip
            elif section.repeats:
                groups[key] = self._rows(section, body)
            else:
                sections[key] = self._values(section, f"answers.{key}", self._object(f"answers.{key}", body))
        document = Document(sections, groups)
        return Document(sections, groups, self._evidence(document, evidence))

    def _rows(self, section: Section, body: object) -> tuple[Row, ...]:
        where = f"answers.{section.key}"
        if not isinstance(body, list):
            self.problem("ENT-005", where, "A repeating group is a list of rows.", 'Write "[{…}, {…}]".')
            return ()
        most = section.repeats.maximum if section.repeats else 0
        if len(body) > most:
            self.problem("ENT-006", where, f"At most {most} rows; there are {len(body)}.", "Remove some.")
            return ()
        rows: list[Row] = []
        taken = {row["id"] for row in body if isinstance(row, dict) and isinstance(row.get("id"), str)}
        for number, row in enumerate(body, 1):
            held = self._object(f"{where}[{number}]", row)
            row_id = self._row_id(section, number, held, taken, {row.id for row in rows})
            values = {key: value for key, value in held.items() if key != "id"}
            rows.append(Row(row_id, self._values(section, f"{where}[{number}]", values)))
        return tuple(rows)

    def _row_id(
        self, section: Section, number: int, row: JsonObject, taken: Collection[object], used: Collection[str]
    ) -> str:
        given = row.get("id")
        if given is None:
            chosen = self._choose_id()
            while chosen in taken or chosen in used:
                chosen = self._choose_id()
            self._unnamed[f"{section.key}.{number}"] = f"{section.key}.{chosen}"
            return chosen
        if isinstance(given, str) and ROW_ID.fullmatch(given) and given not in used:
            return given
        self.problem("ENT-007", f"answers.{section.key}[{number}].id",
                     "A row id is 1 to 16 characters a-z and 0-9, and stands once in its group.",
                     "Leave it out to have one chosen.")  # fmt: skip
        return self._choose_id()

    def _values(self, section: Section, where: str, body: JsonObject) -> Values:
        values: dict[str, Value] = {}
        for key, plain in body.items():
            field = section.by_key.get(key)
            if field is None:
                self.problem("ENT-008", f"{where}.{key}", f"There is no field “{key}” in “{section.key}”.",
                             nearest(key, section.by_key))  # fmt: skip
                continue
            value = self._value(field, f"{where}.{key}", plain)
            if value is not None:
                values[key] = value
        return values

    def _value(self, field: Field, where: str, plain: object) -> Value:
        try:
            value = from_plain(plain)
        except ValueError as error:
            self.problem("ENT-009", where, f"{field.label}: {error}.")
            return None
        if isinstance(value, Invalid) and kind_of(field).stores:
            text = clean(value.text)
            return Invalid(text) if text else None
        if self._missing_as_answer(field, where, value):
            return None
        if value is not None and not isinstance(value, Missing | Invalid):
            value = kind_of(field).settle(field, value)
        if fault := fault_in(field, value):
            self.problem(f"ENT-{fault.code}", where, f"{field.label}: {fault.message}")
            return None
        return value

    def _missing_as_answer(self, field: Field, where: str, value: Value) -> bool:
        """Refuse a missing code that stands where an answer should, alone or among others."""
        if not kind_of(field).choosing or field.codelist is None:
            return False
        codes = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        known = self.template.missing.by_value.keys() - field.codelist.by_value.keys()
        for code in codes:
            if code in known:
                self.problem("ENT-010", where,
                             f"{field.label}: “{code}” is a missing code and excludes every other answer.",
                             f'Write {{"missing": "{code}"}} in place of the answer, or leave it out.')  # fmt: skip
                return True
        return False

    def _evidence(self, document: Document, body: object) -> dict[str, Evidence]:
        found: dict[str, Evidence] = {}
        for name, held in self._object("evidence", body).items():
            path = self._evidence_path(document, name)
            where = f"evidence.{name}"
            if path is None:
                self.problem(
                    "ENT-011", where, "There is no such field or row.", "Write section.key or group.row.key."
                )
            elif evidence := self._page_and_quote(where, self._object(where, held)):
                found[path] = evidence
        return found

    def _evidence_path(self, document: Document, name: str) -> str | None:
        parts = name.split(".")
        section = self.template.by_key.get(parts[0])
        if section is None or parts[-1] not in section.by_key or len(parts) != (3 if section.repeats else 2):
            return None
        if not section.repeats:
            return name
        row = f"{parts[0]}.{parts[1]}"
        if document.row(parts[0], parts[1]) is None:
            row = self._unnamed.get(row, "")
        return f"{row}.{parts[2]}" if row else None

    def _page_and_quote(self, where: str, body: JsonObject) -> Evidence:
        page, quote = body.get("page", ""), body.get("quote", "")
        if body.keys() - {"page", "quote"} or not isinstance(page, str) or not isinstance(quote, str):
            self.problem("ENT-012", where, 'Evidence is {"page": "…", "quote": "…"}, both texts.')
            return Evidence()
        evidence = Evidence(clean(page), clean(quote))
        if len(evidence.page) > PAGE_LENGTH or len(evidence.quote) > QUOTE_LENGTH:
            self.problem(
                "ENT-012", where, f"At most {PAGE_LENGTH} characters of page and {QUOTE_LENGTH:,} of quote."
            )
            return Evidence()
        return evidence

    def _object(self, where: str, body: object) -> JsonObject:
        if isinstance(body, dict):
            return body
        self.problem("ENT-005", where, "A JSON object is needed here.", 'Write "{…}".')
        return {}


def _once(pairs: list[tuple[str, object]]) -> JsonObject:
    body: JsonObject = {}
    for key, value in pairs:
        if key in body:
            raise ValueError(f"“{key[:100]}” stands twice in one object")
        body[key] = value
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
