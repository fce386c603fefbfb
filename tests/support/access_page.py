"""The page ``docs/access.md``, made by asking the policy table about every kind of person at every point of a case's life.

``python -m tests.support.access_page`` writes it anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from schema.actor import Actor
from schema.store.models import Case, Comparison, Entry, Project, Verification
from tests.support.world import build_world
from webapp.access.guard import action_of
from webapp.access.policy import ACTIONS, can
from webapp.access.sessions import WITHOUT_PERSON
from webapp.access.subjects import CaseSubject, ProjectSubject

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
PROJECT = Project(id="p", key="pilot", title="Pilot")
AGAIN = 2
WITHDRAWN = datetime(2026, 11, 1, tzinfo=UTC)


def _member(name: str, *roles: str) -> Actor:
    return Actor(name, name, roles={"p": frozenset(roles)})


#: Kinds of person, as the page calls them. The case has two coders and a reconciler of its own.
PEOPLE: dict[str, Actor] = {
    "a coder of the case": _member("first", "coder"),
    "a manager who codes the case": _member("second", "coder", "manager"),
    "the reconciler of the case": _member("settles", "reconciler"),
    "another coder of the project": _member("coder", "coder"),
    "another reconciler of the project": _member("reconciler", "reconciler"),
    "a manager of the project": _member("manager", "manager"),
    "a viewer of the project": _member("viewer", "viewer"),
    "an administrator": Actor("root", "root", is_admin=True),
    "somebody signed in without a role in the project": Actor("other", "other"),
}
#: Points in a case's life: states of the two entries, of the comparison, and whether the case is withdrawn.
STAGES: dict[str, tuple[str, str, str, bool]] = {
    "being coded": ("in_progress", "in_progress", "", False),
    "one entry submitted": ("submitted", "in_progress", "", False),
    "being verified": ("submitted", "submitted", "", False),
    "both entries submitted": ("submitted", "submitted", "resolving", False),
    "unblinded": ("submitted", "submitted", "resolving", False),
    "signed off": ("submitted", "submitted", "signed_off", False),
    "coded again by its first coder": ("submitted", "submitted", "signed_off", False),
    "coded twice by its first coder": ("submitted", "submitted", "signed_off", False),
    "withdrawn while coded": ("in_progress", "in_progress", "", True),
    "withdrawn after both were submitted": ("submitted", "submitted", "resolving", True),
    "withdrawn after sign-off": ("submitted", "submitted", "signed_off", True),
}
WORDS: dict[str, str] = {
    "account.own": "See and change one's own account",
    "help.read": "Read the pages of help",
    "people.manage": "Manage people and their accounts",
    "project.create": "Create projects and list all of them",
    "project.view": "See a project's first page and codebook",
    "project.manage": "Change a project's settings and members",
    "project.erase": "Erase a case or the whole project, with the password, for good",
    "questionnaire.view": "Read questionnaires",
    "questionnaire.manage": "Publish and retire questionnaires",
    "case.list": "List cases (coders and reconcilers: only their own)",
    "case.list_all": "List every case of the project",
    "case.counts": "See how many cases stand where",
    "progress.view": "See what waits for whom, and how fast the work goes (without open cases that one codes)",
    "feedback.own": "See what was settled about one's own answers, in one's own signed-off cases",
    "case.view": "See what is registered about a case",
    "case.state": "See the state of a case, which tells what both coders have done",
    "case.edit": "Register, import, change and withdraw cases",
    "case.assign": "Assign cases to coders and reconcilers",
    "absence.manage": "See and record when people of the project are away",
    "case.unblind": "Unblind the case to its coders",
    "report.view": "Read the reports of a case",
    "report.manage": "Attach, replace and take off reports",
    "entry.work": "Fill in and submit one's own entry",
    "entry.hand_back": "Hand a case back to the manager",
    "entry.read": "Read an entry",
    "entry.return": "Return an entry to its coder",
    "entry.check": "Check the first coder's values of sections that are not coded twice",
    "comparison.view": "See the comparison of both entries",
    "comparison.work": "Match rows, settle differences, put questions and sign off",
    "comparison.final": "Read the signed-off extract",
    "question.answer": "Answer a question about one's own entry",
    "comparison.reopen": "Take a sign-off back",
    "comparison.yours": "See one's own entry beside the signed-off extract",
    "repeat.own": "See how one's own two codings of a case differ",
    "agreement.pilot": "Mark, decide and place pilot cases (without figures of open cases that one codes)",
    "agreement.repeat": "Have coders code old cases again, and see how far each agrees with themselves",
    "agreement.plan": "Record the agreement plan",
    "agreement.view": "See how far coders agree (without open cases that one codes)",
    "findings.view": "See findings, the coding frame, and the cases behind them",
    "frame.change": "Change the coding frame, recode rows under it, adopt it",
    "findings.shared": "See shared findings (small counts withheld)",
    "export.make": "Make exports",
    "export.fetch": "Fetch exports",
    "audit.view": "Read the audit trail (without what would tell a coder of the other one)",
}
HEAD = """# Access: who may do what

