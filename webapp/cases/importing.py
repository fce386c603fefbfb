"""Importing a list of cases: what would become of each row, then all of it or nothing.

The plan is a function of the list and the project, so applying re-plans inside the transaction and compares the
digest with the one that was shown: what is applied is what was seen.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Refused, refuse
from schema.store.assignments import LABEL_OF, ROLE_OF
from schema.store.audit import record
from schema.store.cases import clean_reference, describe_case, new_case
from schema.store.many_parts import give_parts
from schema.store.models import Assignment, Case, Membership, Project, User
from schema.template.kinds import clean
from webapp.cases.listfile import Sheet

COLUMNS: dict[str, tuple[str, ...]] = {
    "reference": ("reference", "case", "case reference", "ref", "dhr", "id"),
    "title": ("title", "name of report", "report"),
    "source": ("source", "url", "link", "found at"),
    "note": ("note", "notes", "comment", "comments"),
    "coder_1": ("coder 1", "coder1", "first coder", "coder a"),
    "coder_2": ("coder 2", "coder2", "second coder", "coder b"),
    "reconciler": ("reconciler", "adjudicator"),
}
ABOUT = ("title", "source", "note")


@dataclass(frozen=True, slots=True)
class RowFate:
    """What becomes of one row: new, changed, unchanged or problem, and why in sentences."""

    number: int
    reference: str
    fate: str
    details: tuple[str, ...]
    values: dict[str, str]


@dataclass(frozen=True)
class ImportPlan:
    """The fate of every row, and the columns of the file that are not read."""

    fates: tuple[RowFate, ...]
    ignored: tuple[str, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows by fate."""
        counted = Counter(fate.fate for fate in self.fates)
        return {name: counted[name] for name in ("new", "changed", "unchanged", "problem")}

    @cached_property
    def digest(self) -> str:
        """A fingerprint of everything that the preview says."""
        said = [[fate.number, fate.fate, fate.details, sorted(fate.values.items())] for fate in self.fates]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True)
class _Known:
    cases: dict[str, Case]
    people: dict[str, User]
    roles: dict[str, frozenset[str]]
    held: dict[str, dict[str, str]]


def plan_import(session: Session, project: Project, sheet: Sheet) -> ImportPlan:
    """Say what would become of each row. Raises ``Refused`` (LIST-010) where there is no reference column."""
    columns, ignored = _columns(sheet.header)
    known = _known(session, project)
    seen: dict[str, int] = {}
    fates = []
    for number, texts in sheet.rows:
        padded = (*texts, *[""] * len(sheet.header))
        values = {name: clean(padded[index]) for name, index in columns.items()}
        fates.append(_fate(known, seen, number, values))
    return ImportPlan(tuple(fates), ignored)


def apply_import(session: Session, actor: Actor, project: Project, sheet: Sheet, digest: str) -> ImportPlan:
    """Write the plan that was shown. Raises ``Refused`` (LIST-011, 409) where it would differ by now, and
    (LIST-012) where a row has a problem: all or nothing.
    """
    plan = plan_import(session, project, sheet)
    if plan.digest != digest:
        raise refuse(
            "LIST-011",
            "The project has changed since this preview was made.",
            "Look at the new preview and confirm again.",
            status=409,
        )
    if plan.counts["problem"]:
        raise refuse("LIST-012", "Some rows have problems.", "Put the file right and upload it again.")
    _apply(session, actor, project, plan.fates)
    record(
        session, actor, "case.import", project_id=project.id, detail={"rows": plan.counts, "digest": digest}
    )
    return plan


def _columns(header: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    names = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
    columns: dict[str, int] = {}
    ignored = []
    for index, title in enumerate(header):
        name = names.get(" ".join(title.lower().replace("_", " ").split()), names.get(title.lower(), ""))
        if name and name in columns:
            raise refuse("LIST-009", f"Two columns are both read as “{name}”.", "Keep one of them.")
        if name:
            columns[name] = index
        elif title:
            ignored.append(title)
    if "reference" not in columns:
        raise refuse(
            "LIST-010",
            "There is no column named “reference”.",
            "The first row must name the columns: reference, and if you like title, source, note, coder_1, coder_2, "
            "reconciler.",
        )
    return columns, tuple(ignored)


def _known(session: Session, project: Project) -> _Known:
    cases = session.scalars(select(Case).where(Case.project_id == project.id))
    query = (
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project.id, Membership.ended_at.is_(None), User.disabled_at.is_(None))
    )
    people: dict[str, User] = {}
    roles: dict[str, frozenset[str]] = {}
    for user, role in session.execute(query):
        people[user.name] = user
        roles[user.name] = roles.get(user.name, frozenset()) | {role}
    return _Known({case.reference: case for case in cases}, people, roles, _held(session, project))


