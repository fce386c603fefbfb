"""Load the sample studies into a database, through the same verbs that people's pages call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE, Actor
from schema.answers.interchange import read_entry
from schema.answers.validate import findings
from schema.store import passwords
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.database import Database
from schema.store.entries import save_document
from schema.store.jobs import queue
from schema.store.loaded import find_live, load_comparison
from schema.store.models import Case, Entry, Project, User, is_current
from schema.store.notices import mark_read, notices_of
from schema.store.pairings import confirm_group, confirm_pairing
from schema.store.people import actor_for, add_user, find_user, set_password_hash
from schema.store.projects import add_member, create_project, find_project
from schema.store.reports import READ, Stored, add_report
from schema.store.submission import return_entry, submit_entry
from schema.store.templates import compiled, compiled_for, ensure_shipped
from webapp.sample.halfway import RETURN_REASON, HalfwayCase, HalfwayEntry, halfway
from webapp.sample.reconciling import match_to_truth, reconcile_to_truth, resolve_to_truth
from webapp.sample.report_pdf import composed, report_of
from webapp.sample.study import SampleCase, Study, cases_of
from webapp.shelves import Shelf, name_for

TEMPLATE: Final = ("dhr-childrens-services", 1)
PASSWORD: Final = "two blind entries, one truth"  # noqa: S105 - printed on purpose; the demo listens on loopback only
STUDY_KEY, HALFWAY_KEY = "dhr-study", "dhr-follow-up"

#: Sign-in name -> name shown, roles in the sample projects.
PEOPLE: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "amara": ("Amara Okafor", ("coder",)),
    "ben": ("Ben Whitfield", ("coder",)),
    "chidi": ("Chidi Eze", ("coder",)),
    "elin": ("Elin Morgan", ("coder",)),
    "carol": ("Carol Iqbal", ("reconciler",)),
    "farid": ("Farid Haddad", ("reconciler",)),
    "dana": ("Dana Price", ("manager",)),
    "victor": ("Victor Lane", ("viewer",)),
    "root": ("Ruth Odell", ()),
}
ADMINISTRATOR: Final = "root"
RECONCILERS: Final = ("carol", "farid")

Say = Callable[[str], None]


@dataclass(frozen=True)
class _Loading:
    session: Session
    project: Project
    people: Mapping[str, User]

    def actor(self, name: str) -> Actor:
        return actor_for(self.session, self.people[name])


def load_people(database: Database) -> None:
    """Add the sample people, all with the printed password."""
    hashed = passwords.hash_password(PASSWORD)
    with database.writing() as session:
        for name, (display_name, _) in PEOPLE.items():
            user = add_user(session, COMMAND_LINE, name, display_name, is_admin=name == ADMINISTRATOR)
            set_password_hash(session, COMMAND_LINE, user, hashed)


def load_project(database: Database, key: str, title: str, description: str) -> None:
    """Create a sample project on the shipped template, with the sample people as members."""
    with database.writing() as session:
        version = ensure_shipped(session, COMMAND_LINE, *TEMPLATE)
        project = create_project(session, COMMAND_LINE, key, title, version)
        project.description = description
        for name, user in _people(session).items():
            for role in PEOPLE[name][1]:
                add_member(session, COMMAND_LINE, project, user, role)


def load_study(database: Database, key: str, study: Study, say: Say) -> None:
    """Enter every case twice, reconcile it to its true extract and sign it off; one transaction for each case."""
    for number, case in enumerate(cases_of(study)):
        with database.writing() as session:
            work = _loading(session, key)
            row = _entered_twice(work, case, number)
            reconciler = RECONCILERS[number % len(RECONCILERS)]
            reconcile_to_truth(session, work.actor(reconciler), _comparison(session, row), case)
        say(f"{number + 1} of {study.size} cases")


def load_entries(database: Database, key: str, study: Study, say: Say) -> None:
    """Enter every case twice and submit both entries, ready to be reconciled; one transaction for each case."""
    for number, case in enumerate(cases_of(study)):
        with database.writing() as session:
            _entered_twice(_loading(session, key), case, number)
        say(f"{number + 1} of {study.size} cases")


def read_notices(database: Database) -> None:
    """Have everybody read their notices up to now, so that what comes afterwards is what is new to them."""
    with database.writing() as session:
        for user in _people(session).values():
            for latest in notices_of(session, user.id, unread=True, limit=1):
                mark_read(session, user.id, latest.id)


def load_halfway(database: Database, key: str, documents: Shelf | None = None) -> None:
    """Carry twelve cases into the states in which each role finds work; with a shelf for documents, each with its report."""
    for number, planned in enumerate(halfway()):
        with database.writing() as session:
            work = _loading(session, key)
            if planned.entries:
                row = _assigned(work, planned.case, number)
            else:
                row = _registered(work, planned.case)
            if documents is not None:
                _attach(work, row, planned.case, documents)
            for entry in planned.entries:
                _carry_entry(work, row, entry)
            _carry_comparison(work, row, planned, RECONCILERS[number % len(RECONCILERS)])


def _people(session: Session) -> dict[str, User]:
    return {name: user for name in PEOPLE if (user := find_user(session, name)) is not None}


def _loading(session: Session, key: str) -> _Loading:
    project = find_project(session, key)
    if project is None:
        raise ValueError(f"there is no project {key}")
    return _Loading(session, project, _people(session))


def _registered(work: _Loading, case: SampleCase) -> Case:
    source = f"{case.csp}, published {case.published}"
    return register_case(
        work.session, work.actor("dana"), work.project, case.reference, title=case.title, source=source
    )


def _assigned(work: _Loading, case: SampleCase, number: int) -> Case:
    row = _registered(work, case)
    names = [entry["coder"] for entry in case.entries] + [RECONCILERS[number % len(RECONCILERS)]]
    for part, name in zip(("coder_1", "coder_2", "reconciler"), names, strict=True):
        assign(work.session, work.actor("dana"), row, part, work.people[name])
    return row


def _attach(work: _Loading, row: Case, case: SampleCase, documents: Shelf) -> None:
    """Write the report of a case, put it on the shelf and attach it; a worker reads its text."""
    template = compiled(work.session, work.project.template_version_id)
    content, pages = report_of(case, template), len(composed(case, template))
    digest = sha256(content).hexdigest()
    name, unfinished = name_for(digest, ".pdf"), documents.unfinished(".pdf")
    unfinished.write_bytes(content)
    documents.put(name, unfinished)
    unfinished.unlink(missing_ok=True)
    held = Stored(f"{case.reference}.pdf", name, len(content), digest, pages)
    dana = work.actor("dana")
    report = add_report(work.session, dana, work.project.id, row, "overview", held)
    queue(work.session, dana, READ, work.project.id, {"report": report.id})


def _entered_twice(work: _Loading, case: SampleCase, number: int) -> Case:
    row = _assigned(work, case, number)
    for entry in case.entries:
        _enter(work, row, entry)
    return row


def _entry(work: _Loading, case: Case, name: str) -> Entry:
    query = select(Entry).where(Entry.case_id == case.id, Entry.coder_id == work.people[name].id)
    return work.session.scalars(query.where(is_current())).one()


def _enter(work: _Loading, case: Case, line: dict[str, Any]) -> None:
    """Save an entry as its coder, and submit it where the line says so."""
    coder = work.actor(line["coder"])
    entry = _entry(work, case, line["coder"])
    template = compiled_for(work.session, entry)
    read = read_entry(template, line)
    if read.problems:
        raise ValueError(f"{case.reference}: {read.problems[0]}")
    save_document(work.session, coder, entry, read.document)
    if read.submit:
        found = findings(template, read.document, "submit")
        confirmed = {finding.confirmation for finding in found if finding.severity == "confirm"}
        submit_entry(work.session, coder, entry, template, confirmed)


def _carry_entry(work: _Loading, case: Case, planned: HalfwayEntry) -> None:
    if planned.entry is None:
        return
    _enter(work, case, planned.entry)
    if planned.progress == "returned":
        return_entry(work.session, work.actor("dana"), _entry(work, case, planned.coder), RETURN_REASON)


def _comparison(session: Session, case: Case) -> str:
    comparison = find_live(session, case.id)
    if comparison is None:
        raise ValueError(f"{case.reference} has no comparison")
    return comparison.id


def _carry_comparison(work: _Loading, case: Case, planned: HalfwayCase, reconciler: str) -> None:
    session, actor, state = work.session, work.actor(reconciler), planned.state
    if state == "signed off":
        reconcile_to_truth(session, actor, _comparison(session, case), planned.case)
    elif state == "matching rows":
        _begin_matching(session, actor, _comparison(session, case))
    elif state in ("resolving", "reconciled"):
        comparison_id = _comparison(session, case)
        match_to_truth(session, actor, comparison_id, planned.case)
        row = find_live(session, case.id)
        confirm_pairing(session, actor, comparison_id, revision=row.revision if row else 0)
        if state == "reconciled":
            resolve_to_truth(session, actor, comparison_id, planned.case)


def _begin_matching(session: Session, actor: Actor, comparison_id: str) -> None:
    loaded = load_comparison(session, comparison_id)
    group = next(pair.group for pair in loaded.pairs)
    confirm_group(session, actor, comparison_id, group, revision=loaded.row.revision)
