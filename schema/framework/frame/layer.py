"""The layer of recoding over signed-off documents: what the frame makes of each row. The documents themselves never change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from schema.answers.document import Document, Row, Values
from schema.framework.frame.acts import Step, steps
from schema.framework.frame.framed import first_frame, framed, is_framed, links
from schema.framework.frame.model import MERGE, MOVE, RECODE, Act, Codes, Frame
from schema.template.model import Field, Section, Template
from schema.template.value import Value

CHANGES_ROWS = (MERGE, MOVE, RECODE)
Held = dict[str, Codes]
"""The codes of one row by the key of the question."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What one act did to one question of one row."""

    act: int
    place: str
    key: str
    before: Codes
    after: Codes

    @property
    def path(self) -> str:
        """The path of the value."""
        return f"{self.place}.{self.key}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question of a row that still holds a code which was split or retired: a person must choose."""

    place: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Recoded:
    """One document under the frame. ``stale``: numbers of acts whose row no longer holds what they found there."""

    document: Document
    touched: tuple[Touched, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    stale: tuple[int, ...] = ()


@dataclass(frozen=True)
class Layer:
    """A frame with the acts that made it. ``number``: the adopted version, 0 for a draft or the template's own frame."""

    base: Frame
    acts: tuple[Act, ...] = ()
    number: int = 0
    _templates: dict[str, Template] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The acts that stand, each with the frame before and after it."""
        return steps(self.base, self.acts)

    @cached_property
    def frame(self) -> Frame:
        """The frame after all acts."""
        return self.steps[-1].after if self.steps else self.base

    @property
    def name(self) -> str:
        """Which frame this is, for hashes and files: ``""`` for the template's own, ``2:<hash>`` for version 2."""
        return f"{self.number}:{self.sha256}" if self.acts else ""

    @cached_property
    def sha256(self) -> str:
        """The hash of the frame and of what it recodes."""
        recodes = [step.act.body() for step in self.steps if step.act.kind in CHANGES_ROWS]
        held = json.dumps([self.frame.sha256, recodes], sort_keys=True, separators=(",", ":"))
        return sha256(held.encode()).hexdigest()

    def template(self, template: Template) -> Template:
        """The template with the lists of the frame."""
        if not self.acts:
            return template
        key = f"{template.key}:{template.version}:{template.source_hash}"
        if key not in self._templates:
            self._templates[key] = framed(template, self.frame)
        return self._templates[key]

    def recoded(self, case_id: str, template: Template, document: Document) -> Recoded:
        """The document of a case (as frozen, of this template version) under the frame."""
        if not self.acts:
            return Recoded(document)
        work = _Work(self, case_id, template)
        sections = {
            key: work.values(key, values, template.by_key.get(key))
            for key, values in document.sections.items()
        }
        groups = {
            key: tuple(work.row(key, row, template.by_key.get(key)) for row in rows)
            for key, rows in document.groups.items()
        }
        changed = replace(document, sections=sections, groups=groups)
        return Recoded(changed, tuple(work.touched), tuple(work.waiting), tuple(work.stale))


def first_layer(template: Template, lists: Sequence[str]) -> Layer:
    """The frame of the template, before any act."""
    return Layer(first_frame(template, lists))


@dataclass
class _Work:
    """Recodes the places of one document, and keeps what it did."""

    layer: Layer
    case_id: str
    template: Template
    touched: list[Touched] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)

    @cached_property
    def _links(self) -> Mapping[str, str]:
        return links(self.template)

    def row(self, group: str, row: Row, section: Section | None) -> Row:
        """One row of a repeating group."""
        values = self.values(f"{group}.{row.id}", row.values, section)
        return row if values is row.values else Row(row.id, values)

    def values(self, place: str, values: Values, section: Section | None) -> Values:
        """The values of a section or row."""
        fields = _framed_fields(section, self.layer.base.lists, values) if section else {}
        if not fields:
            return values
        before = {key: codes_of(values[key]) for key in fields}
        after = before
        for step in self.layer.steps:
            if self._concerns(step.act, place):
                after = self._step(step, place, fields, after)
        self._note_waiting(place, fields, after)
        if after == before:
            return values
        changed = {key: _value(fields[key], codes) for key, codes in after.items()}
        return {**values, **changed}

    def _concerns(self, act: Act, place: str) -> bool:
        """Whether the act can change this place: rows recoded together are many acts, and each is about one place."""
        if act.kind == RECODE:
            return act.case_id == self.case_id and act.place == place
        return act.kind in CHANGES_ROWS

    def _step(self, step: Step, place: str, fields: Mapping[str, Field], held: Held) -> Held:
        after = self._effect(step, place, fields, held)
        for key, codes in after.items():
            if codes != held[key]:
                ordered = _ordered(step.after, fields[key], codes)
                after[key] = ordered
                self.touched.append(Touched(step.act.number, place, key, held[key], ordered))
        return after

    def _effect(self, step: Step, place: str, fields: Mapping[str, Field], held: Held) -> Held:
        act = step.act
        if act.kind == RECODE:
            return self._by_hand(act, held)
        if not _holds(fields, held, step):
            return dict(held)
        after = dict(held)
        if act.kind == MERGE:
            for key, codes in held.items():
                if list_of(fields[key]) == act.codelist and act.value in codes:
                    after[key] = tuple(
                        dict.fromkeys(act.into[0] if code == act.value else code for code in codes)
                    )
        return kept_together((step.before, step.after), self._links, fields, held, after)

    def _by_hand(self, act: Act, held: Held) -> Held:
        if any(set(held.get(change.key, ())) != set(change.before) for change in act.changes):
            self.stale.append(act.number)
            return dict(held)
        return {**held, **{change.key: change.after for change in act.changes if change.key in held}}

    def _note_waiting(self, place: str, fields: Mapping[str, Field], held: Held) -> None:
        for key, codes in held.items():
            for value in codes:
                code = self.layer.frame.code(list_of(fields[key]), value)
                if code is not None and code.awaits:
                    self.waiting.append(Waiting(place, key, value))


