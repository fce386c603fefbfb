"""Commands about the coding frame: ``tandem frame …``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.framework.frame.census import census
from schema.problem import refuse
from schema.store.audit import record
from schema.store.consensus import originals, signed_off_cases
from schema.store.database import Database
from schema.store.frames import Frames, frames_of
from schema.store.models import Project
from webapp.command_line import project_called, with_database
from webapp.frame.files import CROSSWALK, WHAT, write_frame
from webapp.frame.operations import Board
from webapp.frame.views import CodeView, code_view

DRAFT = click.option("--draft", is_flag=True, help="The draft in place of the adopted frame.")


@click.group("frame")
def frame() -> None:
    """Show the coding frame of a project, and take it away with its crosswalk."""


@frame.command("show")
@click.argument("project_key", metavar="PROJECT")
@DRAFT
@with_database
def frame_show(database: Database, project_key: str, draft: bool) -> None:
    """Print every code with how many rows and cases carry it, and what still waits for a choice."""
    with database.reading() as session:
        project, frames = _frames(session, project_key)
        cases = signed_off_cases(session, project)
        layer = frames.draft if draft else frames.adopted
        board = Board(frames, cases, census(layer, originals(session, cases)))
        for line in _lines(board):
            click.echo(line)


@frame.command("export")
@click.argument("project_key", metavar="PROJECT")
@click.option("--what", type=click.Choice(WHAT), default=CROSSWALK, show_default=True, help="What to write.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="The CSV file to write; one of that name is replaced.",
)
@DRAFT
@with_database
def frame_export(database: Database, project_key: str, what: str, out: Path, draft: bool) -> None:
    """Write the crosswalk (old code, new code, acts, rows, cases) or the codes with their notes as CSV."""
    with database.reading() as session:
        project, frames = _frames(session, project_key)
        layer = frames.draft if draft else frames.adopted
        try:
            rows = write_frame(session, COMMAND_LINE, project, layer, what, out)
        except OSError as error:
            raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    with database.writing() as session:
        detail = {"what": what, "frame": layer.name}
        record(session, COMMAND_LINE, "frame.export", project_id=project.id, detail=detail)
    click.echo(f"Wrote {out}: {rows} {'line' if rows == 1 else 'lines'}.")


commands: tuple[click.Command, ...] = (frame,)


def _frames(session: Session, key: str) -> tuple[Project, Frames]:
    project = project_called(session, key, "FRM-035")
    frames = frames_of(session, project)
    if not frames.has_frame:
        raise refuse(
            "FRM-032", "The framework of this project names no coding frame.", "Add “coding_frame” to it."
        )
    return project, frames


def _lines(board: Board) -> Iterator[str]:
    layer, frames = board.counted.layer, board.frames
    state = (
        f"version {layer.number}" if layer.number else ("draft" if layer.acts else "the questionnaire’s own")
    )
    yield f"Coding frame: {state}, {len(board.cases)} signed-off cases."
    for code in layer.frame.codes:
        yield _line(code_view(layer.frame, code, board.counted))
    if board.counted.waiting:
        yield f"{len(board.counted.waiting)} answers hold a code that was split or retired; choose for them."
    if frames.has_draft and layer.number == frames.adopted.number and layer is not frames.draft:
        yield "There is a draft: see it with --draft."


def _line(view: CodeView) -> str:
    code = view.code
    ended = f" ({view.ended})" if view.ended else ""
    under = f" [{code.parent}]" if code.parent else ""
    return f"{code.value:8}{under:6} {view.rows:5} rows {view.cases:4} cases  {code.label}{ended}"
