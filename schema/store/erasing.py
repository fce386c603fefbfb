"""Erasing a case or a whole project for good: everything that was entered, decided and attached, with all of its history.

This is the one place where what is append-only is let go. What is to go follows from the foreign keys of all tables, so that a new
table is erased without being named here. Of the audit trail the rows stay - that, when and by whom something was done - and lose
what they say of it; see :func:`schema.store.audit_chain.tombstone`. The triggers are away only inside the one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, bindparam, delete, or_, select, text, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.audit_chain import SEALED, is_tombstone, tombstone
from schema.store.cases import find_case
from schema.store.models import (
    AgreementCount,
    Audit,
    Base,
    Case,
    ExportFile,
    FrameAct,
    Job,
    Project,
    ReportFile,
)
from schema.template.kinds import clean

ROWS_AT_ONCE = 500
Doomed = Mapping[Table, ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. ``documents`` and ``exports``: stored names of the files that have to go now; ``reports``: their hashes.

    ``rows`` were taken out of the database, ``acts`` of the audit trail emptied.
    """

    rows: int
    acts: int
    documents: tuple[str, ...]
    exports: tuple[str, ...]
    reports: tuple[str, ...]


def erase_case(session: Session, actor: Actor, project: Project, reference: str, reason: str) -> Erased:
    """Erase the case with this reference, and every file that was exported from its project, because it may stand in them.

    Raises ``Refused``: ERASE-001 without a reason, ERASE-002 (409) while long work of the project waits or runs, ERASE-003 for
    a reference that no case of the project has.
    """
    why = _reason(session, project, reason)
    case = find_case(session, project.id, reference)
    if case is None:
        raise refuse(
            "ERASE-003",
            "No case of this project has this reference.",
            "Type it exactly as it stands in the list of cases; a manager of the project can tell you.",
            where="typed",
        )
    own = select(ReportFile.id).where(ReportFile.case_id == case.id)
    acts = or_(Audit.case_id == case.id, Audit.object_id.in_(own))
    doomed = dict(_doomed(_table(Case), _table(Case).c.id == case.id))
    doomed[_table(ExportFile)] = _table(ExportFile).c.project_id == project.id
    doomed[_table(AgreementCount)] = _table(AgreementCount).c.project_id == project.id
    doomed[_table(FrameAct)] = _frame_acts(session, case.id)
    case_id, project_id = case.id, project.id
    erased = _erase(session, doomed, acts, project_id, ReportFile.case_id == case_id)
    _tell(
        session, actor, "case.erase", why, erased, project_id=project_id, case_id=case_id, object_id=case_id
    )
    return erased


def erase_project(session: Session, actor: Actor, project: Project, reason: str) -> Erased:
    """Erase a project with all of its cases. People, their accounts and the questionnaires stay.

    Raises ``Refused`` as :func:`erase_case` does.
    """
    why = _reason(session, project, reason)
    cases = select(Case.id).where(Case.project_id == project.id)
    acts = or_(Audit.project_id == project.id, Audit.case_id.in_(cases))
    doomed = _doomed(_table(Project), _table(Project).c.id == project.id)
    key, project_id = project.key, project.id
    erased = _erase(session, doomed, acts, project.id, ReportFile.project_id == project.id)
    _tell(session, actor, "project.erase", why, erased, object_id=project_id, detail={"key": key})
    return erased


def _tell(
    session: Session,
    actor: Actor,
    action: str,
    why: str,
    erased: Erased,
    *,
    detail: Mapping[str, object] | None = None,
    **about: Any,
) -> None:
    counts = {"rows": erased.rows, "acts": erased.acts, "files": len(erased.documents) + len(erased.exports)}
    record(session, actor, action, detail={**(detail or {}), "reason": why, **counts}, **about)


def _reason(session: Session, project: Project, reason: str) -> str:
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    at_work = select(Job.id).where(Job.project_id == project.id, Job.state.in_(("queued", "running")))
    if session.scalar(at_work.limit(1)) is not None:
        raise refuse(
            "ERASE-002",
            "Long work on this project waits or runs, and could write down what is to be erased.",
            "Wait until it is done, then try again.",
            status=409,
        )
    why = clean(reason).strip()
    if not why:
        raise refuse("ERASE-001", "Say why this is erased.", "It stays on record.", where="reason")
    return why


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


# --------------------------------------------------------------------------------------- what is to go


def _doomed(root: Table, wanted: ColumnElement[bool]) -> Doomed:
    """Every table with rows that hang on the wanted rows of the root, and which rows those are; what hangs on others comes first."""
    tables = reversed(Base.metadata.sorted_tables)
    found = {table: _hanging(table, root, wanted) for table in tables}
    return {table: condition for table, condition in found.items() if condition is not None}


