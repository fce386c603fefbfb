"""Commands of the pilot: ``tandem pilot show``, ``begin``, ``decide``, ``cancel`` and ``master``; what the page does, with the same verbs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.coding.agreement.frozen import FrozenAgreement
from schema.store.database import Database
from schema.store.models import Project
from schema.store.pilots import DECISIONS, begin_pilot, cancel_pilot, choose_for_master, decide_pilot
from schema.store.pilots_read import PilotRound, pilot_figures, pilot_rounds
from webapp.agreement.command_people import manager_called
from webapp.agreement.pilot_views import DECISIONS as DECIDED
from webapp.command_line import project_called, with_database
from webapp.wording import count

PLACES = ("in", "out")
_AS = click.option(
    "--as", "manager_name", required=True, metavar="NAME", help="The manager in whose name it is done."
)
_PLACE = click.option(
    "--master",
    type=click.Choice(PLACES),
    required=True,
    help="Whether its signed-off cases are in the master.",
)


@click.group("pilot")
def pilot_group() -> None:
    """Mark first cases as a pilot, and decide on it by their agreement."""


@pilot_group.command("show")
@click.argument("project_key", metavar="PROJECT")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@with_database
def show(database: Database, project_key: str, as_json: bool) -> None:
    """Print the rounds of the pilot, what was decided on each, and its agreement."""
    with database.reading() as session:
        project = project_called(session, project_key, "AGR-001")
        found = [
            (one, _figures(session, project, one)) for one in pilot_rounds(session, COMMAND_LINE, project)
        ]
    if as_json:
        plain = [{"round": one.number, "decision": _decision(one), "in_master": one.in_master,
                  "cases": [line.reference for line in one.lines], "sha256": held.sha256, **asdict(held)}
                 for one, held in found]  # fmt: skip
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=dict))
        return
    click.echo("\n".join(line for pair in found for line in _lines(*pair)) or "No case is marked as a pilot.")


@pilot_group.command("begin")
@click.argument("project_key", metavar="PROJECT")
@click.option("--cases", "size", type=click.IntRange(1), required=True, help="How many of the first cases.")
@_AS
@with_database
def begin(database: Database, project_key: str, size: int, manager_name: str) -> None:
    """Mark the first cases of a project that are in no round yet."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        made = begin_pilot(session, manager_called(session, project, manager_name), project, size)
        click.echo(f"{count(size, 'case')} marked as round {made.number} of the pilot.")


@pilot_group.command("decide")
@click.argument("project_key", metavar="PROJECT")
@click.option("--decision", type=click.Choice(DECISIONS), required=True, help="Go on, or revise.")
@click.option("--reason", required=True, help="Why; it stays beside the decision.")
@click.option(
    "--figures",
    required=True,
    metavar="HASH",
    help="The hash of the figures that it rests on, as `tandem pilot show` prints it.",
)
@_PLACE
@_AS
@with_database
def decide(
    database: Database,
    project_key: str,
    decision: str,
    reason: str,
    figures: str,
    master: str,
    manager_name: str,
) -> None:
    """Decide on the round that waits, by the figures that were looked at, which are frozen."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        actor = manager_called(session, project, manager_name)
        made = decide_pilot(
            session, actor, project, decision, reason, in_master=master == "in", shown=figures
        )
        click.echo(f"Decided: {DECIDED[made.decision].lower()}. The figures are frozen under {made.sha256}.")


@pilot_group.command("cancel")
@click.argument("project_key", metavar="PROJECT")
@click.option("--reason", required=True, help="Why the round is given up.")
@_AS
@with_database
def cancel(database: Database, project_key: str, reason: str, manager_name: str) -> None:
    """Give up the round that waits for its decision."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        made = cancel_pilot(session, manager_called(session, project, manager_name), project, reason)
        click.echo(f"Round {made.number} is cancelled. Its cases are ordinary ones again.")


@pilot_group.command("master")
@click.argument("project_key", metavar="PROJECT")
@click.option("--round", "number", type=click.IntRange(1), required=True, help="Which round.")
@click.option("--reason", required=True, help="Why; files that are exported say it too.")
@_PLACE
@_AS
@with_database
def master_choice(
    database: Database, project_key: str, number: int, reason: str, master: str, manager_name: str
) -> None:
    """Take the cases of a decided round into the master, or out of it."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        actor = manager_called(session, project, manager_name)
        choose_for_master(session, actor, project, number, reason, in_master=master == "in")
        click.echo(f"The cases of round {number} are {_place(in_master=master == 'in')} from now on.")


def _figures(session: Session, project: Project, one: PilotRound) -> FrozenAgreement:
    return one.ruling.figures if one.ruling else pilot_figures(session, COMMAND_LINE, project, one.id)


def _decision(one: PilotRound) -> str:
    if one.cancelled_at is not None:
        return "cancelled"
    return one.ruling.decision if one.ruling else "open"


def _place(*, in_master: bool) -> str:
    return "in the master" if in_master else "kept out of the master"


def _lines(one: PilotRound, held: FrozenAgreement) -> Iterator[str]:
    where = f", {_place(in_master=one.in_master)}" if one.ruling else ""
    yield f"Round {one.number}: {_decision(one)}{where}. {count(len(one.lines), 'case')}: {', '.join(line.reference for line in one.lines)}"
    if one.cancelled_at is None:
        frozen = "frozen" if one.ruling else "as they stand now"
        yield f"  {count(held.cases, 'case')} compared, {held.overall.agreed} of {held.overall.n} positions agree; figures {frozen}: {held.sha256}"
    if one.ruling:
        yield f"  {one.ruling.reason}"
