"""Whom each open case waits for, what they have to do, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schema.store.deadlines import due_of
from schema.store.standing import CaseStanding, EntryStanding

#: What a person has to do, in the order of the work.
ASSIGN, HANDED_BACK, CODE, CORRECT, CHECK, MATCH, SETTLE, SIGN_OFF = (
    "Assign",
    "Assign anew: handed back",
    "Code",
    "Correct what was returned",
    "Check values",
    "Match rows",
    "Settle differences",
    "Sign off",
)
TASKS = (ASSIGN, HANDED_BACK, CODE, CORRECT, CHECK, MATCH, SETTLE, SIGN_OFF)
CODERS = 2
OF_COMPARISON = {"open": MATCH, "matching": MATCH, "resolving": SETTLE, "resolved": SIGN_OFF}


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing to be done. ``person`` is a user id, empty where a manager has to assign somebody first."""

    case: CaseStanding
    person: str
    task: str
    since: datetime

    @property
    def due(self) -> date | None:
        """By which day: the person's part, or the whole case where a manager has to act."""
        part = next((name for name, held in self.case.parts.items() if held == self.person), "")
        return due_of(self.case.dues, part)


def waits_of(case: CaseStanding) -> Iterator[Wait]:
    """What one open case waits for: of two coders who have not submitted, both."""
    if case.comparison is not None:
        yield _of_comparison(case)
    elif case.checking_since is not None:
        yield Wait(case, case.parts.get("coder_2", ""), CHECK, case.checking_since)
    else:
        yield from _of_entries(case)


def in_state_since(case: CaseStanding) -> datetime:
    """When a case came into its state: the latest of what brought it there."""
    found = [wait.since for wait in waits_of(case)]
    if case.state == "coding":
        begun = [entry.started_at for entry in case.entries.values() if entry.started_at is not None]
        return min(begun, default=case.registered_at)
    return max(found, default=case.registered_at)


def last_save(entry: EntryStanding) -> datetime:
    """The last sign of life of an entry: its last save, or being given to its coder."""
    return entry.updated_at or entry.created_at


def _of_entries(case: CaseStanding) -> Iterator[Wait]:
    if len(case.entries) < CODERS:
        since = case.handed_back_at
        yield Wait(case, "", HANDED_BACK, since) if since else Wait(case, "", ASSIGN, case.registered_at)
    for entry in case.entries.values():
        if entry.state == "returned":
            yield Wait(case, entry.coder, CORRECT, last_save(entry))
        elif entry.state != "submitted":
            yield Wait(case, entry.coder, CODE, entry.created_at)


def _of_comparison(case: CaseStanding) -> Wait:
    held = case.comparison
    assert held is not None
    task = OF_COMPARISON[held.state]
    since = {MATCH: held.created_at, SETTLE: held.matched_at, SIGN_OFF: held.decided_at or held.matched_at}
    begun = since[task] or held.created_at
    person = case.parts.get("reconciler", "")
    return Wait(
        case, person, task if person else ASSIGN, max(begun, held.reopened_at) if held.reopened_at else begun
    )
