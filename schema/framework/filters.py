"""Narrowing the findings to some of the cases: by a code, by a number, or by the year of a date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from schema.answers.document import Document
from schema.framework.bands import RANGED, Between, number_of
from schema.framework.model import CASE, Category, Filter, Framework
from schema.framework.scope import Scope
from schema.framework.source import Node
from schema.template.model import Field
from schema.template.value import Value, is_answer

CODED = ("choice", "choices", "yes_no", "derived")
KEY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
RESERVED = frozenset({"compare", "frame", "line", "other", "page", "part", "project_key", "table"})
"""What the addresses of the findings use already."""
NO_ANSWER = "-"
"""Chosen in place of a code: the cases without an answer."""


@dataclass(frozen=True)
class Selection:
    """Which cases are counted: codes and bounds by the key of their filter. An empty one takes all cases."""

    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    bounds: Mapping[str, Between] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        """Whether anything is narrowed."""
        return any(self.codes.values()) or any(self.bounds.values())

    def key(self) -> tuple[object, ...]:
        """What two equal selections have in common; for caches."""
        bounds = sorted((name, held.least, held.most) for name, held in self.bounds.items() if held)
        return (*sorted((name, code) for name, code in self.codes.items() if code), *map(str, bounds))

    def takes(self, framework: Framework, document: Document) -> bool:
        """Whether a case is among those counted. A case without an answer is outside every bound."""
        return all(self._passes(held, document.get(held.field)) for held in framework.filters)

    def _passes(self, held: Filter, value: Value) -> bool:
        if held.ranged:
            bounds = self.bounds.get(held.key)
            number = number_of(value)
            return not bounds or (number is not None and bounds.holds(number))
        code = self.codes.get(held.key, "")
        if code == NO_ANSWER:
            return not is_answer(value)
        return not code or (code in value if isinstance(value, tuple) else value == code)

    def words(self, framework: Framework) -> str:
        """The selection for people: ``Region: Wales; Year of death: 2014 to 2016``; ``All cases`` for an empty one."""
        said = (text for held in framework.filters if (text := self._said(held)))
        return "; ".join(said) or "All cases"

    def _said(self, held: Filter) -> str:
        bounds, code = self.bounds.get(held.key), self.codes.get(held.key, "")
        if bounds:
            return f"{held.label}: {_between(bounds)}"
        if not code:
            return ""
        labels = {category.key: category.label for category in held.options}
        return f"{held.label}: {'no answer' if code == NO_ANSWER else labels.get(code, code)}"


def read_filter(scope: Scope, node: Node) -> Filter | None:
    """Read one filter; FRW-018 for a field that cannot narrow cases."""
    reader = scope.reader
    reader.allow(node, frozenset({"key", "label", "field"}), "A filter")
    path = reader.text(node, "field", required=True)
    found = scope.field(path, CASE, node.line) if path else None
    if found is None:
        return None
    if found.kind not in RANGED + CODED or (found.kind in CODED and found.codelist is None):
        remedy = f"Name a field of kind {', '.join((*CODED, *RANGED))}."
        reader.say("FRW-018", f"“{path}” cannot narrow the findings.", remedy, node.line_of("field"))
    key = reader.text(node, "key") or found.key
    if not KEY.fullmatch(key) or key in RESERVED:
        remedy = f"Use small letters, digits and underscores, and none of {', '.join(sorted(RESERVED))}."
        reader.say("FRW-019", f"“{key}” cannot be the key of a filter.", remedy, node.line_of("key"))
    return Filter(key, reader.text(node, "label") or found.label, path, found.kind in RANGED, _options(found))


def _options(found: Field) -> tuple[Category, ...]:
    options = found.codelist.options if found.codelist and found.kind in CODED else ()
    return tuple(Category(option.value, option.label, frozenset({option.value})) for option in options)


def _between(bounds: Between) -> str:
    if bounds.least == bounds.most:
        return str(bounds.least)
    if bounds.least is None:
        return f"up to {bounds.most}"
    return f"from {bounds.least}" if bounds.most is None else f"{bounds.least} to {bounds.most}"
