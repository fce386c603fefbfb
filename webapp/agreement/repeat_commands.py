"""Commands about coding again: ``tandem repeat give`` and ``tandem repeat show``; those of schedules stand beside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from schema.coding.agreement.frozen import FrozenLine
from schema.store.database import Database
from schema.store.repeats import drawn, give_again, repeatable
from schema.store.repeats_read import SelfAgreement, self_agreement
from webapp.agreement.command_people import manager_called, person_called
from webapp.agreement.drawing import number as in_words
from webapp.agreement.schedule_commands import SEED
from webapp.agreement.schedule_commands import commands as schedule_commands
from webapp.command_line import project_called, with_database
from webapp.wording import count


@click.group("repeat")
def repeat_group() -> None:
    """Have coders code old cases again, blind, for their agreement with themselves."""


@repeat_group.command("give")
@click.argument("project_key", metavar="PROJECT")
@click.option("--coder", "coder_name", required=True, metavar="NAME", help="Who codes cases again.")
@click.option("--cases", "number", required=True, type=click.IntRange(1), help="How many cases, by lot.")
@click.option(
    "--days", default=90, show_default=True, help="Only cases that were signed off so many days ago, or more."
)
@SEED
@click.option(
    "--as", "manager_name", required=True, metavar="NAME", help="The manager in whose name they are given."
)
@with_database
def give(
    database: Database,
    project_key: str,
    coder_name: str,
    number: int,
    days: int,
    seed: int,
    manager_name: str,
) -> None:
    """Draw old cases of a coder by lot, and give them to that coder once more."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        actor = manager_called(session, project, manager_name)
        coder = person_called(session, coder_name)
        cases = repeatable(session, project, coder, days)
        chosen = drawn(cases, number, seed)
        give_again(session, actor, project, coder, chosen, days=days, seed=seed)
        references = [one.reference for one in cases if one.case_id in chosen]
    click.echo(f"Given to {coder_name} once more, drawn with seed {seed} out of {count(len(cases), 'case')}:")
    click.echo("\n".join(references))


@repeat_group.command("show")
@click.argument("project_key", metavar="PROJECT")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@with_database
def show(database: Database, project_key: str, as_json: bool) -> None:
    """Print how far each coder agrees with themselves, on the cases that they coded again."""
    with database.reading() as session:
        found = self_agreement(session, project_called(session, project_key, "AGR-001"))
    if as_json:
        plain = [{"coder": one.coder, **asdict(one.figures)} for one in found]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=dict))
        return
    click.echo("\n".join(_lines(found)) if found else "No case has been coded again yet.")


def _lines(found: Sequence[SelfAgreement]) -> Iterator[str]:
    for one in found:
        overall = one.figures.overall
        yield f"{one.coder}: {count(one.figures.cases, 'case')}, {overall.agreed} of {overall.n} positions agree."
        yield from (f"  {line.path}: {_figures(line)}" for line in one.figures.fields if line.n)


def _figures(line: FrozenLine) -> str:
    said = [
        f"{name} {in_words(held.value)}"
        for name in ("kappa", "ac1", "alpha")
        if (held := line.figures[name]).value is not None
    ]
    return ", ".join([f"{line.agreed} of {line.n} agree", *said])


for command in schedule_commands:
    repeat_group.add_command(command)
