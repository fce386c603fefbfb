"""Agreement as files and for other programs: CSV with the columns of the workbook's sheet, and plain JSON values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from exports.cells import Cell, clean_text, looks_live
from exports.sheets.agreement import COLUMNS, report_rows
from schema.coding.agreement import (
    AgreementReport,
    Estimate,
    FieldAgreement,
    Interval,
    Measure,
    NoInterval,
    RowAgreement,
    SliceAgreement,
    VerifiedCount,
)
from schema.coding.agreement.plan import AgreementPlan, results, share_coded
from schema.store.agreement_read import Defect, StudyAgreement


def agreement_csv(report: AgreementReport, plan: AgreementPlan | None = None) -> str:
    """All figures as CSV: a byte-order mark, so that spreadsheets read UTF-8; lines end as RFC 4180 says.

    A text that a spreadsheet might take for a formula has an apostrophe before it.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.name for column in COLUMNS)
    writer.writerows([_cell(value) for value in row] for row in report_rows(report, plan))
    return "\ufeff" + text.getvalue()


def _cell(value: Cell) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    held = clean_text(value)
    return f"'{held}" if looks_live(held) else held


def agreement_json(found: StudyAgreement) -> dict[str, Any]:
    """All figures as plain JSON values. A figure is ``{"value", "n"}`` or ``{"undefined", "n"}``; shares are from 0 to 1."""
    report = found.report
    return {
        "cases": report.cases,
        "rows_not_matched_by_a_person": found.unmatched,
        "own_open_cases_left_out": found.withheld,
        "plan": _plan(found),
        "bootstrap": {"draws": report.draws, "seed": report.seed, "level": report.level, "drawn": "cases"},
        "all": _slice(report.overall),
        "fields": [_field(held) for held in report.fields],
        "rows": [_rows(held) for held in report.rows],
        "sections": [_slice(held) for held in report.sections],
        "sections_unaided": [_slice(held) for held in report.unaided],
        "pairs": [_slice(held) for held in report.pairs],
        "months": [_slice(held) for held in report.months],
        "verified": [_verified(held) for held in report.verified],
        "codebook_defects": [_defect(held) for held in found.defects],
    }


def _plan(found: StudyAgreement) -> dict[str, Any] | None:
    plan = found.plan
    if plan is None:
        return None
    return {
        "version": plan.version,
        "recorded_at": plan.recorded_at.isoformat(),
        "recorded_by": plan.recorded_by,
        "after_coding_began": plan.after_coding,
        "reason": plan.reason or None,
        "share_to_code_twice": plan.share / 100,
        "share_coded_twice": _figure(share_coded(found.report.cases, found.to_code)),
        "fields": [
            {
                "question": one.planned.path,
                "measure": one.planned.measure,
                "threshold": one.planned.threshold,
                "figure": _figure(one.figure),
                "met": one.met,
            }
            for one in results(plan, found.report)
        ],
    }


def _field(held: FieldAgreement) -> dict[str, Any]:
    whole = held.with_lone_rows
    return {
        "section": held.section,
        "field": held.field.key,
        "label": held.field.label,
        "measure": held.field.measure,
        "n": held.n,
        "agreed": held.agreed,
        "percent": _figure(held.percent),
        "kappa": _figure(held.kappa),
        "ac1": _figure(held.ac1),
        "weighted_kappa": _figure(held.weighted),
        "alpha": {**_figure(held.alpha), "level": held.level},
        "intervals": _intervals(held.intervals),
        "with_lone_rows": None
        if whole is None
        else {"n": whole.n, "percent": _figure(whole.percent), "kappa": _figure(whole.kappa)},
        "paired_without_this_field": _apart(held.without_pairing),
        "left_out": dict(held.excluded),
        "options": [
            {
                "option": option.value,
                "ticked_a": option.ticked_a,
                "ticked_b": option.ticked_b,
                "kappa": _figure(option.kappa),
                "ac1": _figure(option.ac1),
            }
            for option in held.options
        ],
        "cautions": [caution.sentence for caution in held.cautions],
    }


def _apart(held: FieldAgreement | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {
        "n": held.n,
        "agreed": held.agreed,
        "percent": _figure(held.percent),
        "kappa": _figure(held.kappa),
        "ac1": _figure(held.ac1),
        "alpha": _figure(held.alpha),
    }


def _verified(held: VerifiedCount) -> dict[str, Any]:
    return {
        "section": held.field.section,
        "field": held.field.key,
        "label": held.field.label,
        "n": held.n,
        "agreed": held.agreed,
        "corrected": held.corrected,
        "not_found": held.not_found,
    }


def _rows(held: RowAgreement) -> dict[str, Any]:
    return {
        "section": held.section,
        "rows_a": held.rows_a,
        "rows_b": held.rows_b,
        "linked_a": held.linked_a,
        "linked_b": held.linked_b,
        "precision": _figure(held.precision),
        "recall": _figure(held.recall),
        "f1": _figure(held.f1),
    }


def _slice(held: SliceAgreement) -> dict[str, Any]:
    return {
        "key": held.key,
        "label": held.label,
        "cases": held.cases,
        "agreed": held.agreed,
        "percent": _figure(held.percent),
        "interval": _interval(held.interval),
        "mean_kappa": _figure(held.kappa),
        "mean_ac1": _figure(held.ac1),
        "mean_alpha": _figure(held.alpha),
    }


def _defect(held: Defect) -> dict[str, Any]:
    return {
        "question": held.path,
        "decisions_with_a_cause": held.decisions,
        "definition_unclear": held.unclear,
        "mostly": held.mostly,
        "causes": dict(sorted(held.causes.items())),
    }


def _figure(held: Measure) -> dict[str, Any]:
    if isinstance(held, Estimate):
        return {"value": held.value, "n": held.n}
    return {"undefined": held.reason, "n": held.n}


def _intervals(held: Mapping[str, Interval | NoInterval]) -> dict[str, Any]:
    names: Iterable[str] = sorted(held)
    return {name: _interval(held[name]) for name in names}


def _interval(held: Interval | NoInterval) -> dict[str, Any]:
    if isinstance(held, NoInterval):
        return {"undefined": held.reason}
    return {"low": held.low, "high": held.high, "draws_used": held.used}
