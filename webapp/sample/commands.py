"""Commands about the sample study: ``tandem demo`` and ``tandem sample``."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import click

from webapp import serving
from webapp.opening import open_database
from webapp.sample import demo
from webapp.sample.study import PUBLISHED_SIZE, SEED, jsonl, study
from webapp.settings import from_environment
from webapp.shelves import DOCUMENTS, shelf_of


@click.command("demo")
@click.option("--reset", is_flag=True, help="Throw the demonstration's data away and load the sample afresh.")
@click.option("--no-serve", is_flag=True, help="Load the sample and stop.")
def demo_command(reset: bool, no_serve: bool) -> None:
    """Load the sample study into a data directory of its own, and serve it."""
    folder = demo.demo_folder(os.environ)
    needed = demo.claim_folder(folder, reset=reset)
    found = from_environment({**os.environ, "TANDEM_ENV": "development"}, folder)
    database = open_database(found)
    try:
        if needed:
            demo.load(database, folder, click.echo, shelf_of(found, DOCUMENTS))
        click.echo(f"The sample is in {folder}.")
        for line in demo.sign_in_details():
            click.echo(line)
        if not no_serve:
            port = serving.first_free_port(found.host, found.port)
            serving.serve(dataclasses.replace(found, port=port), database, click.echo)
    finally:
        database.dispose()


@click.command("sample")
@click.option(
    "--cases",
    type=click.IntRange(1, 100_000),
    default=PUBLISHED_SIZE,
    show_default=True,
    help="How many cases.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=SEED,
    show_default=True,
    help="The same seed gives the same study.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file to write to.")
def sample(cases: int, seed: int, out: Path | None) -> None:
    """Write an invented study of any size as entries in the interchange form, two for each case."""
    lines = jsonl(study(cases, seed))
    if out is None:
        for line in lines:
            click.echo(line)
        return
    try:
        with out.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(line + "\n" for line in lines)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    click.echo(f"Wrote {2 * cases} entries of {cases} cases to {out}.", err=True)


commands: tuple[click.Command, ...] = (demo_command, sample)
