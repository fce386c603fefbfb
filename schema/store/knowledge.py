"""Who has seen unblinded values of a case: they cannot become a coder of it, whatever role they are given later.

Written when the values are opened, in the transaction of the audit row that says so. A trigger on ``assignment`` repeats
the rule that :func:`schema.store.assignments.assign` explains.
"""

from __future__ import annotations

from sqlalchemy import literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schema.store.case_state import case_state_expression
from schema.store.database import now
from schema.store.models import Case, CaseKnowledge
from schema.store.models.base import UtcTime

COLUMNS = ("case_id", "user_id", "source", "since")


def note_knowledge(session: Session, user_id: str, case_id: str, source: str) -> None:
    """Write down that the person has seen the case's values; what stands already stays as it is.

    ``source`` is the act as the audit trail names it (``entry.read``).
    """
    row = {"case_id": case_id, "user_id": user_id, "source": source, "since": now(session)}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(CaseKnowledge).values(row).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(CaseKnowledge).values(row).on_conflict_do_nothing())


def note_knowledge_of_final(session: Session, user_id: str, project_id: str, source: str) -> None:
    """Write down that the person has taken away the values of every signed-off case of the project."""
    known = select(CaseKnowledge.case_id).where(CaseKnowledge.user_id == user_id)
    final = select(Case.id, literal(user_id), literal(source), literal(now(session), UtcTime())).where(
        Case.project_id == project_id, case_state_expression() == "signed off", Case.id.not_in(known)
    )
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(CaseKnowledge).from_select(COLUMNS, final).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(CaseKnowledge).from_select(COLUMNS, final))
