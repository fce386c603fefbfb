"""A template version as a blank form for paper: what is asked, in order, and how the answer is to be marked."""

from __future__ import annotations

from dataclasses import dataclass

from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.phrases import in_words

LINE, LINES, ONE, MANY = "line", "lines", "one", "many"
FORMATS = {
    "integer": "a whole number",
    "decimal": "a number",
    "date": "day, month and year",
    "partial_date": "year, year and month, or the full date",
}


@dataclass(frozen=True)
class PaperQuestion:
    """One question. ``answer``: a line, several lines, one box to tick of ``options``, or any of them.

    ``missing``: what can be ticked in place of an answer. ``form``: how the answer is written (with its unit).
    """

    label: str
    path: str
    hint: str
    asked_when: str
    answer: str
    options: tuple[str, ...]
    missing: tuple[str, ...]
    form: str
    evidence: bool


@dataclass(frozen=True)
class PaperSection:
    """A section; where it repeats, ``one`` names what each copy of the sheet is about."""

    key: str
    label: str
    hint: str
    asked_when: str
    one: str
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class PaperForm:
    """The whole form."""

    key: str
    version: int
    title: str
    description: str
    sections: tuple[PaperSection, ...]


def paper_form(template: Template) -> PaperForm:
    """Lay a template version out for paper: without what is retired, and without what follows from other answers."""
    sections = tuple(_section(template, held) for held in template.sections if not held.retired)
    return PaperForm(template.key, template.version, template.title, template.description, sections)


def _section(template: Template, section: Section) -> PaperSection:
    asked = [held for held in section.fields if not held.retired and kind_of(held).stores]
    return PaperSection(
        key=section.key,
        label=section.label,
        hint=section.hint,
        asked_when=in_words(template, section, section.visible_when) if section.visible_when else "",
        one=section.repeats.one if section.repeats else "",
        questions=tuple(_question(template, section, held) for held in asked),
    )


def _question(template: Template, section: Section, field: Field) -> PaperQuestion:
    options = field.codelist.options if field.codelist else ()
    return PaperQuestion(
        label=field.label,
        path=field.path,
        hint=field.hint,
        asked_when=in_words(template, section, field.visible_when) if field.visible_when else "",
        answer=_answer(field),
        options=tuple(f"{held.code}  {held.label}" for held in options if not held.retired),
        missing=tuple(_missing(template, code) for code in field.missing),
        form=", in ".join(part for part in (FORMATS.get(field.kind, ""), field.unit) if part),
        evidence=field.evidence,
    )


def _answer(field: Field) -> str:
    if kind_of(field).many:
        return MANY
    if field.codelist:
        return ONE
    return LINES if field.kind == "long_text" else LINE


def _missing(template: Template, code: str) -> str:
    option = template.missing.by_value.get(code)
    return f"{option.code}  {option.label}" if option else code
