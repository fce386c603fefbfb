"""A manager schedules coding again: rounds come on their day, fill up, are given by hand, changed and ended; coders learn nothing of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.days import in_words
from schema.store.database import Database
from schema.store.models import Audit, Entry, Notice, Project, RepeatSchedule
from schema.store.repeat_schedules import (
    Terms,
    change_schedule,
    end_schedule,
    find_schedule,
    set_schedule,
    terms_of,
)
from tests.support.clock import Clock
from tests.support.rebuilding import schedules_from_trail, stored_schedules
from tests.support.reconciling import extract
from tests.support.repeating import code_again, days_since_old_cases, run
from tests.support.world import FILE, World
from webapp.agreement.repeat_rounds import give_due_rounds

REPEATS = "/projects/pilot/agreement/repeats"
TODAY = Clock().at.date()
FORM = {"coder": "", "number": "1", "days": "90", "every_weeks": "8", "seed": "7"}


class Study(World):
    """Two cases that amara and ben coded and that are old enough, one that is not, and a clock to move."""

    clock: Clock

    def begin(self, **other: object) -> str:
        """A schedule of one case for each, from today on, every four weeks; its id."""
        terms = Terms(coder_id=None, number=1, days=90, seed=7, next_day=TODAY, every_weeks=4)
        with self.writing() as session:
            project = session.get_one(Project, self.project.id)
            terms = replace(terms, **other)  # type: ignore[arg-type]
            return set_schedule(session, self.actor("dana"), project, terms).id

    def held(self, schedule_id: str) -> RepeatSchedule:
        """The schedule as it stands."""
        with self.reading() as session:
            return session.get_one(RepeatSchedule, schedule_id)

    def work(self, **passes: float) -> None:
        """Let time pass, then what a worker does."""
        self.clock.forward(**passes)
        give_due_rounds(self.database, self.settings)

    def given(self, name: str) -> list[str]:
        """References of the cases that were given to a person once more."""
        ids = {self.case(reference).id: reference for reference in ("DHR-1", "DHR-2", "DHR-3")}
        with self.reading() as session:
            query = select(Entry.case_id).where(Entry.repeats, Entry.coder_id == self.user(name).id)
            return sorted(ids[one] for one in session.scalars(query))


@pytest.fixture
def study(old_cases: Path, tmp_path: Path) -> Iterator[Study]:
    shutil.copyfile(old_cases, tmp_path / FILE)
    clock = Clock()
    made = Study(Database(f"sqlite:///{tmp_path / FILE}", clock=clock), tmp_path)
    made.clock = clock
    yield made
    made.database.dispose()


def test_a_manager_sets_a_schedule_and_its_rounds_come_by_themselves(study: Study) -> None:
    dana = study.client_for("dana")
    day = TODAY + timedelta(days=3)
    sent = {**FORM, "next_day": day.isoformat()}
    assert dana.submit(f"{REPEATS}/schedule", sent).status_code == 303
    page = dana.page(REPEATS)
    assert "Every coder 1 90 days ago or more every 8 weeks 26 November 2026 0" in page.words
    amara = study.client_for("amara")
    seen = [amara.page(where).text for where in ("/", "/notices", "/projects/pilot")]
    assert not any("schedule" in text.lower() for text in seen), "coders learn of no schedule"
    assert amara.get(REPEATS).status_code == 403
    study.work(days=2)
    assert study.given("amara") == []
    study.work(days=1)
    dana, amara = study.new_client("dana"), study.new_client("amara")  # their sessions have ended
    (reference,) = study.given("amara")
    assert f"{reference}: code it again" in amara.page("/").words
    assert len(study.given("ben")) == 1
    page = dana.page(REPEATS)
    assert "21 January 2027 1, the last on 26 November 2026" in page.words
    assert f"{reference} Amara Okafor Not started 26 November 2026, by Dana Price" in page.words


def test_what_is_told_is_what_a_case_given_by_hand_tells(study: Study) -> None:
    study.begin()
    study.work()
    with study.reading() as session:
        (notice,) = session.scalars(
            select(Notice).where(Notice.kind == "repeat", Notice.user_id == study.user("amara").id)
        )
    assert (notice.case_id, notice.due) == (study.case(study.given("amara")[0]).id, None)
    words = study.client_for("amara").page("/notices").words
    assert "given to you once more, to code again without looking back" in words
    assert "schedule" not in words.lower()


def test_a_round_fills_up_what_is_not_finished_and_gives_no_case_twice(study: Study) -> None:
    schedule_id = study.begin(days=1)
    study.work()
    first = study.given("amara")
    study.work(weeks=4)
    assert study.given("amara") == first, "it waits still"
    code_again(study, first[0], "amara", extract({"region": "wales"}))
    study.work(weeks=4)
    assert len(study.given("amara")) == 2
    assert study.held(schedule_id).rounds == 3


def test_days_on_which_no_worker_was_there_are_passed_over_and_rounds_keep_step(study: Study) -> None:
    schedule_id = study.begin()
    study.work(days=60)
    held = study.held(schedule_id)
    assert (held.rounds, held.next_day) == (1, TODAY + timedelta(weeks=12)), "60 days are 8 weeks and 4 days"


def test_one_round_alone_ends_its_schedule_and_whoever_cannot_code_again_is_passed_over(study: Study) -> None:
    once = study.begin(coder_id=study.user("ben").id, every_weeks=0)
    study.work()
    study.work(weeks=1)
    assert (len(study.given("ben")), study.given("amara")) == (1, [])
    assert study.held(once).ended_at is not None
    page = study.client_for("dana").page(REPEATS)
    assert (
        "Ben Whitfield 1 90 days ago or more once none: it has ended 1, the last on 23 November 2026 –"
        in page.words
    )


def test_a_round_is_given_by_hand_once_and_moves_the_next(study: Study) -> None:
    schedule_id = study.begin(next_day=TODAY + timedelta(days=9), number=3)
    dana, address = study.client_for("dana"), f"{REPEATS}/schedules/%s/1/give"
    dana.most_statements = 60  # four cases are given, each with an entry, a notice and an act
    page = dana.page(address % schedule_id)
    assert "Amara Okafor: 2 cases of 2 that could be given." in page.words
    assert dana.submit(address % schedule_id, {}).status_code == 303
    assert study.given("amara") == ["DHR-1", "DHR-2"]
    assert study.held(schedule_id).next_day == TODAY + timedelta(weeks=4)
    again = dana.submit(address % schedule_id, {}, page="/account")
    assert again.status_code == 409, "a second press on the same page"
    assert "changed meanwhile" in again.get_data(as_text=True)
    assert dana.get(address % "zzzzzzzzzzzzzzzz").status_code == 404


def test_a_schedule_is_changed_from_what_was_looked_at_and_ended(study: Study) -> None:
    schedule_id = study.begin(every_weeks=0, next_day=TODAY + timedelta(days=1))
    dana, address = study.client_for("dana"), f"{REPEATS}/schedules/{schedule_id}"
    sent = {**FORM, "coder": study.user("ben").id, "next_day": "2026-12-01", "revision": "1"}
    assert dana.submit(address, sent).status_code == 303
    assert "Ben Whitfield 1 90 days ago or more every 8 weeks 1 December 2026" in dana.page(REPEATS).words
    stale = dana.submit(address, {**sent, "number": "4"})
    assert stale.status_code == 409
    assert 'value="4"' in stale.get_data(as_text=True), "what was typed stays"
    assert dana.submit(f"{address}/2/end", {}).status_code == 303
    study.work(weeks=4)
    assert study.given("ben") == []
    assert study.new_client("dana").submit(f"{address}/2/end", {}, page="/account").status_code == 409


def test_what_cannot_be_is_said_at_its_field(study: Study) -> None:
    dana = study.client_for("dana")
    good = {**FORM, "next_day": "2026-12-01"}
    for other, said in (
        ({"number": "0"}, "Enter a whole number of cases"),
        ({"number": "51"}, "Enter a number from 1 to 50."),
        ({"days": "9999"}, "Enter a number from 1 to 3,650."),
        ({"next_day": ""}, "Enter a day."),
        ({"next_day": "2026-11-22"}, "Enter a day from today on, within two years."),
        ({"next_day": "2999-01-01"}, "Enter a day from today on, within two years."),
        ({"every_weeks": "53"}, "Enter a number of weeks from 1 to 52"),
        ({"coder": study.user("carol").id}, "Choose another coder."),
        ({"seed": "x"}, "at most nine digits"),
    ):
        answer = dana.submit(f"{REPEATS}/schedule", {**good, **other})
        assert answer.status_code == 422, other
        assert said in answer.get_data(as_text=True), other
    with study.reading() as session:
        assert session.scalars(select(RepeatSchedule)).all() == []


def test_what_was_said_and_changed_stands_in_the_trail(study: Study) -> None:
    schedule_id = study.begin()
    with study.writing() as session:
        held = find_schedule(session, study.project, schedule_id)
        assert held is not None
        before = terms_of(held)
        after = replace(before, coder_id=study.user("ben").id, number=2, next_day=date(2026, 12, 24))
        assert not change_schedule(session, study.actor("dana"), held, before, revision=1)
        assert change_schedule(session, study.actor("dana"), held, after, revision=1)
    with study.reading() as session:
        acts = select(Audit).where(Audit.object_id == schedule_id).order_by(Audit.seq)
        was_set, changed = session.scalars(acts)
    assert (was_set.action, changed.action) == ("repeat.schedule", "repeat.reschedule")
    plain = {**asdict(after), "next_day": "2026-12-24"}
    assert json.loads(changed.detail) == {"before": json.loads(was_set.detail), "after": plain}


def test_schedules_follow_from_the_trail_alone(study: Study) -> None:
    first, once, third = study.begin(), study.begin(every_weeks=0, number=2), study.begin()
    study.work()
    with study.writing() as session:
        held = {one: session.get_one(RepeatSchedule, one) for one in (first, third)}
        again = replace(terms_of(held[first]), number=5)
        change_schedule(session, study.actor("dana"), held[first], again, revision=2)
        end_schedule(session, study.actor("dana"), held[third], revision=2)
    with study.reading() as session:
        made = schedules_from_trail(session, study.project.id)
        assert made == stored_schedules(session, study.project.id)
    assert [made[one]["ended"] for one in (first, once, third)] == [False, True, True]
    assert [made[one]["rounds"] for one in (first, once, third)] == [1, 1, 1]


def test_the_commands_do_what_the_page_does(study: Study) -> None:
    as_dana, soon = ("--as", "dana"), datetime.now(UTC).date() + timedelta(days=9)
    what = ("--cases", "1", "--days", days_since_old_cases(), "--on", soon.isoformat(), "--every", "4")
    said = run(study, "repeat", "schedule", "pilot", *what, "--seed", "7", *as_dana)
    schedule_id = said.partition(":")[0]
    assert said.strip() == f"{schedule_id}: next round {in_words(soon)}, seed 7."
    run(study, "repeat", "schedule", "pilot", *what, "--coder", "amara", "--change", schedule_id, *as_dana)
    listed = run(study, "repeat", "schedules", "pilot")
    assert listed.startswith(f"{schedule_id}: Amara Okafor, 1 case each, signed off ")
    assert f"every 4 weeks; next round {in_words(soon)}, 0 rounds so far" in listed
    assert "Amara Okafor: 1 case" in run(study, "repeat", "round", "pilot", schedule_id, *as_dana)
    assert "AGR-010" in run(study, "repeat", "end", "pilot", schedule_id, "--as", "ben", code=2)
    assert "AGR-012" in run(study, "repeat", "end", "pilot", "nowhere", *as_dana, code=2)
    run(study, "repeat", "end", "pilot", schedule_id, *as_dana)
    assert "ended, 1 round so far" in run(study, "repeat", "schedules", "pilot")
