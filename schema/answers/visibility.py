"""Which questions apply, given the answers so far.

A hidden field behaves as blank for every later condition: what it still holds cannot make another field visible.
What hidden fields hold is kept while the coder works and dropped, with notice, at submission. Retirement is not
visibility: a retired field keeps its value; forms leave it out and nothing requires it.
"""

from __future__ import annotations

from collections.abc import Iterator

from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.answers.follow import follows
from schema.template.conditions import Lookup
from schema.template.kinds import kind_of
from schema.template.model import Section, Template
from schema.template.value import Value

Place = tuple[str, str, str]


class Visibility:
    """Answers, for one document, whether a section or field applies and what conditions see there."""

    def __init__(self, template: Template, document: Document) -> None:
        """Compute nothing yet; every answer is worked out once, when it is asked for."""
        self._template = template
        self._document = document
        self._sections: dict[str, bool] = {}
        self._fields: dict[Place, bool] = {}
        self._values: dict[Place, Value] = {}

    def section(self, section_key: str) -> bool:
        """Whether the section or group applies. Raises ``KeyError`` for a section the template does not have."""
        if section_key not in self._sections:
            condition = self._template.by_key[section_key].visible_when
            self._sections[section_key] = condition is None or condition.holds(self.lookup(section_key))
        return self._sections[section_key]

    def field(self, section_key: str, key: str, row: Row | None = None) -> bool:
        """Whether the field applies, in its row where the section repeats; a hidden section hides all its fields."""
        condition = self._template.by_key[section_key].by_key[key].visible_when
        if condition is None or not self.section(section_key):
            return self.section(section_key)
        place = (section_key, row.id if row else "", key)
        if place not in self._fields:
            self._fields[place] = condition.holds(self.lookup(section_key, row))
        return self._fields[place]

    def value(self, section_key: str, key: str, row: Row | None = None) -> Value:
        """Give the value as conditions see it: blank where hidden, derived where it follows."""
        place = (section_key, row.id if row else "", key)
        if place not in self._values:
            self._values[place] = None  # a condition that came back to itself would see a blank
            self._values[place] = self._effective(section_key, key, row)
        return self._values[place]

    def followed(self, section_key: str, key: str, row: Row | None = None) -> Value:
        """Give the value that follows from other answers, whatever was typed; ``None`` where none does."""
        field = self._template.by_key[section_key].by_key[key]
        if field.derive is None or not self.section(section_key):
            return None
        found = follows(self._template, field, self.value(section_key, field.derive.source, row))
        applies = found is not None and (kind_of(field).stores or self.field(section_key, key, row))
        return found if applies else None

    def lookup(self, section_key: str, row: Row | None = None) -> Lookup:
        """Give the function with which a condition of this section or row reads fields."""

        def look(name: str) -> Value:
            section, _, key = name.rpartition(".")
            if section and section != section_key:
                return self.value(section, key)
            return self.value(section_key, key, row)

        return look

    def _effective(self, section_key: str, key: str, row: Row | None) -> Value:
        section = self._template.by_key.get(section_key)
        field = section.by_key.get(key) if section else None
        if section is None or field is None or not self.section(section_key):
            return None
        followed = self.followed(section_key, key, row) if field.derive else None
        if followed is not None:
            return followed
        typed = self._held(section, row).get(key) if kind_of(field).stores else None
        return typed if typed is not None and self.field(section_key, key, row) else None

    def _held(self, section: Section, row: Row | None) -> Values:
        if section.repeats:
            return row.values if row else NO_VALUES
        return self._document.sections.get(section.key, NO_VALUES)


def visible(template: Template, document: Document) -> Visibility:
    """Give what applies in a document."""
    return Visibility(template, document)


def hidden_values(template: Template, document: Document) -> tuple[str, ...]:
    """Give the paths of everything that does not apply, in template order.

    ``section.key`` and ``group.row_id.key`` for values and evidence, ``group.row_id`` for each row of a group that
    does not apply as a whole.
    """
    seen = Visibility(template, document)
    return tuple(path for section in template.sections for path in _hidden_in(section, document, seen))


def without_hidden(template: Template, document: Document) -> tuple[Document, tuple[str, ...]]:
    """Give the document without what does not apply, and the paths that were dropped (see :func:`hidden_values`).

    Evidence leaves together with its value.
    """
    dropped = hidden_values(template, document)
    if not dropped:
        return document, ()
    gone = frozenset(dropped)
    sections = {key: _kept(key, values, gone) for key, values in document.sections.items()}
    groups = {key: _kept_rows(key, rows, gone) for key, rows in document.groups.items()}
    evidence = {
        path: held
        for path, held in document.evidence.items()
        if path not in gone and path.rpartition(".")[0] not in gone
    }
    checks = {path: held for path, held in document.checks.items() if path not in gone}
    return Document(sections, groups, evidence, checks), dropped


def _hidden_in(section: Section, document: Document, seen: Visibility) -> Iterator[str]:
    if section.repeats is None:
        yield from _hidden_fields(section, None, document, seen)
        return
    for row in document.rows(section.key):
        if seen.section(section.key):
            yield from _hidden_fields(section, row, document, seen)
        else:
            yield f"{section.key}.{row.id}"


def _hidden_fields(section: Section, row: Row | None, document: Document, seen: Visibility) -> Iterator[str]:
    prefix = f"{section.key}.{row.id}" if row else section.key
    values = row.values if row else document.sections.get(section.key, NO_VALUES)
    for field in section.fields:
        held = field.key in values or f"{prefix}.{field.key}" in document.evidence
        if held and not seen.field(section.key, field.key, row):
            yield f"{prefix}.{field.key}"


def _kept(prefix: str, values: Values, gone: frozenset[str]) -> Values:
    return {key: value for key, value in values.items() if f"{prefix}.{key}" not in gone}


def _kept_rows(group: str, rows: tuple[Row, ...], gone: frozenset[str]) -> tuple[Row, ...]:
    return tuple(
        Row(row.id, _kept(f"{group}.{row.id}", row.values, gone))
        for row in rows
        if f"{group}.{row.id}" not in gone
    )
