"""A coder codes old cases again, blind to everything that came of them; the case stays as it is, and figures follow."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from schema.store.asking import ask
from schema.store.database import Database
from schema.store.models import Audit, CoderQuestion, Entry, Notice, Project, RepeatCoding, is_current
from schema.store.projects import add_member
from schema.store.reopening import reopen
from schema.store.repeats import repeatable
from schema.store.submission import return_entry
from tests.support.clock import Clock
from tests.support.policing import PolicingClient
from tests.support.reconciling import comparison, extract
from tests.support.repeating import code_again, days_since_old_cases, entry_again, give, run
from tests.support.world import FILE, SYSTEM, World
from webapp.downloads.formats import Options
from webapp.downloads.making import make

REPEATS = "/projects/pilot/agreement/repeats"


@pytest.fixture
def world(old_cases: Path, tmp_path: Path) -> Iterator[World]:
    """The same, a copy for each test."""
    shutil.copyfile(old_cases, tmp_path / FILE)
    made = World(Database(f"sqlite:///{tmp_path / FILE}", clock=Clock()), tmp_path)
    yield made
    made.database.dispose()


def at(world: World, reference: str, rest: str = "") -> str:
    return f"/projects/pilot/cases/{world.case(reference).id}{rest}"


def draw(world: World, **other: str) -> str:
    asked = {"coder": world.user("amara").id, "days": "90", "number": "1", "seed": "7", **other}
    return f"{REPEATS}?" + "&".join(f"{name}={value}" for name, value in asked.items())


def ticked(client: PolicingClient, address: str) -> list[str]:
    boxes = [one for one in client.page(address).root.iter("input") if one.get("name") == "case"]
    return [one.get("value") or "" for one in boxes if one.get("checked") is not None]


def test_a_manager_draws_old_cases_by_lot_and_gives_them_to_their_coder(world: World) -> None:
    dana = world.client_for("dana")
    page = dana.page(draw(world))
    assert "Amara Okafor could code 2 cases again" in page.words
    assert "DHR-3" not in page.words, "signed off yesterday"
    chosen = ticked(dana, draw(world))
    assert len(chosen) == 1
    assert ticked(dana, draw(world)) == chosen, "the same seed draws the same case"
    sent = {"coder": world.user("amara").id, "days": "90", "seed": "7", "case": chosen}
    assert dana.submit(REPEATS, sent, page=draw(world)).status_code == 303
    page = dana.page(REPEATS)
    assert "Given once more" in page.words
    assert "could code 1 case again" in dana.page(draw(world)).words
    again = dana.submit(REPEATS, sent, page=draw(world))
    assert again.status_code == 409, "it has been given already"
    with world.reading() as session:
        (act,) = session.scalars(select(Audit).where(Audit.action == "repeat.give"))
        assert act.case_id == chosen[0]
        assert '"seed":7' in act.detail.replace(" ", "")
        kinds = select(Notice.kind).where(
            Notice.user_id == world.user("amara").id, Notice.case_id == chosen[0]
        )
        assert "repeat" in session.scalars(kinds).all()


def test_what_cannot_be_drawn_is_said_at_its_field(world: World) -> None:
    dana = world.client_for("dana")
    for other, said in (
        ({"coder": ""}, "Choose a coder."),
        ({"days": "x"}, "Enter a whole number of days"),
        ({"days": "9999"}, "Enter a number from 1 to 3,650."),
        ({"number": "3"}, "3 cases cannot be drawn: 2 could be coded again"),
        ({"seed": "-1"}, "at most nine digits"),
    ):
        answer = dana.get(draw(world, **other))
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)


def test_whoever_manages_the_project_codes_nothing_again(world: World) -> None:
    with world.writing() as session:
        add_member(session, SYSTEM, session.get_one(Project, world.project.id), world.user("ben"), "manager")
    dana = world.client_for("dana")
    assert "Ben Whitfield" not in dana.page(REPEATS).words
    assert dana.get(draw(world, coder=world.user("ben").id)).status_code == 422


def test_the_coder_gets_a_blank_entry_and_is_blind_to_all_that_came_of_the_case(world: World) -> None:
    first = entry_again(world, "DHR-1", "amara", repeats=False)
    amara = world.client_for("amara")
    assert "DHR-1" in amara.page("/projects/pilot/feedback").words
    give(world, "amara", "DHR-1")
    home = amara.page("/")
    assert "DHR-1: code it again" in home.words
    assert "DHR-1: yours and the final" not in home.words
    assert "DHR-2: yours and the final" in home.words
    page = amara.page(at(world, "DHR-1", "/entry"))
    assert "You are coding this case a second time" in page.words
    section = amara.page(at(world, "DHR-1", "/entry/report"))
    assert "Exampleshire" not in section.text, "what was entered first is not there"
    closed = ("/comparison/yours", "/comparison/final", f"/entries/{first.id}", "/entry/coded-twice")
    for rest in closed:
        assert amara.get(at(world, "DHR-1", rest)).status_code == 403, rest
    case_page = amara.page(at(world, "DHR-1"))
    assert "Yours and the final" not in case_page.words
    assert "DHR-1" not in amara.page("/projects/pilot/feedback").words
    for name in ("ben", "carol"):
        entry = entry_again(world, "DHR-1", "amara")
        assert world.client_for(name).get(at(world, "DHR-1", f"/entries/{entry.id}")).status_code == 403, name


def test_what_is_coded_again_changes_nothing_of_the_case(world: World) -> None:
    dana = world.client_for("dana")
    before = dana.page(at(world, "DHR-1")).words
    progress = dana.page("/projects/pilot/progress").words
    master = content(world, "before.json")
    give(world, "amara", "DHR-1")
    assert dana.page("/projects/pilot/progress").words == progress
    code_again(world, "DHR-1", "amara", extract({"region": "south"}))
    assert dana.page(at(world, "DHR-1")).words == before
    assert dana.page("/projects/pilot/progress").words == progress
    assert content(world, "after.json") == master
    with world.reading() as session:
        held = (
            select(func.count())
            .select_from(Entry)
            .where(is_current(), Entry.case_id == world.case("DHR-1").id)
        )
        assert session.scalar(held) == 2


def content(world: World, name: str) -> bytes:
    """The values of every signed-off case, as exported."""
    path = world.folder / name
    make(world.database, world.actor("dana"), world.project, path, lambda *_: None, Options("json"))
    with zipfile.ZipFile(path) as held:
        return held.read("cases.jsonl")


def test_figures_are_those_of_two_coders_worked_out_by_hand(world: World) -> None:
    """Region: first wales and wales, again wales and south. One of two alike; expected by chance 1 x 1/2: kappa (0.5-0.5)/0.5 = 0."""
    give(world, "amara", "DHR-1", "DHR-2")
    code_again(world, "DHR-1", "amara", extract({"region": "wales"}))
    code_again(world, "DHR-2", "amara", extract({"region": "south"}))
    page = world.client_for("dana").page(REPEATS)
    assert "Amara Okafor, with themselves" in page.words
    assert "Cases compared 2" in page.words
    assert "Region Report 2 50%" in page.words
    assert "Ben Whitfield, with themselves" not in page.words
    amara = world.client_for("amara")
    own = amara.page(at(world, "DHR-2", "/entry/coded-twice"))
    assert "Region Wales South" in own.words
    assert "Nothing differs" in amara.page(at(world, "DHR-1", "/entry/coded-twice")).words
    assert "DHR-2: yours and the final" in amara.page("/").words
    shown = run(world, "repeat", "show", "pilot")
    assert "Amara Okafor: 2 cases" in shown
    assert "report.region: 1 of 2 agree, kappa 0.00" in shown


def test_the_first_and_the_second_entry_are_compared_by_rows_too(world: World) -> None:
    give(world, "amara", "DHR-1")
    two = [{"id": "victim00001", "age": 34, "sex": "female"}, {"id": "victim00002", "age": 8, "sex": "male"}]
    code_again(world, "DHR-1", "amara", extract(victims=two))
    own = world.client_for("amara").page(at(world, "DHR-1", "/entry/coded-twice"))
    assert "The whole victim not entered" in own.words
    with world.reading() as session:
        held = session.scalars(select(RepeatCoding)).one()
        assert held.pairs.count('"victims"') == 2
        assert '""' in held.pairs, "one row stands alone"


def test_submitting_by_the_page_leads_to_the_two_codings_and_opens_the_rest(world: World) -> None:
    give(world, "amara", "DHR-1")
    code_again(world, "DHR-1", "amara", extract({"region": "south"}), submit=False)
    amara = world.client_for("amara")
    answer = amara.submit(at(world, "DHR-1", "/entry/submit"), {"statement": "yes"})
    assert answer.location == at(world, "DHR-1", "/entry/coded-twice")
    assert amara.get(at(world, "DHR-1", "/comparison/final")).status_code == 200
    assert "code it again" not in amara.page("/").words


def test_it_is_handed_back_or_given_up_and_what_was_entered_is_kept_aside(world: World) -> None:
    give(world, "amara", "DHR-1", "DHR-2")
    amara, dana = world.client_for("amara"), world.client_for("dana")
    code_again(world, "DHR-1", "amara", extract(), submit=False)
    assert "you need not code it again" in amara.page(at(world, "DHR-1", "/entry/hand-back")).words
    assert amara.submit(at(world, "DHR-1", "/entry/hand-back"), {}).location == "/"
    other = entry_again(world, "DHR-2", "amara")
    assert dana.submit(f"{REPEATS}/{other.id}/give-up", {}).status_code == 303
    assert "code it again" not in amara.page("/").words
    assert amara.get(at(world, "DHR-1", "/comparison/final")).status_code == 200
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(RepeatCoding)) == 2
        acts = session.scalars(select(Audit.action).where(Audit.action.like("repeat.%")).order_by(Audit.seq))
        assert list(acts) == ["repeat.give", "repeat.give", "repeat.give_up", "repeat.give_up"]
        project = session.get_one(Project, world.project.id)
        assert len(repeatable(session, project, world.user("amara"), 90)) == 2, "they can be given anew"
    assert "handed back by whoever was coding it again" in dana.page("/notices").words
    first = entry_again(world, "DHR-1", "amara", repeats=False)
    assert dana.get(f"{REPEATS}/{first.id}/give-up").status_code == 404, "only what repeats is given up"


def test_no_entry_is_returned_to_a_coder_who_codes_the_case_again(world: World) -> None:
    give(world, "amara", "DHR-1")
    first, again = (entry_again(world, "DHR-1", "amara", repeats=repeats) for repeats in (False, True))
    dana = world.client_for("dana")
    answer = dana.submit(at(world, "DHR-1", f"/entries/{first.id}/return"), {"reason": "Look again."})
    assert answer.status_code == 409
    assert "coding this case again" in answer.get_data(as_text=True)
    assert dana.get(at(world, "DHR-1", f"/entries/{again.id}/return")).status_code == 403
    with world.writing() as session, pytest.raises(Exception, match="A second coding is not returned"):
        return_entry(session, world.actor("dana"), session.get_one(Entry, again.id), "No.")


def test_a_coder_who_becomes_a_manager_does_not_go_on(world: World) -> None:
    give(world, "amara", "DHR-1")
    with world.writing() as session:
        add_member(
            session, SYSTEM, session.get_one(Project, world.project.id), world.user("amara"), "manager"
        )
    assert world.new_client("amara").get(at(world, "DHR-1", "/entry/report")).status_code == 403
    assert "manages the project now" in world.client_for("dana").page(REPEATS).words


def test_a_question_waits_until_the_case_is_coded_again(world: World) -> None:
    give(world, "amara", "DHR-1")
    live = comparison(world, world.case("DHR-1").id).row
    with world.writing() as session:
        reopen(session, world.actor("dana"), live.id, revision=live.revision, reason="Something came up.")
        ask(session, world.actor("carol"), live.id, "report.region", ["a", "b"], "Which page?")
    amara, ben = world.client_for("amara"), world.client_for("ben")
    with world.reading() as session:
        asked = dict(session.execute(select(CoderQuestion.coder_id, CoderQuestion.id)).all())
    theirs = {
        name: at(world, "DHR-1", f"/questions/{asked[world.user(name).id]}") for name in ("amara", "ben")
    }
    assert ben.get(theirs["ben"]).status_code == 200
    assert amara.get(theirs["amara"]).status_code == 403
    assert "a question about your entry" not in amara.page("/").words
    code_again(world, "DHR-1", "amara", extract())
    assert amara.get(theirs["amara"]).status_code == 200
    assert "a question about your entry" in amara.page("/").words


def test_the_command_draws_as_the_page_does(world: World) -> None:
    shown = ticked(world.client_for("dana"), draw(world))
    wanted = ("--coder", "amara", "--cases", "1", "--seed", "7", "--days", days_since_old_cases())
    said = run(world, "repeat", "give", "pilot", *wanted, "--as", "dana")
    assert "drawn with seed 7 out of 2 cases" in said
    with world.reading() as session:
        assert session.scalars(select(Entry.case_id).where(Entry.repeats)).all() == shown
    refused = ["repeat", "give", "pilot", "--coder", "amara", "--cases", "1", "--as", "ben"]
    assert "AGR-010" in run(world, *refused, code=2)
    assert "AGR-011" in run(world, *refused[:-1], "nobody", code=2)
    assert "No case has been coded again yet." in run(world, "repeat", "show", "pilot")


def test_a_page_of_the_second_coding_saves_nothing_into_the_first(world: World) -> None:
    give(world, "amara", "DHR-1")
    amara, section = world.client_for("amara"), at(world, "DHR-1", "/entry/report")
    form = next(one for one in amara.page(section).root.iter("form") if one.get("data-autosave"))
    code_again(world, "DHR-1", "amara", extract({"region": "south"}))
    first = entry_again(world, "DHR-1", "amara", repeats=False)
    with world.writing() as session:
        live = comparison(world, first.case_id).row
        reopen(session, world.actor("dana"), live.id, revision=live.revision, reason="Something came up.")
    with world.writing() as session:
        return_entry(session, world.actor("dana"), session.get_one(Entry, first.id), "Look again.")

    change = {"path": "report.region", "value": "south"}
    body = {"base_revision": 0, "changes": [change]}
    answer = amara.send_json(form.get("data-autosave", ""), body)
    assert answer.status_code == 409
    assert "another coding of this case" in answer.get_data(as_text=True)
    sent = {"base_revision": "0", "report.region": "south", "report.area": "Typed in the old page"}
    answer = amara.submit(form.get("action", ""), sent, page=section)
    assert answer.status_code == 409
    assert "Typed in the old page" in answer.get_data(as_text=True), "what was typed is shown"
    assert entry_again(world, "DHR-1", "amara", repeats=False).revision == first.revision

    now = next(one for one in amara.page(section).root.iter("form") if one.get("data-autosave"))
    body["base_revision"] = first.revision
    assert amara.send_json(now.get("data-autosave", ""), body).status_code == 200
