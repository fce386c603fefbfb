"""A world in which every text that anybody could give is an attempt to run a script."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schema.answers.document import Change, Note
from schema.answers.interchange import read_entry
from schema.coding.agreement.plan import PlannedField
from schema.store import asking
from schema.store.agreement_plan import record_plan
from schema.store.cases import describe_case, withdraw_case
from schema.store.comparisons import confirm_pairing, decide, find_live, load_comparison, reopen, sign_off
from schema.store.database import new_id
from schema.store.entries import save_document
from schema.store.handing_back import mark_note_read
from schema.store.identities import connect
from schema.store.models import Case, Entry, Project, User
from schema.store.people import start_session
from schema.store.pilots import begin_pilot, cancel_pilot
from schema.store.projects import edit_project
from schema.store.saving import save_changes
from schema.store.templates import compiled_for
from schema.store.unblinding import unblind
from tests.support.casework import ANSWERS, entry_of, give_back, start_case, submit
from tests.support.databases import sqlite_database
from tests.support.reports import SECOND, attach, written
from tests.support.signed_off import settle
from tests.support.world import FILE, MEMBERS, World, populate, small_template

#: Leaves an attribute, an element, a comment, a title, a text area and a script, and then tries to run in five ways.
POLYGLOT = (
    """"'--></title></textarea></script><svg onload=alert(1)><img src=x onerror=alert(2)>"""
    """<script>alert(3)</script>{{7*7}}${7*7}"""
)
#: For places that hold few characters.
SHORT = """"><img src=x onerror=alert(5)>"""
#: Which keys of a questionnaire hold text that is shown.
PAYLOADS = {
    **dict.fromkeys(("label", "hint", "description", "note"), POLYGLOT),
    **dict.fromkeys(("title", "group", "unit"), SHORT),
}
CASES = ("resolving", "signed off", "returned", "withdrawn")


def hostile_sources() -> tuple[str, dict[str, str]]:
    """The small template and its lists, with the payload behind every text that is shown."""
    source, lists = small_template()
    return _hostile(source), {key: _hostile(text) for key, text in lists.items()}


def _hostile(source: str) -> str:
    """The same with its texts spoiled; written as JSON, which is YAML and leaves no text unquoted."""
    return json.dumps(_spoiled(YAML(typ="safe").load(source)))


def _spoiled(held: Any, key: str = "") -> Any:
    if isinstance(held, dict):
        return {name: _spoiled(value, name) for name, value in held.items()}
    if isinstance(held, list):
        return [_spoiled(one, key) for one in held]
    payload = PAYLOADS.get(key)
    return f"{held} {payload}" if payload and isinstance(held, str) else held


def hostile_world(folder: Path) -> tuple[World, dict[str, Case]]:
    """People, a project and four cases (:data:`CASES`) whose every text is the payload."""
    world = World(sqlite_database(folder / FILE), folder)
    source, lists = hostile_sources()
    with world.writing() as session:
        project = populate(session, source, lists)
        for user in session.scalars(select(User)):
            session.execute(
                update(User).where(User.id == user.id).values(display_name=f"{user.name} {SHORT}")
            )
    with world.writing() as session:
        held = session.get_one(Project, project.id)
        edit_project(
            session,
            world.actor("dana"),
            held,
            title=f"Pilot {POLYGLOT}",
            description=POLYGLOT,
            content_note=POLYGLOT,
        )
    cases = {state: _case(world, state) for state in CASES}
    _around(world)
    return world, cases


def _around(world: World) -> None:
    """What managers write down of the project, and what browsers and providers say of people."""
    dana = world.actor("dana")
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        planned = PlannedField("report.region", "kappa", 0.8)
        record_plan(session, dana, project, [planned], 20, POLYGLOT)
    with world.writing() as session:
        begin_pilot(session, dana, _held(session, world), 1)
    with world.writing() as session:
        cancel_pilot(session, dana, _held(session, world), POLYGLOT)
    with world.writing() as session:
        for user in session.scalars(select(User)):
            start_session(session, user, timedelta(hours=1), browser=POLYGLOT)
        connect(
            session,
            world.actor("root"),
            session.get_one(User, world.user("ben").id),
            "https://sso.example.org",
            SHORT,
        )


