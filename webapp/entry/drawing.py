"""Draws the questions of a section in two stages.

Stage one runs once per template version: labels, hints and options are written into the page's source, escaped and
with their braces made harmless. Stage two fills that source with values. Text of a template is never evaluated:
it meets Jinja only as the value of an expression in stage one, and as plain characters in stage two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2 import Template as Compiled
from markupsafe import Markup, escape

from forms.fields import FIELDS, Shown
from schema.answers.document import Note
from schema.template.model import Field, Option, Section, Template
from webapp.entry.wording import as_json, in_words
from webapp.quoting import QuoteNote

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LONGEST_OPEN_LIST = 12
WIDTHS = {"integer": "short", "decimal": "short", "date": "medium", "partial_date": "medium"}
SHORT_END = re.compile(r":| in | or | within ")
PRINTED_CODE = re.compile(r"[A-Z]{1,3}[0-9][0-9.]*", re.ASCII)
NO_NOTE = Note()
BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stage two needs to know of one question. ``on`` and ``lacks`` go by the order of options and reasons.

    ``note`` is what is said of a quotation, ``own`` what the coder noted for themselves.
    """

    text: str
    on: tuple[bool, ...]
    lacks: tuple[bool, ...]
    labels: tuple[str, ...]
    missing: str
    read_as: str
    problems: tuple[str, ...]
    page: str
    quote: str
    off: bool = False
    note: QuoteNote | None = None
    own: Note = NO_NOTE

    @property
    def blank(self) -> bool:
        """Whether neither an option nor a reason is chosen."""
        return not any(self.on) and not any(self.lacks)

    @property
    def tone(self) -> str:
        """The further classes of the question's element."""
        return (" question-off" if self.off else "") + (" question-wrong" if self.problems else "")


def asked(section: Section) -> tuple[Field, ...]:
    """The questions that a section's page asks; retired ones are not."""
    return tuple(field for field in section.fields if not field.retired)


def drawn(
    question: Field,
    shown: Shown,
    *,
    problems: Sequence[str] = (),
    page: str = "",
    quote: str = "",
    off: bool = False,
    note: QuoteNote | None = None,
    own: Note = NO_NOTE,
) -> Drawn:
    """Put together what stage two needs for one question."""
    options = question.codelist.options if question.codelist else ()
    on = tuple(option.value in shown.chosen for option in options)
    return Drawn(
        text=shown.text,
        on=on,
        lacks=tuple(code == shown.missing for code in question.missing),
        labels=tuple(labelled(option) for option, is_on in zip(options, on, strict=True) if is_on),
        missing=shown.missing,
        read_as=shown.read_as,
        problems=tuple(problems),
        page=page,
        quote=quote,
        off=off,
        note=note,
        own=own,
    )


def draw(template: Template, section: Section, values: Sequence[Drawn], row_id: str = "") -> Markup:
    """Draw the questions of a section or of one row; ``values`` in the order of :func:`asked`."""
    path = f"{section.key}.{row_id}." if row_id else f"{section.key}."
    page = compiled(template, section).render(v=values, p=path, i=identity(path))
    return Markup(page)  # noqa: S704 - written by our own stage two, which escapes


def identity(path: str) -> str:
    """Give the element id of a path: ``victims.k3.age`` is ``f-victims-k3-age``."""
    return "f-" + path.replace(".", "-")


_COMPILED: dict[tuple[str, str], Compiled] = {}


def compiled(template: Template, section: Section) -> Compiled:
    """Give stage two of a section, compiled once per template version."""
    if not template.source_hash:
        return compile_section(template, section)
    key = (template.source_hash, section.key)
    if key not in _COMPILED:
        _COMPILED[key] = compile_section(template, section)
    return _COMPILED[key]


def draw_one(template: Template, section: Section, question: Field, value: Drawn) -> Markup:
    """Draw one question of a plain section by itself, without the coder's own note."""
    key, path = (template.source_hash, question.path), f"{section.key}."
    if key not in _COMPILED:
        _COMPILED[key] = compile_section(template, section, (question,))
    page = _COMPILED[key].render(v=[value], p=path, i=identity(path))
    return Markup(page)  # noqa: S704 - written by our own stage two, which escapes


