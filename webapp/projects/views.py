"""What the start page and the project page show: for each project, what waits for the person who looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.asking import AskedLine, answers_to_read, waiting_for_coder
from schema.store.database import now
from schema.store.models import Project
from schema.store.projects import projects_of
from schema.store.worklist import (
    CheckLine,
    ComparisonLine,
    EntryLine,
    SignedOffLine,
    comparisons_to_settle,
    counts_of_projects,
    entries_to_code,
    own_entry_counts,
    reconciler_counts,
    repeats_to_code,
    signed_off_entries,
    values_to_check,
)
from webapp.access.policy import can
from webapp.access.subjects import ProjectSubject

ROLE_WORDS = {
    "manager": "manager",
    "coder": "coder",
    "reconciler": "reconciler",
    "viewer": "viewer",
}
NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to take up now: what, on which case, and the rest of its address below the cases of the project."""

    words: str
    reference: str
    path: str


#: What is done with an entry or a comparison of each state.
DO_ENTRY = {"returned": "Correct", "in_progress": "Go on with", "not_started": "Begin"}
DO_COMPARISON = {
    "resolving": "Settle differences of",
    "matching": "Match rows of",
    "open": "Match rows of",
    "resolved": "Sign off",
}


@dataclass(frozen=True)
class ProjectWork:
    """One project as the person may see it; what their roles do not include is empty."""

    project: Project
    roles: tuple[str, ...]
    entries: tuple[EntryLine, ...]
    entry_counts: Mapping[str, int]
    repeats: tuple[EntryLine, ...]
    checks: tuple[CheckLine, ...]
    signed_off: tuple[SignedOffLine, ...]
    asked: tuple[AskedLine, ...]
    comparisons: tuple[ComparisonLine, ...]
    reconciling: Mapping[str, int]
    answers: int
    states: Mapping[str, int]
    today: date

    @property
    def has_dues(self) -> bool:
        """Whether anything that waits for the person has a deadline."""
        return any(line.due for line in self.entries) or any(line.due for line in self.comparisons)

    @property
    def cases(self) -> int:
        """All cases that are counted, withdrawn ones left out."""
        return sum(number for state, number in self.states.items() if state != "withdrawn")

    @property
    def entries_open(self) -> int:
        """How many entries the person still has to submit, shown here or not."""
        return sum(number for state, number in self.entry_counts.items() if state != "submitted")

    @property
    def next(self) -> NextStep | None:
        """What the person should take up now: what others wait for first, then what was begun, then what is due first."""
        steps = (
            *(
                NextStep(
                    "Answer a question about", one.reference, f"{one.case_id}/questions/{one.question_id}"
                )
                for one in self.asked
            ),
            *(NextStep("Check values of", one.reference, f"{one.case_id}/check") for one in self.checks),
            *(NextStep(DO_ENTRY[one.state], one.reference, _entry_path(one)) for one in self.entries),
            *(NextStep("Code again", one.reference, _entry_path(one)) for one in self.repeats),
            *(
                NextStep(DO_COMPARISON[one.state], one.reference, f"{one.case_id}/comparison")
                for one in self.comparisons
            ),
        )
        return next(iter(steps), None)

    @property
    def waits(self) -> bool:
        """Whether something waits for the person to do it."""
        return bool(self.entries or self.repeats or self.comparisons or self.asked or self.checks)


def _entry_path(one: EntryLine) -> str:
    return f"{one.case_id}/entry/go-on" if one.answered else f"{one.case_id}/entry"


def work_of(session: Session, actor: Actor) -> tuple[ProjectWork, ...]:
    """All projects of the person; those with something to do first."""
    projects = projects_of(session, actor)
    overseen = [project.id for project in projects if can(actor, "case.counts", ProjectSubject(project))]
    states = counts_of_projects(session, overseen, actor.id) if overseen else {}
    found = [_work(session, actor, project, states.get(project.id, NONE)) for project in projects]
    return tuple(sorted(found, key=lambda work: not work.waits))


def work_in(session: Session, actor: Actor, project: Project) -> ProjectWork:
    """One project of the person."""
    sees_counts = can(actor, "case.counts", ProjectSubject(project))
    states = counts_of_projects(session, [project.id], actor.id)[project.id] if sees_counts else NONE
    return _work(session, actor, project, states)


def _work(session: Session, actor: Actor, project: Project, states: Mapping[str, int]) -> ProjectWork:
    roles = actor.roles.get(project.id, frozenset())
    codes, reconciles = "coder" in roles, "reconciler" in roles
    return ProjectWork(
        project=project,
        roles=tuple(word for role, word in ROLE_WORDS.items() if role in roles),
        entries=tuple(entries_to_code(session, actor.id, project.id)) if codes else (),
        entry_counts=own_entry_counts(session, actor.id, project.id) if codes else NONE,
        repeats=tuple(repeats_to_code(session, actor.id, project.id)) if codes else (),
        checks=tuple(values_to_check(session, actor.id, project.id)) if codes else (),
        signed_off=tuple(signed_off_entries(session, actor.id, project.id)) if codes else (),
        asked=tuple(waiting_for_coder(session, actor.id, project.id)) if codes else (),
        answers=answers_to_read(session, actor.id, project.id) if reconciles else 0,
        comparisons=tuple(comparisons_to_settle(session, actor.id, project.id)) if reconciles else (),
        reconciling=reconciler_counts(session, actor.id, project.id) if reconciles else NONE,
        states=states,
        today=now(session).date(),
    )
