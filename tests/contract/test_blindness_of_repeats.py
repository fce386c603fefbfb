"""Whoever codes a case again finds nothing of what came of it, and nobody but they and managers find anything of the second coding."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from schema.answers.interchange import read_entry
from schema.store.database import new_id
from schema.store.entries import save_document
from schema.store.models import Entry
from schema.store.submission import submit_entry
from schema.store.templates import compiled_for
from tests.support.blindness import (
    ADVICE,
    EVIDENCE,
    NOTE,
    NUMBER,
    OWN,
    PLACE,
    QUOTE,
    SECRET,
    browser_of,
    content,
    crawl,
    enter,
    everything,
    forms_of,
    holds_none,
    posted,
)
from tests.support.casework import entry_of, start_case, submit
from tests.support.clock import Clock
from tests.support.reconciling import comparison
from tests.support.repeating import entry_again, give
from tests.support.signed_off import settle
from tests.support.world import World, build_world

FIRST = [PLACE, NOTE, QUOTE, ADVICE, NUMBER]
OTHERS, AGAIN, DECIDED = "cnryothers7x", "cnryagain7x", "cnrydecided7x"


def test_a_case_that_is_coded_again_tells_its_coder_nothing_and_tells_nothing_of_it(tmp_path: Path) -> None:
    clock = Clock()
    world = build_world(tmp_path, clock=clock)
    case = start_case(world, "DHR-001")
    enter(world, case, "amara", SECRET, EVIDENCE)
    enter(world, case, "ben", {**OWN, "report": {**OWN["report"], "area": OTHERS}})
    submit(world, case, "amara")
    submit(world, case, "ben")
    settle(world.database, world.actor("carol"), comparison(world, case.id).row.id, reason=DECIDED)
    first = entry_of(world, case, "amara")
    clock.at += timedelta(days=2)
    give(world, "amara", "DHR-001")
    enter_again(world)
    known = [
        one for one in everything(world, case, first) if not one.endswith(("/victims", "/recommendations"))
    ]
    amara = browser_of(world, "amara")
    ends = ("entry.hand_back_now",)  # whoever hands it back is blind no more
    pages = [*crawl(amara, known), *posted(amara, world, case, but=ends)]
    assert len(pages) > 60, "hardly anything was opened, so this proves nothing"
    holds_none(pages, [*FIRST, OTHERS, DECIDED], "amara, who codes it again")
    enter_again(world)  # what was posted has spoilt it
    others = {name: browser_of(world, name) for name in ("ben", "carol")}
    second = everything(world, case, entry_again(world, "DHR-001", "amara"))
    named = [
        one for one in second if case.id in one
    ]  # all that is about the case, or about its second coding
    for name, client in others.items():
        holds_none([client.get(one) for one in named], [AGAIN], f"{name}, while it is coded")
    submit_again(world)
    for name, client in others.items():
        holds_none([client.get(one) for one in named], [AGAIN], f"{name}, once it is submitted")
    here = f"/projects/pilot/cases/{case.id}"
    shown = [amara.get(f"{here}/{rest}") for rest in ("comparison/yours?show=all", "entry/coded-twice")]
    for mark in (PLACE, DECIDED, AGAIN):
        assert any(form in content(page) for page in shown for form in forms_of(mark)), (
            "it is theirs to see now"
        )
    world.database.dispose()


def enter_again(world: World) -> None:
    with world.writing() as session:
        entry = session.get_one(Entry, entry_again(world, "DHR-001", "amara").id)
        answers = {**OWN, "report": {**OWN["report"], "area": AGAIN}}
        line = {"case": "DHR-001", "coder": "amara", "answers": answers}
        read = read_entry(compiled_for(session, entry), line, choose_id=lambda: new_id(session))
        save_document(session, world.actor("amara"), entry, read.document)


def submit_again(world: World) -> None:
    with world.writing() as session:
        entry = session.get_one(Entry, entry_again(world, "DHR-001", "amara").id)
        submit_entry(session, world.actor("amara"), entry, compiled_for(session, entry))
