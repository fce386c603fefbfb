"""A case is driven at random through its whole life, on both databases, beside a model that was written apart from it.

Every step is offered to both: the same refusals, and afterwards the same state, answers, consensus and acts on record. A short
walk runs always; thousands of steps with ``make test-full``.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    invariant,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from schema.answers.document import Document
from schema.store.assignments import current_assignments
from schema.store.audit_verify import verify
from schema.store.case_state import case_state_expression
from schema.store.comparisons import (
    find_live,
    load_comparison,
)
from schema.store.counters import drifts
from schema.store.database import Database
from schema.store.entries import change_log, load_document
from schema.store.models import Audit, Case, Entry, Snapshot
from schema.store.snapshots import thaw
from schema.store.unblinding import find_unblinding
from tests.store.workflow_walk import Walk
from tests.support.databases import PostgresServer, sqlite_database
from tests.support.rebuilding import case_from_trail, stored_case
from tests.support.workflow_parts import EntryModel


class Workflow(Walk):
    """The walk, and what must hold after each of its steps."""

    def teardown(self) -> None:
        """At the end of a walk the trail alone must give the case as it is stored."""
        try:
            with self.database.reading() as session:
                for case_id in (self.case, self.bystander):
                    assert case_from_trail(session, case_id) == stored_case(session, case_id)
        finally:
            super().teardown()

    @invariant()
    def the_same_acts_are_on_record_and_the_trail_holds(self) -> None:
        names = {user_id: name for name, user_id in self.ids.items()}
        with self.database.reading() as session:
            query = select(Audit.action, Audit.actor_id, Audit.case_id).order_by(Audit.seq)
            found = [
                (action, names.get(actor or "", ""), case) for action, actor, case in session.execute(query)
            ]
            trail = verify(session)
        assert trail.holds, trail.reason
        assert [(action, who) for action, who, case in found if case == self.case] == self.model.acts
        assert [action for action, _, case in found if case == self.bystander] == ["case.register"]

    @invariant()
    def the_case_is_in_the_state_that_follows_from_its_parts(self) -> None:
        with self.database.reading() as session:
            states = {
                row.id: row.state
                for row in session.execute(select(Case.id, case_state_expression().label("state")))
            }
            people = {part: held.user_id for part, held in current_assignments(session, self.case).items()}
            assert (find_unblinding(session, self.case) is not None) == self.model.unblinded
        assert states == {self.case: self.model.state, self.bystander: "registered"}
        assert people == {part: self.ids[name] for part, name in self.model.parts.items()}
        assert len(set(people.values())) == len(people)

    @invariant()
    def entries_hold_what_was_saved_and_every_save_is_logged(self) -> None:
        models = sorted([*self.model.ended, *self.model.entries.values()], key=lambda entry: entry.serial)
        with self.database.reading() as session:
            rows = {
                (row.slot, row.coder_id, row.ended_at is None): row for row in session.scalars(select(Entry))
            }
            kept = list(session.scalars(select(Entry)))
            assert len(kept) == len(models)
            assert len(rows) >= len(self.model.entries)
            for entry in self.model.entries.values():
                self._same_entry(session, rows[entry.slot, self.ids[entry.coder], True], entry)
            found = Counter(_content(load_document(session, row.id)) for row in kept if row.ended_at)
            assert found == Counter(_expected(entry) for entry in self.model.ended)

    @invariant()
    def the_consensus_follows_from_what_was_frozen_and_decided(self) -> None:
        made = self.model.comparison
        with self.database.reading() as session:
            live = find_live(session, self.case)
            assert (live is None) == (made is None)
            if live is not None and made is not None:
                loaded = load_comparison(session, live.id)
                assert (live.state, live.undecided, live.agreed_accepted) == (
                    made.state, len(made.undecided), made.accepted)  # fmt: skip
                assert _extract(loaded.consensus()) == made.consensus()
            signed = (
                select(Snapshot.id).where(Snapshot.comparison_id.is_not(None)).order_by(Snapshot.created_at)
            )
            assert [_extract(thaw(session, one)) for one in session.scalars(signed)] == self.model.signed

    @invariant()
    def the_database_is_whole_and_its_counters_count(self) -> None:
        with self.database.reading() as session:
            assert list(drifts(session)) == []
            if session.get_bind().dialect.name == "sqlite":
                assert session.execute(text("PRAGMA foreign_key_check")).all() == []
                assert session.scalar(text("PRAGMA quick_check")) == "ok"

    def _same_entry(self, session: Session, row: Entry, entry: EntryModel) -> None:
        assert (row.state, row.revision) == (entry.state, len(entry.log))
        assert _content(load_document(session, row.id)) == _expected(entry)
        saves = change_log(session, row.id)
        assert [save.revision for save in saves] == list(range(1, len(entry.log) + 1))
        assert {save.by for save in saves} <= {row.coder_id}
        for save, paths in zip(saves, entry.log, strict=True):
            touched = {
                change["path"].split(".")[1]
                for change in save.changes
                if change["path"].startswith("report.")
            }
            assert touched == {path for path in paths if path in ("area", "death_year", "children_known")}


def _numbers(document: Document) -> list[int]:
    return sorted(int(str(row.values["number"])[0]) for row in document.rows("recommendations"))


def _content(document: Document) -> str:
    values = dict(document.sections.get("report", {}))
    return json.dumps([values, len(document.rows("victims")), _numbers(document)], sort_keys=True)


def _expected(entry: EntryModel) -> str:
    return json.dumps([entry.values, int(entry.begun), sorted(entry.rows)], sort_keys=True)


def _extract(document: Document) -> tuple[dict[str, Any], list[int]]:
    """What the model says of a consensus: the two questions that may differ, and which recommendations it has."""
    assert [row.values["age"] for row in document.rows("victims")] == [34]
    assert document.get("report.children_known") == "no"
    values = document.sections["report"]
    return {key: values[key] for key in ("area", "death_year") if key in values}, _numbers(document)


def _walk(request: pytest.FixtureRequest, backend: str, folder: Path, walks: int, steps: int) -> None:
    """Walk so often, so many steps each, every time on a database of its own. The short walk is the same each time."""
    numbers = count()

    def on_sqlite() -> Workflow:
        return Workflow(sqlite_database(folder / f"{next(numbers)}.sqlite3"), Database.dispose)

    def on_postgresql() -> Workflow:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return Workflow(server.migrated(), server.drop)

    run_state_machine_as_test(
        on_sqlite if backend == "sqlite" else on_postgresql,  # type: ignore[arg-type]  # its types want a class
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            derandomize=walks < 50,
            database=None,
            phases=[Phase.generate],  # a walk is short enough to read, and making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_case_lives_as_the_model_says(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> None:
    _walk(request, backend, tmp_path, walks=8, steps=20)


@pytest.mark.full
@pytest.mark.parametrize("backend", BACKENDS)
def test_thousands_of_steps_go_as_the_model_says(
    request: pytest.FixtureRequest, backend: str, tmp_path: Path
) -> None:
    _walk(request, backend, tmp_path, walks=120, steps=50)
