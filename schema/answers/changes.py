"""The changes that turn one document into another."""

from __future__ import annotations

from collections.abc import Iterator

from schema.answers.document import NO_VALUES, Change, Document, Evidence, Values

NONE = Evidence()


def changes_between(old: Document, new: Document) -> tuple[Change, ...]:
    """Give changes with ``old.with_changes(…)`` saying the same as ``new``: rows first, then values, then evidence."""
    return (*_row_changes(old, new), *_value_changes(old, new), *_evidence_changes(old, new))


def _row_changes(old: Document, new: Document) -> Iterator[Change]:
    for group in dict.fromkeys((*old.groups, *new.groups)):
        wanted = [row.id for row in new.rows(group)]
        present = [row.id for row in old.rows(group)]
        for row_id in present:
            if row_id not in wanted:
                yield Change("delete_row", f"{group}.{row_id}")
        order = [row_id for row_id in present if row_id in wanted]
        for row_id in wanted:
            if row_id not in present:
                order.append(row_id)
                yield Change("add_row", f"{group}.{row_id}")
        yield from _moves(group, order, wanted)


def _moves(group: str, order: list[str], wanted: list[str]) -> Iterator[Change]:
    for position, row_id in enumerate(wanted):
        if order[position] != row_id:
            order.remove(row_id)
            order.insert(position, row_id)
            yield Change("move_row", f"{group}.{row_id}", position=position)


def _value_changes(old: Document, new: Document) -> Iterator[Change]:
    for section in dict.fromkeys((*old.sections, *new.sections)):
        before, after = old.sections.get(section, NO_VALUES), new.sections.get(section, NO_VALUES)
        yield from _sets(section, before, after)
    for group in new.groups:
        held = {row.id: row.values for row in old.rows(group)}
        for row in new.rows(group):
            yield from _sets(f"{group}.{row.id}", held.get(row.id, NO_VALUES), row.values)


def _sets(prefix: str, before: Values, after: Values) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        value = after.get(key)
        if before.get(key) != value or type(before.get(key)) is not type(value):
            yield Change("set", f"{prefix}.{key}", value)


def _evidence_changes(old: Document, new: Document) -> Iterator[Change]:
    rows = {f"{group}.{row.id}" for group, held in new.groups.items() for row in held}
    for path in dict.fromkeys((*old.evidence, *new.evidence)):
        went_with_its_row = path.count(".") == 2 and path.rpartition(".")[0] not in rows
        if old.evidence.get(path, NONE) != new.evidence.get(path, NONE) and not went_with_its_row:
            yield Change("evidence", path, evidence=new.evidence.get(path, NONE))
