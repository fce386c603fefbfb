"""One entry's answers as a frozen document, addressed by paths and changed whole.

Paths: ``section.key`` for a plain section, ``group.row_id.key`` inside a repeating group. A row has its
id from birth; its position may change, its id never does.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from schema.template.value import Value

Values = Mapping[str, Value]
NO_VALUES: Values = MappingProxyType({})
ROW_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the report a value stands: a page as printed, and the words themselves."""

    page: str = ""
    quote: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.page or self.quote)


@dataclass(frozen=True, slots=True)
class Note:
    """What a coder notes beside a question: a flag to come back to it, and a memo.

    It is no answer: it stands in no snapshot, so it is neither compared nor counted nor exported.
    """

    flagged: bool = False
    memo: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return self.flagged or bool(self.memo)


@dataclass(frozen=True, slots=True)
class Check:
    """What coder 2 found when they checked a value of coder 1 against the report.

    ``outcome``: agreed, corrected, not_found, or not_checked for what is never compared. ``comment`` is for the reconciler.
    """

    outcome: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a repeating group. Blank fields are absent from ``values``."""

    id: str
    values: Values = field(default_factory=lambda: NO_VALUES)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a document.

    ``what`` is ``set`` (path, value), ``evidence`` (path, evidence), ``note`` (path, note), ``add_row`` (path
    ``group.row_id``, position), ``move_row`` (path, position) or ``delete_row`` (path). ``position`` counts from 0;
    ``None`` means the end.
    """

    what: str
    path: str
    value: Value = None
    evidence: Evidence | None = None
    position: int | None = None
    note: Note | None = None


@dataclass(frozen=True)
class Document:
    """All answers of one entry.

    ``sections``: values of each plain section by key. ``groups``: rows of each repeating group in order.
    ``evidence``: by path. Absent sections and groups are empty ones. ``checks``: by path, what was checked instead of coded
    twice; only in the snapshot of a coder who checked, and in the consensus (see :mod:`schema.coding.verification`).
    ``notes``: by path, only in an entry as it lies on its coder's desk.
    """

    sections: Mapping[str, Values] = field(default_factory=dict)
    groups: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)

    @property
    def verified(self) -> frozenset[str]:
        """The keys of the sections that were checked instead of coded twice."""
        return frozenset(path.partition(".")[0] for path in self.checks)

    def get(self, path: str) -> Value:
        """Give the value at ``section.key`` or ``group.row_id.key``; ``None`` where it is blank."""
        parts = path.split(".")
        if len(parts) == 2:
            return self.sections.get(parts[0], NO_VALUES).get(parts[1])
        row = self.row(parts[0], parts[1])
        return row.values.get(parts[2]) if row else None

    def rows(self, group: str) -> tuple[Row, ...]:
        """The rows of a repeating group, in order."""
        return self.groups.get(group, ())

    def row(self, group: str, row_id: str) -> Row | None:
        """One row by its id."""
        return next((row for row in self.rows(group) if row.id == row_id), None)

    def with_changes(self, changes: Iterable[Change]) -> Document:
        """Give a new document with the changes made in order.

        Raises ``KeyError`` with the path of a row that does not exist, ``ValueError`` for a row id that does already.
        """
        document = self
        for change in changes:
            document = _APPLY[change.what](document, change)
        return document

    def paths(self) -> Iterator[tuple[str, Value]]:
        """Every value that is not blank, with its path."""
        for section, values in self.sections.items():
            for key, value in values.items():
                yield f"{section}.{key}", value
        for group, rows in self.groups.items():
            for row in rows:
                for key, value in row.values.items():
                    yield f"{group}.{row.id}.{key}", value


def new_row_id(choose: Callable[[str], str] = secrets.choice) -> str:
    """Twelve characters a-z and 0-9 (60 bits), chosen at random; the last is a digit, so that none is a word."""
    return "".join(choose(ROW_ID_ALPHABET) for _ in range(11)) + choose(string.digits)


def _with_value(values: Values, key: str, value: Value) -> Values:
    kept = {name: held for name, held in values.items() if name != key or value is not None}
    if value is not None:
        kept[key] = value
    return kept


def _set(document: Document, change: Change) -> Document:
    parts = change.path.split(".")
    if len(parts) == 2:
        section, key = parts
        values = _with_value(document.sections.get(section, NO_VALUES), key, change.value)
        return replace(document, sections={**document.sections, section: values})
    group, row_id, key = parts
    rows = document.rows(group)
    if all(row.id != row_id for row in rows):
        raise KeyError(f"{group}.{row_id}")
    changed = tuple(
        Row(row.id, _with_value(row.values, key, change.value)) if row.id == row_id else row for row in rows
    )
    return replace(document, groups={**document.groups, group: changed})


def _set_evidence(document: Document, change: Change) -> Document:
    kept = {path: held for path, held in document.evidence.items() if path != change.path}
    if change.evidence:
        kept[change.path] = change.evidence
    return replace(document, evidence=kept)


def _set_note(document: Document, change: Change) -> Document:
    kept = {path: held for path, held in document.notes.items() if path != change.path}
    if change.note:
        kept[change.path] = change.note
    return replace(document, notes=kept)


def _add_row(document: Document, change: Change) -> Document:
    group, row_id = change.path.split(".")
    if document.row(group, row_id):
        raise ValueError(change.path)
    return _insert(document, group, Row(row_id), document.rows(group), change.position)


def _move_row(document: Document, change: Change) -> Document:
    group, row_id = change.path.split(".")
    row = document.row(group, row_id)
    if row is None:
        raise KeyError(change.path)
    others = tuple(other for other in document.rows(group) if other.id != row_id)
    return _insert(document, group, row, others, change.position)


def _delete_row(document: Document, change: Change) -> Document:
    group, row_id = change.path.split(".")
    if document.row(group, row_id) is None:
        raise KeyError(change.path)
    rows = tuple(row for row in document.rows(group) if row.id != row_id)
    prefix = change.path + "."
    evidence = {path: held for path, held in document.evidence.items() if not path.startswith(prefix)}
    notes = {path: held for path, held in document.notes.items() if not path.startswith(prefix)}
    return replace(document, groups={**document.groups, group: rows}, evidence=evidence, notes=notes)


def _insert(
    document: Document, group: str, row: Row, others: tuple[Row, ...], position: int | None
) -> Document:
    at = len(others) if position is None else max(0, min(position, len(others)))
    rows = (*others[:at], row, *others[at:])
    return replace(document, groups={**document.groups, group: rows})


_APPLY: Mapping[str, Callable[[Document, Change], Document]] = {
    "set": _set,
    "evidence": _set_evidence,
    "note": _set_note,
    "add_row": _add_row,
    "move_row": _move_row,
    "delete_row": _delete_row,
}
