"""The codebook as people read it: every question ever asked, what its answers stand for, and every code list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.template.catalogue import CatalogueField, CatalogueSection, catalogue
from schema.template.model import REASON, VERIFY, CodeList, Field, Option, Section, Template
from schema.template.phrases import in_words

MOST_BESIDE = 12  # a longer list stands once, at the end
KINDS = {
    "text": "Text",
    "long_text": "Passage of text",
    "integer": "Whole number",
    "decimal": "Number with decimals",
    "date": "Date",
    "partial_date": "Year, month or day",
    "yes_no": "Yes or no",
    "choice": "One of a list",
    "choices": "Any of a list",
    "derived": "Follows from another answer",
}


@dataclass(frozen=True)
class Entry:
    """One question: its path names its columns in every export. ``facts`` are pairs of heading and text."""

    path: str
    label: str
    facts: tuple[tuple[str, str], ...]
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A section or repeating group."""

    key: str
    label: str
    lead: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Codebook:
    """The codebook of all versions of a template; ``missing`` are the codes for no answer, ``lists`` the long lists."""

    title: str
    description: str
    versions: tuple[int, ...]
    chapters: tuple[Chapter, ...]
    missing: CodeList
    lists: tuple[CodeList, ...]


def codebook(templates: Sequence[Template]) -> Codebook:
    """The codebook of the versions given, oldest first; what stays inside the team's forms is left out."""
    newest, joined = templates[-1], catalogue(templates)
    homes = {section.key: (template, section) for template in templates for section in template.sections}
    chapters = tuple(_chapter(held, *homes[held.key], newest) for held in joined.sections)
    fields = [held.field for section in joined.sections for held in section.fields if held.field.export]
    return Codebook(
        newest.title, newest.description, joined.versions, chapters, newest.missing, _long_lists(fields)
    )


def _chapter(held: CatalogueSection, home: Template, section: Section, newest: Template) -> Chapter:
    lead = f"Repeats: one row for each {held.one}." if held.repeats else ""
    if section.visible_when:
        lead = f"{lead} Asked when {in_words(home, section, section.visible_when)}.".strip()
    if section.mode == VERIFY:
        lead = f"{lead} Extracted by coder 1, checked value by value by coder 2.".strip()
    entries = tuple(_entry(one, home, section, newest) for one in held.fields if one.field.export)
    return Chapter(held.key, held.label, lead, entries)


def _entry(held: CatalogueField, home: Template, section: Section, newest: Template) -> Entry:
    field = held.field
    facts = tuple((name, text) for name, text in _facts(held, home, section, newest) if text)
    beside = field.codelist is not None and len(field.codelist.options) <= MOST_BESIDE
    return Entry(field.path, field.label, facts, field.codelist.options if field.codelist and beside else ())


def _facts(
    held: CatalogueField, home: Template, section: Section, newest: Template
) -> Iterator[tuple[str, str]]:
    field = held.field
    yield "Kind", KINDS.get(field.kind, field.kind) + (f", in {field.unit}" if field.unit else "")
    yield "Hint", field.hint
    yield "Guidance", field.guidance
    yield "Examples", "; ".join(field.examples)
    yield "Asked when", in_words(home, section, field.visible_when) if field.visible_when else ""
    yield "Codes", _list_named(field)
    yield "Missing codes", "; ".join(newest.missing_label(code) for code in field.missing)
    yield "Measure", "" if field.measure == "none" else field.measure
    yield "Evidence", "Page and verbatim quote" if field.evidence else ""
    yield "Reconciling", "Every decision states its reason" if field.decision == REASON else ""
    yield "Sharing", "Stays in the team" if field.sensitive == "internal" else ""
    yield "Versions", ", ".join(str(version) for version in held.versions)
    yield "Retired", "The newest version no longer asks it" if held.retired else ""


def _list_named(field: Field) -> str:
    if field.codelist is None or len(field.codelist.options) <= MOST_BESIDE:
        return ""
    return f"{len(field.codelist.options)} of the list “{field.codelist.title}”, below"


def _long_lists(fields: Sequence[Field]) -> tuple[CodeList, ...]:
    """The lists that are too long to stand beside their questions, in order of first use, parts joined again."""
    options: dict[str, dict[str, Option]] = {}
    titles: dict[str, str] = {}
    for field in fields:
        if field.codelist and len(field.codelist.options) > MOST_BESIDE:
            titles[field.codelist.name] = field.codelist.title
            options.setdefault(field.codelist.name, {}).update(field.codelist.by_value)
    return tuple(CodeList(name, titles[name], tuple(held.values())) for name, held in options.items())
