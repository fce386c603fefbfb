"""The command about drift: ``tandem drift``."""

from __future__ import annotations

import json

import click

from schema.actor import COMMAND_LINE
from schema.coding.agreement.drift import DriftChart
from schema.store.database import Database
from schema.store.drift_read import study_drift
from webapp.agreement.drift_views import drift_line, percent
from webapp.command_line import project_called, with_database
from webapp.wording import count


@click.command("drift")
@click.argument("project_key", metavar="PROJECT")
@click.option("--json", "as_json", is_flag=True, help="Print every chart as JSON.")
@with_database
def drift(database: Database, project_key: str, as_json: bool) -> None:
    """Print which coders came to disagree on a question more than at first."""
    with database.reading() as session:
        project = project_called(session, project_key, "AGR-001")
        report = study_drift(session, COMMAND_LINE, project)
    if as_json:
        click.echo(json.dumps([_plain(chart) for chart in report.charts], ensure_ascii=False, indent=2))
        return
    watched = count(len(report.charts), "chart")
    click.echo(f"{report.cases} compared cases, {watched} followed, {len(report.raised)} raised.")
    for chart in report.raised:
        line = drift_line(chart)
        now = f"{percent(chart.last)} now, limit {percent(chart.limit)}, {percent(chart.rate)} at first"
        click.echo(f"{chart.field.path}: {line.who}: raised at {line.raised} ({now})")


def _plain(chart: DriftChart) -> dict[str, object]:
    return {
        "question": chart.field.path,
        "kind": chart.kind,
        "who": list(chart.who),
        "rate": chart.rate,
        "limit": chart.limit,
        "average": chart.last,
        "cases": len(chart.points),
        "raised": chart.raised.reference if chart.raised else None,
    }
