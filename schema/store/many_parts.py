"""Parts of many cases given in one act: a list that is imported, a draw. What one by one would keep everybody's saves waiting for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Refused
from schema.store.assignments import (
    ROLE_OF,
    SLOT_OF,
    CaseParts,
    assign,
    new_assignment,
    parts_of_cases,
    record_assignment,
    why_not,
)
from schema.store.entries import blank_entry
from schema.store.models import Assignment, Case, Membership, Project, User
from schema.store.notices import ASSIGNED, notify_many
from schema.store.save_statements import ENTRY

#: Cases to a step; a database takes so many values in one statement.
STEP = 500

ASSIGNMENT = cast(Table, Assignment.__table__)

Wanted = Sequence[tuple[Case, Mapping[str, User]]]


def give_parts(session: Session, actor: Actor, project: Project, wanted: Wanted) -> None:
    """Give each case's parts to the people named for them, by part, as :func:`schema.store.assignments.assign` does one by one.

    Parts that nobody holds take the same number of statements for any number of cases of a step. Raises as ``assign``.
    """
    roles = _roles(session, project.id)
    for at in range(0, len(wanted), STEP):
        step = [one for one in wanted[at : at + STEP] if one[1]]
        _lock(session, [case for case, _ in step])
        parts = parts_of_cases(session, [case for case, _ in step])
        given = _Given()
        for case, people in step:
            _give(session, actor, project, case, people, parts[case.id], roles, given)
        given.write(session, actor)


@dataclass
class _Given:
    """What is given to a step's people, as rows to be written together: loaded objects would take twice as long, and everybody waits."""

    assignments: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def write(self, session: Session, actor: Actor) -> None:
        for table, rows in ((ASSIGNMENT, self.assignments), (ENTRY, self.entries)):
            if rows:
                session.execute(insert(table), rows)
        notify_many(session, actor, ASSIGNED, [(one["user_id"], one["case_id"]) for one in self.assignments])


def _give(
    session: Session,
    actor: Actor,
    project: Project,
    case: Case,
    people: Mapping[str, User],
    parts: CaseParts,
    roles: frozenset[tuple[str, str]],
    given: _Given,
) -> None:
    if any(part in parts.held for part in people):
        for part, user in people.items():
            assign(session, actor, case, part, user)
        return
    for part, user in people.items():
        problem = why_not(parts, part, user, has_role=(user.id, ROLE_OF[part]) in roles)
        if problem is not None:
            raise Refused(problem, status=422 if problem.code == "ASSIGN-001" else 409)
        made = new_assignment(session, case, part, user)
        given.assignments.append(made)
        if part in SLOT_OF:
            slot, version = SLOT_OF[part], project.template_version_id
            given.entries.append(blank_entry(session, actor, case, slot, user, version))
        record_assignment(session, actor, case, made)
        parts = replace(parts, held={**parts.held, part: user.id}, past=parts.past | {(user.id, part)})


def _lock(session: Session, cases: Sequence[Case]) -> None:
    """Of two who give parts of one case, the later sees what the first gave; in one order, so that neither waits for the other."""
    ids = [case.id for case in cases]
    session.execute(
        select(Case)
        .where(Case.id.in_(ids))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _roles(session: Session, project_id: str) -> frozenset[tuple[str, str]]:
    query = select(Membership.user_id, Membership.role).where(
        Membership.project_id == project_id, Membership.ended_at.is_(None)
    )
    return frozenset((user, role) for user, role in session.execute(query))
