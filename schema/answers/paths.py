"""Paths in words: ``recommendations.k3v….themes`` is "Recommendation 3: Theme(s)"."""

from __future__ import annotations

from schema.answers.document import Document
from schema.template.model import Section, Template


def place_of(section: Section, document: Document, row_id: str = "") -> str:
    """Name a section, or a row by its present number: "The homicide", "Child 2"."""
    if section.repeats is None or not row_id:
        return section.label
    ids = [row.id for row in document.rows(section.key)]
    number = ids.index(row_id) + 1 if row_id in ids else None
    name = section.repeats.one[:1].upper() + section.repeats.one[1:]
    return f"{name} {number}" if number else f"{name} (deleted)"


def describe_path(template: Template, document: Document, path: str) -> str:
    """Say in words what a path of a value, row or section points at; the path itself where the template lacks it."""
    parts = path.split(".")
    section = template.by_key.get(parts[0])
    if section is None:
        return path
    row_id = parts[1] if section.repeats and len(parts) > 1 else ""
    place = place_of(section, document, row_id)
    if len(parts) == (2 if section.repeats else 1):
        return place
    field = section.by_key.get(parts[-1])
    return f"{place}: {field.label}" if field else path