def compile_section(template: Template, section: Section, fields: Sequence[Field] = ()) -> Compiled:
    """Run stage one for all questions of a section with the coder's own notes, or for those given without."""
    stage_one, stage_two = _stages()
    question = stage_one.get_template("entry/question.html")
    parts = [
        question.render(index=index, notes=not fields, **_static(template, section, field))
        for index, field in enumerate(fields or asked(section))
    ]
    return stage_two.from_string("\n".join(parts))


@lru_cache(maxsize=1)
def _stages() -> tuple[Environment, Environment]:
    stage_one = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stage_two = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return stage_one, stage_two


def _harmless(value: object) -> object:
    """Escape a value of stage one and take the meaning out of its braces; our own captured source passes."""
    if isinstance(value, Markup | int):
        return value
    return Markup(str(escape(value)).translate(BRACES))  # noqa: S704 - escaped in this very line


def _static(template: Template, section: Section, field: Field) -> Mapping[str, Any]:
    control = FIELDS[field.kind].control(field)
    reasons = _reasons(template, field) if control != "output" else []
    labelled = control in ("text", "area", "select")
    condition = field.visible_when
    options = field.codelist.options if field.codelist else ()
    parent = _parent(template, section, field)
    return {
        "field": field,
        "control": control,
        "labelled": labelled,
        "fieldset": control in ("buttons", "ticks") or (labelled and bool(reasons)),
        "reasons": reasons,
        "options": [_option(index, option) for index, option in enumerate(options)],
        "groups": _groups(field, parent),
        "parent": parent.key if parent else "",
        "verbatim": field.kind == "long_text" and field.match == "anchor",
        "folded": len(options) > LONGEST_OPEN_LIST,
        "condition": json.dumps(as_json(condition), separators=(",", ":")) if condition else "",
        "only_if": in_words(template, section, condition) if condition else "",
        "width": _width(field),
        "inputmode": "numeric" if field.kind == "integer" else "",
    }


def _width(field: Field) -> str:
    if field.kind == "text" and field.limits.length is not None and field.limits.length <= 40:
        return "medium"
    return WIDTHS.get(field.kind, "wide")


def _reasons(template: Template, field: Field) -> list[dict[str, str]]:
    labels = {code: template.missing_label(code) for code in field.missing}
    return [
        {"code": code, "label": label, "short": SHORT_END.split(label)[0].strip()}
        for code, label in labels.items()
    ]


def _parent(template: Template, section: Section, field: Field) -> Field | None:
    """Find the question whose answers the groups of this one's options belong to, as a rule says."""
    for rule in template.rules:
        if rule.kind == "belongs" and rule.section == section.key and rule.fields.get("child") == field.key:
            return section.by_key.get(rule.fields["parent"])
    return None


def _groups(field: Field, parent: Field | None) -> list[dict[str, Any]]:
    if field.codelist is None:
        return []
    order = field.codelist.order
    return [
        {
            "key": group,
            "label": _group_label(group, parent),
            "options": [_option(order[one.value], one) for one in options],
        }
        for group, options in field.codelist.groups()
    ]


def _option(index: int, option: Option) -> dict[str, Any]:
    return {
        "index": index,
        "value": option.value,
        "code": option.code,
        "label": labelled(option),
        "note": option.explained,
        "retired": option.retired,
    }


def labelled(option: Option) -> str:
    """Give an option's label, led by its code where that is one that people use (T1, T1.2)."""
    printed = PRINTED_CODE.fullmatch(option.value) and not option.label.startswith(option.value)
    return f"{option.value} {option.label}" if printed else option.label


def _group_label(group: str, parent: Field | None) -> str:
    option = parent.codelist.by_value.get(group) if parent and parent.codelist else None
    return labelled(option) if option else group
