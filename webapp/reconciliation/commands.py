"""The command ``tandem reconcile``: settles a rehearsal project in one go, for training, demonstrations and benchmarks."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Problem, Refused, refuse
from schema.store.database import Database
from schema.store.models import Case, Project
from schema.store.people import actor_for, find_user
from webapp.command_line import project_called, with_database
from webapp.reconciliation import operations
from webapp.reconciliation.report_commands import commands as report_commands
from webapp.wording import count


@click.command("reconcile")
@click.argument("project_key", metavar="PROJECT")
@click.option(
    "--as", "name", required=True, metavar="NAME", help="The reconciler whose name the decisions bear."
)
@click.option(
    "--take", type=click.Choice(["a", "b"]), required=True, help="Whose side to take: coder 1 (a) or 2 (b)."
)
@click.option(
    "--reason", required=True, help="Why everything is settled at once; it stands beside every decision."
)
@click.option(
    "--agree-checks",
    is_flag=True,
    help="Let coder 2 agree with whatever waits for their check; else such cases are passed over.",
)
@with_database
def reconcile(
    database: Database, project_key: str, name: str, take: str, reason: str, agree_checks: bool
) -> None:
    """Settle and sign off every case that is ready, in a project marked as a rehearsal."""
    if not reason.strip():
        raise refuse("RESOLVE-059", "Say why everything is settled at once.", "Give a reason after --reason.")
    with database.reading() as session:
        project = _rehearsal(session, project_key)
        actor = _reconciler(session, project, name)
        unchecked = [(case.id, case.reference) for case in operations.cases_to_check(session, project)]
    if agree_checks:
        agreed = _agree(database, actor, [case_id for case_id, _ in unchecked], reason)
        click.echo(f"Agreed with {count(agreed, 'value')} in {count(len(unchecked), 'case')} for coder 2.")
        unchecked = []
    with database.reading() as session:
        waiting = [case.id for case in operations.ready_cases(session, project)]
    settled, refused = _settle(database, actor, waiting, take, reason)
    click.echo(
        f"Signed off {len(waiting) - len(refused)} of {len(waiting)} cases that were ready; settled {settled} positions."
    )
    if problems := [*(problem for one in refused for problem in one), *_passed_over(unchecked)]:
        raise Refused(problems)


def _agree(database: Database, actor: Actor, case_ids: list[str], reason: str) -> int:
    """Finish the checks of the cases, each in a transaction of its own; gives how many values were agreed with."""
    agreed = 0
    for case_id in case_ids:
        with database.writing() as session:
            agreed += operations.rehearse_checks(
                session, actor, session.get_one(Case, case_id), reason=reason.strip()
            )
    return agreed


def _passed_over(unchecked: list[tuple[str, str]]) -> list[Problem]:
    """One problem for each case that could not be reconciled because coder 2 has values to check."""
    remedy = "Let coder 2 check them, or repeat the command with --agree-checks."
    return [
        Problem("RESOLVE-073", f"{reference} was passed over: it waits for coder 2’s checks.", remedy)
        for _, reference in unchecked
    ]


def _settle(
    database: Database, actor: Actor, waiting: list[str], take: str, reason: str
) -> tuple[int, list[tuple[Problem, ...]]]:
    """Settle case by case, each in a transaction of its own; gives the positions settled and what was refused."""
    settled, refused = 0, []
    for case_id in waiting:
        try:
            with database.writing() as session:
                case = session.get_one(Case, case_id)
                settled += operations.rehearse(session, actor, case, take=take, reason=reason)
        except Refused as found:
            refused.append(found.problems)
    return settled, refused


def _rehearsal(session: Session, key: str) -> Project:
    project = project_called(session, key, "RESOLVE-050")
    if not project.rehearsal:
        raise refuse(
            "RESOLVE-066",
            f"{key} is not a rehearsal, so its cases are reconciled by a person, position by position.",
            "For an exercise, create a project with: tandem project create KEY --rehearsal …",
        )
    return project


def _reconciler(session: Session, project: Project, name: str) -> Actor:
    user = find_user(session, name)
    actor = actor_for(session, user) if user else None
    if actor is None or not actor.has_role(project.id, "reconciler"):
        raise refuse(
            "RESOLVE-054",
            f"“{name}” is not a reconciler of {project.key}.",
            f"Add them with: tandem user add {name} --role reconciler --project {project.key}",
        )
    return actor


commands: tuple[click.Command, ...] = (reconcile, *report_commands)
