"""``tandem doctor``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

import click

from schema.problem import Refused
from webapp.command_line import settings
from webapp.health.operations import examine, fix_counters
from webapp.health.ward import FAIL, Finding
from webapp.opening import open_existing

MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED "}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list for programs.")
@click.option(
    "--fix", is_flag=True, help="Set stored counters to what counting gives; nothing else is ever changed."
)
@click.pass_context
def doctor(context: click.Context, as_json: bool, fix: bool) -> None:
    """Look at everything, a line each, with what to do where something is wrong; exit code 1 where anything failed."""
    found = list(_findings(fix))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        _print(found)
    context.exit(1 if any(one.state == FAIL for one in found) else 0)


commands: tuple[click.Command, ...] = (doctor,)


def _findings(fix: bool) -> Iterable[Finding]:
    try:
        held = settings(make=False)
        database = open_existing(held)
    except Refused as refused:
        for one in refused.problems:
            yield Finding(
                "settings", FAIL, f"{one.code}{one.where and ' '}{one.where}: {one.message}", one.remedy
            )
        return
    try:
        if fix:
            for drift in fix_counters(database):
                yield Finding("counters", "ok", f"Set right: {drift}.")
        yield from examine(database, held)
    finally:
        database.dispose()


def _print(found: Iterable[Finding]) -> None:
    for one in found:
        click.echo(
            f"{MARKS[one.state]}  {one.check:<11}  {one.said}" + (f" -> {one.remedy}" if one.remedy else "")
        )
