"""Importing entries in the interchange form, one JSON object a line: all of them or none.

Every line is read and tried; what is wrong with any of them is collected with its number, and if anything is,
the whole import is refused and the transaction rolled back by its caller.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.interchange import ReadEntry, read_entry
from schema.answers.validate import findings
from schema.problem import Problem, Refused, refuse
from schema.store.assignments import assign, current_assignments
from schema.store.audit import record
from schema.store.case_state import case_state_expression
from schema.store.cases import find_case, register_case
from schema.store.entries import save_document
from schema.store.models import Case, Entry, Project, User, is_current
from schema.store.people import actor_for, add_user, find_user
from schema.store.projects import add_member
from schema.store.submission import submit_entry
from schema.store.templates import compiled_for

CODER_PARTS = ("coder_1", "coder_2")


@dataclass
class Imported:
    """What an import did: lines taken, entries submitted, cases and coders registered on the way.

    ``to_check``: references of the cases whose entries it completed, and whose coder 2 now has values to check.
    """

    entries: int = 0
    submitted: int = 0
    cases: list[str] = field(default_factory=list)
    coders: list[str] = field(default_factory=list)
    to_check: list[str] = field(default_factory=list)


@dataclass
class _Import:
    session: Session
    actor: Actor
    project: Project
    create: bool
    done: Imported = field(default_factory=Imported)
    members: set[str] = field(default_factory=set)
    submitted_cases: set[str] = field(default_factory=set)


def import_entries(
    session: Session, actor: Actor, project: Project, lines: Iterable[str], *, create: bool = False
) -> Imported:
    """Import entries; ``create`` registers unknown cases and coders and assigns them in order of appearance.

    Raises ``Refused`` with every problem of every line, each with its line number; nothing is kept then.
    """
    work = _Import(session, actor, project, create)
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            _import_line(work, line)
        except Refused as refused:
            problems.extend(_at_line(problem, number) for problem in refused.problems)
    if problems:
        raise Refused(problems)
    if not work.done.entries:
        raise refuse("IMP-001", "The file has no entries.", "It needs one JSON object on each line.")
    work.done.to_check.extend(_waiting_for_checks(session, work.submitted_cases))
    record(
        session,
        actor,
        "entry.import",
        project_id=project.id,
        detail={"entries": work.done.entries, "submitted": work.done.submitted, "created": create},
    )
    return work.done


def _at_line(problem: Problem, number: int) -> Problem:
    return Problem(
        problem.code, problem.message, problem.remedy, problem.where, line=number, severity=problem.severity
    )


def _import_line(work: _Import, line: str) -> None:
    case_name, coder_name = _addressed(line)
    case = _case(work, case_name)
    coder = _coder(work, coder_name)
    entry = _entry(work, case, coder)
    template = compiled_for(work.session, entry)
    read: ReadEntry = read_entry(template, line)
    if read.problems:
        raise Refused(read.problems)
    if entry.state != "not_started":
        raise refuse(
            "IMP-006",
            f"{coder.name} has begun or submitted case {case.reference} already.",
            "Leave the line out; an import never writes over an entry.",
            status=409,
        )
    _write(work, entry, coder, read)


def _addressed(line: str) -> tuple[str, str]:
    try:
        body = json.loads(line)
    except ValueError as error:
        raise refuse("IMP-002", f"This is not a JSON object: {error}.", "Each line is one entry.") from error
    case, coder = (body.get("case"), body.get("coder")) if isinstance(body, dict) else (None, None)
    if not isinstance(case, str) or not isinstance(coder, str) or not case.strip() or not coder.strip():
        raise refuse("IMP-003", "An entry names its case and its coder.", 'Give "case" and "coder" as texts.')
    return case.strip(), coder.strip()


def _case(work: _Import, reference: str) -> Case:
    case = find_case(work.session, work.project.id, reference)
    if case is not None:
        return case
    if not work.create:
        raise refuse(
            "IMP-004", f"There is no case “{reference}”.", "Register it first, or import with --create."
        )
    work.done.cases.append(reference)
    return register_case(work.session, work.actor, work.project, reference)


def _coder(work: _Import, name: str) -> User:
    user = find_user(work.session, name)
    if user is None:
        if not work.create:
            raise refuse(
                "IMP-005", f"Nobody signs in as “{name}”.", "Add them first, or import with --create."
            )
        user = add_user(work.session, work.actor, name)
        work.done.coders.append(user.name)
    if work.create and user.id not in work.members:
        _make_coder(work, user)
    work.members.add(user.id)
    return user


def _make_coder(work: _Import, user: User) -> None:
    if not actor_for(work.session, user).has_role(work.project.id, "coder"):
        add_member(work.session, work.actor, work.project, user, "coder")


def _entry(work: _Import, case: Case, coder: User) -> Entry:
    query = select(Entry).where(Entry.case_id == case.id, Entry.coder_id == coder.id, is_current())
    entry = work.session.scalar(query)
    if entry is not None:
        return entry
    held = current_assignments(work.session, case.id)
    free = next((part for part in CODER_PARTS if part not in held), None)
    if free is None or not work.create:
        raise refuse(
            "IMP-007",
            f"{coder.name} is not one of the two coders of case {case.reference}.",
            "Assign them on the case’s page first." if free else "The case has two coders already.",
            status=409,
        )
    assign(work.session, work.actor, case, free, coder)
    return work.session.scalars(query).one()


def _write(work: _Import, entry: Entry, coder: User, read: ReadEntry) -> None:
    # What stands in the entry is the coder's, whoever carried it here; the import itself is in the audit trail.
    as_coder = actor_for(work.session, coder)
    save_document(work.session, as_coder, entry, read.document)
    work.done.entries += 1
    if read.submit:
        template = compiled_for(work.session, entry)
        found = findings(template, read.document, "submit")
        # Whoever marks a line as submitted stands for what the form would ask to be ticked.
        confirmed = {finding.confirmation for finding in found if finding.severity == "confirm"}
        submit_entry(work.session, as_coder, entry, template, confirmed)
        work.done.submitted += 1
        work.submitted_cases.add(entry.case_id)


def _waiting_for_checks(session: Session, case_ids: Collection[str]) -> Iterator[str]:
    """The references of those of the cases that wait for coder 2's checks, in order; the form carries no checks."""
    query = select(Case.id, Case.reference).where(case_state_expression() == "verifying")
    for case_id, reference in session.execute(query.order_by(Case.reference)):
        if case_id in case_ids:
            yield reference
