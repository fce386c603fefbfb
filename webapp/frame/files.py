"""The coding frame and its crosswalk as CSV files."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.framework.frame.layer import Layer
from schema.problem import refuse
from schema.store.models import Project
from schema.store.readmodel import master_study

CROSSWALK, CODES = "crosswalk", "codes"
WHAT = (CROSSWALK, CODES)


def write_frame(session: Session, actor: Actor, project: Project, layer: Layer, what: str, path: Path) -> int:
    """Write the crosswalk or the codes of a frame; gives the number of lines.

    Raises ``Refused`` (FRM-034) where there is no frame but the questionnaire's own, ``OSError`` where it cannot be written.
    """
    # The libraries of exports are heavy and serve this one act, so that no other command waits for them.
    from exports.delimited import Delimited
    from exports.sheets import frame

    tables = frame.frame_tables(master_study(session, actor, project, layer))
    if tables is None:
        raise refuse(
            "FRM-034",
            "There is no coding frame but the questionnaire’s own.",
            "Adopt one, or ask for --draft.",
        )
    columns, rows = (
        (frame.CROSSING, tables.crosswalk()) if what == CROSSWALK else (frame.COLUMNS, tables.codes())
    )
    file = Delimited(path.parent, path.name, what, columns)
    for row in rows:
        file.append(row)
    file.close()
    return file.rows