def _held(session: Session, world: World) -> Project:
    return session.get_one(Project, world.project.id)


def _case(world: World, state: str) -> Case:
    case = start_case(world, f"{state} {SHORT}")
    with world.writing() as session:
        case = session.get_one(Case, case.id)
        described = {"title": POLYGLOT, "source": POLYGLOT, "note": POLYGLOT}
        describe_case(session, world.actor("dana"), case, reference=case.reference, **described)
    for name in ("amara", "ben"):
        _fill(world, case, name)
        if state != "withdrawn":
            submit(world, case, name)
    pages = written([POLYGLOT], [f"{line} {SHORT}" for line in SECOND])
    attach(world, case, pages, name=f"report {SHORT}.pdf")
    for name in MEMBERS:
        with world.writing() as session:  # else the note would stand before every page of the case
            mark_note_read(session, world.actor(name), case.id)
    _ACTS[state](world, case)
    return case


def _fill(world: World, case: Case, name: str) -> None:
    """Both coders give the payload wherever a text can stand, each with a sign of their own, so that they differ."""
    text = f"{name} {POLYGLOT}"
    answers: dict[str, Any] = {
        **ANSWERS,
        "report": {**ANSWERS["report"], "area": text, "children_known": "yes", "children_note": text},
        "recommendations": [
            {"number": "<b>1</b>", "text": text, "themes": ["T1"]},
            {"number": name, "text": f"Only {text}", "themes": ["T2"]},
        ],
    }
    evidence = {"report.children_note": {"page": SHORT[:20], "quote": text}}
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, name).id)
        line = {"case": case.reference, "coder": name, "answers": answers, "evidence": evidence}
        read = read_entry(compiled_for(session, entry), line, choose_id=lambda: new_id(session))
        assert not read.problems, read.problems
        save_document(session, world.actor(name), entry, read.document)
        note = Change("note", "report.area", note=Note(flagged=True, memo=text))
        save_changes(session, world.actor(name), entry, entry.revision, [note])


def _comparison(world: World, case: Case) -> str:
    with world.reading() as session:
        row = find_live(session, case.id)
        assert row is not None
        return row.id


def _resolving(world: World, case: Case) -> None:
    comparison, carol = _comparison(world, case), world.actor("carol")
    with world.writing() as session:
        confirm_pairing(
            session, carol, comparison, revision=load_comparison(session, comparison).row.revision
        )
    with world.writing() as session:
        row = load_comparison(session, comparison).row
        decide(session, carol, comparison, "report.area", "other", value=POLYGLOT, reason=POLYGLOT,
               cause="judgement", revision=row.revision)  # fmt: skip
        asking.ask(session, carol, comparison, "report.children_note", ("a", "b"), POLYGLOT)
    with world.writing() as session:
        question = asking.threads(session, comparison, "report.children_note")[0]
        asking.answer(session, world.actor("amara"), question.id, POLYGLOT)


def _signed_off(world: World, case: Case) -> None:
    comparison = _comparison(world, case)
    settle(world.database, world.actor("carol"), comparison, reason=POLYGLOT)
    with world.writing() as session:
        row = load_comparison(session, comparison).row
        reopen(session, world.actor("dana"), comparison, revision=row.revision, reason=POLYGLOT)
    with world.writing() as session:
        row = load_comparison(session, comparison).row
        sign_off(session, world.actor("carol"), comparison, revision=row.revision)
    with world.writing() as session:
        unblind(session, world.actor("dana"), session.get_one(Case, case.id), POLYGLOT)


def _withdrawn(world: World, case: Case) -> None:
    with world.writing() as session:
        withdraw_case(session, world.actor("dana"), session.get_one(Case, case.id), POLYGLOT)


_ACTS = {
    "resolving": _resolving,
    "signed off": _signed_off,
    "returned": lambda world, case: give_back(world, case, "amara", POLYGLOT),
    "withdrawn": _withdrawn,
}