For whoever answers for the data. This page is made from the policy table and from the list of all addresses; a test
fails when it no longer agrees with them. Why coders see so little of each other: [blindness.md](blindness.md).

In the pages of Tandem nobody may do anything beyond what is said here. Whoever can run commands on the server, or read
its database, stands outside these rules. Who is not signed in reaches only the addresses that are open to everybody.

Roles are held project by project, and only a role that is held now counts. “A coder of the case” is assigned to code it
or has an entry in it; “a manager who codes the case” holds both roles. An administrator has no way to cases as such,
but keeps the members of every project, and can give anybody, themselves included, a role in it; that is on record.

The page says who gets past the door. What is done behind it can be refused for another reason: a submitted entry is not
changed, for instance, and only a submitted entry is returned.
"""


def page(app: Flask) -> str:
    """The whole page as Markdown."""
    ways = _ways(app)
    parts = [HEAD, "## Anywhere and in a project\n", *_table(("What", "Who"), _general())]
    for person in PEOPLE:
        rows = list(_on_case(person))
        parts += [f"\n## On a case: {person}\n"]
        parts += _table(("What", "When the case is"), rows) if rows else ["Nothing."]
    addresses = [(WORDS.get(key, "Open to everybody"), "<br>".join(found)) for key, found in ways.items()]
    return (
        "\n".join(
            [*parts, "\n## What stands behind each address\n", *_table(("What", "Addresses"), addresses)]
        )
        + "\n"
    )


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> list[str]:
    return [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {first} | {second} |" for first, second in rows)]


def _general() -> list[tuple[str, str]]:
    found = []
    for action, words in WORDS.items():
        who = [name for name, actor in PEOPLE.items() if can(actor, action, ProjectSubject(PROJECT))]
        if who:
            found.append((words, _together(who)))
    return found


def _together(who: list[str]) -> str:
    if who == list(PEOPLE):
        return "everybody signed in"
    members = [name for name, actor in PEOPLE.items() if actor.roles]
    return "every member of the project" if who == members else "; ".join(who)


def _on_case(person: str) -> Iterator[tuple[str, str]]:
    actor = PEOPLE[person]
    general = {action for action in ACTIONS if can(actor, action, ProjectSubject(PROJECT))}
    for action, words in WORDS.items():
        if action in general:
            continue
        for what, named in _entries(action, actor):
            when = [stage for stage in STAGES if can(actor, action, _subject(stage, named))]
            if when:
                yield f"{words}{what}", "at any point" if len(when) == len(STAGES) else "; ".join(when)


def _entries(action: str, actor: Actor) -> list[tuple[str, int | None]]:
    """The entries that an action may name (by slot; ``AGAIN`` for a second coding), in words as this person would say."""
    if action not in ("entry.read", "entry.return"):
        return [("", None)]
    again = (": the first coder's second coding", AGAIN)
    whose = {"first": ": one's own", "second": ": the other coder's"}
    if actor.id == "second":
        whose = {"second": ": one's own", "first": ": the other coder's"}
    if actor.id == "first":
        again = (": one's own second coding", AGAIN)
    if actor.id in ("first", "second"):
        return [(whose["first"], 0), (whose["second"], 1), again]
    return [(": the first coder's", 0), (": the second coder's", 1), again]


def _subject(stage: str, named: int | None) -> CaseSubject:
    first, second, state, withdrawn = STAGES[stage]
    entries = (
        Entry(id="e1", slot=1, coder_id="first", state=first),
        Entry(id="e2", slot=2, coder_id="second", state=second),
    )
    parts = (("coder_1", "first"), ("coder_2", "second"), ("reconciler", "settles"))
    held = {
        "coded again by its first coder": "in_progress",
        "coded twice by its first coder": "submitted",
    }.get(stage)
    again = Entry(id="e3", slot=1, coder_id="first", state=held, repeats=True) if held else None
    found = CaseSubject(
        project=PROJECT,
        case=Case(id="c", project_id="p", reference="DHR-001", withdrawn_at=WITHDRAWN if withdrawn else None),
        parts=dict(parts),
        entries=entries,
        comparison=Comparison(id="x", state=state) if state else None,
        unblinded=stage == "unblinded",
        verification=Verification(id="v", entry_id="e2") if stage == "being verified" else None,
        repeats=(again,) if again else (),
    )
    if named == AGAIN:
        return replace(found, entry=again or Entry(id="e4", slot=1, coder_id="nobody", repeats=True))
    return found if named is None else replace(found, entry=entries[named])


def _ways(app: Flask) -> dict[str, list[str]]:
    """The addresses that each action opens, in the order of ``WORDS``, what is open to everybody first."""
    found: dict[str, list[str]] = {"public": [], **{action: [] for action in WORDS}}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in WITHOUT_PERSON:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found[action_of(app.view_functions[rule.endpoint])].append(f"`{method} {rule.rule}`")
    return {action: sorted(ways) for action, ways in found.items() if ways}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(build_world(Path(folder)).app), encoding="utf-8")
