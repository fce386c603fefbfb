"""The variables that a sheet of answers becomes: one column of numbers, days or texts each, with labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from exports.analysis.naming import Names
from exports.cells import Cell
from exports.columns import may_be_missing
from exports.columns.base import plain
from exports.sheets.answers import Layout, Place
from schema.answers.document import Evidence
from schema.template.model import CodeList, Field, Option
from schema.template.value import Invalid, Missing, Value

NUMERIC = ("integer", "decimal")
MEASURES = {"nominal": "nominal", "ordinal": "ordinal", "interval": "scale"}
Labels = Mapping[int, str]
Read = Callable[[Value, Evidence], Cell]
EMPTY = Evidence()


@dataclass(frozen=True)
class Variable:
    """One variable. ``kind``: number, text, date or moment; ``places``: decimals shown.

    ``labels``: what its codes stand for, missing codes among them. ``missing``: the codes that mean "no answer"
    (ascending, all negative). ``source``: the field or column that it is made of. ``flag_of``: path of the
    several-answers field that it is an option of.
    """

    name: str
    label: str
    kind: str
    source: str
    labels: Labels = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    measure: str = "unknown"
    places: int = 0
    flag_of: str = ""


@dataclass(frozen=True)
class Reading:
    """A variable with how it is read from a field's value; ``leading`` columns have no field and are read by position."""

    variable: Variable
    place: Place | None = None
    read: Read | None = None


def readings_of(layout: Layout, missing: CodeList, names: Names) -> tuple[Reading, ...]:
    """All variables of a sheet of answers in order; names are taken in that order, so that they stay."""
    held = [
        Reading(Variable(names.take(column.name), column.label, _leading_kind(column.kind), column.name))
        for column in layout.leading
    ]
    for place in layout.places:
        held += _Makers(place, missing, names).all()
    return tuple(held)


def _leading_kind(kind: str) -> str:
    return {"whole": "number", "moment": "moment"}.get(kind, "text")


