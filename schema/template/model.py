"""The template as frozen dataclasses: what every other room reads.

Built only by :mod:`schema.template.loader`, which has checked it. Paths: a field is ``section.key``;
a value inside a repeating group is ``group.row_id.key`` (see :mod:`schema.answers.document`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from schema.template.conditions import Condition

DOUBLE, VERIFY = "double", "verify"
MODES = (DOUBLE, VERIFY)
FREE, REASON = "free", "reason"
DECISIONS = (FREE, REASON)
SECOND_SLOT = 2
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


def no_attributes() -> Mapping[str, str]:
    """The empty mapping, shared."""
    return NO_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a code list. ``value`` is stored, ``code`` is the number exports use, ``group`` clusters.

    ``note`` defines it; ``include`` and ``exclude`` say what belongs to it and what does not, ``examples`` are extracts.
    ``recoded``: the project's coding frame has given it up; it stays to be read where something was coded before.
    """

    value: str
    code: int
    label: str
    group: str = ""
    note: str = ""
    attributes: Mapping[str, str] = field(default_factory=no_attributes)
    retired: bool = False
    recoded: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def explained(self) -> str:
        """Its definition, what belongs to it and what does not, and examples, as one text of several lines."""
        parts = (
            self.note,
            *(f"Include: {text}" for text in self.include),
            *(f"Do not include: {text}" for text in self.exclude),
            *(f"Example: “{text}”" for text in self.examples),
        )
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True)
class CodeList:
    """A choice list, in its stated order."""

    name: str
    title: str
    options: tuple[Option, ...]

    @cached_property
    def by_value(self) -> Mapping[str, Option]:
        """Options by stored value."""
        return {option.value: option for option in self.options}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Position of each value in the list."""
        return {option.value: index for index, option in enumerate(self.options)}

    def groups(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """Options clustered by group, groups in order of first appearance."""
        clusters: dict[str, list[Option]] = {}
        for option in self.options:
            clusters.setdefault(option.group, []).append(option)
        return tuple((group, tuple(options)) for group, options in clusters.items())


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a field: numbers inclusive, ``places`` decimals kept, ``length`` characters of text.

    ``parts`` is how much of a partial date is kept: 1 the year, 2 year and month, 3 the full date.
    """

    minimum: float | None = None
    maximum: float | None = None
    places: int = 2
    length: int | None = None
    parts: int = 3


@dataclass(frozen=True, slots=True)
class Compare:
    """How two answers are compared: exact, tolerance, text, set, by_eye or ignore; tolerance in the field's unit."""

    rule: str
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Derivation:
    """A value that follows from a field of the same section or row.

    ``bands``: (option value, least, most) over a number, bounds inclusive, ``None`` open.
    ``attribute``: name of a code-list attribute of the source's option; an attribute that is a missing
    code gives that missing code. A missing source gives the same missing code.
    """

    source: str
    bands: tuple[tuple[str, float | None, float | None], ...] = ()
    attribute: str = ""


@dataclass(frozen=True)
class Field:
    """One question. ``section`` is the key of its section or repeating group.

    ``decision``: ``free`` (the reconciler gives a reason where the choice departs from what the coders said) or ``reason``
    (with every decision).
    """

    section: str
    key: str
    kind: str
    label: str
    hint: str = ""
    guidance: str = ""
    examples: tuple[str, ...] = ()
    codelist: CodeList | None = None
    required: bool = False
    visible_when: Condition | None = None
    limits: Limits = Limits()
    missing: tuple[str, ...] = ()
    compare: Compare = Compare("exact")
    measure: str = "none"
    match: str = "none"
    sensitive: str = "share"
    export: bool = True
    evidence: bool = False
    decision: str = FREE
    derive: Derivation | None = None
    unit: str = ""
    retired: bool = False

    @cached_property
    def path(self) -> str:
        """``section.key``: stable for ever."""
        return f"{self.section}.{self.key}"


