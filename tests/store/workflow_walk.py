"""The steps of a random walk through a case's life: each is taken in Tandem and in the model, and both must answer alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Change
from schema.problem import Refused
from schema.store.assignments import assign
from schema.store.cases import find_case, register_case, restore_case, withdraw_case
from schema.store.comparisons import (
    LoadedComparison,
    accept_agreed,
    confirm_pairing,
    decide,
    find_live,
    link,
    load_comparison,
    reopen,
    sign_off,
    undo,
    unlink,
)
from schema.store.database import Database
from schema.store.entries import save_changes
from schema.store.knowledge import note_knowledge
from schema.store.models import Case, Entry, Project, User
from schema.store.people import actor_for, add_user
from schema.store.projects import add_member, create_project
from schema.store.submission import return_entry, submit_entry
from schema.store.templates import compiled_for, publish
from schema.store.unblinding import unblind
from tests.store.double_coding import SYSTEM, WORDING, small_sources
from tests.support.workflow import CODERS, DENIED, MANAGER, CaseModel
from tests.support.workflow_parts import ComparisonModel, EntryModel, Key, row_id
from webapp.access.finding import case_subject
from webapp.access.policy import can
from webapp.access.subjects import CaseSubject

RIGHTFUL = ""  # whoever has the right to the step at hand
PEOPLE = st.sampled_from([*[RIGHTFUL] * 20, MANAGER, *CODERS])
REASONS = st.sampled_from(["Checked in the report.", "Checked in the report.", "Checked in the report.", " "])
SLOTS, NUMBERS = st.sampled_from([1, 2]), st.sampled_from([1, 2, 3])
VALUES = st.sampled_from([("area", "North"), ("area", "South"), ("area", None), ("death_year", 2015),
                          ("death_year", 2016), ("death_year", None)])  # fmt: skip
OTHER = {"area": "East", "death_year": 2020}

Verb = Callable[[Session, Actor, CaseSubject], Any]


class Walk(RuleBasedStateMachine):
    """One case, a second one that must stay as it is, and the model beside them."""

    def __init__(self, database: Database, forget: Callable[[Database], None]) -> None:
        """Work on an empty, migrated database, which is given to ``forget`` at the end."""
        super().__init__()
        self.database, self._forget = database, forget
        self.model = CaseModel()

    def teardown(self) -> None:
        self._forget(self.database)

    @initialize(ahead=st.sampled_from([7, 8, 11, 5, 3, 0]))
    def set_up(self, ahead: int) -> None:
        """Register two cases in a project whose members may all code and reconcile; the first is some steps ahead."""
        with self.database.writing() as session:
            version = publish(session, SYSTEM, *small_sources())
            project = create_project(session, SYSTEM, "pilot", "Pilot", version)
            self.ids = {name: add_user(session, SYSTEM, name, name.title()).id for name in (MANAGER, *CODERS)}
            for name, user_id in self.ids.items():
                for role in ("manager",) if name == MANAGER else ("coder", "reconciler"):
                    add_member(session, SYSTEM, project, session.get_one(User, user_id), role)
            manager = actor_for(session, session.get_one(User, self.ids[MANAGER]))
            self.case, self.bystander = (
                register_case(session, manager, project, reference).id for reference in ("DHR-001", "DHR-002")
            )
            self.project = project.id
        self.model.acts.append(("case.register", MANAGER))
        assert self._try(MANAGER, "case.edit", self._register) == "CASE-002"
        self.go_on(ahead)

    # -------------------------------------------------------------------------------------- the manager

    @rule(
        who=PEOPLE,
        part=st.sampled_from(["coder_1", "coder_2", "reconciler"]),
        person=st.sampled_from([MANAGER, *CODERS]),
    )
    def assign(self, who: str, part: str, person: str) -> None:
        who = who or MANAGER
        due = self.model.assign(who, part, person)
        assert due == self._try(who, "case.assign", lambda session, actor, subject: assign(
            session, actor, subject.case, part, session.get_one(User, self.ids[person])))  # fmt: skip

    @rule(person=st.sampled_from(CODERS))
    def see_values(self, person: str) -> None:
        """Somebody who does not code the case opens what was entered."""
        if self.model.entry_of(person) is None:
            self.model.knows.add(person)
            with self.database.writing() as session:
                note_knowledge(session, self.ids[person], self.case, "entry.read")

    @precondition(lambda self: self.model.entries)
    @rule(who=PEOPLE, slot=SLOTS, reason=REASONS)
    def give_back(self, who: str, slot: int, reason: str) -> None:
        who = who or MANAGER
        if slot in self.model.entries:
            due = self.model.give_back(who, slot, reason.strip())
            assert due == self._try(who, "entry.return", lambda session, actor, subject: return_entry(
                session, actor, _slot(subject, slot), reason))  # fmt: skip

    @precondition(lambda self: not self.model.withdrawn)
    @rule(who=PEOPLE, reason=REASONS)
    def withdraw(self, who: str, reason: str) -> None:
        who = who or MANAGER
        due = self.model.withdraw(who, reason.strip())
        assert due == self._try(
            who,
            "case.edit",
            lambda session, actor, subject: withdraw_case(session, actor, subject.case, reason),
        )

    @precondition(lambda self: self.model.withdrawn)
    @rule(who=PEOPLE)
    def restore(self, who: str) -> None:
        due = self.model.restore(who or MANAGER)
        assert due == self._try(
            who or MANAGER,
            "case.edit",
            lambda session, actor, subject: restore_case(session, actor, subject.case),
        )

    @precondition(lambda self: self.model.signed and not self.model.unblinded)
    @rule(who=PEOPLE, reason=REASONS)
    def unblind(self, who: str, reason: str) -> None:
        who = who or MANAGER
        due = self.model.unblind(who, reason.strip())
        assert due == self._try(
            who, "case.unblind", lambda session, actor, subject: unblind(session, actor, subject.case, reason)
        )

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE, reason=REASONS)
    def reopen(self, who: str, reason: str) -> None:
        who = who or MANAGER
        due = self.model.reopen(who, reason.strip())
        assert due == self._compared(who, reopen, reason=reason, act="comparison.reopen")

    # ---------------------------------------------------------------------------------------- the coders

    @precondition(lambda self: self.model.entries)
    @rule(who=PEOPLE, slot=SLOTS, area=st.sampled_from(["North", "South"]))
    def begin(self, who: str, slot: int, area: str) -> None:
        """Give what is required, in one save."""
        who = who or self._coder(slot)
        changes = [Change("set", "report.area", area), Change("set", "report.children_known", "no"),
                   Change("add_row", "victims.v1"), Change("set", "victims.v1.age", 34)]  # fmt: skip
        due = self.model.begin(who, area)
        assert due == self._save(who, 0, changes)

    @precondition(lambda self: self.model.entries)
    @rule(who=PEOPLE, slot=SLOTS, change=VALUES, behind=st.sampled_from([0, 0, 1, 2, 9]))
    def save(self, who: str, slot: int, change: tuple[str, Any], behind: int) -> None:
        """Save one value, from a page that may be older than the entry."""
        who = who or self._coder(slot)
        entry = self.model.entry_of(who)
        behind = min(behind, len(entry.log)) if entry else 0
        due = self.model.save(who, behind, *change)
        assert due == self._save(who, behind, [Change("set", f"report.{change[0]}", change[1])])

    @precondition(lambda self: self.model.entries)
    @rule(who=PEOPLE, slot=SLOTS, number=NUMBERS)
    def toggle_row(self, who: str, slot: int, number: int) -> None:
        """Add a recommendation, delete it, or bring it back."""
        who = who or self._coder(slot)
        entry = self.model.entry_of(who) or EntryModel(who, 0, slot)
        path = f"recommendations.{row_id(entry.serial, number)}"
        if number in entry.rows:
            changes = [Change("delete_row", path)]
        elif number in entry.ever:
            changes = [Change("restore_row", path)]
        else:
            changes = [Change("add_row", path), Change("set", f"{path}.number", f"{number}" * 3),
                       Change("set", f"{path}.text", WORDING[number])]  # fmt: skip
        due = self.model.toggle(who, number)
        assert due == self._save(who, 0, changes)

    @precondition(lambda self: self.model.entries)
    @rule(who=PEOPLE, slot=SLOTS)
    def submit(self, who: str, slot: int) -> None:
        who = who or self._coder(slot)
        due = self.model.submit(who)
        assert due == self._try(who, "entry.work", lambda session, actor, subject: submit_entry(
            session, actor, _own(subject, actor), compiled_for(session, _own(subject, actor))))  # fmt: skip

    # ------------------------------------------------------------------------------------ the reconciler

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE, number=NUMBERS)
    def relink(self, who: str, number: int) -> None:
        """Part rows that are linked, or link them again."""
        made, who = self.model.comparison, who or self._reconciler()
        if made is None or number not in made.a.rows & made.b.rows:
            return
        rows = row_id(made.a.serial, number), row_id(made.b.serial, number)
        linked = number in made.linked
        due = self.model.relink(who, number)
        if linked:
            pair = next(pair for pair in self._loaded().pairs if (pair.row_a, pair.row_b) == rows)
            assert due == self._compared(who, unlink, pair.id)
        else:
            assert due == self._compared(who, link, "recommendations", *rows)

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE)
    def confirm(self, who: str) -> None:
        who = who or self._reconciler()
        due = self.model.confirm(who)
        assert due == self._compared(who, confirm_pairing)

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE, choice=st.sampled_from("abo"), reason=REASONS, late=st.booleans(), data=st.data())
    def decide(self, who: str, choice: str, reason: str, late: bool, data: st.DataObject) -> None:
        """Settle something, from a page that may be older than the latest decision."""
        key, who = self._drawn(data), who or self._reconciler()
        if isinstance(key, tuple):
            choice = "keep_row" if choice == "a" else "drop_row"
        elif choice == "o" or key not in self._comparison().differing:
            choice = "other"
        value = OTHER[key] if isinstance(key, str) and choice == "other" else None
        due = self.model.decide(who, key, choice, value, reason.strip(), late=late)
        more: dict[str, Any] = {"value": value, "reason": reason} | ({"revision": 0} if late else {})
        assert due == self._compared(who, decide, self._path(key), choice, **more)

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE, data=st.data())
    def undo(self, who: str, data: st.DataObject) -> None:
        key, who = self._drawn(data), who or self._reconciler()
        due = self.model.undo(who, key)
        assert due == self._compared(who, undo, self._path(key))

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE)
    def accept(self, who: str) -> None:
        who = who or self._reconciler()
        due = self.model.accept(who)
        assert due == self._try(who, "comparison.work", lambda session, actor, subject: accept_agreed(
            session, actor, _live(subject)))  # fmt: skip

    @precondition(lambda self: self.model.comparison)
    @rule(who=PEOPLE)
    def sign(self, who: str) -> None:
        who = who or self._reconciler()
        due = self.model.sign_off(who)
        assert due == self._compared(who, sign_off)

    @precondition(lambda self: self.model.comparison and not self.model.withdrawn)
    @rule(slot=SLOTS, change=VALUES, number=NUMBERS)
    def rework(self, slot: int, change: tuple[str, Any], number: int) -> None:
        """Give an entry back, let its coder change something, and let it come to a comparison again."""
        self.give_back(MANAGER, slot, "Look again.")
        self.save(RIGHTFUL, slot, change, 0)
        if change[0] == "death_year":
            self.toggle_row(RIGHTFUL, slot, number)
        self.go_on(3)

    @rule(steps=st.integers(1, 6))
    def go_on(self, steps: int) -> None:
        """Do what is due next, a few times over, so that walks come to the end of the work."""
        for _ in range(steps):
            self._next()

    def _next(self) -> None:
        model, made = self.model, self.model.comparison
        if model.withdrawn:
            return self.restore(MANAGER)
        for part in ("coder_1", "coder_2", "reconciler"):
            free = [name for name in CODERS if not model.held.get(name) and name not in model.knows]
            if part not in model.parts and free:
                return self.assign(MANAGER, part, free[0])
        for slot, entry in model.entries.items():
            if entry.missing:
                return self.begin(RIGHTFUL, slot, ("North", "South")[slot - 1])
            if entry.state != "submitted":
                return self.submit(RIGHTFUL, slot)
        if made is None or "reconciler" not in model.parts:
            return None
        if made.state in ("open", "matching"):
            return self.confirm(RIGHTFUL)
        if made.undecided:
            key = min(made.undecided, key=str)
            choice = "b" if isinstance(key, str) else "keep_row"
            due = model.decide(self._reconciler(), key, choice, None, "", late=False)
            assert due == self._compared(self._reconciler(), decide, self._path(key), choice)
            return None
        return self.sign(RIGHTFUL) if made.accepted else self.accept(RIGHTFUL)

    # ------------------------------------------------------------------------------------- how it is done

    def _try(self, who: str, action: str, verb: Verb) -> str:
        """Do it as the person, in one transaction; give how it was refused, empty where it was not."""
        if not who:
            return DENIED
        try:
            with self._subject(who) as (session, actor, subject):
                if not can(actor, action, subject):
                    return DENIED
                verb(session, actor, subject)
        except Refused as refused:
            codes = [problem.code for problem in refused.problems]
            places = sorted({problem.where for problem in refused.problems})
            return (
                " ".join(places) if action == "entry.work" and not codes[0].startswith("ENTRY-") else codes[0]
            )
        return ""

    @contextmanager
    def _subject(self, who: str) -> Iterator[tuple[Session, Actor, CaseSubject]]:
        with self.database.writing() as session:
            actor = actor_for(session, session.get_one(User, self.ids[who]))
            project = session.get_one(Project, self.project)
            yield session, actor, case_subject(session, project, session.get_one(Case, self.case))

    def _save(self, who: str, behind: int, changes: list[Change]) -> str:
        def verb(session: Session, actor: Actor, subject: CaseSubject) -> None:
            entry = _own(subject, actor)
            save_changes(session, actor, entry, entry.revision - behind, changes)

        return self._try(who, "entry.work", verb)

    def _compared(
        self, who: str, act_on: Callable[..., Any], *args: Any, act: str = "comparison.work", **more: Any
    ) -> str:
        def verb(session: Session, actor: Actor, subject: CaseSubject) -> None:
            assert subject.comparison is not None
            more.setdefault("revision", subject.comparison.revision)
            act_on(session, actor, subject.comparison.id, *args, **more)

        return self._try(who, act, verb)

    def _register(self, session: Session, actor: Actor, subject: CaseSubject) -> None:
        assert find_case(session, self.project, "DHR-001") is not None
        register_case(session, actor, subject.project, "DHR-001")

    def _coder(self, slot: int) -> str:
        return self.model.parts.get(f"coder_{slot}", "")

    def _reconciler(self) -> str:
        return self.model.parts.get("reconciler", "")

    def _comparison(self) -> ComparisonModel:
        assert self.model.comparison is not None
        return self.model.comparison

    def _loaded(self) -> LoadedComparison:
        with self.database.reading() as session:
            live = find_live(session, self.case)
            assert live is not None
            return load_comparison(session, live.id)

    def _drawn(self, data: st.DataObject) -> Key:
        made = self._comparison()
        agreed = [key for key in ("area", "death_year") if made.a.values.get(key) is not None]
        return data.draw(st.sampled_from(sorted({*made.differing, *agreed}, key=str)))

    def _path(self, key: Key) -> str:
        """Where it stands in the comparison as it is now."""
        if isinstance(key, str):
            return f"report.{key}"
        made, (side, number) = self._comparison(), key
        rows = (row_id(made.a.serial, number), "") if side == "a" else ("", row_id(made.b.serial, number))
        pair = next(pair for pair in self._loaded().pairs if (pair.row_a, pair.row_b) == rows)
        return f"recommendations.{pair.id}"


def _slot(subject: CaseSubject, slot: int) -> Entry:
    return next(entry for entry in subject.entries if entry.slot == slot)


def _own(subject: CaseSubject, actor: Actor) -> Entry:
    own = subject.own_entry(actor)
    assert own is not None
    return own


def _live(subject: CaseSubject) -> str:
    assert subject.comparison is not None
    return subject.comparison.id
