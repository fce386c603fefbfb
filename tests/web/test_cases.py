"""The pages of cases: what each person sees, what they may do, and what bad input is told."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from schema.store.assignments import assign
from schema.store.audit_verify import verify
from schema.store.cases import register_case
from schema.store.database import Database
from schema.store.models import Assignment, Audit, Case, Entry, Notice
from tests.support.policing import Page
from tests.support.watched import watched
from tests.support.world import SYSTEM, World
from webapp.cases.importing import COLUMNS

CASES = "/projects/pilot/cases"


def add_case(world: World, reference: str = "DHR-001", *names: str) -> str:
    with world.writing() as session:
        case = register_case(session, SYSTEM, world.project, reference, title="Overview report")
        for part, name in zip(("coder_1", "coder_2", "reconciler"), names, strict=False):
            assign(session, SYSTEM, case, part, world.user(name))
        return f"{CASES}/{case.id}"


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def upload(client, text: str | bytes, name: str = "cases.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return client.submit(
        f"{CASES}/import", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )


def confirm(client, response):
    page = Page(response)
    values = {name: page.values()[name] for name in ("rows", "digest")}
    return client.submit(f"{CASES}/import/confirm", values, page=f"{CASES}/import")


def test_a_manager_registers_a_case_by_hand(world, client_for):
    dana = client_for("dana")
    answer = dana.submit(f"{CASES}/new", {"reference": " DHR  007 ", "title": "Overview"})
    assert answer.status_code == 303
    assert dana.page(answer.location).heading == "Case DHR 007"
    assert dana.page(CASES).links["DHR 007"] == answer.location


def test_a_reference_that_is_taken_is_told_and_what_was_typed_stays(world, client_for):
    add_case(world)
    answer = client_for("dana").submit(f"{CASES}/new", {"reference": "DHR-001", "note": "typed before"})
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "already has a case" in text
    assert "typed before" in text


def test_a_missing_reference_is_told_at_its_field(client_for):
    answer = client_for("dana").submit(f"{CASES}/new", {"reference": ""})
    assert answer.status_code == 422
    assert 'href="#reference"' in answer.get_data(as_text=True)


def test_a_case_is_edited_and_withdrawn_with_a_reason_and_restored(world, client_for):
    dana, here = client_for("dana"), add_case(world)
    values = {"reference": "DHR-001", "title": "Executive summary", "source": "", "note": ""}
    assert dana.submit(f"{here}/edit", values).status_code == 303
    assert "Executive summary" in dana.page(here).words
    assert dana.submit(f"{here}/withdraw", {"reason": " "}).status_code == 422
    assert dana.submit(f"{here}/withdraw", {"reason": "A duplicate."}).status_code == 303
    assert "A duplicate." in dana.page(here).words
    assert dana.submit(f"{here}/restore", page=here).status_code == 303
    assert "A duplicate." not in dana.page(here).words


def test_people_are_assigned_by_hand(world, client_for):
    dana, here = client_for("dana"), add_case(world)
    dana.most_statements = 60  # three people at once, each checked
    chosen = {
        "coder_1": world.user("amara").id,
        "coder_2": world.user("ben").id,
        "reconciler": world.user("carol").id,
    }
    assert dana.submit(f"{here}/assign", chosen, page=here).status_code == 303
    words = dana.page(here).words
    assert all(name in words for name in ("Amara Okafor", "Ben Whitfield", "Carol Iqbal"))


def test_the_same_person_twice_is_refused_and_nothing_is_half_assigned(world, client_for):
    dana, here = client_for("dana"), add_case(world)
    amara = world.user("amara").id
    answer = dana.submit(f"{here}/assign", {"coder_1": amara, "coder_2": amara, "reconciler": ""}, page=here)
    assert answer.status_code == 409
    assert "three different people" in answer.get_data(as_text=True)
    assert "Not started" not in dana.page(here).words


def test_somebody_who_is_not_offered_is_refused(world, client_for):
    dana, here = client_for("dana"), add_case(world)
    answer = dana.submit(f"{here}/assign", {"coder_1": world.user("victor").id}, page=here)
    assert answer.status_code == 422


def test_a_coder_sees_only_their_own_cases_and_nobody_elses_name(world, client_for):
    here = add_case(world, "DHR-001", "amara", "ben", "carol")
    other = add_case(world, "DHR-002")
    amara = client_for("amara")
    listed = amara.page(CASES)
    assert "DHR-001" in listed.links
    assert "DHR-002" not in listed.links
    page = amara.page(here)
    for name in ("Ben", "Carol"):
        assert name not in page.words
        assert name not in listed.words
    assert page.links["Open your entry"] == f"{here}/entry"
    assert amara.get(other).status_code == 403
    assert amara.get(f"{here}/edit").status_code == 403


def test_a_case_of_another_project_is_not_there(world, client_for):
    add_case(world)
    elsewhere = world.another_project()
    with world.writing() as session:
        foreign = register_case(session, SYSTEM, elsewhere, "X-1").id
    dana = client_for("dana")
    bodies = {dana.get(f"{CASES}/{one}").status_code for one in (foreign, "0" * 16)}
    assert bodies == {404}
    assert dana.get(f"/projects/other/cases/{foreign}").status_code == 404


def test_an_import_shows_every_fate_first_and_then_writes_all_of_it(world, client_for):
    add_case(world, "DHR-001")
    dana, before = client_for("dana"), count(world.database, Case)
    dana.most_statements = 60
    preview = upload(
        dana, "Case reference;Title;Coder 1;Colour\nDHR-001;New title;;red\n00123;Second;amara;\n"
    )
    page = Page(preview)
    assert preview.status_code == 200
    assert "becomes “New title”" in page.words
    assert "Columns that are not read: Colour" in page.words
    assert count(world.database, Case) == before
    assert confirm(dana, preview).status_code == 303
    assert world.case("00123").title == "Second"
    assert world.case("DHR-001").title == "New title"


def test_the_same_list_imported_again_changes_nothing(world, client_for):
    client_for("dana").most_statements = 80
    dana, text = client_for("dana"), "reference,title,coder_1,coder_2,reconciler\nDHR-5,T,amara,ben,carol\n"
    assert confirm(dana, upload(dana, text)).status_code == 303
    cases, acts = count(world.database, Case), count(world.database, Audit)
    again = upload(dana, text)
    assert "There is nothing to import." in Page(again).words
    assert (count(world.database, Case), count(world.database, Audit)) == (cases, acts)


def test_a_long_list_takes_as_many_statements_as_a_short_one(world, client_for):
    """Nobody else can save on SQLite while a list is written."""
    dana, taken = client_for("dana"), []
    for start, rows in ((0, 2), (100, 40)):
        lines = [f"DHR-{start + row},T,amara,ben,carol\n" for row in range(rows)]
        preview = upload(dana, "reference,title,coder_1,coder_2,reconciler\n" + "".join(lines))
        with watched(world.database) as watch:
            assert confirm(dana, preview).status_code == 303
        taken.append(len(watch.statements))
    assert taken[1] <= taken[0]
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assignment)) == 3 * 42
        assert session.scalar(select(func.count()).select_from(Entry)) == 2 * 42
        assert session.scalar(select(func.count()).select_from(Notice)) == 3 * 42
        assert verify(session).holds


def test_one_bad_row_keeps_every_row_out_and_each_is_told_its_number(world, client_for):
    dana = client_for("dana")
    text = "reference,coder_1,coder_2\nA,amara,ben\nA,,\n,,\nB,victor,\nC,nobody,amara\nD,amara,amara\n,x,\n"
    preview = upload(dana, text)
    words = Page(preview).words
    assert preview.status_code == 422
    for said in (
        "Row 2 has the same reference.",
        "“victor” is not a coder",
        "nobody in this project signs in as “nobody”",
        "three different people",
        "A case needs a reference",
    ):
        assert said in words
    assert confirm_refused(dana, preview)
    assert count(world.database, Case) == 0


def confirm_refused(client, preview) -> bool:
    """The page offers no confirmation; one that is forged from another preview is refused as well."""
    assert "digest" not in Page(preview).values()
    good = Page(upload(client, "reference\nZ\n")).values()
    forged = {"rows": good["rows"], "digest": "0" * 64}
    return client.submit(f"{CASES}/import/confirm", forged, page=f"{CASES}/import").status_code == 409


def test_a_preview_that_no_longer_holds_is_shown_again_instead_of_applied(world, client_for):
    dana = client_for("dana")
    preview = upload(dana, "reference,title\nDHR-9,One\n")
    add_case(world, "DHR-9")
    answer = confirm(dana, preview)
    assert answer.status_code == 409
    assert "becomes “One”" in Page(answer).words
    assert world.case("DHR-9").title == "Overview report"


@pytest.mark.parametrize("rows", ["", "x", "e30.forged", "WzEsMl0.bad"])
def test_forged_rows_are_refused(client_for, rows):
    answer = client_for("dana").submit(
        f"{CASES}/import/confirm", {"rows": rows, "digest": "x"}, page=f"{CASES}/import"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"%PDF-1.4", b"title\nx\n"])
def test_a_file_that_is_no_list_is_refused_with_a_remedy(client_for, content):
    assert upload(client_for("dana"), content).status_code == 422


def test_hostile_text_in_a_list_is_shown_as_text(client_for):
    preview = upload(client_for("dana"), 'reference,title\n"<script>alert(1)</script>",{{7*7}}\n')
    text = preview.get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in text
    assert "{{7*7}}" in text


def test_the_example_list_names_every_column(client_for):
    answer = client_for("dana").get(f"{CASES}/import/example.csv")
    assert answer.get_data(as_text=True).lstrip("\ufeff").splitlines()[0] == ",".join(COLUMNS)


def test_a_draw_is_shown_first_and_applied_as_shown(world, client_for):
    world.add_person("chidi", "coder")
    for number in range(6):
        add_case(world, f"DHR-{number:03d}")
    dana = client_for("dana")
    dana.most_statements = 300  # writing grows with the cases drawn for
    page = dana.page(f"{CASES}/draw?seed=7")
    shown = page.values()["shown"]
    assert count_assigned(world) == 0
    answer = dana.submit(f"{CASES}/draw", {"seed": "7", "shown": shown}, page=f"{CASES}/draw?seed=7")
    assert answer.status_code == 303
    assert count_assigned(world) == 6
    assert dana.page(f"{CASES}/draw?seed=7", 409).words.count("Every case has people already.") == 1


def count_assigned(world: World) -> int:
    with world.reading() as session:
        return len(
            {act.case_id for act in session.scalars(select(Audit).where(Audit.action == "case.assign"))}
        )


def test_a_draw_that_would_come_out_differently_by_now_is_refused(world, client_for):
    add_case(world, "DHR-001")
    dana = client_for("dana")
    shown = dana.page(f"{CASES}/draw?seed=7").values()["shown"]
    add_case(world, "DHR-002")
    answer = dana.submit(f"{CASES}/draw", {"seed": "7", "shown": shown}, page=f"{CASES}/draw?seed=7")
    assert answer.status_code == 409
    assert count_assigned(world) == 0


@pytest.mark.parametrize("seed", ["", "x", "-1", "1e5", "٣", "9" * 5000])
def test_a_seed_that_is_no_number_is_told(client_for, world, seed):
    add_case(world)
    assert client_for("dana").get(f"{CASES}/draw", query_string={"seed": seed}).status_code == 422


@pytest.mark.parametrize(
    "query", ["state=nonsense", "person=nobody", "after=zzz", "text=%25", "state=%F0%9F%92%A5"]
)
def test_odd_filters_give_a_page(client_for, world, query):
    add_case(world)
    assert client_for("dana").get(f"{CASES}?{query}").status_code == 200


@pytest.mark.parametrize("name", ["amara", "carol", "victor"])
@pytest.mark.parametrize("page", ["new", "import", "draw"])
def test_only_managers_open_the_managing_pages(client_for, name, page):
    assert client_for(name).get(f"{CASES}/{page}").status_code == 403
