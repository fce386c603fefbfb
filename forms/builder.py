"""Builds the form of a section, or of one row, from the template: WTForms reads and checks, our own macros draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from forms.fields import FIELDS
from schema.template.model import Section


class FormMeta(DefaultMeta):
    """No translations: the messages are the template language's own."""

    locales = False


class SectionForm(BaseForm):
    """The questions of a section, or of one row of a group; names are paths."""

    def __init__(self, section: Section, prefix: str) -> None:
        """Bind the section's questions under ``section.`` or ``group.row_id.``."""
        super().__init__(unbound(section), prefix=prefix, meta=FormMeta())
        self.section = section
        self.base = prefix

    def names(self) -> frozenset[str]:
        """Every name that this form may be sent under."""
        return frozenset(name for field in self._fields.values() for name in field.names())


def unbound(section: Section) -> Mapping[str, Any]:
    """Give the unbound fields of a section by key; retired questions are not asked."""
    return {field.key: FIELDS[field.kind](field) for field in section.fields if not field.retired}


def section_form(section: Section, row_id: str = "") -> SectionForm:
    """Give the form of a plain section, or of one row of a repeating group."""
    return SectionForm(section, f"{section.key}.{row_id}." if row_id else f"{section.key}.")