def _held(session: Session, project: Project) -> dict[str, dict[str, str]]:
    """Who holds which part of which case now: user ids by case id and part."""
    query = (
        select(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .where(Case.project_id == project.id, Assignment.ended_at.is_(None))
    )
    held: dict[str, dict[str, str]] = {}
    for assignment in session.scalars(query):
        held.setdefault(assignment.case_id, {})[assignment.part] = assignment.user_id
    return held


def _fate(known: _Known, seen: dict[str, int], number: int, values: dict[str, str]) -> RowFate:
    try:
        reference = clean_reference(values["reference"])
    except Refused as refused:
        return RowFate(number, values["reference"], "problem", _sentences(refused), values)
    problems = _people_problems(known, values)
    if reference in seen:
        problems.append(f"Row {seen[reference]} has the same reference.")
    seen.setdefault(reference, number)
    case = known.cases.get(reference)
    if case is not None and case.withdrawn_at is not None:
        problems.append("This case was withdrawn. Restore it first, or leave the row out.")
    changes = _changes(known, case, values, problems) if case is not None else []
    if problems:
        return RowFate(number, reference, "problem", tuple(problems), values)
    if case is None:
        return RowFate(number, reference, "new", (), values)
    return RowFate(number, reference, "changed" if changes else "unchanged", tuple(changes), values)


def _sentences(refused: Refused) -> tuple[str, ...]:
    return tuple(f"{problem.message} {problem.remedy}".strip() for problem in refused.problems)


def _people_problems(known: _Known, values: dict[str, str]) -> list[str]:
    problems = []
    named = {part: values.get(part, "").lower() for part in ROLE_OF if values.get(part)}
    for part, name in named.items():
        if name not in known.people:
            problems.append(f"{LABEL_OF[part]}: nobody in this project signs in as “{name}”.")
        elif ROLE_OF[part] not in known.roles[name]:
            problems.append(f"{LABEL_OF[part]}: “{name}” is not a {ROLE_OF[part]} of this project.")
    if len(set(named.values())) < len(named):
        problems.append("The two coders and the reconciler must be three different people.")
    return problems


def _changes(known: _Known, case: Case, values: dict[str, str], problems: list[str]) -> list[str]:
    changes = []
    for name in ABOUT:
        held = getattr(case, name)
        if values.get(name) and values[name] != held:
            changes.append(
                f"{name}: “{held}” becomes “{values[name]}”" if held else f"{name}: “{values[name]}”"
            )
    named = {part: values[part].lower() for part in ROLE_OF if values.get(part)}
    current = known.held.get(case.id, {})
    for part, name in named.items():
        user = known.people.get(name)
        if user is None or current.get(part) == user.id:
            continue
        if part in current:
            problems.append(f"{LABEL_OF[part]} is assigned already. Change it on the case’s own page.")
        else:
            changes.append(f"{LABEL_OF[part].lower()}: {user.display_name}")
    return changes


def _apply(session: Session, actor: Actor, project: Project, fates: Sequence[RowFate]) -> None:
    """Write all rows, with about as many statements for thousands as for one: nobody else can save meanwhile."""
    known = _known(session, project)
    wanted = []
    for fate in fates:
        if fate.fate != "unchanged":
            case = _registered(session, actor, project, known, fate)
            named = {part: fate.values[part].lower() for part in ROLE_OF if fate.values.get(part)}
            wanted.append((case, {part: known.people[name] for part, name in named.items()}))
    session.flush()
    give_parts(session, actor, project, wanted)


def _registered(session: Session, actor: Actor, project: Project, known: _Known, fate: RowFate) -> Case:
    about = {name: fate.values.get(name, "") for name in ABOUT}
    case = known.cases.get(fate.reference)
    if case is None:
        return new_case(session, actor, project, fate.reference, **about)
    kept = {name: about[name] or getattr(case, name) for name in ABOUT}
    describe_case(session, actor, case, reference=case.reference, **kept)
    return case
