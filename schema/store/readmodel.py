"""What exports read: a project's signed-off cases, streamed from their frozen snapshots, and why others are left out.

Use it in one reading session, which sees one moment of the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from schema.actor import Actor
from schema.answers.derive import with_derived
from schema.framework.frame.census import Original
from schema.framework.frame.layer import Layer
from schema.framework.frame.model import Frame
from schema.store.agreement_plan import current_plan
from schema.store.audit import head
from schema.store.case_state import case_state_expression
from schema.store.database import now
from schema.store.discrepancies import discrepancies_among
from schema.store.frames import frames_of
from schema.store.loaded import LoadedComparison, load_all
from schema.store.master import ExcludedCase, Hands, MasterCase, MasterStudy, Trace
from schema.store.models import (
    Assignment,
    Case,
    Comparison,
    Decision,
    Discrepancy,
    Entry,
    Project,
    Snapshot,
    TemplateVersion,
    User,
)
from schema.store.pilot_master import kept_out, pilot_facts
from schema.store.settled import settled_discrepancies
from schema.store.snapshots import thawed
from schema.store.templates import compiled
from schema.template.model import Template

SIGNED_OFF = "signed off"
#: The state under which a signed-off pilot case is listed that the master leaves out.
PILOT = "pilot"
UNNAMED = ("A", "B")
AS_CODED = Layer(Frame((), {}))  # without acts: what was signed off, under no frame but the template's own
CHUNK, NAMED = 25, 500
"""Cases whose rows are at hand at a time: a case has fifty and more of them. Cases that a statement names which reads little of each."""
DIGITS = re.compile(r"([0-9]+)")
NOT_YET = {
    "registered": "Nobody has been assigned yet.",
    "assigned": "Coding has not begun.",
    "coding": "At least one of the two entries has not been submitted.",
    "verifying": "Both entries are submitted; coder 2 has not checked every value of the sections that are checked.",
    "ready to compare": "Both entries are submitted; rows have not been matched.",
    "matching rows": "Rows are being matched.",
    "resolving": "Differences are being resolved.",
    "reconciled": "Everything is decided, but the case is not signed off.",
    "not signed off": "You code this case, so nothing more is said about it.",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One case of a project as the export sees it from outside. ``kept_out``: why a pilot case is not in the master."""

    id: str
    reference: str
    title: str
    source: str
    state: str
    withdrawn_reason: str
    kept_out: str = ""

    @property
    def in_master(self) -> bool:
        """Whether the master holds it: signed off, and not kept out as a pilot case."""
        return self.state == SIGNED_OFF and not self.kept_out


def master_study(session: Session, actor: Actor, project: Project, layer: Layer | None = None) -> MasterStudy:
    """Everything that the master workbook of a project is made of.

    Cases stand in natural order of their references (DHR-9 before DHR-10). Only signed-off cases are in, without pilot cases that
    are kept out; of open cases that the actor codes, nothing but that is said. The streams read from ``session``, which must stay open.
    ``layer``: the coding frame that the cases are read under, the adopted one where none is given.
    """
    layer = layer or frames_of(session, project).adopted
    cases = listed_cases(session, project)
    included = [case for case in cases if case.in_master]
    trail = head(session)
    stream = CaseStream(session, included, layer, unnamed=project.coders_unnamed)
    return MasterStudy(
        project_key=project.key,
        project_title=project.title,
        rehearsal=project.rehearsal,
        template_key=project.template_key,
        templates=tuple(layer.template(template) for template in project_templates(session, project)),
        included=len(included),
        excluded=_left_out(session, actor, cases),
        cases=stream,
        made_at=now(session),
        made_by=_name(session, actor),
        hands=hands_of(session, included),
        plan=current_plan(session, project),
        layer=layer,
        originals=OriginalStream(stream),
        audit_head=f"{trail.seq} {trail.hash}",
        pilots=pilot_facts(session, project),
    )