@dataclass(frozen=True, slots=True)
class Repeats:
    """A section that repeats: rows between ``minimum`` and ``maximum``; ``one`` names a row ("child").

    ``summary`` lists the field keys whose values make the folded row's line.
    """

    one: str
    minimum: int = 0
    maximum: int = 200
    summary: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A page of the form: a plain section, or a repeating group when ``repeats`` is set.

    ``mode``: ``double`` (both coders extract it, blind) or ``verify`` (coder 1 extracts it, and coder 2 checks each value
    against the report afterwards; see docs/adr/009).
    """

    key: str
    label: str
    fields: tuple[Field, ...]
    hint: str = ""
    guidance: str = ""
    repeats: Repeats | None = None
    visible_when: Condition | None = None
    retired: bool = False
    mode: str = DOUBLE

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """Fields by key."""
        return {field_.key: field_ for field_ in self.fields}


@dataclass(frozen=True, slots=True)
class Rule:
    """A cross-field rule. ``kind`` picks the check in :mod:`schema.answers.validate`.

    Kinds and their parameters:
    ``belongs`` parent, child (choices fields of ``section``; a child's option group names its parent; both ways);
    ``exactly_when`` left, right (conditions);
    ``count`` field, group (a number against the rows of a repeating group), rows (``equal``, also where absent, or
    ``at_most``: no more rows than the number says);
    ``confirm`` when (condition); ``order`` earlier, later (dates, partial dates or year numbers);
    ``requires`` when (condition), field.
    ``severity``: error refuses submission, confirm asks for a tick, warning only tells.
    """

    key: str
    kind: str
    section: str
    message: str
    severity: str = "error"
    fields: Mapping[str, str] = field(default_factory=no_attributes)
    conditions: Mapping[str, Condition] = field(default_factory=dict)

    def sections(self) -> frozenset[str]:
        """The keys of all sections that the rule reads: its own, and those that its fields and conditions name."""
        names = [name for condition in self.conditions.values() for name in condition.names()]
        named = {name.partition(".")[0] for name in (*self.fields.values(), *names) if "." in name}
        return frozenset({self.section, self.fields.get("group", self.section)} | named)


@dataclass(frozen=True)
class Template:
    """One published (or draft) version of an extraction template."""

    key: str
    version: int
    title: str
    sections: tuple[Section, ...]
    missing: CodeList
    rules: tuple[Rule, ...] = ()
    description: str = ""
    source_hash: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, Section]:
        """Sections by key."""
        return {section.key: section for section in self.sections}

    @cached_property
    def by_path(self) -> Mapping[str, Field]:
        """Fields by ``section.key``."""
        return {field_.path: field_ for field_ in self.fields()}

    def fields(self) -> Iterator[Field]:
        """Every field in order."""
        for section in self.sections:
            yield from section.fields

    def groups(self) -> tuple[Section, ...]:
        """The repeating groups in order."""
        return tuple(section for section in self.sections if section.repeats)

    def plain_sections(self) -> tuple[Section, ...]:
        """The sections that do not repeat, in order."""
        return tuple(section for section in self.sections if not section.repeats)

    def verified_sections(self) -> tuple[Section, ...]:
        """The sections that coder 1 extracts and coder 2 checks, in order."""
        return tuple(section for section in self.sections if section.mode == VERIFY and not section.retired)

    @cached_property
    def of_second_coder(self) -> Template:
        """The template as coder 2 fills it in: without the sections that they only check, and without rules on these.

        It is the template itself where every section is coded twice.
        """
        verified = {section.key for section in self.sections if section.mode == VERIFY}
        if not verified:
            return self
        return replace(
            self,
            sections=tuple(section for section in self.sections if section.key not in verified),
            rules=tuple(rule for rule in self.rules if not verified & rule.sections()),
        )

    def for_slot(self, slot: int) -> Template:
        """The template as the coder of a slot (1 or 2) fills it in."""
        return self.of_second_coder if slot == SECOND_SLOT else self

    def missing_label(self, code: str) -> str:
        """Label of a missing code (the code itself where the template does not know it)."""
        option = self.missing.by_value.get(code)
        return option.label if option else code
