"""Every column there has ever been: the union of all versions of a template, in an order that only grows.

The codebook and the exports read it, so that a column, once given, stays in its place for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema.template.model import Field, Section, Template


@dataclass(frozen=True)
class CatalogueField:
    """One column: the newest wording of the field, and the versions that ask it.

    ``retired`` is true where the newest version does not ask it any more.
    """

    field: Field
    versions: tuple[int, ...]
    retired: bool

    @property
    def key(self) -> str:
        """Key of the field."""
        return self.field.key

    @property
    def path(self) -> str:
        """``section.key`` of the field."""
        return self.field.path


@dataclass(frozen=True)
class CatalogueSection:
    """One section or repeating group with all the fields that it has ever had."""

    key: str
    label: str
    repeats: bool
    fields: tuple[CatalogueField, ...]
    one: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All sections; ``versions`` lists the version numbers, oldest first."""

    sections: tuple[CatalogueSection, ...]
    versions: tuple[int, ...] = ()

    def section(self, key: str) -> CatalogueSection:
        """One section; ``KeyError`` where no version has it."""
        return {section.key: section for section in self.sections}[key]

    def groups(self) -> tuple[CatalogueSection, ...]:
        """The repeating groups, in order."""
        return tuple(section for section in self.sections if section.repeats)

    def plain_sections(self) -> tuple[CatalogueSection, ...]:
        """The sections that do not repeat, in order."""
        return tuple(section for section in self.sections if not section.repeats)


def catalogue(templates: Sequence[Template]) -> Catalogue:
    """Join the versions of one template, given in any order.

    Fields stand in the order of the oldest version; what a later version adds follows at the end of its section, and
    its new sections follow at the end. Raises ``ValueError`` for versions of different templates, or for the same
    version twice.
    """
    ordered = sorted(templates, key=lambda template: template.version)
    numbers = tuple(template.version for template in ordered)
    if len({template.key for template in ordered}) > 1 or len(set(numbers)) < len(numbers):
        raise ValueError("a catalogue joins different versions of one template")
    keys = dict.fromkeys(section.key for template in ordered for section in template.sections)
    return Catalogue(tuple(_joined(ordered, key) for key in keys), numbers)


def _joined(ordered: Sequence[Template], key: str) -> CatalogueSection:
    versions = [(template, template.by_key[key]) for template in ordered if key in template.by_key]
    newest: Section = versions[-1][1]
    keys = dict.fromkeys(field.key for _, section in versions for field in section.fields)
    return CatalogueSection(
        key=key,
        label=newest.label,
        repeats=newest.repeats is not None,
        fields=tuple(_column(ordered[-1], versions, field_key) for field_key in keys),
        one=newest.repeats.one if newest.repeats else "",
    )


def _column(latest: Template, versions: Sequence[tuple[Template, Section]], key: str) -> CatalogueField:
    holding = [
        (template, section, section.by_key[key]) for template, section in versions if key in section.by_key
    ]
    template, section, field = holding[-1]
    asking = tuple(held.version for held, part, one in holding if not (one.retired or part.retired))
    retired = field.retired or section.retired or template.version != latest.version
    return CatalogueField(field, asking, retired)
