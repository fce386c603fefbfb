"""Entries: a save is whole, logged, based on a revision, and never overwrites in silence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import DBAPIError

from schema.actor import COMMAND_LINE
from schema.answers.canonical import to_json
from schema.answers.document import Change, Document, Evidence, Row
from schema.problem import Refused
from schema.store.desk import Desk
from schema.store.entries import (
    Stale,
    change_log,
    load_document,
    mark_returned,
    mark_submitted,
    open_entry,
    pin_to_version,
    restore_row,
    save_changes,
    save_document,
)
from schema.store.models import Audit, Case, Entry, EntryChange, EntryPart, User
from schema.store.parts import Part, load_parts, parts_after
from schema.store.saving import lock, write
from schema.store.templates import compiled, publish
from schema.template.value import Invalid, Missing
from tests.store.one_case import CODELISTS, SOURCE, OneCase, one_case, value
from tests.support.databases import sqlite_database

ADD = Change("add_row", "victims.k1")


@pytest.fixture
def setting(database) -> OneCase:
    return one_case(database)


def document_of(setting: OneCase) -> Document:
    with setting.database.reading() as session:
        return load_document(session, setting.entry_id)


def row_of(setting: OneCase) -> Entry:
    with setting.database.reading() as session:
        return session.get_one(Entry, setting.entry_id)


def refusal(setting: OneCase, base: int, *changes: Change) -> Refused:
    with pytest.raises(Refused) as caught:
        setting.save(base, *changes)
    return caught.value


def test_a_fresh_entry_is_empty_and_not_started(setting):
    entry = row_of(setting)
    assert (entry.state, entry.revision, entry.answered, entry.started_at) == ("not_started", 0, 0, None)
    assert document_of(setting) == Document()


def test_every_sort_of_value_comes_back_as_it_was_saved(setting):
    rows = ADD, Change("add_row", "recommendations.r1"), Change("add_row", "recommendations.r2", position=0)
    saved = setting.save(
        0,
        value("report.area", "Ynys Môn 🏝"),
        value("report.death_year", 2016),
        value("report.published", Invalid("spring")),
        *rows,
        value("victims.k1.age", Missing("not_reported")),
        value("recommendations.r1.themes", ("T1", "T3")),
        Change("evidence", "recommendations.r1.text", evidence=Evidence("12", "“quote”")),
        Change("evidence", "report.children_note", evidence=Evidence("3")),
    )
    assert saved.revision == 1
    assert document_of(setting) == Document(
        {"report": {"area": "Ynys Môn 🏝", "death_year": 2016, "published": Invalid("spring")}},
        {
            "victims": (Row("k1", {"age": Missing("not_reported")}),),
            "recommendations": (Row("r2"), Row("r1", {"themes": ("T1", "T3")})),
        },
        {"recommendations.r1.text": Evidence("12", "“quote”"), "report.children_note": Evidence("3")},
    )
    assert row_of(setting).answered == 5


def test_the_first_save_starts_the_entry(setting):
    setting.save(0, value("report.area", "X"))
    entry = row_of(setting)
    assert entry.state == "in_progress"
    assert entry.started_at is not None
    assert entry.started_at == entry.updated_at


def test_later_saves_leave_the_start_as_it_was(setting):
    setting.save(0, value("report.area", "X"))
    started = row_of(setting).started_at
    setting.save(1, value("report.area", "Y"))
    entry = row_of(setting)
    assert entry.started_at == started
    assert entry.updated_at != started


def test_a_save_writes_one_part_the_entry_and_one_line_of_the_log(setting):
    setting.save(0, value("report.area", "X"))
    written = []
    with setting.desk() as (session, _, _):
        engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", lambda *args: written.append(args[2].split()[0]))
    setting.save(1, value("report.area", "Y"))
    assert [verb for verb in written if verb in ("INSERT", "UPDATE", "DELETE")] == [
        "UPDATE",
        "UPDATE",
        "INSERT",
    ]


def test_a_save_writes_three_pages_whatever_the_entry_holds(tmp_path):
    setting = one_case(sqlite_database(tmp_path / "pages.sqlite3"))
    setting.save(0, *(Change("add_row", f"recommendations.r{number}") for number in range(40)))
    log = Path(f"{setting.database.url.database}-wal")
    setting.database.purge()  # the log is empty now
    for number in range(1, 31):
        setting.save(number, value("report.area", f"Exampleshire {number}"))
    written = log.stat().st_size
    setting.database.dispose()
    assert written <= 30 * 16 * 1024  # four pages with their heads would be 16.1 KiB for each save


def test_blanking_takes_the_value_out(setting):
    setting.save(0, value("report.area", "X"), value("report.region", "north"))
    setting.save(1, value("report.area", None))
    assert document_of(setting).sections == {"report": {"region": "north"}}
    assert row_of(setting).answered == 1


def test_the_log_says_what_became_of_what(setting):
    setting.save(0, value("report.death_year", 2016), ADD)
    setting.save(1, value("report.death_year", Missing("not_reported")), Change("delete_row", "victims.k1"))
    with setting.database.reading() as session:
        first, second = change_log(session, setting.entry_id)
    assert (first.revision, first.by) == (1, setting.amara_id)
    assert first.changes == (
        {"what": "set", "path": "report.death_year", "old": None, "new": 2016},
        {"what": "add_row", "path": "victims.k1", "old": None, "new": 0},
    )
    assert second.changes == (
        {"what": "set", "path": "report.death_year", "old": 2016, "new": {"missing": "not_reported"}},
        {
            "what": "delete_row",
            "path": "victims.k1",
            "old": {"position": 0, "values": {}, "evidence": {}},
            "new": None,
        },
    )


def test_an_entry_is_changed_in_a_persons_name(setting):
    with setting.desk() as (session, _, entry), pytest.raises(Refused) as caught:
        save_changes(session, COMMAND_LINE, entry, 0, [ADD])
    assert caught.value.problems[0].code == "ENTRY-017"


def test_the_log_cannot_be_rewritten(setting):
    setting.save(0, value("report.area", "X"))
    with pytest.raises(DBAPIError), setting.desk() as (session, _, _):
        session.execute(update(EntryChange).values(changes="[]"))


def test_a_save_on_an_older_revision_applies_to_other_fields_and_says_so(setting):
    setting.save(0, value("report.area", "X"))
    saved = setting.save(0, value("report.region", "wales"))
    assert (saved.revision, saved.elsewhere) == (2, ("report.area",))
    assert document_of(setting).sections == {"report": {"area": "X", "region": "wales"}}


def test_a_save_on_an_older_revision_of_the_same_field_is_refused_with_both_values(setting):
    setting.save(0, value("report.area", "theirs"))
    stale = refusal(setting, 0, value("report.region", "wales"), value("report.area", "yours"))
    assert isinstance(stale, Stale)
    assert (stale.status, stale.revision) == (409, 1)
    (conflict,) = stale.conflicts
    assert (conflict.path, conflict.yours, conflict.theirs) == ("report.area", "yours", "theirs")
    assert document_of(setting).sections == {"report": {"area": "theirs"}}


@pytest.mark.parametrize(("theirs", "yours"), [(None, 2010), (2010, None), (2011, 2010)])
def test_blanking_and_answering_the_same_field_is_a_conflict(setting, theirs, yours):
    setting.save(0, value("report.death_year", 2009))
    setting.save(1, value("report.death_year", theirs))
    assert isinstance(refusal(setting, 1, value("report.death_year", yours)), Stale)


def test_a_zero_is_not_taken_for_a_blank(setting):
    setting.save(0, ADD, value("victims.k1.age", 3))
    setting.save(1, value("victims.k1.age", None))
    (conflict,) = refusal(setting, 1, value("victims.k1.age", 0)).conflicts  # type: ignore[attr-defined]
    assert (conflict.yours, conflict.theirs) == (0, None)


def test_the_same_save_sent_twice_is_done_once(setting):
    changes = (ADD, value("victims.k1.age", 3), Change("evidence", "victims.k1.age", evidence=Evidence("4")))
    first = setting.save(0, *changes)
    again = setting.save(0, *changes)
    assert again.revision == first.revision == 1
    assert len(document_of(setting).rows("victims")) == 1


def test_evidence_and_value_of_a_field_do_not_conflict(setting):
    setting.save(0, value("report.children_note", "A note"))
    setting.save(0, Change("evidence", "report.children_note", evidence=Evidence("4")))
    (conflict,) = refusal(
        setting, 1, Change("evidence", "report.children_note", evidence=Evidence("5"))
    ).conflicts  # type: ignore[attr-defined]
    assert (conflict.what, conflict.yours, conflict.theirs) == ("evidence", Evidence("5"), Evidence("4"))


def test_a_row_that_was_deleted_elsewhere_is_not_written_to(setting):
    setting.save(0, ADD)
    setting.save(1, Change("delete_row", "victims.k1"))
    (conflict,) = refusal(setting, 1, value("victims.k1.age", 3)).conflicts  # type: ignore[attr-defined]
    assert (conflict.path, conflict.what) == ("victims.k1.age", "delete_row")
    assert setting.save(1, Change("delete_row", "victims.k1")).revision == 2


def test_a_row_that_was_changed_elsewhere_is_not_deleted(setting):
    setting.save(0, ADD)
    setting.save(1, value("victims.k1.age", 3))
    assert isinstance(refusal(setting, 1, Change("delete_row", "victims.k1")), Stale)
    assert document_of(setting).get("victims.k1.age") == 3


def test_a_revision_that_never_was_is_refused(setting):
    assert refusal(setting, 5, ADD).problems[0].code == "ENTRY-008"
    assert refusal(setting, -1, ADD).status == 409


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (value("nowhere.area", "x"), "ENTRY-002"),
        (value("report.nothing", "x"), "ENTRY-002"),
        (value("report", "x"), "ENTRY-002"),
        (value("report.area.more", "x"), "ENTRY-002"),
        (value("victims.age", 3), "ENTRY-002"),
        (value("victims.k9.age", 3), "ENTRY-004"),
        (Change("add_row", "report.k1"), "ENTRY-002"),
        (Change("add_row", "victims.K 1"), "ENTRY-002"),
        (Change("add_row", "victims." + "k" * 17), "ENTRY-002"),
        (Change("move_row", "victims.k9", position=0), "ENTRY-004"),
        (Change("delete_row", "victims.k9"), "ENTRY-004"),
        (Change("restore_row", "victims.k9"), "ENTRY-004"),
        (Change("explode", "report.area"), "ENTRY-002"),
        (value("report.area", "x" * 100_001), "ENTRY-003"),
        (value("report.death_year", 10**15), "ENTRY-003"),
        (value("report.death_year", float("nan")), "ENTRY-003"),
        (value("report.death_year", float("inf")), "ENTRY-003"),
        (value("report.death_year", True), "ENTRY-003"),
        (value("report.death_year", {"a": 1}), "ENTRY-003"),
        (value("report.region", ("x",) * 1_001), "ENTRY-003"),
        (value("report.region", Missing("x" * 101)), "ENTRY-003"),
    ],
)
def test_what_cannot_be_saved_is_refused_with_its_path_and_nothing_is_written(setting, change, code):
    refused = refusal(setting, 0, value("report.region", "wales"), change)
    assert [(problem.code, problem.where) for problem in refused.problems] == [(code, change.path)]
    assert document_of(setting) == Document()
    assert row_of(setting).state == "not_started"


def test_what_cannot_be_stored_in_both_databases_is_cleaned(setting):
    setting.save(0, value("report.area", " a\x00b\ud800\ufffe\r\nc "), value("report.children_note", "\x00"))
    assert document_of(setting).sections == {"report": {"area": "ab\nc"}}


def test_a_full_group_takes_no_more_rows(setting):
    setting.save(0, *(Change("add_row", f"victims.k{number}") for number in range(5)))
    assert refusal(setting, 1, Change("add_row", "victims.k9")).problems[0].code == "ENTRY-005"
    setting.save(1, Change("delete_row", "victims.k0"), Change("add_row", "victims.k9"))
    assert refusal(setting, 2, Change("restore_row", "victims.k0")).problems[0].code == "ENTRY-005"


def order(setting: OneCase) -> str:
    return "".join(row.id for row in document_of(setting).rows("recommendations"))


def act(what: str, row_id: str, position: int | None = None) -> Change:
    return Change(what, f"recommendations.{row_id}", position=position)


def test_rows_keep_their_places_through_adding_moving_deleting_and_restoring(setting):
    setting.save(0, *(act("add_row", row_id) for row_id in "abcd"))
    assert order(setting) == "abcd"
    setting.save(1, act("move_row", "d", 0))
    assert order(setting) == "dabc"
    setting.save(2, act("move_row", "d"), act("add_row", "e", 1))
    assert order(setting) == "aebcd"
    setting.save(3, act("delete_row", "b"))
    assert order(setting) == "aecd"
    setting.save(4, act("move_row", "a", 99), act("add_row", "f", -5))
    assert order(setting) == "fecda"
    setting.save(5, act("restore_row", "b"))
    assert order(setting) == "febcda"


def test_moving_a_row_to_where_it_is_changes_nothing(setting):
    setting.save(0, *(act("add_row", row_id) for row_id in "abc"))
    assert setting.save(1, act("move_row", "b", 1), act("move_row", "c")).revision == 1


def test_the_store_and_the_domain_agree_on_what_changes_do(setting):
    changes = [
        *(act("add_row", row_id) for row_id in "abcd"),
        act("move_row", "a", 2),
        act("delete_row", "b"),
        act("add_row", "e", 1),
        act("move_row", "d", 0),
        value("recommendations.e.number", "4.2"),
        value("report.area", "X"),
        value("report.area", None),
        value("report.region", "wales"),
    ]
    setting.save(0, *changes)
    assert to_json(document_of(setting)) == to_json(Document().with_changes(changes))


def test_a_restored_row_comes_back_with_what_it_held(setting):
    setting.save(
        0, ADD, value("victims.k1.age", 3), Change("evidence", "victims.k1.age", evidence=Evidence("4"))
    )
    before = document_of(setting)
    setting.save(1, Change("delete_row", "victims.k1"))
    assert document_of(setting) == Document()
    assert row_of(setting).answered == 0
    assert refusal(setting, 2, ADD).problems[0].code == "ENTRY-006"
    with setting.desk() as (session, actor, entry):
        restore_row(session, actor, entry, 2, "victims.k1")
        assert entry.revision == 3
    assert document_of(setting) == before
    assert row_of(setting).answered == 1


def test_what_was_written_since_a_revision_completes_what_was_known_of_it(setting):
    saves = (
        [value("report.area", "X"), ADD, value("victims.k1.age", 3), Change("add_row", "victims.k2")],
        [Change("move_row", "victims.k2", position=0), value("report.region", "wales")],
        [Change("delete_row", "victims.k1")],
        [Change("restore_row", "victims.k1"), value("victims.k2.age", 40)],
    )
    known: list[tuple[int, datetime, list[Part]]] = []
    for base, changes in enumerate(saves):
        setting.save(base, *changes)
        with setting.database.reading() as session:
            connection, stands = session.connection(), session.get_one(Entry, setting.entry_id)
            whole = load_parts(connection, stands.id)
            assert stands.updated_at is not None
            for revision, at, parts in known:
                assert parts_after(connection, stands.id, parts, revision, at) == whole
                another_past = at + timedelta(microseconds=1)
                assert parts_after(connection, stands.id, parts, revision, another_past) == []
            known.append((stands.revision, stands.updated_at, whole))
            assert parts_after(connection, stands.id, whole, stands.revision, stands.updated_at) == []
    assert len(known) == len(saves)


def test_the_stored_count_is_what_counting_gives(setting):
    setting.save(
        0, ADD, value("victims.k1.age", 3), value("victims.k1.sex", "female"), value("report.area", "X")
    )
    setting.save(
        1, value("victims.k1.sex", None), Change("add_row", "victims.k2"), value("victims.k2.age", 4)
    )
    setting.save(2, Change("delete_row", "victims.k1"), value("report.area", "Y"))
    assert row_of(setting).answered == sum(1 for _ in document_of(setting).paths()) == 2


def test_a_whole_document_is_saved_as_one_revision(setting):
    rows = tuple(Row(f"r{number}", {"number": f"{number}.1", "themes": ("T1",)}) for number in range(40))
    document = Document({"report": {"area": "X"}}, {"recommendations": rows})
    with setting.desk() as (session, actor, entry):
        assert save_document(session, actor, entry, document).revision == 1
    assert document_of(setting) == document
    smaller = Document({}, {"recommendations": rows[:3][::-1]})
    with setting.desk() as (session, actor, entry):
        save_document(session, actor, entry, smaller)
    assert to_json(document_of(setting)) == to_json(smaller)


def test_a_save_rewrites_only_the_parts_it_touches(setting):
    setting.save(0, *(act("add_row", f"r{number}") for number in range(30)), value("report.area", "X"))
    setting.save(1, value("recommendations.r7.number", "7"))
    with setting.database.reading() as session:
        written = session.scalars(select(EntryPart.row_id).where(EntryPart.revision == 2)).all()
    assert written == ["r7"]


# ------------------------------------------------------------------------------------------- states


def submit(setting: OneCase) -> None:
    with setting.desk() as (session, actor, entry):
        mark_submitted(session, actor, entry)


def give_back(setting: OneCase, reason: str = "Page 3 is missing") -> None:
    with setting.desk() as (session, actor, entry):
        mark_returned(session, actor, entry, reason)


def test_a_submitted_entry_takes_no_late_save(setting):
    setting.save(0, value("report.area", "X"))
    submit(setting)
    refused = refusal(setting, 1, value("report.area", "Y"))
    assert (refused.problems[0].code, refused.status) == ("ENTRY-001", 409)
    assert document_of(setting).get("report.area") == "X"


def test_an_entry_is_submitted_once(setting):
    setting.save(0, value("report.area", "X"))
    submit(setting)
    with pytest.raises(Refused, match="submitted already") as caught:
        submit(setting)
    assert caught.value.status == 409


def test_nothing_is_submitted_before_anything_is_entered(setting):
    with pytest.raises(Refused, match="Nothing has been entered"):
        submit(setting)


def test_what_was_checked_is_what_is_submitted(setting):
    setting.save(0, value("report.area", "X"))
    entry = row_of(setting)
    setting.save(1, value("report.area", "Y"))
    with setting.desk() as (session, actor, _), pytest.raises(Refused, match="changed while"):
        mark_submitted(session, actor, entry)


def test_a_returned_entry_opens_with_its_next_save(setting):
    setting.save(0, value("report.area", "X"))
    submit(setting)
    give_back(setting)
    assert (row_of(setting).state, row_of(setting).returned_reason) == ("returned", "Page 3 is missing")
    setting.save(1, value("report.area", "Y"))
    assert row_of(setting).state == "in_progress"
    submit(setting)
    assert row_of(setting).returned_reason == ""


def test_an_entry_is_returned_only_with_a_reason_and_only_when_submitted(setting):
    setting.save(0, value("report.area", "X"))
    with pytest.raises(Refused, match="Only a submitted entry"):
        give_back(setting)
    submit(setting)
    with pytest.raises(Refused, match="Say why"):
        give_back(setting, " \x00 ")


def test_an_entry_that_was_taken_over_is_closed(setting):
    with setting.desk() as (_, _, entry):
        entry.ended_at = entry.created_at
    assert refusal(setting, 0, ADD).status == 404


def opened(setting: OneCase, slot: int, coder_id: str) -> str:
    with setting.desk() as (session, actor, _):
        case, coder = session.get_one(Case, setting.case_id), session.get_one(User, coder_id)
        return open_entry(session, actor, case, slot, coder, setting.version_id).id


def test_opening_again_gives_the_same_entry(setting):
    assert opened(setting, 1, setting.amara_id) == setting.entry_id
    with setting.database.reading() as session:
        actions = session.scalars(select(Audit.action).where(Audit.action == "entry.open")).all()
    assert actions == ["entry.open"]


@pytest.mark.parametrize(("slot", "who"), [(1, "ben"), (2, "amara")])
def test_a_slot_has_one_coder_and_a_coder_one_slot(setting, slot, who):
    with pytest.raises(Refused) as caught:
        opened(setting, slot, setting.ben_id if who == "ben" else setting.amara_id)
    assert (caught.value.problems[0].code, caught.value.status) == ("ENTRY-012", 409)


def test_the_second_coder_has_an_entry_of_their_own(setting):
    assert opened(setting, 2, setting.ben_id) != setting.entry_id


# ---------------------------------------------------------------------------------------- concurrency


def attempt(call) -> str:
    try:
        call()
    except Stale:
        return "stale"
    except Refused as refused:
        return refused.problems[0].code
    return "done"


def test_of_many_saves_at_once_to_one_field_one_wins(setting):
    with ThreadPoolExecutor(8) as pool:
        calls = [lambda n=number: setting.save(0, value("report.area", f"{n}")) for number in range(8)]
        outcomes = sorted(pool.map(attempt, calls))
    assert outcomes == ["done"] + ["stale"] * 7
    assert row_of(setting).revision == 1


def test_saves_at_once_to_different_rows_all_stay(setting):
    setting.save(0, *(act("add_row", f"r{number}") for number in range(8)))
    with ThreadPoolExecutor(8) as pool:
        calls = [lambda n=n: setting.save(1, value(f"recommendations.r{n}.number", f"{n}")) for n in range(8)]
        assert set(pool.map(attempt, calls)) == {"done"}
    assert [row.values["number"] for row in document_of(setting).rows("recommendations")] == list("01234567")
    assert (row_of(setting).revision, row_of(setting).answered) == (9, 8)


@pytest.mark.parametrize("meanwhile", [{"revision": 1}, {"state": "submitted"}])
def test_the_update_itself_checks_revision_and_state(setting, meanwhile):
    """Should a lock ever be missing, the UPDATE still lets only one of two savers through."""
    with setting.desk() as (session, actor, entry), pytest.raises(Refused) as caught:
        held = lock(session, entry.id)
        desk = Desk(compiled(session, setting.version_id), [])
        session.execute(update(Entry).values(meanwhile))
        write(session, actor, entry, held, desk, [])
    assert caught.value.problems[0].code == "ENTRY-011"


def test_of_many_submissions_at_once_one_counts(setting):
    setting.save(0, value("report.area", "X"))
    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(attempt, [lambda: submit(setting)] * 8))
    assert outcomes == ["ENTRY-013"] * 7 + ["done"]


# ------------------------------------------------------------------------------------------------ lift


def second_version(setting: OneCase) -> str:
    source = SOURCE.replace("version: 1", "version: 2").replace(
        "      - {key: published,", "      - {key: pages, kind: integer, label: Pages, required: true}\n      - {key: published,"
    )  # fmt: skip
    with setting.desk() as (session, actor, _):
        return publish(session, actor, source, CODELISTS, reason="Count the pages").id


def test_an_entry_is_lifted_in_one_logged_revision_with_notes(setting):
    setting.save(0, value("report.area", "X"), ADD)
    before, version = document_of(setting), second_version(setting)
    with setting.desk() as (session, actor, entry):
        lifted = pin_to_version(session, actor, entry, version)
        assert entry.template_version_id == version
        assert change_log(session, entry.id)[-1].changes == (
            {"what": "lift", "path": "", "old": 1, "new": 2},
        )
    assert lifted.notes == ("New question in “Report”: “Pages”. It has to be answered where it applies.",)
    assert document_of(setting) == before
    setting.save(2, value("report.pages", 80))


def test_a_page_of_the_old_version_cannot_save_after_a_lift(setting):
    setting.save(0, value("report.area", "X"))
    version = second_version(setting)
    with setting.desk() as (session, actor, entry):
        pin_to_version(session, actor, entry, version)
    assert refusal(setting, 1, value("report.region", "wales")).problems[0].code == "ENTRY-007"


def test_an_entry_is_lifted_only_upwards_and_only_while_it_is_open(setting):
    with setting.desk() as (session, actor, entry), pytest.raises(Refused, match="not a later version"):
        pin_to_version(session, actor, entry, setting.version_id)
    setting.save(0, value("report.area", "X"))
    version = second_version(setting)
    submit(setting)
    with setting.desk() as (session, actor, entry), pytest.raises(Refused, match="submitted"):
        pin_to_version(session, actor, entry, version)
