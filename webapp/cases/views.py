"""Page models of the cases room: what each page shows, decided before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.absences import people_at_work
from schema.store.assignments import LABEL_OF
from schema.store.case_state import STATES
from schema.store.caselist import CaseFilter, CasePage, case_page
from schema.store.database import now
from schema.store.deadlines import Dues, deadlines_of, due_of, project_deadlines
from schema.store.handing_back import handed_back
from schema.store.models import Entry, Project, User
from schema.store.unblinding import find_unblinding
from webapp.access.policy import can
from webapp.access.subjects import CaseSubject, ProjectSubject

Trail = list[tuple[str, str]]
#: How many cases the board shows at once: as many as people would tick.
BOARD_PAGE = 200


@dataclass(frozen=True)
class Part:
    """One part of a case: who holds it, and how far their entry is (where the person who looks may know).

    ``handed_back``: when it was handed back last, and nobody has had it since.
    """

    name: str
    label: str
    person: str
    entry: Entry | None
    due: date | None = None
    handed_back: datetime | None = None


@dataclass(frozen=True)
class Unblinded:
    """Who opened the case to its coders, when and why. ``other_entry``: for one of them, the id of the other's entry."""

    who: str
    at: datetime
    reason: str
    other_entry: str


@dataclass(frozen=True)
class ListView:
    """The case list. ``all_cases``: whether the person sees every case, with people, or only their own."""

    page: CasePage
    all_cases: bool
    wanted: CaseFilter


def project_trail(project: Project) -> Trail:
    """Where a project's pages hang."""
    return [
        ("Your work", "/"),
        (project.title, url_for("projects.project_page", project_key=project.key)),
    ]


def cases_trail(project: Project) -> Trail:
    """Where the pages below the case list hang."""
    return [*project_trail(project), ("Cases", url_for("cases.list_page", project_key=project.key))]


def case_trail(subject: CaseSubject) -> Trail:
    """Where the pages below a case hang."""
    return [*cases_trail(subject.project), (subject.case.reference, case_address(subject))]


def case_address(subject: CaseSubject) -> str:
    """The case's own page."""
    return url_for("cases.case_page", project_key=subject.project.key, case_id=subject.case.id)


def list_view(
    session: Session, actor: Actor, subject: ProjectSubject, wanted: CaseFilter, after: str
) -> ListView:
    """Find the page of the list that the actor asked for and may see."""
    project = subject.project
    all_cases = can(actor, "case.list_all", subject)
    narrowed = CaseFilter(
        state=wanted.state if wanted.state in STATES else "",
        person=wanted.person if all_cases else "",
        text=wanted.text,
        own_only=not all_cases,
    )
    page = case_page(session, project.id, actor.id, narrowed, after=after)
    return ListView(page, all_cases, narrowed)


@dataclass(frozen=True)
class BoardView:
    """The cases of the board, a page of them, with their days by case id; ``today`` as of the database."""

    page: CasePage
    dues: Mapping[str, Dues]
    today: date


def board_view(
    session: Session, actor: Actor, subject: ProjectSubject, wanted: CaseFilter, after: str
) -> BoardView:
    """Find the cases of the board that the actor asked for, in the states that they may see."""
    known = CaseFilter(wanted.state if wanted.state in STATES else "", wanted.person, wanted.text)
    page = case_page(session, subject.project.id, actor.id, known, after=after, limit=BOARD_PAGE)
    return BoardView(page, project_deadlines(session, subject.project), now(session).date())


def people_choices(session: Session, project: Project) -> list[tuple[str, str]]:
    """Whoever codes or reconciles in the project, as choices of a form."""
    return list(people_at_work(session, project).items())


def unblinded(session: Session, actor: Actor, subject: CaseSubject) -> Unblinded | None:
    """Who opened the case to its coders, for those whom it was opened to or who oversee it; None while it is blind."""
    found = find_unblinding(session, subject.case.id)
    if found is None or not can(actor, "comparison.view", subject):
        return None
    others = [one for one in subject.entries if one.coder_id != actor.id] if subject.is_coder(actor) else []
    who = session.get_one(User, found.unblinded_by).display_name
    return Unblinded(who, found.unblinded_at, found.reason, others[0].id if others else "")


def parts_of(session: Session, actor: Actor, subject: CaseSubject) -> list[Part]:
    """The parts that the actor may know of: all three for whoever oversees the case, else their own."""
    sees_all = can(actor, "case.state", subject)
    held = subject.parts
    entries = {f"coder_{entry.slot}": entry for entry in subject.entries}
    dues, parts = deadlines_of(session, subject.case.id), []
    vacant = handed_back(session, subject.case.id)
    for name, label in LABEL_OF.items():
        user_id = held.get(name, "")
        if not sees_all and user_id != actor.id and not can(actor, "case.assign", subject):
            continue
        person = session.get(User, user_id) if user_id else None
        shown = entries.get(name) if sees_all or user_id == actor.id else None
        name_of = person.display_name if person else ""
        parts.append(
            Part(name, label, name_of, shown, due_of(dues, name), vacant.get(name) if sees_all else None)
        )
    return parts
