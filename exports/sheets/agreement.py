"""The sheet of agreement: how far the two coders agreed before anything was reconciled."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from exports.book import Column
from exports.cells import Cell
from exports.sheets.discrepancies import VERDICTS
from schema.coding.agreement import (
    Estimate,
    FieldAgreement,
    Measure,
    RowAgreement,
    field_agreement,
    row_agreement,
)
from schema.framework.percent import half_up, percent
from schema.store.master import MasterStudy

PLACES = 3
ALONE = "row_alone"
COLUMNS = (
    Column(
        "of", "field: one question; option: one code of a multiple choice; rows: rows of a group", width=10
    ),
    Column("section", "Section or repeating group"),
    Column("field", "Field"),
    Column("option", "Code of the option"),
    Column("label", "The question, option or group", width=44),
    Column("n", "Positions compared (rows of both coders, where rows are counted)", "whole"),
    Column("agreed", "Of these, alike (within the tolerance of the field)", "whole"),
    Column("percent_agreement", "Percentage alike, rounded half up to one decimal", "number"),
    Column("kappa", "Cohen's kappa; for a multiple choice the mean over its options", "number"),
    Column("kappa_undefined", "Why there is no kappa", width=34),
    Column("ticked_a", "How often coder A ticked the option; rows of coder A", "whole"),
    Column("ticked_b", "How often coder B ticked the option; rows of coder B", "whole"),
    Column("rows_linked", "Rows of both coders that were linked", "whole"),
    Column("f1", "Row detection: 2 x linked rows / all rows of both", "number"),
    Column("left_out", "What was not compared, and how often", width=44),
)


def agreement_rows(study: MasterStudy) -> Iterator[tuple[Cell, ...]]:
    """One row for each measured field and each option that somebody ticked, then one for each repeating group."""
    comparisons = list(study.comparisons)
    for held in field_agreement(comparisons):
        yield _field(held)
        yield from _options(held)
    for rows in row_agreement(comparisons):
        yield _rows(study, rows)


def _field(held: FieldAgreement) -> tuple[Cell, ...]:
    share = percent(held.agreed, held.n, 1)
    left_out = "; ".join(f"{_reason(reason)}: {times}" for reason, times in held.excluded.items())
    return (
        "field",
        held.section,
        held.field.key,
        None,
        held.field.label,
        held.n,
        held.agreed,
        share,
        *_kappa(held.kappa),
        *(None,) * 4,
        left_out,
    )


def _options(held: FieldAgreement) -> Iterator[tuple[Cell, ...]]:
    labels = held.field.codelist.by_value if held.field.codelist else {}
    for option in held.options:
        label = labels[option.value].label if option.value in labels else option.value
        ticks = (option.ticked_a, option.ticked_b)
        kappa = _kappa(option.kappa)
        place = (held.section, held.field.key, option.value, label)
        yield ("option", *place, option.kappa.n, None, None, *kappa, *ticks, None, None, None)


def _rows(study: MasterStudy, held: RowAgreement) -> tuple[Cell, ...]:
    section = study.newest.by_key.get(held.section)
    label = section.label if section else held.section
    linked = held.linked_a + held.linked_b
    f1 = _rounded(held.f1.value) if isinstance(held.f1, Estimate) else None
    counts = (held.rows_a, held.rows_b, linked, f1, None)
    return ("rows", held.section, None, None, label, held.f1.n, *(None,) * 4, *counts)


def _kappa(held: Measure) -> tuple[Cell, Cell]:
    return (_rounded(held.value), None) if isinstance(held, Estimate) else (None, held.reason)


def _rounded(number: float) -> Decimal:
    return half_up(Fraction(Decimal(repr(number))), PLACES)


def _reason(reason: str) -> str:
    return "Row of one coder only" if reason == ALONE else VERDICTS.get(reason, reason)
