"""The command ``tandem``: what each room offers, gathered under one name.

A room's commands stand in ``webapp/<room>/commands.py`` as ``commands``, and each has a line in :mod:`webapp.command_list`.
A room is loaded when one of its commands is asked for: help for all of them loads none.
"""

from __future__ import annotations

import gc
from http import HTTPStatus
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from schema.problem import Refused, refuse
from webapp.command_list import LISTED

REFUSED = 2  # the exit code of bad input, click's own
PASSING = 75  # of what passes by itself, EX_TEMPFAIL of sysexits.h: a service manager starts again after it, and not after bad input


class Rooms(click.Group):
    """The commands of all rooms. A refusal is printed, problem by problem, and ends with exit code 2; so is an outage, with 75."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            _end(ctx, refused)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except PermissionError as error:
            _end(
                ctx,
                refuse(
                    "SET-047",
                    f"This account may not do that with {error.filename or 'a file'}: {error.strerror}.",
                    "Run the command as the account that Tandem runs as; where it was, give that account the file, and the data folder with all that is in it.",
                ),
            )
        except Exception as error:
            # Loaded only here: help for all commands needs no database.
            passing: Refused | None = import_module("schema.store.outages").outage(error)
            if passing is None:
                raise
            _end(ctx, passing if passing.status != HTTPStatus.INSUFFICIENT_STORAGE else _no_room(passing))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The first words of all commands, in alphabetical order."""
        return sorted({line.word for line in LISTED})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command or group of a name, from the room that holds it; None where there is none."""
        module = next((line.module for line in LISTED if line.word == cmd_name), None)
        if module is None:
            return None
        commands: tuple[click.Command, ...] = _loaded(module).commands
        return next(command for command in commands if command.name == cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List every command, those inside groups too, each with its first sentence, whole."""
        with formatter.section("Commands"):
            formatter.write_dl([(line.name, line.sentence) for line in LISTED])


def _loaded(module: str) -> ModuleType:
    """Load a room, and have Python's collector of cycles leave alone what was loaded: it stays until the command ends.

    The collector would look at all of it again and again while it is loaded, and once more at the end: a fifth of a command's start.
    """
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def _no_room(passing: Refused) -> Refused:
    """The same in words for whoever has typed a command, and not for a page."""
    said = passing.problems[0]
    return refuse(said.code, said.message, "Make room on the disk, then give the command again.")


def _end(ctx: click.Context, refused: Refused) -> None:
    for problem in refused.problems:
        click.echo(str(problem), err=True)
    ctx.exit(PASSING if refused.status == HTTPStatus.SERVICE_UNAVAILABLE else REFUSED)


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tandem", message="%(prog)s %(version)s")
def main() -> None:
    """Tandem: two blind entries, one reconciliation, one master workbook.

    Settings come from the environment (TANDEM_DATA_DIR, TANDEM_DATABASE_URL, TANDEM_PORT and others, see
    docs/settings.md). Problems are printed with their remedy, and end with
    exit code 2; with 75 where the same command may do later, such as when the database does not answer.
    """
