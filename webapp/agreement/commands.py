"""Commands about agreement: ``tandem agreement``."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from schema.actor import COMMAND_LINE
from schema.coding.agreement import Estimate, FieldAgreement, Measure
from schema.coding.agreement.verified import in_all
from schema.store.agreement_read import StudyAgreement, study_agreement
from schema.store.database import Database
from webapp.agreement import figures
from webapp.agreement.drawing import number
from webapp.agreement.drift_command import drift
from webapp.agreement.pilot_commands import pilot_group
from webapp.agreement.plan_views import plan_beside
from webapp.agreement.repeat_commands import repeat_group
from webapp.command_line import project_called, with_database


@click.command("agreement")
@click.argument("project_key", metavar="PROJECT")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@with_database
def agreement(database: Database, project_key: str, as_json: bool) -> None:
    """Print how far the coders of a project agree, measured on what they submitted."""
    with database.reading() as session:
        project = project_called(session, project_key, "AGR-001")
        found = study_agreement(session, COMMAND_LINE, project)
    if as_json:
        click.echo(json.dumps(figures.as_json(found), ensure_ascii=False, indent=2))
        return
    for line in _table(found):
        click.echo(line)


commands = (agreement, drift, pilot_group, repeat_group)


def _table(found: StudyAgreement) -> Iterator[str]:
    report = found.report
    if not report.cases:
        yield "No case has been compared yet."
        return
    yield plan_sentence(found)
    width = max((len(held.field.path) for held in report.fields), default=8)
    yield f"{report.cases} compared cases, {report.overall.percent.n} positions, {_share(report.overall.percent)} agree."
    yield f"{'':{width}} {'n':>6} {'agree':>7} {'kappa':>6} {'AC1':>6} {'alpha':>6}"
    for held in report.fields:
        yield _line(held, width)
    for rows in report.rows:
        linked = f"{rows.linked_a} of {rows.rows_a} and {rows.linked_b} of {rows.rows_b} rows linked"
        yield f"{rows.section:{width}} rows: F1 {_coefficient(rows.f1)}, {linked}"
    if report.verified:
        agreed, corrected, not_found = in_all(report.verified)
        yield f"Checked, not coded twice: {agreed} agreed, {corrected} corrected, {not_found} not found."


def plan_sentence(found: StudyAgreement) -> str:
    """Say how the plan fares, in one line."""
    beside = plan_beside(found)
    if beside is None:
        return "No agreement plan was recorded."
    marked = ", made after coding began" if beside.plan.after_coding else ""
    return f"Plan (version {beside.plan.version}{marked}): {beside.reached} of {len(beside.lines)} questions reach their value."


def _line(held: FieldAgreement, width: int) -> str:
    figures_ = " ".join(f"{_coefficient(measure):>6}" for measure in (held.kappa, held.ac1, held.alpha))
    return f"{held.field.path:{width}} {held.n:>6} {_share(held.percent):>7} {figures_}"


def _share(held: Measure) -> str:
    return f"{100 * held.value:.1f}%" if isinstance(held, Estimate) else "–"


def _coefficient(held: Measure) -> str:
    return number(held.value) if isinstance(held, Estimate) else "–"
