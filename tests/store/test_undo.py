"""Taking saves back: as new saves, only where nothing later is lost, step by step to the beginning."""

from __future__ import annotations

import pytest

from schema.answers.canonical import to_json
from schema.answers.document import Change, Evidence
from schema.problem import Refused
from schema.store.entries import change_log
from schema.store.past import AT_ONCE, saves_before
from schema.store.saving import save_changes
from schema.store.undo import last_path, latest_possible, past_saves, take_back
from tests.store.one_case import OneCase, one_case, value
from tests.store.test_entries import document_of

ADD = Change("add_row", "victims.k1")


@pytest.fixture
def setting(database) -> OneCase:
    return one_case(database)


def back(setting: OneCase) -> tuple[str, ...]:
    """Undo as the key does."""
    with setting.desk() as (session, actor, entry):
        return take_back(session, actor, entry, latest_possible(past_saves(session, entry)).save.revision)


def undo(setting: OneCase, revision: int) -> tuple[str, ...]:
    with setting.desk() as (session, actor, entry):
        return take_back(session, actor, entry, revision)


def refusal(setting: OneCase, revision: int) -> str:
    with pytest.raises(Refused) as caught:
        undo(setting, revision)
    assert caught.value.status == 409
    return caught.value.problems[0].code


def history(setting: OneCase) -> list[tuple[int, int, bool, bool]]:
    with setting.desk() as (session, _, entry):
        return [
            (one.save.revision, one.takes_back, one.taken_back, one.possible)
            for one in past_saves(session, entry)
        ]


STEPS = (
    (value("report.area", "X"), value("report.death_year", 2016)),
    (Change("evidence", "report.children_note", evidence=Evidence("12", "words")),),
    (ADD, value("victims.k1.age", 3)),
    (Change("add_row", "victims.k2", position=0),),
    (value("victims.k2.sex", "female"), value("report.area", "Y")),
    (Change("move_row", "victims.k2", position=1),),
    (Change("delete_row", "victims.k1"),),
    (Change("evidence", "report.children_note", evidence=Evidence()),),
    (Change("restore_row", "victims.k1"),),
)


def test_undo_leads_back_through_every_sort_of_change_and_the_log_only_grows(setting):
    seen = [to_json(document_of(setting))]
    for number, step in enumerate(STEPS):
        setting.save(number, *step)
        seen.append(to_json(document_of(setting)))
    for before in reversed(seen[:-1]):
        back(setting)
        assert to_json(document_of(setting)) == before
    with pytest.raises(Refused, match="nothing left"):
        back(setting)
    with setting.desk() as (session, _, entry):
        log = change_log(session, entry.id)
    assert [save.revision for save in log] == list(range(1, 2 * len(STEPS) + 1))
    assert entry.answered == 0


def test_what_was_undone_is_put_back_and_undone_again(setting):
    setting.save(0, value("report.area", "X"))
    setting.save(1, value("report.area", "Y"))
    back(setting)
    assert history(setting) == [(3, 2, False, True), (2, 0, True, False), (1, 0, False, True)]
    undo(setting, 3)
    assert document_of(setting).get("report.area") == "Y"
    assert [one[0] for one in history(setting) if not one[2]] == [4, 2, 1]
    back(setting)
    assert document_of(setting).get("report.area") == "X"


def test_a_change_is_not_undone_over_a_later_one(setting):
    setting.save(0, value("report.area", "X"))
    setting.save(1, value("report.area", "Y"), value("report.death_year", 2016))
    setting.save(2, value("report.death_year", 2017))
    assert [one[3] for one in history(setting)] == [True, False, False]
    assert (refusal(setting, 2), refusal(setting, 1), refusal(setting, 99)) == ("UNDO-002",) * 3
    assert document_of(setting).sections["report"] == {"area": "Y", "death_year": 2017}


def test_a_row_that_was_filled_since_is_not_taken_away(setting):
    setting.save(0, ADD, value("victims.k1.age", 3))
    setting.save(1, value("victims.k1.sex", "female"))
    assert refusal(setting, 1) == "UNDO-002"
    undo(setting, 2)
    assert undo(setting, 1) == ("victims.k1",)
    assert document_of(setting).rows("victims") == ()
    setting.save(4, Change("restore_row", "victims.k1"))
    assert document_of(setting).get("victims.k1.age") == 3


def test_the_place_of_the_last_save_is_known(setting):
    with setting.desk() as (session, _, entry):
        assert last_path(session, entry) == ""
    setting.save(0, ADD, value("victims.k1.age", 3))
    with setting.desk() as (session, _, entry):
        assert last_path(session, entry) == "victims.k1.age"


def test_every_save_can_be_read_a_hundred_at_a_time_and_those_of_one_place_alone(setting: OneCase) -> None:
    with setting.desk() as (session, actor, entry):
        for number in range(AT_ONCE + 20):
            path = "report.area" if number % 40 == 0 else "report.death_year"
            save_changes(
                session,
                actor,
                entry,
                entry.revision,
                [value(path, 1900 + number if "year" in path else f"A{number}")],
            )
    with setting.desk() as (session, _, entry):
        latest = saves_before(session, entry)
        earlier = saves_before(session, entry, latest[-1].revision)
        assert [one.revision for one in (*latest, *earlier)] == list(range(AT_ONCE + 20, 0, -1))
        area = saves_before(session, entry, of=("report.area",))
        assert [[line["new"] for line in one.changes] for one in area] == [["A80"], ["A40"], ["A0"]]
        assert [one.revision for one in saves_before(session, entry, 41, ("report.area",))] == [1]
        assert len(saves_before(session, entry, of=("report.",))) == AT_ONCE
        assert saves_before(session, entry, of=("repor.", "report.a.")) == ()
        assert saves_before(session, entry, of=("report.%", "report_area", 'x"')) == ()