def hands_of(session: Session, included: Sequence[Listed]) -> Hands:
    """Count the people behind the signed-off cases, by their accounts."""
    pairs: set[frozenset[str]] = set()
    reconcilers: set[str] = set()
    for start in range(0, len(included), NAMED):
        chunk = [case.id for case in included[start : start + NAMED]]
        signed = (
            Comparison.case_id.in_(chunk),
            Comparison.superseded_at.is_(None),
            Comparison.state == "signed_off",
        )
        first, second = aliased(Entry), aliased(Entry)
        snapshot_1, snapshot_2 = aliased(Snapshot), aliased(Snapshot)
        coders = (
            select(first.coder_id, second.coder_id)
            .select_from(Comparison)
            .join(snapshot_1, snapshot_1.id == Comparison.snapshot_1_id)
            .join(first, first.id == snapshot_1.entry_id)
            .join(snapshot_2, snapshot_2.id == Comparison.snapshot_2_id)
            .join(second, second.id == snapshot_2.entry_id)
            .where(*signed)
        )
        pairs |= {frozenset(pair) for pair in session.execute(coders)}
        deciders = select(Decision.decided_by).join(Comparison, Comparison.id == Decision.comparison_id)
        reconcilers |= set(session.scalars(deciders.where(*signed).distinct()))
        reconcilers |= {
            one for one in session.scalars(select(Comparison.signed_off_by).where(*signed)) if one
        }
    return Hands(len(frozenset().union(*pairs)), len(pairs), len(reconcilers))


def included_and_excluded(
    session: Session, actor: Actor, project: Project
) -> tuple[int, tuple[ExcludedCase, ...]]:
    """How many cases the master workbook would hold now, and those that it would leave out."""
    cases = listed_cases(session, project)
    return sum(case.in_master for case in cases), _left_out(session, actor, cases)


def signed_off_case(session: Session, project: Project, case: Case) -> MasterCase:
    """A case that is signed off as exports read it. ``KeyError`` for any other case."""
    listed = Listed(case.id, case.reference, case.title, case.source, SIGNED_OFF, "")
    stream = CaseStream(session, (listed,), AS_CODED, unnamed=project.coders_unnamed)
    return next(stream.read((listed,)))


def listed_cases(session: Session, project: Project) -> list[Listed]:
    """All cases of a project with their states, in natural order of their references."""
    query = select(
        Case.id, Case.reference, Case.title, Case.source, case_state_expression(), Case.withdrawn_reason
    ).where(Case.project_id == project.id)
    pilot = kept_out(session, project)
    rows = (Listed(*row, kept_out=pilot.get(row.id, "")) for row in session.execute(query))
    return sorted(rows, key=lambda case: natural_order(case.reference))


def natural_order(reference: str) -> tuple[tuple[int, str | int], ...]:
    """Sort key that counts: DHR-9 before DHR-10, without regard to case; the same on every database."""
    parts = (part for part in DIGITS.split(reference.casefold()) if part)
    return (*((0, int(part)) if part.isdecimal() else (1, part) for part in parts), (2, reference))


@dataclass(frozen=True)
class CaseStream:
    """The signed-off cases; each reading thaws them afresh, compares their entries once, and reads a chunk at a time.

    ``unnamed``: whether coders are called A and B, because the project does not name them.
    """

    session: Session
    listed: Sequence[Listed]
    layer: Layer
    unnamed: bool = False
    _names: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[MasterCase]:
        """Read the cases in order."""
        for chunk in self.chunks():
            yield from self.read(chunk)

    def chunks(self) -> Iterator[Sequence[Listed]]:
        """The cases in order, some at a time; what was read for them is let go afterwards."""
        for start in range(0, len(self.listed), CHUNK):
            yield self.listed[start : start + CHUNK]
            self.session.expunge_all()

    def found(self, chunk: Sequence[Listed]) -> dict[str, tuple[Comparison, Snapshot]]:
        """The comparison and the newest consensus snapshot of each case, by the case's id."""
        query = (
            select(Comparison, Snapshot)
            .join(Snapshot, Snapshot.comparison_id == Comparison.id)
            .where(
                Comparison.case_id.in_([case.id for case in chunk]),
                Comparison.superseded_at.is_(None),
                Comparison.state == "signed_off",
            )
            .order_by(Snapshot.revision)
        )
        return {
            comparison.case_id: (comparison, snapshot) for comparison, snapshot in self.session.execute(query)
        }

    def read(self, chunk: Sequence[Listed]) -> Iterator[MasterCase]:
        """The cases of a chunk, by a few statements for all of them."""
        found = self.found(chunk)
        rows = [found[case.id][0] for case in chunk]
        settled = discrepancies_among(self.session, [row.id for row in rows])
        coders = {} if self.unnamed else _coders(self.session, rows)
        for case, held in zip(chunk, load_all(self.session, rows), strict=True):
            named = coders.get(held.row.id, UNNAMED)
            yield self._case(case, held, found[case.id][1], settled[held.row.id], named)

    def _case(
        self,
        case: Listed,
        held: LoadedComparison,
        snapshot: Snapshot,
        stored: Sequence[Discrepancy],
        coders: tuple[str, str],
    ) -> MasterCase:
        published = compiled(self.session, snapshot.template_version_id)
        template = self.layer.template(published)
        frozen = thawed(snapshot.id, snapshot.body, snapshot.sha256)
        made = self.layer.recoded(case.id, published, frozen)
        return MasterCase(
            reference=case.reference,
            title=case.title,
            source=case.source,
            template=template,
            document=with_derived(template, made.document),
            coder_a=coders[0],
            coder_b=coders[1],
            signed_off_by=self._name_of(held.row.signed_off_by or ""),
            signed_off_at=held.row.signed_off_at or snapshot.created_at,
            sha256=snapshot.sha256,
            trace=_trace(held),
            discrepancies=settled_discrepancies(held, stored, self._name_of),
            touched=made.touched,
        )

    def _name_of(self, user_id: str) -> str:
        """The name of a person, asked for once in a stream; empty where there is nobody."""
        if user_id not in self._names:
            self._names[user_id] = _display_name(self.session, user_id)
        return self._names[user_id]


