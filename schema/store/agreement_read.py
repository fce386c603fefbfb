"""What agreement reads: every compared case of a project, a chunk at a time, and what reconcilers gave as causes.

Only frozen entries and the pairing are read for the figures, so nothing that is decided changes them. Whoever codes a case
does not meet it here before it is signed off. Use it in one reading session, which sees one moment of the database.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from threading import Lock

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from schema.actor import Actor
from schema.answers.document import Document
from schema.coding.agreement import AgreementReport, Compared, Entries, build_report
from schema.coding.agreement.plan import AgreementPlan
from schema.coding.compare import compare
from schema.coding.model import Pair
from schema.problem import Refused, refuse
from schema.store.agreement_kept import KeptCount, find_count, last_count
from schema.store.agreement_plan import cases_to_code, current_plan
from schema.store.database import now
from schema.store.models import (
    Case,
    Comparison,
    Decision,
    Entry,
    Project,
    RowPair,
    Snapshot,
    SuggestionTaken,
)
from schema.store.people import distinct_names
from schema.store.readmodel import coded_by, natural_order
from schema.store.snapshots import thawed
from schema.store.templates import compiled
from schema.template.model import Template

CHUNK = 100
KEPT_REPORTS = 8
UNCLEAR = "definition_unclear"
MOSTLY = 0.5

_KEPT: OrderedDict[str, KeptCount] = OrderedDict()
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Listed:
    """One comparison that agreement reads, from outside."""

    id: str
    reference: str
    revision: int
    created_at: datetime
    matched_at: datetime | None
    template_version: str
    snapshots: tuple[str, str]
    versions: tuple[str, str]
    coders: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Defect:
    """A question whose disagreements reconcilers put down to the codebook.

    ``path`` is ``section.key``, or the key of a group for its lone rows. ``decisions`` have a cause, ``unclear`` of them
    the cause "definition unclear"; ``causes`` counts all causes.
    """

    path: str
    decisions: int
    unclear: int
    causes: Mapping[str, int]

    @property
    def mostly(self) -> bool:
        """Whether at least half of the decisions with a cause say that the definition is unclear."""
        return self.unclear >= MOSTLY * self.decisions


@dataclass(frozen=True, slots=True)
class Counted:
    """What a job has counted: the hash of what was read, the report, and whether nothing was left out of it."""

    fingerprint: str
    report: AgreementReport
    whole: bool


@dataclass(frozen=True)
class StudyAgreement:
    """All agreement figures of a project as one person may see them.

    ``withheld``: whether the person codes cases of the project; such cases are left out until they are signed off, and
    nothing is said about how many there are. ``unmatched``: compared cases whose pairing nobody has confirmed yet.
    ``plan`` is the agreement plan as it stands, ``to_code`` how many cases the project has.
    ``counted_at``: when a job counted the report, if one did; ``behind``: cases, entries or pairings have changed since then.
    """

    report: AgreementReport
    withheld: bool
    unmatched: int
    defects: tuple[Defect, ...]
    plan: AgreementPlan | None = None
    to_code: int = 0
    counted_at: datetime | None = None
    behind: bool = False


def study_agreement(
    session: Session, actor: Actor, project: Project, *, most: int | None = None
) -> StudyAgreement:
    """Agreement on all compared cases of a project that the actor may know of, withdrawn ones left out.

    The report is kept and counted anew only when a case, an entry or a pairing has changed; counting takes some 30 ms a
    case. Where more than ``most`` cases would have to be counted, the last count stands, and says that it is behind.
    Raises ``Refused`` (AGR-002, 409) where there is none either: :func:`count_agreement` makes it, in a job.
    """
    listed = _listed(session, project, coded_by(session, actor))
    found = _kept(listed) or find_count(session, project, _fingerprint(listed))
    if found is None and (most is None or len(listed) <= most):
        found = _counted(session, listed)
    if found is not None:
        return _study(session, actor, project, listed, _remember(listed, found))
    found = None if _codes_here(session, project, coded_by(session, actor)) else last_count(session, project)
    if found is None:
        raise _too_many(project, len(listed))
    return _study(session, actor, project, listed, found, behind=True)


def count_agreement(
    session: Session, actor: Actor, project: Project, progress: Callable[[int, int], None]
) -> Counted:
    """Count the agreement that the actor may know of, for :func:`schema.store.agreement_kept.keep_count` to keep.

    ``progress`` hears (cases done, cases in all).
    """
    own = coded_by(session, actor)
    listed = _listed(session, project, own)
    report = build_report(_telling(_compared(session, listed), len(listed), progress))
    return Counted(_fingerprint(listed), report, whole=not _codes_here(session, project, own))


def _telling(
    cases: Iterator[Compared], total: int, progress: Callable[[int, int], None]
) -> Iterator[Compared]:
    for done, case in enumerate(cases, 1):
        progress(done, total)
        yield case


def _study(
    session: Session,
    actor: Actor,
    project: Project,
    listed: Sequence[Listed],
    found: KeptCount,
    *,
    behind: bool = False,
) -> StudyAgreement:
    own = coded_by(session, actor)
    return StudyAgreement(
        report=found.report,
        withheld=bool(own) and _codes_here(session, project, own),
        unmatched=sum(held.matched_at is None for held in listed),
        defects=_defects(session, project, own, _groups(found.report)),
        plan=current_plan(session, project),
        to_code=cases_to_code(session, project),
        counted_at=found.counted_at,
        behind=behind,
    )


def agreement_among(
    session: Session, actor: Actor, project: Project, case_ids: Collection[str]
) -> AgreementReport:
    """Agreement on those of the given cases that are compared and that the actor may know of; kept while nothing changes."""
    listed = _listed(session, project, coded_by(session, actor), case_ids)
    return _remember(listed, _kept(listed) or _counted(session, listed)).report


def compared_cases(session: Session, actor: Actor, project: Project) -> Iterator[Compared]:
    """Each compared case, in natural order of references; only one chunk is held at a time."""
    return _compared(session, _listed(session, project, coded_by(session, actor)))


def compared_in_time(
    session: Session, actor: Actor, project: Project
) -> tuple[int, Iterator[tuple[str, Compared]]]:
    """How many compared cases the actor may know of, and each with its reference, in the order in which they were compared."""
    listed = _listed(session, project, coded_by(session, actor))
    listed.sort(key=lambda held: (held.created_at, natural_order(held.reference)))
    references = (held.reference for held in listed)
    return len(listed), zip(references, _compared(session, listed), strict=True)


def _kept(listed: Sequence[Listed]) -> KeptCount | None:
    key = _fingerprint(listed)
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
        return _KEPT.get(key)


def _counted(session: Session, listed: Sequence[Listed]) -> KeptCount:
    return KeptCount(build_report(_compared(session, listed)), now(session))


def _remember(listed: Sequence[Listed], found: KeptCount) -> KeptCount:
    with _LOCK:
        _KEPT[_fingerprint(listed)] = found
        while len(_KEPT) > KEPT_REPORTS:
            _KEPT.popitem(last=False)
    return found


def _too_many(project: Project, cases: int) -> Refused:
    return refuse(
        "AGR-002",
        f"{cases:,} compared cases are too many to count while a page waits.",
        f"Start the count on the page Agreement, or run: tandem agreement {project.key} --json",
        status=409,
    )


def _fingerprint(listed: Sequence[Listed]) -> str:
    """Changes whenever a figure could: a pairing raises the revision, a returned entry gives a new comparison."""
    said = [(held.id, held.revision, held.snapshots, held.coders) for held in listed]
    return sha256(repr(said).encode()).hexdigest()


def _visible(project: Project, own: frozenset[str]) -> ColumnElement[bool]:
    """Live comparisons of the project, without those of open cases that the person codes."""
    return and_(
        Case.project_id == project.id,
        Case.withdrawn_at.is_(None),
        Comparison.superseded_at.is_(None),
        or_(Comparison.state == "signed_off", Case.id.not_in(own)),
    )


def _codes_here(session: Session, project: Project, own: frozenset[str]) -> bool:
    return (
        session.scalar(select(Case.id).where(Case.project_id == project.id, Case.id.in_(own)).limit(1))
        is not None
    )


def _listed(
    session: Session, project: Project, own: frozenset[str], among: Collection[str] | None = None
) -> list[Listed]:
    first, second = aliased(Snapshot), aliased(Snapshot)
    entry_1, entry_2 = aliased(Entry), aliased(Entry)
    query = (
        select(
            Comparison.id,
            Case.reference,
            Comparison.revision,
            Comparison.created_at,
            Comparison.matched_at,
            Comparison.template_version_id,
            first.id,
            second.id,
            first.template_version_id,
            second.template_version_id,
            entry_1.coder_id,
            entry_2.coder_id,
        )
        .join(Case, Case.id == Comparison.case_id)
        .join(first, first.id == Comparison.snapshot_1_id)
        .join(second, second.id == Comparison.snapshot_2_id)
        .join(entry_1, entry_1.id == first.entry_id)
        .join(entry_2, entry_2.id == second.entry_id)
        .where(_visible(project, own))
    )
    if among is not None:
        query = query.where(Case.id.in_(among))
    rows = session.execute(query).all()
    names = distinct_names(session, {coder for row in rows for coder in (row[10], row[11])})
    listed = [
        Listed(*row[:6], (row[6], row[7]), (row[8], row[9]), (names[row[10]], names[row[11]])) for row in rows
    ]
    return sorted(listed, key=lambda held: natural_order(held.reference))


def _compared(session: Session, listed: Sequence[Listed]) -> Iterator[Compared]:
    templates: dict[str, Template] = {}
    for start in range(0, len(listed), CHUNK):
        chunk = listed[start : start + CHUNK]
        documents = _documents(session, chunk)
        pairs, taken = _pairs(session, chunk), _taken(session, chunk)
        for held in chunk:
            for version in (held.template_version, *held.versions):
                if version not in templates:
                    templates[version] = compiled(session, version)
            a, b = (documents[snapshot] for snapshot in held.snapshots)
            template_a, template_b = (templates[version] for version in held.versions)
            entries = Entries(a, b, template_a, template_b)
            case = _of_case(held, templates[held.template_version], entries, pairs[held.id])
            yield replace(case, suggested=_suggested(held, pairs[held.id], taken))


def _of_case(held: Listed, template: Template, entries: Entries, pairs: Sequence[Pair]) -> Compared:
    result = compare(
        template,
        entries.a,
        entries.b,
        pairs,
        template_a=entries.template_a,
        template_b=entries.template_b,
    )
    return Compared(result, held.coders, f"{held.created_at:%Y-%m}", entries)


def _documents(session: Session, chunk: Sequence[Listed]) -> dict[str, Document]:
    ids = [snapshot for held in chunk for snapshot in held.snapshots]
    query = select(Snapshot.id, Snapshot.body, Snapshot.sha256).where(Snapshot.id.in_(ids))
    return {row.id: thawed(row.id, row.body, row.sha256) for row in session.execute(query)}


def _pairs(session: Session, chunk: Sequence[Listed]) -> dict[str, list[Pair]]:
    columns = (RowPair.comparison_id, RowPair.id, RowPair.group, RowPair.row_a, RowPair.row_b)
    query = (
        select(*columns)
        .where(RowPair.comparison_id.in_([held.id for held in chunk]))
        .order_by(RowPair.comparison_id, RowPair.group, RowPair.position, RowPair.id)
    )
    found: dict[str, list[Pair]] = defaultdict(list)
    for comparison_id, pair_id, group, row_a, row_b in session.execute(query):
        found[comparison_id].append(Pair(pair_id, group, row_a, row_b))
    return found


def _taken(session: Session, chunk: Sequence[Listed]) -> frozenset[tuple[str, str, str]]:
    """The rows that coders made from suggestions: snapshot, section and row."""
    ids = [snapshot for held in chunk for snapshot in held.snapshots]
    query = (
        select(Snapshot.id, SuggestionTaken.section, SuggestionTaken.row_id)
        .select_from(SuggestionTaken)
        .join(Snapshot, Snapshot.entry_id == SuggestionTaken.entry_id)
        .where(Snapshot.id.in_(ids))
    )
    return frozenset((snapshot, section, row) for snapshot, section, row in session.execute(query))


def _suggested(held: Listed, pairs: Sequence[Pair], taken: frozenset[tuple[str, str, str]]) -> frozenset[str]:
    """The pairs of which a coder made a row from a suggestion."""
    first, second = held.snapshots
    return frozenset(
        pair.id
        for pair in pairs
        if {(first, pair.group, pair.row_a), (second, pair.group, pair.row_b)} & taken
    )


def _groups(report: AgreementReport) -> frozenset[str]:
    return frozenset(group.key for group in report.template.groups()) if report.template else frozenset()


def _defects(
    session: Session, project: Project, own: frozenset[str], groups: frozenset[str]
) -> tuple[Defect, ...]:
    """Questions with at least one unclear definition: mostly unclear ones first, then by how many there are."""
    query = (
        select(Decision.path, Decision.cause)
        .join(Comparison, Comparison.id == Decision.comparison_id)
        .join(Case, Case.id == Comparison.case_id)
        .where(_visible(project, own), Decision.superseded_at.is_(None), Decision.cause != "")
    )
    causes: dict[str, Counter[str]] = defaultdict(Counter)
    for path, cause in session.execute(query.execution_options(yield_per=1000)):
        causes[_question(path, groups)][cause] += 1
    found = [
        Defect(path, held.total(), held[UNCLEAR], held) for path, held in causes.items() if held[UNCLEAR]
    ]
    return tuple(sorted(found, key=lambda held: (not held.mostly, -held.unclear, held.path)))


def _question(path: str, groups: frozenset[str]) -> str:
    """What a position's path asks in every case: the ids of pairs are left out."""
    section, *rest = path.split(".")
    if section not in groups:
        return path
    return f"{section}.{rest[1]}" if len(rest) > 1 else section
