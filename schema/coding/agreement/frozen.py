"""Agreement figures as they stood at a moment: a table of its own that reads the same for ever, whatever reports become.

Frozen where something is decided by them, so that what the decision rested on can be read again years later, by a program that
counts otherwise. Only figures and labels are kept: no answer of anybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from schema.coding.agreement.by_field import FieldAgreement
from schema.coding.agreement.estimate import Estimate, Interval, Measure, NoInterval, Undefined
from schema.coding.agreement.report import AgreementReport, SliceAgreement
from schema.template.model import Template

FORMAT = 1


@dataclass(frozen=True, slots=True)
class FrozenFigure:
    """A figure with the number it rests on; ``value`` is None where it is undefined, and ``why`` says why.

    ``low`` and ``high``: its 95% interval, None where there is none.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def measure(self) -> Measure:
        """The figure as the measures have it."""
        return Undefined(self.why, self.n) if self.value is None else Estimate(self.value, self.n)


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """One line: a question (``path`` is section.key), a section's rows (``path`` is the section) or, without a path, everything.

    ``n`` positions (rows of both coders) were compared, ``agreed`` of them were alike (linked). ``figures``: percent, kappa, ac1
    and alpha, for rows f1.
    """

    path: str
    label: str
    over: str
    n: int
    agreed: int
    figures: Mapping[str, FrozenFigure]


@dataclass(frozen=True, slots=True)
class FrozenAgreement:
    """All figures of some compared cases: everything together, each question in the template's order, each group of rows."""

    cases: int
    template: str
    overall: FrozenLine
    fields: tuple[FrozenLine, ...]
    rows: tuple[FrozenLine, ...]

    def to_json(self) -> str:
        """Write it: canonical, so that the same figures are the same text."""
        held = {"format": FORMAT, **asdict(self)}
        return json.dumps(
            held, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=dict
        )

    @property
    def sha256(self) -> str:
        """The hash of its text, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def freeze(report: AgreementReport) -> FrozenAgreement:
    """Take the figures of a report as they are now."""
    template = report.template
    return FrozenAgreement(
        report.cases,
        f"{template.key}, version {template.version}" if template else "",
        _slice(report.overall),
        tuple(_field(template, held) for held in report.fields),
        tuple(
            FrozenLine(
                held.section,
                _label(template, held.section),
                "",
                held.rows_a + held.rows_b,
                held.linked_a + held.linked_b,
                {"f1": _figure(held.f1)},
            )
            for held in report.rows
        ),
    )


def thaw(text: str) -> FrozenAgreement:
    """Read it back. Raises ``ValueError`` for what :meth:`FrozenAgreement.to_json` cannot have written."""
    held = json.loads(text)
    try:
        if held["format"] != FORMAT:
            raise ValueError("these figures are of another format")
        return FrozenAgreement(
            held["cases"],
            held["template"],
            _read(held["overall"]),
            tuple(map(_read, held["fields"])),
            tuple(map(_read, held["rows"])),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("these are no frozen figures") from error


def _read(held: Mapping[str, Any]) -> FrozenLine:
    figures = {name: FrozenFigure(**one) for name, one in held["figures"].items()}
    return FrozenLine(held["path"], held["label"], held["over"], held["n"], held["agreed"], figures)


def _field(template: Template | None, held: FieldAgreement) -> FrozenLine:
    spans = held.intervals
    figures = {
        name: _figure(measure, spans.get(name))
        for name, measure in (
            ("percent", held.percent),
            ("kappa", held.kappa),
            ("ac1", held.ac1),
            ("alpha", held.alpha),
        )
    }
    over = _label(template, held.section)
    return FrozenLine(held.field.path, held.field.label, over, held.n, held.agreed, figures)


def _slice(held: SliceAgreement) -> FrozenLine:
    figures = {
        "percent": _figure(held.percent, held.interval),
        "kappa": _figure(held.kappa),
        "ac1": _figure(held.ac1),
        "alpha": _figure(held.alpha),
    }
    return FrozenLine("", held.label, "", held.percent.n, held.agreed, figures)


def _figure(held: Measure, span: Interval | NoInterval | None = None) -> FrozenFigure:
    if not isinstance(held, Estimate):
        return FrozenFigure(None, held.n, why=held.reason)
    low, high = (span.low, span.high) if isinstance(span, Interval) else (None, None)
    return FrozenFigure(held.value, held.n, low, high)


def _label(template: Template | None, section: str) -> str:
    found = template.by_key.get(section) if template else None
    return found.label if found else section
