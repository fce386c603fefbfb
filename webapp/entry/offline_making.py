"""The entry workbook as it is handed out, and what a returned one comes to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from schema.answers.offline import Made
from schema.store.database import now
from schema.store.models import Case
from webapp.entry import operations
from webapp.entry.desk import Desk
from webapp.entry.offline import TakenIn, compared
from webapp.entry.offline_file import check_made_for, read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_of(session: Session, case: Case, desk: Desk) -> bytes:
    """Make the workbook of an entry. Raises ``Refused`` (ENTRY-001) where it is closed.

    The library is imported here alone, so that the server does not wait for it at its start.
    """
    from exports.entry_workbook import write_entry_workbook

    operations.require_open(desk.entry)
    template = desk.template
    made = Made(
        desk.entry.id,
        case.reference,
        template.key,
        template.version,
        template.source_hash,
        desk.entry.revision,
    )
    return write_entry_workbook(template, desk.document, made, now(session))


def taken_in(session: Session, desk: Desk, content: bytes) -> TakenIn:
    """Compare a returned workbook with the entry. Raises ``Refused`` where it is closed, or the file is not its workbook."""
    operations.require_open(desk.entry)
    returned = read_workbook(content)
    revision = check_made_for(returned, desk.entry, desk.template)
    base = operations.document_at(session, desk.entry, desk.document, revision)
    return compared(desk, base, returned, desk.deleted_paths)
