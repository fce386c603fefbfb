"""Erasing: nothing of a case is left in any table, everything else is as it was, and the trail still holds. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from schema.problem import Refused
from schema.store.audit_chain import head, tombstone
from schema.store.audit_keys import keyring
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.erasing import Erased, _doomed, erase_case, erase_project
from schema.store.jobs import queue
from schema.store.models import Audit, Base, Case, Project
from tests.support.casework import fill, give_back, start_case, submit
from tests.support.rebuilding import case_from_trail, stored_case
from tests.support.reports import attach, small_report
from tests.support.signed_off import signed_off_case
from tests.support.world import World, populate

CANARY = "cnryerase7x"
WHY = "At the family's request."
REPORT = {"area": f"{CANARY}shire", "death_year": 2016, "children_known": "no"}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    made = World(database, tmp_path)
    with made.writing() as session:
        populate(session)
    return made


def _marked(world: World) -> Case:
    """A signed-off case with the mark wherever text can stand, an unblinded past, a report and a returned entry."""
    case = signed_off_case(world, f"{CANARY}-1", report={**REPORT, "area": f"{CANARY} north"})
    attach(world, case, small_report(), name=f"{CANARY}.pdf")
    returned = start_case(world, f"{CANARY}-2")
    fill(world, returned, "amara", report=REPORT)
    submit(world, returned, "amara")
    give_back(world, returned, "amara", f"{CANARY} again")
    return case


def _erase(world: World, verb: Callable[..., Erased], *args: Any) -> Erased:
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        erased = verb(session, world.actor("root"), project, *args)
    world.database.purge()
    return erased


def _everything(world: World) -> dict[str, list[str]]:
    with world.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def _holding(world: World, *words: str) -> list[str]:
    tables = _everything(world).items()
    return [
        f"{name}: {row[:90]}" for name, rows in tables for row in rows if any(word in row for word in words)
    ]


def test_nothing_of_an_erased_case_is_left_and_the_others_are_untouched(world: World, tmp_path: Path) -> None:
    case = _marked(world)
    other = signed_off_case(world, "DHR-009")
    with world.reading() as session:
        before = stored_case(session, other.id)
    files = _erase(world, erase_case, f"{CANARY}-1", WHY)
    assert (len(files.documents), files.acts > 10, files.rows > 20) == (1, True, True)
    _erase(world, erase_case, f"{CANARY}-2", WHY)
    assert _holding(world, CANARY) == []
    assert {line.split(":")[0] for line in _holding(world, case.id)} == {"audit"}
    with world.reading() as session:
        assert stored_case(session, other.id) == before == case_from_trail(session, other.id)
    world.database.dispose()
    if world.database.dialect == "sqlite":
        assert [
            path for path in tmp_path.glob("tandem.sqlite3*") if CANARY.encode() in path.read_bytes()
        ] == []


def test_the_trail_keeps_who_and_when_and_still_holds(world: World) -> None:
    case = _marked(world)
    with world.reading() as session:
        printed = head(session)
        was = [(row.seq, row.at, row.actor_id, row.action) for row in session.scalars(_acts())]
    _erase(world, erase_case, f"{CANARY}-1", WHY)
    with world.reading() as session:
        found = verify(session, {printed.hash})
        now = [(row.seq, row.at, row.actor_id, row.action) for row in session.scalars(_acts())]
        last = session.scalars(_acts()).all()[-1]
    assert found.holds, found.reason
    assert found.erased > 10
    assert now[: len(was)] == was
    assert (last.action, last.actor_name, last.case_id) == ("case.erase", "root", case.id)
    assert WHY in last.detail


def _acts() -> Any:
    return select(Audit).order_by(Audit.seq)


def test_an_erased_project_is_gone_with_all_that_hung_on_it(world: World) -> None:
    _marked(world)
    project_id, people = world.project.id, _everything(world)["user_account"]
    _erase(world, erase_project, WHY)
    assert _holding(world, CANARY) == []
    assert {line.split(":")[0] for line in _holding(world, project_id)} == {"audit"}
    assert _everything(world)["user_account"] == people
    with world.reading() as session:
        assert verify(session).holds
        assert '"key": "pilot"' in session.scalars(_acts()).all()[-1].detail


def test_after_erasing_what_is_left_is_as_append_only_as_before(world: World) -> None:
    _marked(world)
    signed_off_case(world, "DHR-009")
    _erase(world, erase_case, f"{CANARY}-1", WHY)
    for statement in ("UPDATE audit SET detail = '{}'", "DELETE FROM entry_change", "DELETE FROM snapshot"):
        with pytest.raises(DatabaseError, match="append-only"), world.writing() as session:
            session.execute(text(statement))


def test_nobody_without_the_key_makes_a_row_look_erased(world: World) -> None:
    start_case(world, "DHR-001")
    with world.reading() as session:
        row = session.scalars(_acts()).all()[3]
        plain = {column.name: getattr(row, column.name) for column in Audit.__table__.columns}
        forged = tombstone(keyring("a key that somebody made up: 0123456789").current, plain)
    _without_triggers(world, "UPDATE audit SET detail = :detail WHERE seq = :seq", detail=forged, seq=row.seq)
    with world.reading() as session:
        assert verify(session).first_bad == row.seq


def test_an_erased_row_still_shows_that_it_was_touched(world: World) -> None:
    start_case(world, "DHR-001")
    _erase(world, erase_case, "DHR-001", WHY)
    with world.reading() as session:
        row = next(row for row in session.scalars(_acts()) if row.action == "case.register")
    _without_triggers(world, "UPDATE audit SET actor_name = 'nobody' WHERE seq = :seq", seq=row.seq)
    with world.reading() as session:
        assert verify(session).first_bad == row.seq


def _without_triggers(world: World, statement: str, **values: object) -> None:
    """As somebody would who owns the database and has not the key."""
    with world.writing() as session:
        if world.database.dialect == "sqlite":
            session.execute(text("DROP TRIGGER audit_no_update"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        session.execute(text(statement), values)


@pytest.mark.parametrize(
    ("reference", "reason", "code"),
    [("DHR-404", WHY, "ERASE-003"), ("DHR-001", " ", "ERASE-001"), ("", WHY, "ERASE-003")],
)
def test_a_wrong_reference_or_no_reason_erases_nothing(
    world: World, reference: str, reason: str, code: str
) -> None:
    start_case(world, "DHR-001")
    before = _everything(world)
    with pytest.raises(Refused) as refused:
        _erase(world, erase_case, reference, reason)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert _everything(world) == before


def test_nothing_is_erased_while_long_work_could_write_it_down(world: World) -> None:
    start_case(world, "DHR-001")
    with world.writing() as session:
        queue(session, world.actor("dana"), "master_workbook", world.project.id, {})
    with pytest.raises(Refused, match="Long work"):
        _erase(world, erase_case, "DHR-001", WHY)


#: What a table has that belongs to a project, whether or not a foreign key says so.
OF_A_PROJECT = ("project_id", "case_id", "entry_id", "comparison_id", "report_id")


def test_every_table_that_names_a_project_or_a_case_goes_with_its_project() -> None:
    project = Base.metadata.tables["project"]
    doomed = {table.name for table in _doomed(project, project.c.id == "x")}
    naming = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(name in table.columns for name in OF_A_PROJECT)
    }
    assert len(naming) > 20
    assert naming - doomed == {"audit"}  # which is emptied