def kept_together(
    frames: tuple[Frame, Frame],
    by_link: Mapping[str, str],
    fields: Mapping[str, Field],
    before: Held,
    after: Held,
) -> Held:
    """Keep ``belongs`` in a row that changes: a code that came takes along the one it belongs to, and one that lost all of
    its own goes. ``frames``: before and after; ``by_link``: :func:`schema.framework.frame.framed.links` of the template."""
    kept = dict(after)
    for key, held in fields.items():
        above = by_link.get(held.path, "").rpartition(".")[2]
        if above not in fields:
            continue
        had, has = (
            {frame.parent_of(list_of(held), code) for code in codes[key]}
            for frame, codes in zip(frames, (before, kept), strict=True)
        )
        stay = [code for code in kept[above] if code in has or code not in had]
        kept[above] = tuple(dict.fromkeys((*stay, *sorted(has - {""} - set(stay)))))
    return kept


def codes_of(value: Value) -> Codes:
    """The codes of an answer: several, one, or none where it is missing or blank."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def list_of(held: Field) -> str:
    """The name of a question's code list."""
    return held.codelist.name if held.codelist else ""


def _framed_fields(section: Section, lists: Sequence[str], values: Values) -> dict[str, Field]:
    """The questions of a place that are answered with codes of the frame. Missing answers stay what they are."""
    return {
        one.key: one
        for one in section.fields
        if is_framed(one, lists) and isinstance(values.get(one.key), str | tuple)
    }


def _holds(fields: Mapping[str, Field], held: Held, step: Step) -> bool:
    """Whether the place holds the code that the act is about, or one that belongs to it."""
    act = step.act
    code = step.before.code(act.codelist, act.value)
    about = {(act.codelist, act.value)}
    if code is not None and act.kind == MERGE:
        about |= {(member.codelist, member.value) for member in step.before.members(code)}
    return any((list_of(fields[key]), code) in about for key, codes in held.items() for code in codes)


def _ordered(frame: Frame, held: Field, codes: Codes) -> Codes:
    """Codes in the order of the frame; what it does not know stands at the end."""
    order = {code.value: at for at, code in enumerate(frame.of(list_of(held)))}
    return tuple(sorted(codes, key=lambda code: order.get(code, len(order))))


def _value(held: Field, codes: Codes) -> Value:
    if held.kind == "choices":
        return codes
    return codes[0] if codes else None


def places_of(document: Document, template: Template) -> Iterator[tuple[str, Section, Values]]:
    """Every section and every row of a document with its values."""
    for section in template.sections:
        if section.repeats:
            for row in document.rows(section.key):
                yield f"{section.key}.{row.id}", section, row.values
        elif section.key in document.sections:
            yield section.key, section, document.sections[section.key]