def _trace(held: LoadedComparison) -> Trace:
    month = f"{held.row.created_at:%Y-%m}"
    return Trace(held.result, held.a, held.b, held.template_a, held.template_b, month)


@dataclass(frozen=True)
class OriginalStream:
    """The frozen consensus of each signed-off case, before any recoding."""

    cases: CaseStream

    def __iter__(self) -> Iterator[Original]:
        """Thaw the cases in order."""
        session = self.cases.session
        for chunk in self.cases.chunks():
            found = self.cases.found(chunk)
            for case in chunk:
                _, snapshot = found[case.id]
                template = compiled(session, snapshot.template_version_id)
                document = thawed(snapshot.id, snapshot.body, snapshot.sha256)
                yield Original(case.id, case.reference, template, document)


def _coders(session: Session, rows: Sequence[Comparison]) -> dict[str, tuple[str, str]]:
    """The names of coders A and B of each comparison, by its id."""
    query = (
        select(Snapshot.id, User.display_name)
        .join(Entry, Entry.id == Snapshot.entry_id)
        .join(User, User.id == Entry.coder_id)
        .where(Snapshot.id.in_([one for row in rows for one in (row.snapshot_1_id, row.snapshot_2_id)]))
    )
    names = {row.id: row.display_name for row in session.execute(query)}
    return {row.id: (names[row.snapshot_1_id], names[row.snapshot_2_id]) for row in rows}


def project_templates(session: Session, project: Project) -> tuple[Template, ...]:
    """Every version ever published up to the newest, oldest first: columns, once given, stay."""
    query = select(TemplateVersion.id).where(
        TemplateVersion.key == project.template_key, TemplateVersion.state != "draft"
    )
    ids = session.scalars(query.order_by(TemplateVersion.version)).all()
    return tuple(compiled(session, version_id) for version_id in ids)


def coded_by(session: Session, actor: Actor) -> frozenset[str]:
    """The ids of the cases that the actor codes or coded, by assignment or by having an entry."""
    if not actor.id:
        return frozenset()
    entries = select(Entry.case_id).where(Entry.coder_id == actor.id)
    assigned = select(Assignment.case_id).where(
        Assignment.user_id == actor.id, Assignment.part.in_(("coder_1", "coder_2"))
    )
    return frozenset(session.scalars(entries.union(assigned)))


def _left_out(session: Session, actor: Actor, cases: Sequence[Listed]) -> tuple[ExcludedCase, ...]:
    own = coded_by(session, actor)
    return tuple(_excluded(case, own) for case in cases if not case.in_master)


def _excluded(case: Listed, own: frozenset[str]) -> ExcludedCase:
    if case.state == "withdrawn":
        return ExcludedCase(case.reference, case.title, case.state, case.withdrawn_reason)
    if case.state == SIGNED_OFF:
        return ExcludedCase(case.reference, case.title, PILOT, case.kept_out)
    state = "not signed off" if case.id in own else case.state
    return ExcludedCase(case.reference, case.title, state, NOT_YET.get(state, ""))


def _name(session: Session, actor: Actor) -> str:
    return _display_name(session, actor.id) or actor.name


def _display_name(session: Session, user_id: str) -> str:
    return session.scalar(select(User.display_name).where(User.id == user_id)) or ""