def _hanging(
    table: Table, root: Table, wanted: ColumnElement[bool], above: tuple[Table, ...] = ()
) -> ColumnElement[bool] | None:
    """Which rows of a table hang on the root by any chain of foreign keys; ``None`` where none can. Rings are followed once."""
    if table is root:
        return wanted
    ways = []
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        parent = key.column.table
        if parent is table or parent in above:
            continue
        held = _hanging(parent, root, wanted, (*above, table))
        if held is not None:
            ways.append(key.parent.in_(select(key.column).where(held)))
    return or_(*ways) if ways else None


def _frame_acts(session: Session, case_id: str) -> ColumnElement[bool]:
    """Acts on rows of the case under the coding frame, and those that take one of them back."""
    own = session.scalars(select(FrameAct).where(FrameAct.case_id == case_id))
    ids = {act.id for act in own}
    table = _table(FrameAct)
    return or_(table.c.case_id == case_id, table.c.id.in_(ids | _undoing(session, ids)))


def _undoing(session: Session, ids: set[int]) -> set[int]:
    numbers = session.execute(select(FrameAct.project_id, FrameAct.number).where(FrameAct.id.in_(ids))).all()
    if not numbers:
        return set()
    bodies = {f'{{"undoes": {number}}}' for _, number in numbers}
    query = select(FrameAct.id).where(
        FrameAct.project_id == numbers[0].project_id, FrameAct.kind == "undo", FrameAct.body.in_(bodies)
    )
    return set(session.scalars(query))


# ------------------------------------------------------------------------------------------ letting go


def _erase(
    session: Session,
    doomed: Doomed,
    acts: ColumnElement[bool],
    project_id: str,
    reports: ColumnElement[bool],
) -> Erased:
    files = session.execute(select(ReportFile.stored_name, ReportFile.sha256).where(reports)).all()
    exports = session.scalars(select(ExportFile.stored_name).where(ExportFile.project_id == project_id)).all()
    session.flush()
    with _let_go(session, [*doomed, _table(Audit)]):
        emptied = _empty(session, acts)
        rows = _delete_all(session, doomed)
    session.expunge_all()  # what was loaded may be gone
    return Erased(
        rows,
        emptied,
        tuple(file.stored_name for file in files),
        tuple(exports),
        tuple(file.sha256 for file in files),
    )


def _delete_all(session: Session, doomed: Doomed) -> int:
    """Delete the rows of every table, those first that close a ring: final extracts, on comparisons that hang on entries' snapshots."""
    rows = 0
    for table in doomed:
        for key in (one for one in table.foreign_keys if one.use_alter and one.column.table in doomed):
            held = select(key.column).where(doomed[key.column.table])
            rows += _run(session, delete(table).where(key.parent.in_(held)))
    for table, condition in doomed.items():
        rows += _run(session, delete(table).where(condition))
    return rows


def _run(session: Session, statement: Any) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _empty(session: Session, acts: ColumnElement[bool]) -> int:
    """Take what they say out of rows of the trail; each keeps its seal and its place."""
    key = session.info["audit_keys"].current
    columns = [getattr(Audit, name) for name in (*SEALED, "hash")]
    emptied, after = 0, 0
    while rows := _some(session, columns, acts, after):
        after = rows[-1]["seq"]
        fresh = [
            {"at_seq": row["seq"], "without": tombstone(key, row)}
            for row in rows
            if not is_tombstone(row["detail"])
        ]
        if fresh:
            table = _table(Audit)
            statement = update(table).where(table.c.seq == bindparam("at_seq"))
            session.connection().execute(statement.values(detail=bindparam("without")), fresh)
        emptied += len(fresh)
    return emptied


def _some(
    session: Session, columns: Sequence[Any], acts: ColumnElement[bool], after: int
) -> list[dict[str, Any]]:
    query = select(*columns).where(acts, Audit.seq > after).order_by(Audit.seq).limit(ROWS_AT_ONCE)
    return [dict(zip(row._fields, row, strict=True)) for row in session.execute(query)]


@contextmanager
def _let_go(session: Session, tables: Sequence[Table]) -> Iterator[None]:
    """Take the triggers of the tables away and put them back, all in the session's transaction: nobody else ever sees them gone."""
    put_back = (_sqlite if session.get_bind().dialect.name == "sqlite" else _postgresql)(session, tables)
    yield
    put_back()


def _sqlite(session: Session, tables: Sequence[Table]) -> Callable[[], None]:
    names = {table.name for table in tables}
    query = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    held = [row for row in session.execute(query) if row.tbl_name in names]
    for row in held:
        session.execute(text(f'DROP TRIGGER "{row.name}"'))

    def put_back() -> None:
        for row in held:
            session.connection().exec_driver_sql(row.sql)

    return put_back


def _postgresql(session: Session, tables: Sequence[Table]) -> Callable[[], None]:
    def switch(how: str) -> None:
        for table in tables:
            session.execute(text(f'ALTER TABLE "{table.name}" {how} TRIGGER USER'))

    switch("DISABLE")
    return lambda: switch("ENABLE")