@dataclass(frozen=True)
class _Makers:
    """Makes the variables of one field."""

    place: Place
    missing: CodeList
    names: Names

    @property
    def field(self) -> Field:
        return self.place.field

    @property
    def wanted(self) -> str:
        """Plain sections: ``section_key``; groups have a file of their own, so ``key`` will do."""
        repeats = self.place.section.repeats is not None
        return self.field.key if repeats else self.field.path

    def all(self) -> Iterator[Reading]:
        """The value's own variables, then those of its evidence."""
        if self.field.kind == "choices":
            yield from self._flags()
        elif self.field.codelist:
            yield from self._coded(self.field.codelist)
        elif self.field.kind in NUMERIC:
            yield from self._number()
        else:
            yield from self._text()
        if self.field.evidence:
            yield self._evidence("page", lambda evidence: evidence.page)
            yield self._evidence("quote", lambda evidence: evidence.quote)

    def _coded(self, codes: CodeList) -> Iterator[Reading]:
        labels = {option.code: option.label for option in codes.options}
        yield from self._in_place(labels, lambda value: _code(codes, value))

    def _number(self) -> Iterator[Reading]:
        yield from self._in_place({}, _number)

    def _in_place(self, labels: dict[int, str], read: Callable[[Value], Cell]) -> Iterator[Reading]:
        """Missing codes stand in the variable itself where no answer can be mistaken for one; else in one of their own."""
        codes = self._missing_codes()
        apart = bool(codes) and not (self._never_negative() and max(codes) < 0)
        own = {} if apart else codes

        def whole(value: Value, _: Evidence) -> Cell:
            return _missing_number(value, self.missing, own) if isinstance(value, Missing) else read(value)

        places = self.field.limits.places if self.field.kind == "decimal" else 0
        variable = self._variable(
            self.wanted, "", "number", {**own, **labels}, tuple(sorted(own)), places=places
        )
        yield Reading(variable, self.place, whole)
        if apart:
            yield self._why(codes)

    def _never_negative(self) -> bool:
        if self.field.codelist:
            return all(option.code >= 0 for option in self.field.codelist.options)
        return self.field.limits.minimum is not None and self.field.limits.minimum >= 0

    def _flags(self) -> Iterator[Reading]:
        """A 0/1 variable for each option, empty where there is no answer; why there is none, in a variable of its own."""
        for option in self.field.codelist.options if self.field.codelist else ():
            yield self._flag(option)
        if codes := self._missing_codes():
            yield self._why(codes)

    def _flag(self, option: Option) -> Reading:
        def ticked(value: Value, _: Evidence) -> Cell:
            return int(option.value in value) if isinstance(value, tuple) else None

        label = f"{self.field.label}: {self._own_label(option)}"
        labels = {0: "Not ticked", 1: "Ticked"}
        variable = Variable(
            self.names.take(f"{self.wanted}_{option.value}"), label, "number",
            f"{self.field.path}:{option.value}", labels, (), "nominal", flag_of=self.field.path,
        )  # fmt: skip
        return Reading(variable, self.place, ticked)

    def _own_label(self, option: Option) -> str:
        """Two options of one label carry their codes, so that no table takes them for one."""
        labels = [one.label for one in self.field.codelist.options] if self.field.codelist else []
        return f"{option.label} ({option.value})" if labels.count(option.label) > 1 else option.label

    def _text(self) -> Iterator[Reading]:
        kind = "date" if self.field.kind == "date" else "text"

        def read(value: Value, _: Evidence) -> Cell:
            return _day(value) if kind == "date" else _words(value)

        yield Reading(self._variable(self.wanted, "", kind, {}, ()), self.place, read)
        if codes := self._missing_codes():
            yield self._why(codes)

    def _why(self, codes: dict[int, str]) -> Reading:
        def why(value: Value, _: Evidence) -> Cell:
            return _missing_number(value, self.missing, codes) if isinstance(value, Missing) else None

        name = self.names.take(self.wanted, "_missing")
        label = f"{self.field.label}: why there is no answer"
        return Reading(
            Variable(name, label, "number", f"{self.field.path}.missing", codes, (), "nominal"),
            self.place,
            why,
        )

    def _evidence(self, what: str, of: Callable[[Evidence], str]) -> Reading:
        name = self.names.take(self.wanted, f"_{what}")
        label = f"{self.field.label}: {'page' if what == 'page' else 'verbatim quote'}"
        variable = Variable(name, label, "text", f"{self.field.path}.{what}")
        return Reading(variable, self.place, lambda _, evidence: of(evidence) or None)

    def _variable(
        self,
        wanted: str,
        ending: str,
        kind: str,
        labels: Labels,
        missing: tuple[int, ...],
        *,
        places: int = 0,
    ) -> Variable:
        measure = MEASURES.get(self.field.measure, "unknown")
        name = self.names.take(wanted, ending)
        return Variable(name, self.field.label, kind, self.field.path, labels, missing, measure, places)

    def _missing_codes(self) -> dict[int, str]:
        """Every missing code that a value of this field can have, and its label."""
        if not (self.field.derive or may_be_missing(self.field, self.place.section)):
            return {}
        several = self.field.kind == "choices"
        options = (
            one for one in self.missing.options if several or one.attributes.get("only_for") != "choices"
        )
        return {option.code: option.label for option in options}


def _code(codes: CodeList, value: Value) -> Cell:
    option = codes.by_value.get(str(value)) if value is not None else None
    return option.code if option else None


def _number(value: Value) -> Cell:
    return value if isinstance(value, int | float) else None


def _missing_number(value: Missing, missing: CodeList, codes: Labels) -> Cell:
    option = missing.by_value.get(value.code)
    return option.code if option and option.code in codes else None


def _day(value: Value) -> Cell:
    try:
        return date.fromisoformat(str(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _words(value: Value) -> Cell:
    if value is None or isinstance(value, Missing):
        return None
    held = value.text if isinstance(value, Invalid) else plain(value)
    return None if held is None else str(held)


def flag_sets(readings: Sequence[Reading]) -> dict[str, list[Variable]]:
    """The 0/1 variables of each several-answers field, by the field's path."""
    sets: dict[str, list[Variable]] = {}
    for reading in readings:
        if reading.variable.flag_of:
            sets.setdefault(reading.variable.flag_of, []).append(reading.variable)
    return sets
