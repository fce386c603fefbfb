"""The pages of the reconciliation room: its overview here, the others in the modules of their nouns."""

from __future__ import annotations

from webapp.access.guard import permit
from webapp.access.subjects import CaseSubject
from webapp.reconciliation import (
    agreed_routes,
    asking_routes,
    matching_routes,
    reopening_routes,
    report_routes,
    resolving_routes,
    section_routes,
    signing_routes,
    together_routes,
)
from webapp.reconciliation.changes import changes
from webapp.reconciliation.overview import overview
from webapp.reconciliation.room import BASE, Answer, page, room, table_of

__all__ = [
    "agreed_routes",
    "asking_routes",
    "matching_routes",
    "reopening_routes",
    "report_routes",
    "resolving_routes",
    "room",
    "section_routes",
    "signing_routes",
    "together_routes",
]


@room.get(BASE)
@permit("comparison.view")
def overview_page(subject: CaseSubject) -> Answer:
    """How far the comparison is, and what comes next."""
    table = table_of(subject)
    return page("overview", subject, table=table, view=overview(table), changes=changes(table))


@room.get(f"{BASE}/changes")
@permit("comparison.view")
def changes_page(subject: CaseSubject) -> Answer:
    """What a returned and resubmitted entry changed."""
    return page("changes", subject, view=changes(table_of(subject)))
