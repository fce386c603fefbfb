"""What all checks of one template share: its shape, its code lists, and the problems so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from schema.template.lint.lists import Lists
from schema.template.model import CodeList, Field
from schema.template.shape import SectionShape, TemplateShape
from schema.template.source import Report


@dataclass
class Reading:
    """One template on its way from file to model.

    ``cut`` holds the keys of parts that were left out because their shape was wrong; a reference to one of them is
    not reported again. ``built`` holds the fields read so far, by path,
    ``unbuilt`` the paths of those that could not be read.
    """

    shape: TemplateShape
    lists: Lists
    report: Report
    cut: frozenset[str]
    missing: CodeList
    built: dict[str, Field] = field(default_factory=dict)
    unbuilt: set[str] = field(default_factory=set)

    def add(self, code: str, line: int, message: str, remedy: str = "") -> None:
        """Note a problem of the template file."""
        self.report.add(code, line, message, remedy)

    @property
    def sections(self) -> Mapping[str, SectionShape]:
        """Sections by key, the first of equal keys."""
        return {section.key: section for section in reversed(self.shape.sections)}

    def has_field(self, section: str, key: str) -> bool:
        """Whether the file writes this field, earlier or later."""
        found = self.sections.get(section)
        return found is not None and any(field.key == key for field in found.fields_)


def nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A remedy: the known word that looks most like this one, else the known ones."""
    offered = list(known)
    close = get_close_matches(word, offered, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return otherwise or f"Use one of: {', '.join(offered)}."
